"""The journal as a table for spreadsheets and accounting: one line per entry, oldest first."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse

from payments.models import JournalEntry
from tomp import tables
from tomp.serializers import moment_json

COLUMNS = {
    "booking_id": lambda entry: entry.booking_id,
    "sequence": lambda entry: entry.sequence,
    "leg_id": lambda entry: entry.leg_id,
    "provider": lambda entry: entry.provider.maas_id,
    "created_at": lambda entry: moment_json(entry.created_at),
    "category": lambda entry: entry.category,
    "description": lambda entry: entry.description,
    "comment": lambda entry: entry.comment,
    "refers_to": lambda entry: (entry.details or {}).get("refund_for"),
    "corrects_invoice": lambda entry: entry.refers_to.invoice_number if entry.refers_to else None,
    "amount": lambda entry: entry.amount,
    "amount_ex_vat": lambda entry: entry.amount_ex_vat,
    "vat": lambda entry: None if entry.amount_ex_vat is None else entry.amount - entry.amount_ex_vat,
    "vat_rate": lambda entry: entry.vat_rate,
    "vat_country": lambda entry: entry.vat_country,
    "currency": lambda entry: entry.currency,
    "used_s": lambda entry: entry.used_s,
    "distance_km": lambda entry: None if entry.distance_m is None else entry.distance_m / 1000,
    "state": lambda entry: entry.state,
    "invoice_number": lambda entry: entry.invoice_number,
    "invoiced_at": lambda entry: moment_json(entry.invoiced_at),
}


def export(entries: QuerySet, name: str, kind: str) -> FileResponse | StreamingHttpResponse:
    """The entries as a file to download, read in portions, however many: `kind` is csv or xlsx."""
    make = tables.xlsx_file if kind == "xlsx" else tables.csv_file
    return make(list(COLUMNS), _rows(entries), name)


def _rows(entries: QuerySet) -> Iterator[list]:
    ordered = JournalEntry.objects.filter(pk__in=entries.order_by().values("pk")).order_by("created_at", "id")
    for entry in ordered.select_related("provider", "refers_to").iterator(chunk_size=2000):
        yield [column(entry) for column in COLUMNS.values()]
