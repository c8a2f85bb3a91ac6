"""What is added to a ride (POST and DELETE /legs/{id}/ancillaries/{category}/{number}) …"""

from decimal import Decimal

import pytest

from bookings.models import Booking, BookingEvent
from fleet.models import Ancillary
from legs.models import Leg
from payments.models import JournalEntry
from tests.client import refused
from tests.fleet_factories import AncillaryFactory, AssetFactory
from tests.journey import NOW, given_booking, given_leg, minutes, nothing_changes


@pytest.fixture
def asset(db):
    return AssetFactory()


@pytest.fixture
def seat(asset):
    """A child seat for 2.00."""
    return AncillaryFactory(category="AV", number="07", asset_types=[asset.asset_type])


def add(mp, leg, code="AV/07"):
    return mp.post(f"/legs/{leg.id}/ancillaries/{code}")


def remove(mp, leg, code="AV/07"):
    return mp.delete(f"/legs/{leg.id}/ancillaries/{code}")


@pytest.mark.parametrize("state", ["NOT_STARTED", "PREPARING", "IN_USE", "PAUSED"])
def test_is_a_part_of_the_price(mp, clock, asset, seat, state):
    leg = given_leg(mp.provider, asset, state=state)
    before = mp.get(f"/legs/{leg.id}").json()["pricing"]["parts"]

    answer = add(mp, leg)

    assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert answer.json()["pricing"]["parts"] == [
        *before,
        {
            "amount": 2,
            "amountExVat": 1.653,
            "currencyCode": "EUR",
            "vatRate": 21,
            "vatCountryCode": "NL",
            "type": "FIXED",
            "name": "Child seat",
            "class": "ANCILLARY",
        },
    ]
    assert Booking.objects.get().price == 3
    event = BookingEvent.objects.last()
    assert (event.operation, event.reason, event.asked_by) == ("ADD_ANCILLARY", "Child seat", "MP")


def test_is_a_part_of_the_fare(mp, clock, asset, seat):
    leg = given_leg(mp.provider, asset)
    add(mp, leg)
    mp.event(leg.id, "SET_IN_USE")
    clock.move_to(NOW + minutes(10))

    answer = mp.event(leg.id, "FINISH")

    shown = {part["name"]: part["amount"] for part in answer.json()["pricing"]["parts"] if "name" in part}
    assert shown["Child seat"] == 2
    assert JournalEntry.objects.get().amount == Decimal("5.50")  # 1.00, 2.50 and 2.00


def test_costs_what_it_cost_when_it_was_added(mp, asset, seat):
    leg = given_leg(mp.provider, asset)
    add(mp, leg)
    Ancillary.objects.update(price=5)

    assert remove(mp, leg).status_code == 200

    assert Leg.objects.get().tariff == leg.tariff


def test_is_taken_off_again(mp, asset, seat):
    leg = given_leg(mp.provider, asset)
    before = mp.get(f"/legs/{leg.id}").json()
    add(mp, leg)

    assert remove(mp, leg).status_code == 200

    assert mp.get(f"/legs/{leg.id}").json() == before
    kept = Leg.objects.get()
    assert (kept.tariff, kept.ancillaries, Booking.objects.get().price) == (leg.tariff, [], 1)


def test_may_be_had_as_often_as_there_are(mp, asset, seat):
    Ancillary.objects.update(max_per_leg=2)
    leg = given_leg(mp.provider, asset)
    add(mp, leg)
    add(mp, leg)

    with nothing_changes():
        refused(add(mp, leg), 403, 4004)
    remove(mp, leg)

    assert [each["number"] for each in Leg.objects.get().ancillaries] == ["07"]
    assert Booking.objects.get().price == 3


@pytest.mark.parametrize("state", ["FINISHING", "FINISHED", "CANCELLED", "ISSUE_REPORTED"])
def test_comes_too_late_when_the_ride_ends(mp, asset, seat, state):
    leg = given_leg(mp.provider, asset, state=state)

    with nothing_changes():
        answer = add(mp, leg)

    refused(answer, 403, 4004)


@pytest.mark.parametrize("state", ["IN_USE", "PAUSED"])
def test_is_not_taken_off_on_the_way(mp, asset, seat, state):
    leg = given_leg(mp.provider, asset, state=state)
    add(mp, leg)

    with nothing_changes():
        answer = remove(mp, leg)

    refused(answer, 403, 4004)


@pytest.mark.parametrize("state", ["PENDING", "CONDITIONAL_CONFIRMED", "RELEASED", "EXPIRED", "REJECTED"])
def test_needs_a_confirmed_booking(mp, asset, seat, state):
    booking = given_booking(mp.provider, asset, state=state)

    with nothing_changes():
        answer = add(mp, booking)

    refused(answer, 403, 4004)


def test_is_not_had_with_every_vehicle(mp, seat):
    leg = given_leg(mp.provider)

    with nothing_changes():
        answer = add(mp, leg)

    refused(answer, 403, 4004)


@pytest.mark.parametrize("code", ["ZZ/99", "AV/7", "av/07", "AV/" + "9" * 300])
@pytest.mark.parametrize("change", [add, remove])
def test_is_refused_when_nobody_knows_it(mp, asset, seat, change, code):
    leg = given_leg(mp.provider, asset)

    with nothing_changes():
        answer = change(mp, leg, code)

    refused(answer, 404, 4204)


def test_cannot_be_taken_off_when_it_is_not_there(mp, asset, seat):
    leg = given_leg(mp.provider, asset)

    with nothing_changes():
        answer = remove(mp, leg)

    refused(answer, 404, 4204)


@pytest.mark.parametrize("change", [add, remove])
def test_is_nothing_on_the_leg_of_another(mp, other_mp, asset, seat, change):
    leg = given_leg(other_mp.provider, asset)

    with nothing_changes():
        answer = change(mp, leg)

    refused(answer, 404, 4204)


def test_is_announced_with_the_type(mp, asset, seat):
    [row] = mp.get("/operator/available-assets").json()

    assert row["sharedProperties"]["ancillaries"] == [{"category": "AV", "number": "07", "memo": "Child seat"}]
