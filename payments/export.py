"""The journal as a table for spreadsheets and accounting: one line per entry, oldest first."""

import csv
from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from payments.models import JournalEntry
from tomp.serializers import moment_json
from tomp.tables import text_cell

COLUMNS = {
    "booking_id": lambda entry: entry.booking_id,
    "sequence": lambda entry: entry.sequence,
    "leg_id": lambda entry: entry.leg_id,
    "provider": lambda entry: text_cell(entry.provider.maas_id),
    "created_at": lambda entry: moment_json(entry.created_at),
    "category": lambda entry: entry.category,
    "description": lambda entry: text_cell(entry.description),
    "comment": lambda entry: text_cell(entry.comment),
    "refers_to": lambda entry: (entry.details or {}).get("refund_for"),
    "amount": lambda entry: entry.amount,
    "amount_ex_vat": lambda entry: entry.amount_ex_vat,
    "vat": lambda entry: None if entry.amount_ex_vat is None else entry.amount - entry.amount_ex_vat,
    "vat_rate": lambda entry: entry.vat_rate,
    "vat_country": lambda entry: text_cell(entry.vat_country),
    "currency": lambda entry: entry.currency,
    "used_s": lambda entry: entry.used_s,
    "distance_km": lambda entry: None if entry.distance_m is None else entry.distance_m / 1000,
    "state": lambda entry: entry.state,
    "invoice_number": lambda entry: text_cell(entry.invoice_number),
    "invoiced_at": lambda entry: moment_json(entry.invoiced_at),
}


def csv_file(entries: QuerySet, name: str) -> StreamingHttpResponse:
    """The entries as a CSV file to download, read in portions."""
    return StreamingHttpResponse(
        lines(entries),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def lines(entries: QuerySet) -> Iterator[str]:
    """The lines of the table, the names of the columns first."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    ordered = JournalEntry.objects.filter(pk__in=entries.order_by().values("pk")).order_by("created_at", "id")
    for entry in ordered.select_related("provider").iterator(chunk_size=2000):
        yield writer.writerow([column(entry) for column in COLUMNS.values()])


class _Line:
    """Where csv writes to: it gives the line back."""

    def write(self, line):
        return line
