"""The list of vehicles …"""

from datetime import time
from uuid import UUID

import pytest
from django.utils import timezone

from fleet import services
from fleet.models import Asset
from fleet.models.vehicles import AssetState
from tests.factories import MaasProviderFactory
from tests.fleet_factories import (
    LAT,
    AssetFactory,
    AssetTypeFactory,
    CalendarPeriodFactory,
    OpeningHoursFactory,
    PlanRuleFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
    UserGroupFactory,
    square,
)
from tests.gbfs.feeds import data, vehicles
from tests.journey import NOW, given_booking, report

ID = UUID("6c0f29f2-4c53-4d6c-9a27-2f3bb0d9f1aa")
HTTPS = "https://rides.example"


@pytest.fixture
def scooter():
    return AssetTypeFactory(type_id="scooter", max_range_m=40_000, default_plan=PricingPlanFactory(plan_id="by-minute"))


def ids(version="3.0"):
    return sorted(vehicles(version))


# What it says of a vehicle


def test_says_of_a_vehicle_in_the_street_which_where_and_how_far_it_goes(scooter):
    AssetFactory(asset_type=scooter, public_id=ID, lat=52.09012345, lon=5.12, state_of_charge=81, range_m=32_456)

    expected = {
        "vehicle_type_id": "scooter",
        "lat": 52.090123,
        "lon": 5.12,
        "is_reserved": False,
        "is_disabled": False,
        "current_range_meters": 32_400,
        "current_fuel_percent": 0.81,
    }
    assert data("vehicle_status")["vehicles"] == [{"vehicle_id": str(ID), **expected}]
    assert data("free_bike_status", "2.3")["bikes"] == [{"bike_id": str(ID), **expected}]


def test_says_of_a_bike_at_a_station_where_it_stands_and_belongs():
    dom, gate = StationFactory(station_id="dom"), StationFactory(station_id="gate")
    AssetFactory(asset_type=AssetTypeFactory(docked=True, type_id="bike"), public_id=ID, station=dom, home_station=gate)

    assert vehicles() == {
        str(ID): {
            "vehicle_id": str(ID),
            "vehicle_type_id": "bike",
            "lat": LAT,
            "lon": 5.12,
            "is_reserved": False,
            "is_disabled": False,
            "station_id": "dom",
            "home_station_id": "gate",
        }
    }


@pytest.mark.parametrize("version", ["2.3", "3.0"])
def test_never_says_what_stays_the_same_from_trip_to_trip(scooter, version):
    AssetFactory(asset_type=scooter, marked=True, reported_at=NOW, odometer_m=123_456_789)

    (vehicle,) = vehicles(version).values()

    assert set(vehicle) == {
        "vehicle_id" if version == "3.0" else "bike_id",
        *(
            "vehicle_type_id",
            "lat",
            "lon",
            "is_reserved",
            "is_disabled",
            "current_range_meters",
            "current_fuel_percent",
        ),
    }


@pytest.mark.parametrize(
    ("vehicle", "longest", "metres"),
    [
        ({"range_m": 9_999, "state_of_charge": 90}, 40_000, 9_900),
        ({"range_m": 45_000, "state_of_charge": 90}, 40_000, 40_000),
        ({"range_m": None, "state_of_charge": 51}, 40_000, 20_400),
        ({"range_m": None, "state_of_charge": None}, 40_000, 6_000),
        ({"range_m": 12_300, "state_of_charge": None}, None, 12_300),
        ({"range_m": None, "state_of_charge": 80}, None, 0),
    ],
    ids=["as reported", "no farther than the type", "by charge", "as far as we rent it", "type unknown", "all unknown"],
)
def test_always_says_how_far_a_motor_goes(vehicle, longest, metres):
    AssetFactory(asset_type=AssetTypeFactory(max_range_m=longest, min_charge_percent=15), **vehicle)

    (listed,) = vehicles().values()

    assert listed["current_range_meters"] == metres


def test_links_each_vehicle_by_its_id_where_we_are_reached_by_https(scooter, settings):
    settings.TOMP_PUBLIC_URL = HTTPS
    AssetFactory(asset_type=scooter, public_id=ID)

    assert vehicles()[str(ID)]["rental_uris"] == {"web": f"{HTTPS}/r/{ID}"}


def test_links_to_the_apps_that_can_be_found_and_installed(scooter, settings):
    settings.TOMP_PUBLIC_URL = HTTPS
    app = {"store_uri": "https://play.example/rides", "discovery_uri": "rides://open"}
    SystemFactory(rental_apps={"android": app, "ios": {"store_uri": "https://apps.example/rides"}})
    AssetFactory(asset_type=scooter, public_id=ID)

    assert vehicles()[str(ID)]["rental_uris"] == {"android": f"{HTTPS}/r/{ID}", "web": f"{HTTPS}/r/{ID}"}
    assert data("system_information")["rental_apps"] == {"android": app}


def test_uses_the_ids_of_tomp_with_the_codespace(mp, scooter, settings):
    settings.TOMP_CODESPACE = "URY"
    AssetFactory(asset_type=scooter, public_id=ID)

    (row,) = mp.get("/operator/available-assets").json()

    assert [asset["id"] for asset in row["assets"]] == [f"URY:Vehicle:{ID}"] == ids() == ids("2.3")


# Which vehicles it has


