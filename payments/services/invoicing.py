"""Putting the journal on invoices: each entry on one, each number used once and none left out."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Count, Max, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop as _

from fleet import information
from maas.models import MaasProvider
from payments.errors import PeriodChanged, PeriodImpossible
from payments.models import Invoice, JournalEntry


@dataclass(frozen=True)
class Due:
    """What is not on an invoice yet, in one currency."""

    currency: str
    total: Decimal
    entries: int


@dataclass(frozen=True)
class DueOf:
    """The same of one of several providers; `net` is without VAT, as far as entries state it."""

    provider: MaasProvider
    due: Due
    net: Decimal

    @property
    def key(self):
        """What a preview promises: made is this or nothing."""
        return f"{self.provider.pk}/{self.due.currency}/{self.due.entries}/{self.due.total}"


def due_of_all(*, since, until, now):
    """What a run of invoices for this period would make: all providers but those of the sandbox, by name.

    Two statements. Raises PeriodImpossible.
    """
    _check(since, until, now)
    entries = JournalEntry.objects.filter(provider__is_sandbox=False, state=JournalEntry.State.TO_INVOICE)
    sums = entries.filter(created_at__gte=since, created_at__lt=until).order_by("provider__maas_id", "currency")
    rows = list(
        sums.values("provider", "currency").annotate(
            total=Sum("amount"), entries=Count("pk"), net=Sum(Coalesce("amount_ex_vat", "amount"))
        )
    )
    providers = MaasProvider.objects.in_bulk([row["provider"] for row in rows])
    return [
        DueOf(providers[row["provider"]], Due(row["currency"], row["total"], row["entries"]), row["net"])
        for row in rows
    ]


@transaction.atomic
def invoice_run(*, chosen, since, until, now, actor=""):
    """Each of the `chosen` (keys of DueOf, from a preview) is on an invoice: what was shown. Returns the invoices.

    What was invoiced meanwhile, by this very run sent twice or by a colleague, is left out. Raises PeriodChanged when
    something else is due than was shown, and PeriodImpossible; after them nothing was invoiced.
    """
    _one_at_a_time()
    dues = {(str(each.provider.pk), each.due.currency): each for each in due_of_all(since=since, until=until, now=now)}
    made = []
    for key in chosen:
        provider_id, _slash, rest = key.partition("/")
        currency = rest.partition("/")[0]
        each = dues.get((provider_id, currency))
        if each is None:
            continue
        if each.key != key:
            raise PeriodChanged(
                _("%(provider)s: there are %(entries)s entries of %(total)s by now. Look at them and try again."),
                provider=str(each.provider), entries=each.due.entries, total=f"{each.due.total} {currency}",
            )  # fmt: skip
        entries = _to_invoice(each.provider, since, until, now).filter(currency=currency)
        made.append(_invoice(entries, each.provider, since, until, currency, now, actor))
    return made


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


def _check(since, until, now):
    if not since < until <= now:
        raise PeriodImpossible(_("The period begins before it ends, and is over."))


def _to_invoice(provider, since, until, now):
    _check(since, until, now)
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
