"""Putting the journal on invoices: each entry on one, each number used once and none left out."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Count, Max, Sum

from fleet import information
from payments.errors import PeriodImpossible
from payments.models import Invoice, JournalEntry


@dataclass(frozen=True)
class Due:
    """What is not on an invoice yet, in one currency."""

    currency: str
    total: Decimal
    entries: int


def due(*, provider, since, until, now):
    """What an invoice for this period would be about, by currency. Raises PeriodImpossible."""
    sums = _to_invoice(provider, since, until, now).order_by("currency").values("currency")
    return [
        Due(row["currency"], row["total"], row["entries"])
        for row in sums.annotate(total=Sum("amount"), entries=Count("pk"))
    ]


@transaction.atomic
def invoice(*, provider, since, until, now, actor=""):
    """All entries from `since` on and before `until` are on an invoice: one per currency, none when there are none.

    Again makes nothing new, unless an entry of the period was written meanwhile. Raises PeriodImpossible.
    """
    _one_at_a_time()
    entries = _to_invoice(provider, since, until, now)
    currencies = entries.order_by("currency").values_list("currency", flat=True).distinct()
    return [
        _invoice(entries.filter(currency=currency), provider, since, until, currency, now, actor)
        for currency in list(currencies)
    ]


def _to_invoice(provider, since, until, now):
    if not since < until <= now:
        raise PeriodImpossible("The period begins before it ends, and is over.")
    mine = JournalEntry.objects.for_provider(provider).filter(state=JournalEntry.State.TO_INVOICE)
    if provider.is_sandbox:  # nobody rode anything
        return mine.none()
    return mine.filter(created_at__gte=since, created_at__lt=until)


def _one_at_a_time():
    """Whoever else makes invoices waits here until this transaction ends: numbers have no gap and no twin."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE payments_invoice IN SHARE ROW EXCLUSIVE MODE")


def _invoice(entries, provider, since, until, currency, now, actor):
    year = information.local(now).year
    serial = (Invoice.objects.filter(year=year).aggregate(last=Max("serial"))["last"] or 0) + 1
    number = f"{year}-{serial:05}"
    entries.update(state=JournalEntry.State.INVOICED, invoice_number=number, invoiced_at=now)
    taken = JournalEntry.objects.filter(invoice_number=number)
    return Invoice.objects.create(
        number=number,
        year=year,
        serial=serial,
        provider=provider,
        since=since,
        until=until,
        currency=currency,
        total=taken.aggregate(total=Sum("amount"))["total"],
        made_at=now,
        made_by=actor,
    )