@pytest.mark.parametrize(
    ("state", "is_reserved", "is_disabled"),
    [("AVAILABLE", False, False), ("RESERVED", True, False), ("OUT_OF_SERVICE", False, True)],
)
def test_has_what_stands_there_and_says_whether_it_can_be_had(scooter, state, is_reserved, is_disabled):
    AssetFactory(asset_type=scooter, state=state)

    (vehicle,) = vehicles().values()

    assert (vehicle["is_reserved"], vehicle["is_disabled"]) == (is_reserved, is_disabled)


@pytest.mark.parametrize("state", ["IN_USE", "STORED", "MISSING", "RETIRED"])
def test_leaves_out_what_is_ridden_or_not_there(scooter, state):
    AssetFactory(asset_type=scooter, state=state)

    assert ids() == ids("2.3") == []


def test_calls_disabled_what_is_charged_too_little():
    kind = AssetTypeFactory(min_charge_percent=20)
    AssetFactory(asset_type=kind, state_of_charge=19, public_id=ID)

    assert vehicles()[str(ID)]["is_disabled"] is True


def test_leaves_out_the_sandbox(scooter):
    AssetFactory(asset_type=scooter, script="WORKS")

    assert ids() == []


def test_leaves_out_types_that_are_not_for_everybody(scooter):
    UserGroupFactory(asset_types=[scooter])
    AssetFactory(asset_type=scooter)

    assert ids() == []
    assert data("vehicle_types") == {"vehicle_types": []}


def test_leaves_out_what_is_booked_by_type():
    AssetFactory(asset_type=AssetTypeFactory(ahead=True), station=StationFactory())

    assert ids() == []


def test_leaves_out_what_has_no_price_or_no_place(scooter):
    AssetFactory(asset_type=AssetTypeFactory(default_plan=None))
    AssetFactory(asset_type=scooter, lat=None, lon=None)

    assert ids() == []


@pytest.mark.parametrize("closed", [{"is_renting": False}, {"is_installed": False}])
def test_leaves_out_what_stands_at_a_station_that_does_not_rent_but_for_the_reserved(closed):
    station, bike = StationFactory(**closed), AssetTypeFactory(docked=True)
    AssetFactory(asset_type=bike, station=station)
    AssetFactory(asset_type=bike, station=station, state="OUT_OF_SERVICE")
    reserved = AssetFactory(asset_type=bike, station=station, state="RESERVED")

    assert ids() == [str(reserved.public_id)]


def test_has_nothing_free_while_we_are_closed(scooter, clock):
    OpeningHoursFactory(opens_at=time(7), closes_at=time(11))
    AssetFactory(asset_type=scooter)

    assert ids() == []


def test_keeps_to_the_hours_of_each_area(scooter):
    inside = AssetFactory(asset_type=scooter, lat=LAT + 1)
    AssetFactory(asset_type=scooter)
    OpeningHoursFactory(region=RegionFactory(area=square(half=0.01)), opens_at=time(7), closes_at=time(11))

    assert ids() == [str(inside.public_id)]


def test_keeps_to_the_season(scooter):
    CalendarPeriodFactory(start_month=7, end_month=8, end_day=31)
    AssetFactory(asset_type=scooter)

    assert ids() == []


# At which price


def test_names_the_plan_only_if_it_is_not_that_of_the_type(scooter):
    usual = AssetFactory(asset_type=scooter)
    special = AssetFactory(asset_type=scooter, pricing_plan=PricingPlanFactory(plan_id="special"))

    assert "pricing_plan_id" not in vehicles()[str(usual.public_id)]
    assert vehicles()[str(special.public_id)]["pricing_plan_id"] == "special"


def test_names_the_plan_of_a_ride_that_begins_there_and_now(scooter, mp):
    cheap, evening = PricingPlanFactory(plan_id="cheap"), PricingPlanFactory(plan_id="evening")
    PlanRuleFactory(plan=cheap, region=RegionFactory(area=square(lat=LAT + 1)))
    PlanRuleFactory(plan=evening, starts_at=time(18), ends_at=time(22))
    inside, outside = AssetFactory(asset_type=scooter, lat=LAT + 1), AssetFactory(asset_type=scooter)

    listed = vehicles()
    offered = {
        asset["id"]: row["defaultPricingPlan"]["planId"]
        for row in mp.get("/operator/available-assets").json()
        for asset in row["assets"]
    }

    assert listed[str(inside.public_id)]["pricing_plan_id"] == "cheap"
    assert "pricing_plan_id" not in listed[str(outside.public_id)]
    assert offered == {str(inside.public_id): "cheap", str(outside.public_id): "by-minute"}


# When it changes


@pytest.mark.parametrize("version", ["2.3", "3.0"])
def test_has_a_vehicle_under_another_id_after_its_ride(clock, version):
    provider = MaasProviderFactory(auto_commit=True)
    asset = AssetFactory(public_id=ID)
    booking, seen = given_booking(provider, asset), [vehicles(version)]
    for event in ("SET_IN_USE", "FINISH"):
        clock.shift(11)
        report(event)(booking.pk, timezone.now())
        clock.shift(11)
        seen.append(vehicles(version))

    reserved, ridden, after = seen

    assert reserved[str(ID)]["is_reserved"] is True
    assert ridden == {}
    assert list(after) == [str(Asset.objects.get().public_id)] != [str(ID)]


def test_keeps_the_id_of_what_was_reserved_and_never_ridden(scooter):
    asset = AssetFactory(asset_type=scooter, public_id=ID)
    leg_id = UUID(int=1)
    held = services.reserve_asset(asset_id=asset.pk, public_id=ID, leg_id=leg_id, now=NOW)

    services.release(leg_id=leg_id, asset=held)

    assert held.state == AssetState.AVAILABLE
    assert ids() == [str(ID)]
