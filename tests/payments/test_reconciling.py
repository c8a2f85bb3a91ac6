"""What was open, what came, what was invoiced and what is open now …"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from fleet import information
from payments import services
from payments.errors import PeriodChanged, PeriodImpossible
from payments.models import Invoice, JournalEntry
from payments.services.reconciling import Row, Vat
from tests.factories import MaasProviderFactory
from tests.trip_factories import BookingFactory, JournalEntryFactory

pytestmark = pytest.mark.django_db
APRIL, MAY, JUNE, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (4, 5, 6, 7))
NOW = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)
Kind = services.Kind


@pytest.fixture(autouse=True)
def utc():
    information.forget()
    yield
    information.forget()


@pytest.fixture
def provider():
    return MaasProviderFactory(maas_id="mp")


@pytest.fixture
def may(provider):
    """A ride of April that is open, and one of each kind in May."""
    vat = {"vat_rate": Decimal(21), "vat_country": "NL"}
    entry(provider, "10.00", at=APRIL)
    fare = entry(provider, "12.10", amount_ex_vat=Decimal(10), **vat)
    entry(provider, "20.00", category="FINE")
    entry(provider, "-1.21", category="REFUND", refers_to=fare, amount_ex_vat=Decimal(-1), **vat)
    entry(provider, "-5.00", category="CREDIT", refers_to=entry(provider, "5.00", category="OTHER"))
    deposit = entry(provider, "50.00", category="DEPOSIT")
    entry(provider, "-50.00", category="REFUND", refers_to=deposit)
    entry(provider, "7.00", currency="NOK")
    entry(provider, "99.00", at=JUNE)
    entry(MaasProviderFactory(), "88.00")
    return fare


def entry(provider, amount, at=MAY, **more):
    return JournalEntryFactory(booking__provider=provider, amount=Decimal(amount), created_at=at, **more)


def balance(provider, since=MAY, until=JUNE, currency="EUR"):
    [found] = [
        each for each in services.reconcile(provider=provider, since=since, until=until) if each.currency == currency
    ]
    return found


def invoice(provider, **changes):
    return services.invoice(provider=provider, **{"since": MAY, "until": JUNE, "now": NOW} | changes)


def figures(found):
    return found.opening, found.came, found.invoiced, found.closing


def test_adds_up_before_and_after_the_invoice(provider, may):
    assert figures(balance(provider)) == (10, Decimal("30.89"), 0, Decimal("40.89"))

    invoice(provider)

    assert figures(balance(provider)) == (10, Decimal("30.89"), 0, Decimal("40.89"))  # May stays as it was
    june = balance(provider, JUNE, JULY)
    assert figures(june) == (Decimal("40.89"), 99, Decimal("30.89"), 109)
    assert [(each.invoice.number, each.entries, each.difference) for each in june.invoices] == [("2026-00001", 7, 0)]
    assert june.adds_up


def test_each_kind_of_entry_is_told(provider, may):
    found = balance(provider)

    assert found.rows == [
        Row(Kind.FARE, "FARE", 1, Decimal("12.10")),
        Row(Kind.EXTRA, "FINE", 1, Decimal(20)),
        Row(Kind.EXTRA, "OTHER", 1, Decimal(5)),
        Row(Kind.GIVEN_BACK, "REFUND", 1, Decimal("-1.21")),
        Row(Kind.CORRECTED, "CREDIT", 1, Decimal(-5)),
        Row(Kind.DEPOSIT_TAKEN, "DEPOSIT", 1, Decimal(50)),
        Row(Kind.DEPOSIT_BACK, "REFUND", 1, Decimal(-50)),
    ]
    assert found.adds_up


def test_vat_is_told_by_rate(provider, may):
    [with_rate, without] = balance(provider).vat

    assert with_rate == Vat(Decimal(21), "NL", 2, Decimal("10.89"), Decimal(9))
    assert with_rate.vat == Decimal("1.89")
    assert (without.rate, without.amount, without.net, without.vat) == (None, 20, None, None)


def test_currencies_are_apart(provider, may):
    assert figures(balance(provider, currency="NOK")) == (0, 7, 0, 7)


def test_what_does_not_add_up_is_told_with_the_difference(provider, may):
    invoice(provider)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE payments_invoice DISABLE TRIGGER USER")
        cursor.execute("UPDATE payments_invoice SET total = total + 1 WHERE currency = 'EUR'")

    june = balance(provider, JUNE, JULY)

    assert (june.difference, june.invoices[0].difference, june.adds_up) == (-1, 1, False)


def test_a_correction_of_what_was_invoiced_goes_on_the_next_invoice(provider):
    booking = BookingFactory(provider=provider, state="FINISHED")
    fare = JournalEntryFactory(booking=booking, sequence=1, amount=Decimal("3.50"), created_at=MAY)
    [first] = invoice(provider)
    closed = figures(balance(provider))

    services.correct(entry_id=fare.pk, now=NOW, actor="ann", reason="Wrong tariff")

    assert figures(balance(provider)) == closed
    assert (Invoice.objects.get().total, first.entries.count()) == (Decimal("3.5"), 1)
    [second] = invoice(provider, since=JUNE, until=JULY, now=datetime(2026, 7, 2, tzinfo=UTC))
    assert (second.total, second.entries.get().refers_to) == (Decimal("-3.5"), fare)


def test_what_came_late_for_an_invoiced_period_is_told(provider, may):
    invoice(provider)
    entry(provider, "4.00")

    found = balance(provider)

    assert (found.late_entries, found.late, found.adds_up) == (1, 4, True)
    assert balance(provider, JUNE, JULY).late_entries == 0


def test_a_period_ends_after_it_begins(provider):
    with pytest.raises(PeriodImpossible):
        services.reconcile(provider=provider, since=JUNE, until=MAY)


def test_the_overview_leaves_out_the_sandbox(provider, may):
    entry(MaasProviderFactory(is_sandbox=True), "5.00")

    found = services.overview(since=MAY, until=JUNE)

    assert [(str(each.currency), each.came) for each in found if each.provider == provider] == [
        ("EUR", Decimal("30.89")), ("NOK", 7)
    ]  # fmt: skip
    assert len(found) == 3


@pytest.mark.parametrize("count", [1, 20])
def test_needs_as_many_statements_for_many_providers(count, django_assert_num_queries):
    for _each in range(count):
        entry(MaasProviderFactory(), "1.00")

    with django_assert_num_queries(4):
        assert len(services.overview(since=MAY, until=JUNE)) == count


# A run of invoices


def keys():
    return [each.key for each in services.due_of_all(since=MAY, until=JUNE, now=NOW)]


def run(chosen):
    return services.invoice_run(chosen=chosen, since=MAY, until=JUNE, now=NOW, actor="ann")


def test_makes_exactly_what_was_shown(provider, may):
    shown = keys()

    made = run(shown)

    assert [(each.number, each.currency, each.total) for each in made if each.provider == provider] == [
        ("2026-00001", "EUR", Decimal("30.89")), ("2026-00002", "NOK", Decimal(7))
    ]  # fmt: skip
    assert (len(made), keys(), made[0].made_by) == (3, [], "ann")


def test_makes_nothing_twice(may):
    shown = keys()
    run(shown)

    assert run(shown) == []
    assert Invoice.objects.count() == 3


def test_makes_only_what_was_chosen(provider, may):
    run([key for key in keys() if key.startswith(f"{provider.pk}/NOK")])

    assert Invoice.objects.get().currency == "NOK"


def test_makes_nothing_when_something_came_since(provider, may):
    shown = keys()
    entry(provider, "4.00")

    with pytest.raises(PeriodChanged, match=r"there are 8 entries of 34\.890 EUR by now"):
        run(shown)

    assert not Invoice.objects.exists()
    assert not JournalEntry.objects.filter(state="INVOICED").exists()
