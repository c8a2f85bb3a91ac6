"""CANCEL of a leg …"""

import pytest

from bookings.models import Booking, BookingEvent
from fleet.models import Asset, Reservation
from legs.models import Leg
from payments.models import JournalEntry
from tests.fleet_factories import AssetFactory, AssetTypeFactory, StationFactory
from tests.journey import HERE, at, given_leg


@pytest.mark.parametrize("state", ["NOT_STARTED", "PREPARING"])
def test_cancels_the_booking_and_frees_the_vehicle(mp, state):
    asset = AssetFactory()
    leg = given_leg(mp.provider, asset, state=state)

    answer = mp.event(leg.id, "CANCEL")

    assert (answer.status_code, answer.json()["state"]) == (200, "CANCELLED")
    assert Booking.objects.get().state == "CANCELLED"
    freed = Asset.objects.get()
    assert (freed.state, freed.public_id) == ("AVAILABLE", asset.public_id)
    assert not Reservation.objects.exists()
    assert "assetAccessData" not in answer.json()
    assert Leg.objects.get().access_code == ""
    event = BookingEvent.objects.latest("id")
    assert (event.operation, event.state, event.asked_by) == ("CANCEL", "CANCELLED", "MP")


def test_costs_nothing(mp):
    leg = given_leg(mp.provider)

    mp.event(leg.id, "CANCEL")

    assert not JournalEntry.objects.exists()
    pricing = mp.get(f"/bookings/{leg.id}").json()["pricing"]
    assert (pricing["parts"][0]["amount"], pricing["estimated"]) == (0, False)


def test_gives_a_promise_back(auto_mp):
    hub = StationFactory()
    AssetFactory(asset_type=AssetTypeFactory(ahead=True, type_id="cargo"), station=hub, home_station=hub)
    booking_id = auto_mp.one_stop(**at(HERE), useAssetTypes=["cargo"]).json()["id"]

    assert auto_mp.event(booking_id, "CANCEL").json()["state"] == "CANCELLED"

    assert not Reservation.objects.exists()
    assert auto_mp.one_stop(**at(HERE), useAssetTypes=["cargo"]).status_code == 201
