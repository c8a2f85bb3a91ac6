"""What we charge besides the trip, give back and correct …"""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from bookings.models import Booking
from payments import services
from payments.errors import BookingUnknown, ClaimImpossible
from payments.models import JournalEntry
from tests.fleet_factories import AssetFactory, ConditionFactory
from tests.journey import NOW, given_booking, given_offer, minutes, nothing_changes, report
from tests.trip_factories import JournalEntryFactory

DAYS_LATER = NOW + minutes(3 * 24 * 60)


@pytest.fixture
def ridden(mp):
    """10 minutes for 3.50, with 21 % VAT."""
    booking = given_booking(mp.provider, state="STARTED")
    report("FINISH")(booking.id, NOW + minutes(10))
    return Booking.objects.get()


@pytest.fixture
def fare(ridden):
    return JournalEntry.objects.get()


def parking_fee(booking, **changes):
    costs = {"category": "FINE", "amount": Decimal(200), "description": "Parking fee", "vat_rate": Decimal(25)}
    return services.claim(booking_id=booking.pk, now=DAYS_LATER, **costs | changes)


def amounts():
    return [(entry.category, entry.amount) for entry in JournalEntry.objects.order_by("sequence")]


def parts(mp, booking):
    shown = mp.get(f"/bookings/{booking.id}").json()["pricing"]
    return [(part["amount"], part.get("name"), part.get("class")) for part in shown["parts"]]


# Claims of ours


def test_is_owed_at_once(mp, ridden):
    parking_fee(ridden, actor="ann", reason="on the tram tracks", details={"meta": {"report": "A-7"}})

    entry = mp.get("/payment/journal-entry", category="FINE").json()[0]
    costs = {"amount": 200, "amountExVat": 160, "currencyCode": "EUR", "vatRate": 25, "category": "FINE"}
    assert entry == {
        **costs,
        "journalId": str(ridden.id),
        "journalSequenceId": "2",
        "state": "TO_INVOICE",
        "details": {**costs, "description": "Parking fee", "meta": {"report": "A-7"}},
    }
    stored = JournalEntry.objects.latest("id")
    assert (stored.actor, stored.reason, stored.created_at) == ("ann", "on the tram tracks", DAYS_LATER)


def test_is_a_part_of_the_price_and_not_of_the_fare(mp, ridden):
    """Entur: extra fees after the trip are FIXED parts with a name and the class ANCILLARY."""
    before = mp.get(f"/legs/{ridden.id}").json()["pricing"]

    parking_fee(ridden)

    assert parts(mp, ridden) == [(3.5, None, None), (200, "Parking fee", "ANCILLARY")]
    assert mp.get(f"/bookings/{ridden.id}").json()["pricing"]["estimated"] is False
    assert mp.get(f"/legs/{ridden.id}").json()["pricing"] == before
    assert Booking.objects.get().price == Decimal("203.5")
    assert [found["id"] for found in mp.get("/bookings", **{"min-price": "203.5"}).json()] == [str(ridden.id)]
    assert mp.get("/bookings", **{"max-price": "203.49"}).json() == []


def test_during_the_ride_stays_in_the_final_price(mp, clock):
    booking = given_booking(mp.provider, state="STARTED")
    parking_fee(booking)
    clock.move_to(NOW + minutes(10))
    during = parts(mp, booking)

    mp.event(booking.id, "FINISH")

    assert during == parts(mp, booking) == [(3.5, None, None), (200, "Parking fee", "ANCILLARY")]
    assert Booking.objects.get().price == Decimal("203.5")


def test_what_the_booking_shows_is_what_the_journal_says(mp, ridden, fare):
    parking_fee(ridden)
    services.refund(booking_id=ridden.pk, amount=2, entry_id=fare.pk, now=NOW)
    services.correct(entry_id=JournalEntry.objects.get(category="FINE").pk, now=NOW)

    assert sum(amount for _category, amount in amounts()) == Booking.objects.get().price == Decimal("1.5")
    assert sum(amount for amount, _name, _class in parts(mp, ridden)) == 1.5


@pytest.mark.parametrize(
    "changes",
    [{"category": "FARE"}, {"category": "ALL"}, {"amount": 0}, {"currency": "NOK"}, {"category": "CREDIT"}],
    ids=str,
)
def test_is_refused_when_it_makes_no_sense(ridden, changes):
    with nothing_changes(), pytest.raises(ClaimImpossible):
        parking_fee(ridden, **changes)


def test_is_refused_for_an_offer(mp):
    offer = given_offer(mp.provider)

    with nothing_changes(), pytest.raises(BookingUnknown):
        parking_fee(offer)


# Refunds


