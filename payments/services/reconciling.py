"""Does it add up? What was open with a provider, what came, what was invoiced and what is open now. Writes nothing.

Each figure is counted by itself, so that a sum that fits is no matter of course.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When
from django.utils.translation import gettext_noop as _

from maas.models import MaasProvider
from payments.errors import PeriodImpossible
from payments.models import Invoice, JournalEntry
from payments.models.journal import GENERATIONS, MONEY_BACK

ZERO = Decimal(0)
Category = JournalEntry.Category


class Kind:
    """What a row of the reconciliation is about, in the order in which they are shown."""

    FARE, EXTRA, GIVEN_BACK, CORRECTED, DEPOSIT_TAKEN, DEPOSIT_BACK = range(6)


@dataclass(frozen=True)
class Row:
    """The entries of one kind and category, in the period."""

    kind: int
    category: str
    entries: int
    amount: Decimal


@dataclass(frozen=True)
class Vat:
    """The entries of one rate, in the period. `net` is None where no rate was stated."""

    rate: Decimal | None
    country: str
    entries: int
    amount: Decimal
    net: Decimal | None

    @property
    def vat(self) -> Decimal | None:
        return None if self.net is None else self.amount - self.net


@dataclass(frozen=True)
class Invoiced:
    """An invoice made in the period, and what its entries come to."""

    invoice: Invoice
    entries: int
    sum_of_entries: Decimal

    @property
    def difference(self) -> Decimal:
        return self.invoice.total - self.sum_of_entries


@dataclass(frozen=True)
class Balance:
    """One provider in one currency. All amounts include VAT; what is open is owed and on no invoice."""

    provider: MaasProvider
    currency: str
    opening: Decimal
    came: Decimal
    invoiced: Decimal
    closing: Decimal
    late: Decimal = ZERO  # written for days that had been invoiced already; it goes on the next invoice
    late_entries: int = 0
    rows: list[Row] = field(default_factory=list)
    vat: list[Vat] = field(default_factory=list)
    invoices: list[Invoiced] = field(default_factory=list)

    @property
    def difference(self) -> Decimal:
        """0 where it adds up."""
        return self.opening + self.came - self.invoiced - self.closing

    @property
    def rows_difference(self) -> Decimal:
        return self.came - sum((row.amount for row in self.rows), ZERO)

    @property
    def vat_difference(self) -> Decimal:
        return self.came - sum((vat.amount for vat in self.vat), ZERO)

    @property
    def adds_up(self) -> bool:
        return not any(
            (self.difference, self.rows_difference, self.vat_difference, *(each.difference for each in self.invoices))
        )


def overview(*, since: datetime, until: datetime) -> list[Balance]:
    """Every provider but those of the sandbox, in every currency, by name: a line each, three statements in all.

    Raises PeriodImpossible.
    """
    _check(since, until)
    real = JournalEntry.objects.filter(provider__is_sandbox=False)
    return list(_balances(real, Invoice.objects.filter(provider__is_sandbox=False), since, until))


def reconcile(*, provider: MaasProvider, since: datetime, until: datetime) -> list[Balance]:
    """The provider in each currency, entry by kind, rate and invoice; raises PeriodImpossible."""
    _check(since, until)
    mine = JournalEntry.objects.for_provider(provider)
    invoices = Invoice.objects.filter(provider=provider)
    balances = list(_balances(mine, invoices, since, until))
    period = mine.filter(created_at__gte=since, created_at__lt=until)
    by_kind, of_rates, made = _rows(period), by_rate(period), _invoices(invoices, since, until)
    for balance in balances:
        balance.rows.extend(row for currency, row in by_kind if currency == balance.currency)
        balance.vat.extend(vat for currency, vat in of_rates if currency == balance.currency)
        balance.invoices.extend(each for each in made if each.invoice.currency == balance.currency)
    return balances


def by_rate(entries):
    """What these entries charge by rate of VAT: [(currency, Vat)], the highest first, without one last."""
    sums = entries.order_by(F("vat_rate").desc(nulls_last=True), "vat_country")
    grouped = sums.values_list("currency", "vat_rate", "vat_country")
    return [
        (currency, Vat(rate, country, count, amount, None if rate is None else net))
        for currency, rate, country, count, amount, net in grouped.annotate(
            Count("pk"), Sum("amount"), Sum("amount_ex_vat")
        )
    ]


def _check(since, until):
    if not since < until:
        raise PeriodImpossible(_("The period begins before it ends."))


def _balances(entries, invoices, since, until):
    """A Balance without details for each provider and currency that has something to tell."""
    came = Q(created_at__gte=since, created_at__lt=until)
    late = came & Q(state=JournalEntry.State.TO_INVOICE)
    sums = entries.filter(created_at__lt=until).order_by("provider__maas_id", "currency").values("provider", "currency")
    rows = list(
        sums.annotate(
            opening=Sum("amount", filter=Q(created_at__lt=since) & _open_at(since), default=ZERO),
            came=Sum("amount", filter=came, default=ZERO),
            n=Count("pk", filter=came),
            closing=Sum("amount", filter=_open_at(until), default=ZERO),
        )
    )
    made = _totals(invoices.filter(made_at__gte=since, made_at__lt=until))
    providers = MaasProvider.objects.in_bulk([row["provider"] for row in rows])
    closed = _last_invoiced(invoices, since, until)
    belated = _belated(entries.filter(late), closed)
    for row in rows:
        key = (row["provider"], row["currency"])
        invoiced = made.get(key, ZERO)
        late_entries, late_amount = belated.get(key, (0, ZERO))
        if row["n"] or any((row["opening"], row["closing"], invoiced)):
            yield Balance(
                providers[row["provider"]], row["currency"], row["opening"], row["came"], invoiced, row["closing"],
                late=late_amount, late_entries=late_entries,
            )  # fmt: skip


def _open_at(moment):
    """Entries that were on no invoice at this moment."""
    return Q(invoiced_at__isnull=True) | Q(invoiced_at__gte=moment)


def _totals(invoices):
    """{(provider, currency): total}"""
    sums = invoices.order_by().values_list("provider", "currency").annotate(Sum("total"))
    return {(provider, currency): total for provider, currency, total in sums}


def _last_invoiced(invoices, since, until):
    """{(provider, currency): the first moment that its invoices for days of this period do not count}"""
    overlapping = invoices.filter(since__lt=until, until__gt=since).order_by("until")
    return {(each.provider_id, each.currency): each.until for each in overlapping}


def _belated(entries, closed):
    """{(provider, currency): (how many, sum) of the open entries before that moment}"""
    if not closed:
        return {}
    is_late = Q()
    for (provider, currency), until in closed.items():
        is_late |= Q(provider=provider, currency=currency, created_at__lt=until)
    sums = entries.filter(is_late).order_by().values_list("provider", "currency").annotate(Count("pk"), Sum("amount"))
    return {(provider, currency): (count, total) for provider, currency, count, total in sums}


def _rows(entries):
    """[(currency, Row)], as they are shown"""
    deposit = Q(category=Category.DEPOSIT)
    for generation in range(1, GENERATIONS):
        deposit |= Q(**{"refers_to__" * generation + "category": Category.DEPOSIT})
    kind = Case(
        When(category=Category.DEPOSIT, then=Value(Kind.DEPOSIT_TAKEN)),
        When(deposit, then=Value(Kind.DEPOSIT_BACK)),
        When(category=Category.FARE, then=Value(Kind.FARE)),
        When(category=Category.REFUND, then=Value(Kind.GIVEN_BACK)),
        When(refers_to__isnull=False, then=Value(Kind.CORRECTED)),
        When(category__in=MONEY_BACK, then=Value(Kind.GIVEN_BACK)),
        default=Value(Kind.EXTRA),
        output_field=IntegerField(),
    )
    sums = entries.annotate(kind=kind).order_by("kind", "category").values_list("currency", "kind", "category")
    return [(currency, Row(*rest)) for currency, *rest in sums.annotate(Count("pk"), Sum("amount"))]


def _invoices(invoices, since, until):
    made = list(invoices.filter(made_at__gte=since, made_at__lt=until).order_by("year", "serial"))
    sums = JournalEntry.objects.filter(invoice_number__in=[invoice.number for invoice in made]).order_by()
    sums_of = {
        number: (count, total)
        for number, count, total in sums.values_list("invoice_number").annotate(Count("pk"), Sum("amount"))
    }
    return [Invoiced(invoice, *sums_of.get(invoice.number, (0, ZERO))) for invoice in made]
