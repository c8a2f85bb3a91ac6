"""A cargo bike for tomorrow, a taxi that must be confirmed, a bike from a dock."""

import pytest
from django.core.management import call_command

from bookings.models import Party
from fleet.models import Asset
from legs import services as legs
from tests.client import refused
from tests.fleet_factories import (
    AssetFactory,
    AssetTypeFactory,
    ConditionFactory,
    FarePartFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
)
from tests.journey import HERE, NEARBY, NOW, at, minutes

TOMORROW = {"departureTime": "2026-06-02T12:00:00Z", "arrivalTime": "2026-06-02T14:00:00Z"}
DAY = 24 * 60


def located(place):
    lat, lon = place
    return {"asset": {"overriddenProperties": {"location": {"coordinates": {"lat": lat, "lng": lon}}}}}


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


# A taxi


@pytest.fixture
def taxi():
    """4.15 to start and 0.50 a minute, 9 % VAT; staff confirm within ten minutes."""
    RegionFactory()
    parts = [
        FarePartFactory.build(name="Start", amount="4.15"),
        FarePartFactory.build(name="Time", per_minute=True, amount="0.50", position=1),
    ]
    taxi = AssetTypeFactory(
        ahead=True, type_id="taxi", asset_class="TAXI", return_rule="free_floating", response_minutes=10,
        default_plan=PricingPlanFactory(parts=parts, vat_rate=9),
    )  # fmt: skip
    ConditionFactory(
        asset_type=taxi, kind="conditionRequireBookingData", details={"required_fields": ["NAME", "PHONE_NUMBERS"]}
    )
    AssetFactory(asset_type=taxi, vehicle_number="taxi 7")
    return taxi


ZOE = {"id": "c-1", "firstName": "Zoë", "lastName": "Ångström", "phones": [{"number": "+31612345678"}]}


def order_taxi(mp):
    [option] = mp.offers(**at(HERE, name="Home"), useAssetTypes=["taxi"]).json()["options"]
    conditions = {condition["conditionType"]: condition for condition in option["legs"][0]["conditions"]}
    assert conditions["conditionPostponedCommit"]["ultimateResponseTime"] == "2026-06-01T12:10:00Z"
    refused(mp.book(option["id"], customer={"id": "c-1"}), 400, 3001)
    assert mp.book(option["id"], customer=ZOE).json()["state"] == "PENDING"
    committed = mp.operation(option["id"], "COMMIT")
    assert committed.json()["state"] == "CONDITIONAL_CONFIRMED"
    assert committed.headers["Expires"] == "Mon, 01 Jun 2026 12:10:00 GMT"
    refused(mp.event(option["id"], "SET_IN_USE"), 403, 4004)
    return option["id"]


def test_confirmed_by_staff(mp, clock, taxi):
    booking_id = order_taxi(mp)
    clock.move_to(NOW + minutes(5))

    call_command("operate", "confirm", booking_id, "--reason", "Kim drives")

    assert mp.get(f"/bookings/{booking_id}").json()["state"] == "CONFIRMED"
    for event, minute in (("PREPARE", 6), ("SET_IN_USE", 15), ("FINISH", 36)):  # the driver's app
        moment = NOW + minutes(minute)
        legs.apply(event, leg_id=booking_id, at=moment, now=moment, asked_by=Party.TO)
    [owed] = mp.get("/payment/journal-entry", id=booking_id).json()
    assert (owed["amount"], owed["amountExVat"], owed["vatRate"]) == (14.65, 13.44, 9)  # 4.15 + 21 × 0.50
    shown = mp.get(f"/legs/{booking_id}").json()
    assert (shown["actualDepartureTime"], shown["actualArrivalTime"]) == (
        "2026-06-01T12:15:00Z",
        "2026-06-01T12:36:00Z",
    )


def test_denied_by_staff(mp, clock, taxi):
    booking_id = order_taxi(mp)

    call_command("operate", "deny", booking_id, "--reason", "no driver")

    booking = mp.get(f"/bookings/{booking_id}").json()
    assert (booking["state"], booking["legs"][0]["state"]) == ("REJECTED", "CANCELLED")
    refused(mp.operation(booking_id, "COMMIT"), 403, 3004)
    assert mp.get("/payment/journal-entry", id=booking_id).json() == []
    assert len(mp.offers(**at(HERE), useAssetTypes=["taxi"]).json()["options"]) == 1


def test_never_answered_by_staff(mp, clock, taxi):
    booking_id = order_taxi(mp)
    clock.move_to(NOW + minutes(10))

    assert mp.get(f"/bookings/{booking_id}").json()["state"] == "EXPIRED"


# A bike from a dock


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
