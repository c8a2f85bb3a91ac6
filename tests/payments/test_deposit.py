"""A deposit …"""

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from bookings import services as bookings
from bookings.models import Booking, Party
from payments import services
from payments.models import JournalEntry
from tests.fleet_factories import AssetFactory, ConditionFactory
from tests.journey import HERE, NOW, at, given_booking, given_offer, minutes, report
from tests.trip_factories import BookingFactory, LegFactory

DEPOSIT, REFUND = ("DEPOSIT", Decimal("50.000")), ("REFUND", Decimal("-50.000"))


@pytest.fixture
def asset():
    """Asks for 50.00, without VAT."""
    asset = AssetFactory()
    ConditionFactory(asset_type=asset.asset_type)
    return asset


def journal():
    return list(JournalEntry.objects.order_by("sequence").values_list("category", "amount"))


def test_is_not_owed_before_commit(mp, asset):
    given_booking(mp.provider, asset)

    assert journal() == []


def test_is_owed_from_commit_on(mp, asset):
    booking = given_booking(mp.provider, asset)

    committed = mp.operation(booking.id, "COMMIT").json()

    [entry] = mp.get("/payment/journal-entry", id=str(booking.id)).json()
    assert entry == {
        "amount": 50,
        "amountExVat": 50,
        "currencyCode": "EUR",
        "vatRate": 0,
        "category": "DEPOSIT",
        "journalId": str(booking.id),
        "journalSequenceId": "1",
        "state": "TO_INVOICE",
        "details": {
            "amount": 50,
            "amountExVat": 50,
            "currencyCode": "EUR",
            "vatRate": 0,
            "category": "DEPOSIT",
            "description": "Deposit",
        },
    }
    assert [part["amount"] for part in committed["pricing"]["parts"]] == [1]  # no part of the price
    assert JournalEntry.objects.get().leg_id == booking.id


def test_is_owed_at_once_where_the_contract_commits(auto_mp, asset):
    auto_mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)])

    assert journal() == [DEPOSIT]


def test_is_owed_for_an_offer_that_is_committed_by_contract(auto_mp, asset):
    offer = given_offer(auto_mp.provider, asset)

    auto_mp.book(offer.id)

    assert journal() == [DEPOSIT]


def test_is_owed_when_staff_confirm_and_not_before(mp, asset):
    booking = given_booking(mp.provider, asset, state="CONDITIONAL_CONFIRMED")
    assert journal() == []

    bookings.confirm(booking_id=booking.id, now=NOW)

    assert journal() == [DEPOSIT]


@pytest.mark.parametrize("end", ["deny", "expire"])
def test_is_never_owed_when_staff_do_not_confirm(mp, asset, end):
    booking = given_booking(mp.provider, asset, state="CONDITIONAL_CONFIRMED")

    if end == "deny":
        bookings.deny(booking_id=booking.id, now=NOW)
    else:
        bookings.expire(booking_id=booking.id, now=NOW + minutes(10))

    assert journal() == []


def test_is_given_back_with_the_fare(mp, clock, asset):
    booking = given_booking(mp.provider, asset, state="STARTED")
    clock.move_to(NOW + minutes(10))

    mp.event(booking.id, "FINISH")

    assert journal() == [DEPOSIT, ("FARE", Decimal("3.500")), REFUND]
    refund = mp.get("/payment/journal-entry", id=str(booking.id), category="REFUND").json()[0]
    assert refund["details"]["meta"] == {"refund_for": {"journalId": str(booking.id), "journalSequenceId": "1"}}
    entries = {entry.category: entry for entry in JournalEntry.objects.all()}
    assert entries["REFUND"].refers_to_id == entries["DEPOSIT"].pk


@pytest.mark.parametrize("way", ["booking", "leg", "operator", "no-show"])
def test_is_given_back_when_the_trip_does_not_take_place(mp, asset, way):
    booking = given_booking(mp.provider, asset, state="CONFIRMED")

    match way:
        case "booking":
            mp.operation(booking.id, "CANCEL")
        case "leg":
            mp.event(booking.id, "CANCEL")
        case "operator":
            bookings.cancel(booking_id=booking.id, now=NOW, asked_by=Party.TO)
        case "no-show":
            bookings.report_no_show(booking_id=booking.id, now=NOW)

    assert journal() == [DEPOSIT, REFUND]
    assert Booking.objects.get().price == 0


def test_is_given_back_once(mp, asset):
    booking = given_booking(mp.provider, asset, state="FINISHED")

    mp.event(booking.id, "FINISH")

    assert journal() == [DEPOSIT, ("FARE", Decimal("1.000")), REFUND]


def test_is_given_back_as_far_as_it_was_not_before(mp, asset):
    booking = given_booking(mp.provider, asset, state="STARTED")
    services.refund(booking_id=booking.id, entry_id=JournalEntry.objects.get().pk, amount=20, now=NOW)

    report("FINISH")(booking.id, NOW)

    assert [amount for category, amount in journal() if category == "REFUND"] == [Decimal(-20), Decimal(-30)]


def test_is_taken_of_each_leg_and_given_back_with_each(clock):
    booking = BookingFactory(state="STARTED")
    condition = {"kind": "conditionDeposit", "amount": "20", "currency": "EUR", "vat_rate": "21", "vat_country": "NL"}
    first, second = (
        LegFactory(id=leg_id, booking=booking, conditions=[condition], sequence=number, asset__state="IN_USE")
        for number, leg_id in enumerate((UUID(int=1), UUID(int=2)))
    )
    confirmed = Booking(pk=booking.pk, provider=booking.provider, state="CONFIRMED")
    services.take_deposits(confirmed, [first, second], now=NOW)

    report("FINISH", Party.TO)(first.pk, NOW)
    after_first = journal()
    report("FINISH", Party.TO)(second.pk, NOW)

    assert [category for category, _amount in after_first] == ["DEPOSIT", "DEPOSIT", "FARE", "REFUND"]
    assert [category for category, _amount in journal()][4:] == ["FARE", "REFUND"]
    assert [entry.leg_id for entry in JournalEntry.objects.filter(category="REFUND").order_by("id")] == [
        first.pk,
        second.pk,
    ]
    assert JournalEntry.objects.get(sequence=4).amount_ex_vat == Decimal("-16.530")


def test_of_a_leg_is_taken_once_says_the_database(mp, asset):
    booking = given_booking(mp.provider, asset, state="CONFIRMED")

    with pytest.raises(IntegrityError, match="one_deposit_per_leg"), transaction.atomic():
        services.take_deposits(booking, list(booking.legs.all()), now=NOW)

    assert journal() == [DEPOSIT]
