"""Stations and regions …"""

from datetime import time
from itertools import pairwise

import pytest

from fleet.models import Region
from tests.fleet_factories import (
    LAT,
    LON,
    AlertFactory,
    AssetFactory,
    AssetTypeFactory,
    CalendarPeriodFactory,
    OpeningHoursFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
    UserGroupFactory,
    square,
)
from tests.gbfs.feeds import data, vehicles


@pytest.fixture
def bike():
    return AssetTypeFactory(type_id="bike", docked=True)


def one(name, version="3.0", language=""):
    (station,) = data(name, version, language)["stations"]
    return station


def words(en, nl=None):
    return [{"text": en, "language": "en"}, {"text": nl or en, "language": "nl"}]


def test_are_described_in_every_member_the_model_has(bike):
    SystemFactory()
    StationFactory(
        station_id="dom",
        name={"en": "Cathedral", "nl": "Dom"},
        lat=52.0907,
        lon=5.1214,
        region=RegionFactory(region_id="centre"),
        street_address="Domplein 4",
        city="Utrecht",
        postal_code="3512 JC",
        cross_street="Servetstraat",
        contact_phone="+31 30 555-0100",
        capacity=12,
        is_charging=True,
        parking_type="SIDEWALK_PARKING",
    )

    common = {
        "station_id": "dom",
        "lat": 52.0907,
        "lon": 5.1214,
        "address": "Domplein 4",
        "city": "Utrecht",
        "cross_street": "Servetstraat",
        "region_id": "centre",
        "post_code": "3512 JC",
        "is_virtual_station": False,
        "parking_type": "sidewalk_parking",
        "capacity": 12,
        "is_charging_station": True,
    }
    assert one("station_information") == {
        **common,
        "name": words("Cathedral", "Dom"),
        "contact_phone": "+31305550100",
        "vehicle_docks_capacity": [{"vehicle_type_ids": ["bike"], "count": 12}],
    }
    assert one("station_information", "2.3", "nl") == {
        **common,
        "name": "Dom",
        "contact_phone": "+31 30 555-0100",
        "vehicle_type_capacity": {"bike": 12},
    }


def test_that_are_virtual_have_an_area_and_no_docks(bike):
    ring = square()["coordinates"][0]
    clockwise = {"type": "MultiPolygon", "coordinates": [[list(reversed(ring))]]}
    StationFactory(is_virtual=True, area=clockwise, capacity=5)

    information, status = one("station_information"), one("station_status")

    (polygon,) = information["station_area"]["coordinates"]
    assert area(polygon[0]) == pytest.approx(0.01)  # positive: counter-clockwise
    assert information["vehicle_types_capacity"] == [{"vehicle_type_ids": ["bike"], "count": 5}]
    assert one("station_information", "2.3")["vehicle_capacity"] == {"bike": 5}
    assert "vehicle_docks_capacity" not in information
    assert status["num_docks_available"] == 5
    assert "vehicle_docks_available" not in status


