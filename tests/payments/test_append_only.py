"""The journal in the database …"""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from legs.models import Leg
from payments import services
from payments.models import JournalEntry
from tests.factories import MaasProviderFactory
from tests.journey import NOW, given_booking, given_leg
from tests.trip_factories import JournalEntryFactory

pytestmark = pytest.mark.django_db
CHANGES = {
    "amount": Decimal("1.00"),
    "amount_ex_vat": Decimal("1.00"),
    "vat_rate": Decimal(9),
    "category": "DAMAGE",
    "currency": "NOK",
    "comment": "a mistake",
    "details": {"lines": []},
    "sequence": 99,
    "used_s": 1,
    "distance_m": 1,
    "created_at": NOW,
}
INVOICE = {"state": "INVOICED", "invoice_number": "2026-7", "invoiced_at": NOW}


def refuses(change):
    before = list(JournalEntry.objects.values())
    with pytest.raises(IntegrityError, match="a journal entry"), transaction.atomic():
        change()
    assert list(JournalEntry.objects.values()) == before


@pytest.mark.parametrize("field", CHANGES)
def test_refuses_to_change_an_entry(field):
    JournalEntryFactory()

    refuses(lambda: JournalEntry.objects.update(**{field: CHANGES[field]}))


def test_refuses_to_move_an_entry_to_another_trip():
    JournalEntryFactory()
    booking = given_booking(MaasProviderFactory())

    refuses(lambda: JournalEntry.objects.update(leg=Leg.objects.get()))
    refuses(lambda: JournalEntry.objects.update(booking=booking))
    refuses(lambda: JournalEntry.objects.update(provider=booking.provider))


def test_refuses_to_delete_an_entry():
    entry = JournalEntryFactory()

    refuses(lambda: JournalEntry.objects.all().delete())
    refuses(lambda: JournalEntry.objects.get(pk=entry.pk).delete())


def test_refuses_to_be_emptied_by_other_means():
    JournalEntryFactory()

    def delete():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM payments_journalentry")

    refuses(delete)


def test_takes_the_number_of_an_invoice_once():
    entry = JournalEntryFactory()

    JournalEntry.objects.filter(pk=entry.pk).update(**INVOICE)

    assert JournalEntry.objects.get().invoice_number == "2026-7"
    refuses(lambda: JournalEntry.objects.update(invoice_number="2026-8"))
    refuses(lambda: JournalEntry.objects.update(state="TO_INVOICE", invoice_number="", invoiced_at=None))


@pytest.mark.parametrize("half", [{"state": "INVOICED"}, {"invoice_number": "2026-7"}, {"invoiced_at": NOW}], ids=str)
def test_refuses_half_an_invoice(half):
    JournalEntryFactory()

    with pytest.raises(IntegrityError, match="an_invoiced_entry_has_number_and_date"), transaction.atomic():
        JournalEntry.objects.update(**half)


def test_refuses_a_second_fare_of_a_leg():
    given_leg(MaasProviderFactory(), state="FINISHED")
    leg = Leg.objects.select_related("booking").get()

    with pytest.raises(IntegrityError, match="one_fare_per_leg"), transaction.atomic():
        services.record_fare(booking=leg.booking, leg=leg, fare=leg.price(NOW), now=NOW)

    assert JournalEntry.objects.count() == 1


def test_refuses_a_negative_fare():
    with pytest.raises(IntegrityError, match="a_fare_is_not_negative"), transaction.atomic():
        JournalEntryFactory(amount=Decimal("-0.01"))


def test_counts_the_entries_of_each_booking():
    booking = given_booking(MaasProviderFactory(), state="STARTED")
    JournalEntryFactory(booking=booking, sequence=1, category="DEPOSIT")
    leg = Leg.objects.select_related("booking").get(pk=booking.pk)
    other = given_leg(MaasProviderFactory(), state="FINISHED")

    entry = services.record_fare(booking=leg.booking, leg=leg, fare=leg.price(NOW), now=NOW)

    assert entry.sequence == 2
    assert JournalEntry.objects.get(leg=other).sequence == 1
    with pytest.raises(IntegrityError, match="journal_ids_are_unique"), transaction.atomic():
        JournalEntryFactory(booking=booking, sequence=2, category="DAMAGE")
