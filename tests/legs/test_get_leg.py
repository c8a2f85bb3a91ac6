"""GET /legs/{id} …"""

import pytest

from bookings.models import Booking
from fleet.models import Asset
from legs.models import Leg
from tests.client import refused
from tests.fleet_factories import AssetFactory
from tests.journey import NOW, given_booking, given_leg, given_offer, minutes, nothing_changes


def get(mp, leg_id):
    return mp.get(f"/legs/{leg_id}")


@pytest.mark.parametrize("state", ["NOT_STARTED", "PREPARING", "IN_USE", "PAUSED", "FINISHING", "FINISHED"])
def test_is_what_the_event_answered(mp, state):
    leg = given_leg(mp.provider, state=state)
    answered = mp.event(leg.id, {"NOT_STARTED": "PREPARE", "FINISHED": "FINISH"}.get(state, "SET_IN_USE")).json()

    assert get(mp, leg.id).json() == answered


@pytest.mark.parametrize("state", ["NOT_STARTED", "PREPARING", "IN_USE", "PAUSED", "FINISHING"])
def test_shows_what_opens_the_vehicle(mp, state):
    leg = given_leg(mp.provider, state=state)

    token = get(mp, leg.id).json()["assetAccessData"]

    assert token["tokenData"]["accessCode"] == leg.access_code
    assert (token["validFrom"], token["validUntil"]) == ("2026-06-01T12:00:00Z", "2026-06-02T12:00:00Z")


@pytest.mark.parametrize("state", ["PENDING", "CONDITIONAL_CONFIRMED", "RELEASED", "CANCELLED", "FINISHED", "REJECTED"])
def test_shows_nothing_that_opens_it_before_and_after(mp, state):
    booking = given_booking(mp.provider, state=state)
    Leg.objects.update(access_code="left over")

    assert "assetAccessData" not in get(mp, booking.id).json()


def test_keeps_the_id_the_vehicle_was_booked_by_and_hides_where_it_is_now(mp):
    asset = AssetFactory(name="Speedy")
    leg = given_leg(mp.provider, asset, state="FINISHED")
    Asset.objects.update(lat=52.5, lon=5.5)

    assert get(mp, leg.id).json()["asset"] == {
        "id": str(asset.public_id),
        "overriddenProperties": {"name": "Speedy"},
    }


def test_notices_a_lapse(mp, clock):
    booking = given_booking(mp.provider)
    clock.move_to(NOW + minutes(15))

    answer = get(mp, booking.id)

    assert answer.json()["state"] == Leg.objects.get().state == "CANCELLED"
    assert Booking.objects.get().state == "EXPIRED"


@pytest.mark.parametrize("leg_id", ["00000000-0000-0000-0000-000000000007", "nonsense", "x" * 300])
def test_does_not_find_what_does_not_exist(mp, leg_id):
    refused(get(mp, leg_id), 404, 4204)


def test_does_not_find_the_leg_of_an_offer(mp):
    refused(get(mp, given_offer(mp.provider).id), 404, 4204)


def test_does_not_find_the_leg_of_another_provider(mp, other_mp, clock):
    booking = given_booking(other_mp.provider)
    clock.move_to(NOW + minutes(60))

    with nothing_changes():
        answer = get(mp, booking.id)

    refused(answer, 404, 4204)