def area(ring):
    """Positive if the ring runs counter-clockwise."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def test_take_back_what_lives_there(bike):
    home, other = StationFactory(station_id="home", capacity=3), StationFactory(station_id="other", capacity=4)
    cargo = AssetTypeFactory(type_id="cargo", ahead=True)
    AssetFactory.create_batch(3, asset_type=cargo, home_station=home, station=other)

    capacity = {s["station_id"]: s["vehicle_docks_capacity"] for s in data("station_information")["stations"]}

    assert capacity == {
        "home": [{"vehicle_type_ids": ["bike", "cargo"], "count": 3}],
        "other": [{"vehicle_type_ids": ["bike"], "count": 4}],
    }


def test_count_what_stands_there(bike, clock):
    SystemFactory()
    dom = StationFactory(station_id="dom", capacity=10)
    secret = AssetTypeFactory(docked=True)
    UserGroupFactory(asset_types=[secret])
    cargo = AssetTypeFactory(type_id="cargo", ahead=True, max_range_m=30_000)
    AssetFactory.create_batch(2, asset_type=bike, station=dom)
    AssetFactory(asset_type=cargo, station=dom)
    AssetFactory(asset_type=bike, station=dom, state="RESERVED")
    AssetFactory(asset_type=bike, station=dom, state="OUT_OF_SERVICE")
    AssetFactory(asset_type=bike, station=dom, state="STORED")
    AssetFactory(asset_type=bike, station=dom, script="WORKS")
    AssetFactory(asset_type=secret, station=dom)
    types = [{"vehicle_type_id": "bike", "count": 2}, {"vehicle_type_id": "cargo", "count": 1}]
    common = {
        "station_id": "dom",
        "vehicle_types_available": types,
        "num_docks_available": 4,
        "vehicle_docks_available": [{"vehicle_type_ids": ["bike"], "count": 4}],
        "is_installed": True,
        "is_renting": True,
        "is_returning": True,
    }

    assert one("station_status") == {
        **common,
        "num_vehicles_available": 3,
        "num_vehicles_disabled": 1,
        "last_reported": "2026-06-01T12:00:00Z",
    }
    assert one("station_status", "2.3") == {
        **common,
        "num_bikes_available": 3,
        "num_bikes_disabled": 1,
        "last_reported": 1780315200,
    }


def test_count_what_the_list_of_vehicles_has_of_those_booked_as_such(bike):
    dom = StationFactory()
    AssetFactory(asset_type=bike, station=dom)
    AssetFactory(asset_type=AssetTypeFactory(docked=True, default_plan=None), station=dom)
    AssetFactory(
        asset_type=AssetTypeFactory(docked=True, default_plan=None),
        station=dom,
        pricing_plan=PricingPlanFactory(plan_id="own"),
    )
    AssetFactory(asset_type=AssetTypeFactory(docked=True, min_charge_percent=20), station=dom, state_of_charge=19)

    free = [v for v in vehicles().values() if not v["is_disabled"]]
    status = one("station_status")

    assert (len(free), status["num_vehicles_available"], status["num_vehicles_disabled"]) == (2, 2, 1)


def test_with_more_bikes_than_docks_have_none_left(bike):
    AssetFactory.create_batch(3, asset_type=bike, station=StationFactory(capacity=2))

    assert one("station_status")["num_docks_available"] == 0


def test_without_a_capacity_count_no_docks(bike):
    StationFactory(capacity=None)

    assert {"num_docks_available", "vehicle_docks_available"} & set(one("station_status")) == set()
    assert {"capacity", "vehicle_docks_capacity"} & set(one("station_information")) == set()


@pytest.mark.parametrize(
    ("fields", "flags"),
    [
        ({"is_renting": False}, (True, False, True)),
        ({"is_returning": False}, (True, True, False)),
        ({"is_installed": False}, (False, False, False)),
    ],
)
def test_say_what_they_are_open_for(bike, fields, flags):
    AssetFactory(asset_type=bike, station=StationFactory(**fields))

    status = one("station_status")

    assert (status["is_installed"], status["is_renting"], status["is_returning"]) == flags
    assert status["num_vehicles_available"] == 1  # "the number that would be available"


def test_do_not_rent_while_closed_and_say_their_own_hours():
    dom = StationFactory(station_id="dom")
    StationFactory(station_id="gate")
    OpeningHoursFactory(station=dom, opens_at=time(7), closes_at=time(12), days=["TUE", "WED"])
    CalendarPeriodFactory(station=dom)

    renting = {s["station_id"]: s["is_renting"] for s in data("station_status")["stations"]}
    hours = {s["station_id"]: s.get("station_opening_hours") for s in data("station_information")["stations"]}

    assert renting == {"dom": False, "gate": True}
    assert hours == {"dom": "Apr 01-Oct 31 Tu-We 07:00-12:00", "gate": None}


# Regions


def test_of_the_system_are_the_areas_it_operates_in_and_those_that_are_spoken_of():
    SystemFactory()
    RegionFactory(region_id="city", name={"en": "City", "nl": "Stad"})
    spoken_of = RegionFactory(region_id="market", kind=Region.Kind.NO_PARKING)
    RegionFactory(region_id="park", kind=Region.Kind.NO_ACCESS)
    AlertFactory(regions=[spoken_of])

    assert data("system_regions") == {
        "regions": [
            {"region_id": "city", "name": words("City", "Stad")},
            {"region_id": "market", "name": words("Market")},
        ]
    }
    assert data("system_regions", "2.3", "nl")["regions"][0] == {"region_id": "city", "name": "Stad"}


@pytest.mark.parametrize("name", ["station_information", "station_status"])
def test_are_the_same_as_in_tomp(mp, bike, name):
    StationFactory.create_batch(3)

    assert sorted(s["station_id"] for s in data(name)["stations"]) == sorted(
        s["stationId"] for s in mp.get("/operator/stations").json()
    )


def test_stand_where_tomp_says(mp):
    StationFactory(lat=LAT, lon=LON)

    (station,) = mp.get("/operator/stations").json()

    assert station["coordinates"] == {
        "lat": one("station_information")["lat"],
        "lng": one("station_information")["lon"],
    }
