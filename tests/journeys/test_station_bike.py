"""A bike from a station …"""

from bookings.models import Party
from fleet.models import Asset
from legs import services as legs
from tests.client import refused
from tests.fleet_factories import (
    AssetFactory,
    AssetTypeFactory,
    FarePartFactory,
    PricingPlanFactory,
    StationFactory,
)
from tests.journey import HERE, NEARBY, NOW, located, minutes


def test_out_of_a_dock_into_another(auto_mp, clock):
    """The docks report: our side sends SET_IN_USE and FINISH, the provider only books. 1.50 for half an hour."""
    parts = [FarePartFactory.build(name="First half hour", amount="1.50")]
    bike = AssetTypeFactory(
        docked=True, docks_report=True, type_id="dock-bike", default_plan=PricingPlanFactory(parts=parts, vat_rate=25)
    )
    start, end = StationFactory(station_id="start"), StationFactory(station_id="end", lat=NEARBY[0])
    asset = AssetFactory(asset_type=bike, station=start, station_slot="7")

    booked = auto_mp.one_stop(**{"from": {"stationId": "start"}}, useAssetTypes=["dock-bike"]).json()
    booking_id = booked["id"]
    assert (booked["state"], booked["from"]["stationId"]) == ("CONFIRMED", "start")
    assert booked["from"]["extraInfo"] == {"stationSlotName": "7"}

    for event, minute, place in (("SET_IN_USE", 2, HERE), ("FINISH", 20, NEARBY)):
        clock.move_to(NOW + minutes(minute))
        if event == "FINISH":
            refused(auto_mp.event(booking_id, "FINISH", **located(NEARBY)), 403, 4004)
        moment = NOW + minutes(minute)
        legs.apply(event, leg_id=booking_id, at=moment, now=moment, asked_by=Party.TO, location=place)

    booking = auto_mp.get(f"/bookings/{booking_id}").json()
    assert (booking["state"], booking["actualArrivalTime"]) == ("FINISHED", "2026-06-01T12:20:00Z")
    [owed] = auto_mp.get("/payment/journal-entry", id=booking_id).json()
    assert (owed["amount"], owed["amountExVat"], owed["usedTime"]) == (1.5, 1.2, 1080)
    docked = Asset.objects.get()
    assert (docked.state, docked.station) == ("AVAILABLE", end)
    assert docked.public_id != asset.public_id


def test_out_of_a_station_and_back_to_one(mp, clock):
    """A bike without reporting docks: the provider ends the ride, at a station."""
    bike = AssetTypeFactory(docked=True, type_id="bike")
    start, end = StationFactory(station_id="start"), StationFactory(station_id="end", lat=NEARBY[0])
    AssetFactory(asset_type=bike, station=start)
    booking_id = mp.one_stop(**{"from": {"stationId": "start"}}, useAssetTypes=["bike"]).json()["id"]
    mp.operation(booking_id, "COMMIT")
    mp.event(booking_id, "SET_IN_USE")
    clock.move_to(NOW + minutes(7))

    refused(mp.event(booking_id, "FINISH", **located((HERE[0] + 0.01, HERE[1]))), 403, 4500)
    assert mp.event(booking_id, "FINISH", **located(NEARBY)).json()["state"] == "FINISHED"

    assert Asset.objects.get().station == end
    [owed] = mp.get("/payment/journal-entry", id=booking_id).json()
    assert (owed["amount"], owed["amountExVat"]) == (2.75, 2.27)  # 1.00 + 7 × 0.25
