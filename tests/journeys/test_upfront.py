"""A cargo bike for tomorrow …"""

import pytest

from fleet.models import Asset
from tests.client import refused
from tests.fleet_factories import (
    AssetFactory,
    AssetTypeFactory,
    FarePartFactory,
    PricingPlanFactory,
    StationFactory,
)
from tests.journey import HERE, NEARBY, NOW, at, located, minutes

TOMORROW = {"departureTime": "2026-06-02T12:00:00Z", "arrivalTime": "2026-06-02T14:00:00Z"}
DAY = 24 * 60


@pytest.fixture
def hub():
    return StationFactory(station_id="hub")


@pytest.fixture
def cargo():
    """2.50 and 3.50 an hour, 21 % VAT."""
    parts = [
        FarePartFactory.build(name="Start", amount="2.50"),
        FarePartFactory.build(name="Per hour", type="FLEX", unit_type="HOUR", units=1, amount="3.50", position=1),
    ]
    return AssetTypeFactory(
        ahead=True, type_id="cargo", user_may_pick=True, default_plan=PricingPlanFactory(parts=parts)
    )


@pytest.fixture
def bikes(cargo, hub):
    return [
        AssetFactory(asset_type=cargo, station=hub, home_station=hub, vehicle_number=number) for number in ("1", "2")
    ]


def book_for_tomorrow(mp):
    [option] = mp.offers(**at(HERE), useAssetTypes=["cargo"], **TOMORROW).json()["options"]
    assert "asset" not in option["legs"][0]
    assert option["pricing"]["parts"][0]["amount"] == 9.5  # 2.50 and two hours
    assert mp.book(option["id"], customer={"id": "c-1"}).json()["state"] == "PENDING"
    assert mp.operation(option["id"], "COMMIT").json()["state"] == "CONFIRMED"
    return option["id"]


def test_ahead_by_type_and_the_user_picks(mp, clock, bikes):
    booking_id = book_for_tomorrow(mp)
    clock.move_to(NOW + minutes(DAY - 10))

    # The user stands at the hub and chooses the second bike.
    choice = [asset["id"] for asset in mp.get(f"/legs/{booking_id}/available-assets").json()]
    assert sorted(choice) == sorted(str(bike.public_id) for bike in bikes)
    picked = str(bikes[1].public_id)
    assigned = mp.event(booking_id, "ASSIGN_ASSET", asset={"id": picked}).json()
    assert (assigned["state"], assigned["asset"]["id"]) == ("NOT_STARTED", picked)
    assert assigned["assetAccessData"]
    refused(mp.get(f"/legs/{booking_id}/available-assets"), 403, 4006)

    # An hour and a quarter, and back to the hub.
    clock.move_to(NOW + minutes(DAY))
    assert mp.event(booking_id, "SET_IN_USE").json()["asset"]["id"] == picked
    clock.move_to(NOW + minutes(DAY + 75))
    StationFactory(lat=NEARBY[0])
    refused(mp.event(booking_id, "FINISH", **located(NEARBY)), 403, 4500)
    finished = mp.event(booking_id, "FINISH", **located(HERE)).json()

    assert [part["amount"] for part in finished["pricing"]["parts"]] == [2.5, 7]
    [owed] = mp.get("/payment/journal-entry", id=booking_id).json()
    assert (owed["amount"], owed["amountExVat"], owed["usedTime"]) == (9.5, 7.85, 4500)
    assert Asset.objects.get(pk=bikes[1].pk).station.station_id == "hub"


def test_ahead_by_type_and_any_bike_will_do(mp, clock, bikes):
    booking_id = book_for_tomorrow(mp)
    clock.move_to(NOW + minutes(DAY))

    started = mp.event(booking_id, "SET_IN_USE").json()

    assert (started["state"], started["asset"]["id"]) == ("IN_USE", str(bikes[0].public_id))
    assert started["assetAccessData"]
    clock.move_to(NOW + minutes(DAY + 120))
    mp.event(booking_id, "FINISH", **located(HERE))
    [owed] = mp.get("/payment/journal-entry", id=booking_id).json()
    assert (owed["amount"], owed["amountExVat"]) == (9.5, 7.85)


def test_ahead_until_all_are_promised(mp, other_mp, clock, bikes):
    first, second = book_for_tomorrow(mp), book_for_tomorrow(other_mp)

    assert mp.offers(**at(HERE), useAssetTypes=["cargo"], **TOMORROW).json()["options"] == []
    refused(mp.one_stop(**at(HERE), useAssetTypes=["cargo"], **TOMORROW), 406, 3202)
    other_mp.operation(second, "CANCEL")

    assert mp.one_stop(**at(HERE), useAssetTypes=["cargo"], **TOMORROW).status_code == 201
    assert mp.get(f"/bookings/{first}").json()["state"] == "CONFIRMED"
