"""An invoice …"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from fleet import information
from payments import services
from payments.errors import PeriodImpossible
from payments.models import Invoice, JournalEntry
from tests.factories import MaasProviderFactory
from tests.fleet_factories import SystemFactory
from tests.trip_factories import JournalEntryFactory

pytestmark = pytest.mark.django_db
SINCE, UNTIL = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def utc():
    """The operator is in no place yet."""
    information.forget()
    yield
    information.forget()


@pytest.fixture
def provider():
    return MaasProviderFactory(maas_id="mp")


def entry(provider, amount="3.50", at=SINCE, **more):
    return JournalEntryFactory(booking__provider=provider, amount=Decimal(amount), created_at=at, **more)


def invoice(provider, **changes):
    return services.invoice(provider=provider, **{"since": SINCE, "until": UNTIL, "now": NOW, "actor": "ann"} | changes)


def test_is_about_what_was_not_invoiced_in_the_period(provider):
    last = datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC)
    taken = [entry(provider), entry(provider, "-1.25", at=last, category="CREDIT")]
    left = [
        entry(provider, at=datetime(2026, 4, 30, 23, 59, 59, tzinfo=UTC)),
        entry(provider, at=UNTIL),
        entry(MaasProviderFactory()),
        entry(provider, state="INVOICED", invoice_number="2025-00009", invoiced_at=SINCE),
    ]

    [made] = invoice(provider)

    assert (made.number, made.year, made.serial, made.provider) == ("2026-00001", 2026, 1, provider)
    assert (made.since, made.until, made.currency, made.total) == (SINCE, UNTIL, "EUR", Decimal("2.25"))
    assert (made.made_at, made.made_by) == (NOW, "ann")
    assert set(made.entries) == set(taken)
    for row in JournalEntry.objects.filter(pk__in=[row.pk for row in taken]):
        assert (row.state, row.invoice_number, row.invoiced_at) == ("INVOICED", "2026-00001", NOW)
    assert not JournalEntry.objects.filter(pk__in=[row.pk for row in left], invoice_number="2026-00001").exists()


def test_made_twice_is_made_once(provider):
    entry(provider)
    invoice(provider)
    before = list(JournalEntry.objects.values())

    assert invoice(provider) == []

    assert Invoice.objects.count() == 1
    assert list(JournalEntry.objects.values()) == before


def test_of_what_came_late_is_another_one(provider):
    entry(provider)
    invoice(provider)
    entry(provider, "7.00")

    [second] = invoice(provider)

    assert (second.number, second.total) == ("2026-00002", Decimal("7.00"))


def test_is_not_made_of_nothing(provider):
    assert invoice(provider) == []
    assert not Invoice.objects.exists()


def test_is_in_one_currency(provider):
    entry(provider, "10", currency="NOK")
    entry(provider, "2")
    entry(provider, "3")

    made = invoice(provider)

    assert [(row.number, row.currency, row.total) for row in made] == [
        ("2026-00001", "EUR", Decimal(5)),
        ("2026-00002", "NOK", Decimal(10)),
    ]


def test_counts_anew_each_year_of_the_operator(provider):
    SystemFactory()  # Europe/Amsterdam
    for hour in (22, 23):
        entry(provider)
        invoice(provider, now=datetime(2026, 12, 31, hour, tzinfo=UTC))

    assert list(Invoice.objects.order_by("made_at").values_list("number", flat=True)) == ["2026-00001", "2027-00001"]


@pytest.mark.parametrize(
    "period", [{"since": UNTIL}, {"since": UNTIL, "until": SINCE}, {"until": datetime(2026, 6, 3, tzinfo=UTC)}], ids=str
)
def test_is_of_a_period_that_is_over(provider, period):
    entry(provider)

    with pytest.raises(PeriodImpossible):
        invoice(provider, **period)

    assert not Invoice.objects.exists()
    assert JournalEntry.objects.get().state == "TO_INVOICE"


def test_never_changes_says_the_database(provider):
    entry(provider)
    invoice(provider)

    for sql in ("UPDATE payments_invoice SET total = 0", "DELETE FROM payments_invoice"):
        with (
            pytest.raises(IntegrityError, match="an invoice never changes"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_that_came_to_nothing_leaves_no_gap(provider):
    entry(provider)
    with transaction.atomic():
        invoice(provider)
        transaction.set_rollback(True)

    [made] = invoice(provider)

    assert made.number == "2026-00001"


# manage.py invoice


def command(capsys, *args):
    call_command("invoice", *args)
    return capsys.readouterr().out


def test_is_made_from_the_shell(provider, capsys, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "ann")
    entry(provider)

    printed = command(capsys, "mp", "--from", "2026-05-01", "--until", "2026-05-31")

    made = Invoice.objects.get()
    assert printed == f"Invoice {made.number}: 3.50 EUR, 1 entry.\n"
    assert (made.since, made.until, made.made_by) == (SINCE, UNTIL, "ann")
    assert command(capsys, "mp", "--from", "2026-05-01", "--until", "2026-05-31") == "Nothing to invoice.\n"


def test_counts_the_days_on_the_operators_calendar(provider, capsys):
    SystemFactory()
    entry(provider, at=datetime(2026, 4, 30, 22, 0, tzinfo=UTC))

    command(capsys, "mp", "--from", "2026-05-01", "--until", "2026-05-31")

    made = Invoice.objects.get()
    assert made.since == datetime(2026, 4, 30, 22, 0, tzinfo=UTC)
    assert made.until == datetime(2026, 5, 31, 22, 0, tzinfo=UTC)


def test_is_only_shown_in_a_dry_run(provider, capsys):
    entry(provider)
    entry(provider, "-1", category="CREDIT")

    printed = command(capsys, "mp", "--from", "2026-05-01", "--until", "2026-05-31", "--dry-run")

    assert printed == "Would invoice 2.50 EUR, 2 entries.\n"
    assert not Invoice.objects.exists()
    assert not JournalEntry.objects.filter(state="INVOICED").exists()


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (("nobody", "--from", "2026-05-01", "--until", "2026-05-31"), "no MaaS provider 'nobody'"),
        (("mp", "--from", "2026-06-01", "--until", "2026-05-31"), "period begins before it ends"),
        (("mp", "--from", "2026-05-01", "--until", "2999-05-31"), "is over"),
        (("mp", "--from", "May", "--until", "2026-05-31"), "'May' is not a day"),
        (("mp", "--from", "0001-01-01", "--until", "2026-05-31"), "0001-01-01 is too far away"),
        (("mp", "--from", "2026-05-01", "--until", "9999-12-31"), "9999-12-31 is too far away"),
        (("mp", "--from", "2026-05-01"), "--until"),
    ],
)
def test_is_refused_in_one_line(provider, args, problem):
    with pytest.raises(CommandError, match=problem) as refused:
        call_command("invoice", *args)

    assert "\n" not in str(refused.value)