def test_gives_back_a_part_of_an_entry(mp, ridden, fare):
    services.refund(booking_id=ridden.pk, entry_id=fare.pk, amount=Decimal("1.21"), now=NOW, actor="ann", reason="rain")

    entry = JournalEntry.objects.latest("id")
    assert (entry.category, entry.amount, entry.amount_ex_vat) == ("REFUND", Decimal("-1.21"), Decimal("-1.00"))
    assert (entry.refers_to, entry.leg_id, entry.actor, entry.reason) == (fare, fare.leg_id, "ann", "rain")
    assert parts(mp, ridden) == [(3.5, None, None), (-1.21, "Refund", "ANCILLARY")]


def test_gives_back_of_the_whole_booking(ridden):
    parking_fee(ridden, vat_rate=None)

    services.refund(booking_id=ridden.pk, amount=Decimal("203.5"), now=NOW)

    assert Booking.objects.get().price == 0
    assert JournalEntry.objects.latest("id").vat_rate is None  # of two rates


@pytest.mark.parametrize("amount", ["3.51", "0", "-1", "0.004"])
def test_never_gives_back_more_than_was_charged(ridden, fare, amount):
    for entry_id in (None, fare.pk):
        with nothing_changes(), pytest.raises(ClaimImpossible):
            services.refund(booking_id=ridden.pk, amount=Decimal(amount), entry_id=entry_id, now=NOW)


def test_never_gives_back_more_than_was_charged_in_two_steps(ridden, fare):
    services.refund(booking_id=ridden.pk, amount=2, now=NOW)

    with nothing_changes(), pytest.raises(ClaimImpossible, match=r"1\.50 is left"):
        services.refund(booking_id=ridden.pk, amount=2, entry_id=fare.pk, now=NOW)
    with nothing_changes(), pytest.raises(ClaimImpossible):
        services.claim(booking_id=ridden.pk, category="REFUND", amount=-2, description="again", now=NOW)


def test_never_gives_back_an_entry_of_another_booking(ridden):
    other = JournalEntryFactory()

    with nothing_changes(), pytest.raises(ClaimImpossible):
        services.refund(booking_id=ridden.pk, amount=1, entry_id=other.pk, now=NOW)


def test_does_not_take_a_deposit_for_a_price(mp):
    asset = AssetFactory()
    ConditionFactory(asset_type=asset.asset_type)
    booking = given_booking(mp.provider, asset, state="STARTED")
    deposit = JournalEntry.objects.get()

    with nothing_changes(), pytest.raises(ClaimImpossible):
        services.refund(booking_id=booking.pk, amount=1, now=NOW)
    price = Booking.objects.get().price
    services.refund(booking_id=booking.pk, amount=10, entry_id=deposit.pk, now=NOW)

    assert amounts() == [("DEPOSIT", 50), ("REFUND", -10)]
    assert Booking.objects.get().price == price
    assert Booking.objects.get().extra_costs == []


# Corrections


def test_takes_back_what_is_left_of_an_entry(ridden, fare):
    services.refund(booking_id=ridden.pk, amount=1, entry_id=fare.pk, now=NOW)

    services.correct(entry_id=fare.pk, now=NOW, actor="ann", reason="wrong tariff")

    entry = JournalEntry.objects.latest("id")
    assert (entry.category, entry.amount, entry.refers_to) == ("CREDIT", Decimal("-2.5"), fare)
    assert (entry.description, entry.reason) == ("Correction of entry 1", "wrong tariff")
    assert Booking.objects.get().price == 0


def test_takes_back_no_more_than_is_left_of_a_booking_that_was_refunded_as_a_whole(ridden, fare):
    services.refund(booking_id=ridden.pk, amount=1, now=NOW)

    services.correct(entry_id=fare.pk, now=NOW)

    assert amounts() == [("FARE", Decimal("3.5")), ("REFUND", -1), ("CREDIT", Decimal("-2.5"))]
    assert Booking.objects.get().price == 0
    with nothing_changes(), pytest.raises(ClaimImpossible, match="Nothing is left of entry 1"):
        services.correct(entry_id=fare.pk, now=NOW)


def test_takes_back_money_that_was_given_by_mistake(ridden, fare):
    refund = services.refund(booking_id=ridden.pk, amount=1, entry_id=fare.pk, now=NOW)

    services.correct(entry_id=refund.pk, now=NOW)

    assert amounts()[1:] == [("REFUND", -1), ("OTHER", 1)]
    assert services.left_of(fare, services.entries_of(ridden)) == Decimal("3.5")


def test_corrects_once(ridden, fare):
    services.correct(entry_id=fare.pk, now=NOW)

    with nothing_changes(), pytest.raises(ClaimImpossible, match="Nothing is left"):
        services.correct(entry_id=fare.pk, now=NOW)


@pytest.mark.parametrize("category", ["REFUND", "CREDIT", "VOUCHER"])
def test_money_back_is_negative_says_the_database(category, db):
    with pytest.raises(IntegrityError, match="money_back_is_negative"), transaction.atomic():
        JournalEntryFactory(category=category, amount=1)
