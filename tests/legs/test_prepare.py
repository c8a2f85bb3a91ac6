"""PREPARE …"""

import pytest

from bookings.models import Booking
from fleet.models import Asset
from legs.models import Leg
from tests.journey import NOW, given_leg, minutes


def test_gives_what_opens_the_vehicle_and_bills_nothing(mp, clock):
    leg = given_leg(mp.provider)
    clock.move_to(NOW + minutes(5))

    answer = mp.event(leg.id, "PREPARE")

    assert (answer.status_code, answer.json()["state"]) == (200, "PREPARING")
    token = answer.json()["assetAccessData"]
    assert token["tokenData"]["accessCode"] == Leg.objects.get().access_code
    assert Booking.objects.get().state == "CONFIRMED"
    assert Asset.objects.get().state == "RESERVED"
    assert Leg.objects.get().segments == []
    assert "actualDepartureTime" not in answer.json()


@pytest.mark.parametrize("state", ["PREPARING", "IN_USE", "PAUSED"])
def test_gives_it_again_later_and_changes_nothing_else(mp, state):
    leg = given_leg(mp.provider, state=state)

    answer = mp.event(leg.id, "PREPARE")

    assert answer.json()["state"] == Leg.objects.get().state == state
    assert answer.json()["assetAccessData"]["tokenData"]["accessCode"] == leg.access_code
