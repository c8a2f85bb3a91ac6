"""Zones …"""

from datetime import UTC, datetime

import pytest
import shapely
from shapely.geometry import shape

from fleet.models import Region
from tests.fleet_factories import LAT, LON, AssetTypeFactory, RegionFactory, SystemFactory, UserGroupFactory, square
from tests.gbfs.feeds import data, every_feed

NOT_THROUGH = {"ride_start_allowed": False, "ride_end_allowed": False, "ride_through_allowed": False}
NO_END = {"ride_start_allowed": True, "ride_end_allowed": False, "ride_through_allowed": True}
NOWHERE = {"ride_start_allowed": False, "ride_end_allowed": False, "ride_through_allowed": True}
FREE = {"ride_start_allowed": True, "ride_end_allowed": True, "ride_through_allowed": True}
BAN_2_3 = {"ride_allowed": False, "ride_through_allowed": True}


def features(version="3.0"):
    return data("geofencing_zones", version)["geofencing_zones"]["features"]


def rules(version="3.0"):
    """(region, what it is, rules) in their order."""
    listed = [feature["properties"] for feature in features(version)]
    return [(zone["_region_id"], zone["_type"], zone["rules"]) for zone in listed]


def global_rules():
    return data("geofencing_zones")["global_rules"]


def zone(kind, region_id="zone", *, types=(), half=0.01, **more):
    region = RegionFactory(region_id=region_id, kind=kind, area=square(half=half), **more)
    region.asset_types.set(types)
    return region


@pytest.fixture
def scooter(db):
    return AssetTypeFactory(type_id="scooter")


@pytest.fixture
def bike(db):
    return AssetTypeFactory(type_id="bike", docked=True)


# Each kind in both versions


@pytest.mark.parametrize(
    ("kind", "newer", "older"),
    [
        ("NO_ACCESS", NOT_THROUGH, {"ride_allowed": False, "ride_through_allowed": False}),
        ("NO_PARKING", NO_END, BAN_2_3),
        ("PARKING", FREE, {"ride_allowed": True, "ride_through_allowed": True}),
        ("OPERATING", FREE, {"ride_allowed": True, "ride_through_allowed": True}),
    ],
)
def test_say_what_may_be_done_in_them(scooter, kind, newer, older):
    zone(kind)

    assert rules() == [("zone", kind, [newer])]
    assert rules("2.3") == [("zone", kind, [older])]


def test_say_how_fast_one_may_go(scooter):
    zone("SPEEDLIMIT", max_speed_kmh=8)

    assert rules() == [("zone", "SPEEDLIMIT", [{**FREE, "maximum_speed_kph": 8}])]
    assert rules("2.3")[0][2] == [{"ride_allowed": True, "ride_through_allowed": True, "maximum_speed_kph": 8}]


def test_of_discounts_there_are_none(scooter):
    zone("DISCOUNT")

    assert rules() == []
    assert "geofencing_zones" not in [name for name, _path in every_feed("3.0")]


def test_have_a_name_a_time_and_an_area_that_runs_the_right_way_round(scooter):
    SystemFactory()
    ring = square()["coordinates"][0]
    RegionFactory(
        name={"en": "Market", "nl": "Markt"},
        area={"type": "Polygon", "coordinates": [list(reversed(ring))]},
        starts_at=datetime(2026, 6, 1, 6, tzinfo=UTC),
        ends_at=datetime(2026, 6, 2, 6, tzinfo=UTC),
    )

    (newer,), (older,) = features(), features("2.3")

    assert newer["geometry"] == older["geometry"]
    assert newer["geometry"]["type"] == "MultiPolygon"
    assert shapely.is_ccw(shape(newer["geometry"]).geoms[0].exterior)
    assert newer["properties"]["name"] == [{"text": "Market", "language": "en"}, {"text": "Markt", "language": "nl"}]
    assert older["properties"]["name"] == "Market"
    assert (newer["properties"]["start"], newer["properties"]["end"]) == (
        "2026-06-01T06:00:00Z",
        "2026-06-02T06:00:00Z",
    )
    assert (older["properties"]["start"], older["properties"]["end"]) == (1780293600, 1780380000)


def test_that_are_over_are_left_out_and_those_to_come_are_not(scooter):
    zone("NO_PARKING", "over", ends_at=datetime(2026, 6, 1, 12, tzinfo=UTC))
    zone("NO_PARKING", "to-come", starts_at=datetime(2026, 7, 1, tzinfo=UTC))

    assert [region_id for region_id, *_ in rules()] == ["to-come"]


# For which vehicles


def test_that_are_for_some_types_name_them(scooter, bike):
    AssetTypeFactory(type_id="moped")
    zone("NO_PARKING", types=[scooter, bike])

    assert rules()[0][2] == [{"vehicle_type_ids": ["bike", "scooter"], **NO_END}]
    assert rules("2.3")[0][2] == [{"vehicle_type_id": ["bike", "scooter"], **BAN_2_3}]


def test_for_types_that_are_not_for_everybody_are_not_told(scooter):
    secret = AssetTypeFactory(type_id="secret")
    UserGroupFactory(asset_types=[secret])
    zone("NO_PARKING", types=[secret])

    assert rules() == []


def test_in_which_one_may_leave_a_vehicle_are_not_for_what_goes_from_station_to_station(scooter, bike):
    zone("OPERATING")
    zone("SPEEDLIMIT", "slow", max_speed_kmh=8, half=0.005)

    assert rules() == [
        (
            "slow",
            "SPEEDLIMIT",
            [
                {"vehicle_type_ids": ["bike"], **FREE, "maximum_speed_kph": 8, "station_parking": True},
                {"vehicle_type_ids": ["scooter"], **FREE, "maximum_speed_kph": 8},
            ],
        ),
        ("zone", "OPERATING", [{"vehicle_type_ids": ["scooter"], **FREE}]),
    ]


# Elsewhere


def test_outside_of_which_no_ride_ends_where_we_have_an_area(scooter, bike):
    zone("OPERATING")

    assert global_rules() == [{"vehicle_type_ids": ["bike"], **FREE, "station_parking": True}, NOWHERE]


def test_outside_of_which_everything_may_be_done_where_we_have_none(scooter):
    zone("NO_PARKING")

    assert global_rules() == [FREE]


def test_before_3_0_know_no_elsewhere(scooter):
    zone("OPERATING")

    assert set(data("geofencing_zones", "2.3")) == {"geofencing_zones"}


# Which counts first


def test_are_in_the_order_in_which_they_count(scooter):
    for number, kind in enumerate(["OPERATING", "PARKING", "SPEEDLIMIT", "NO_PARKING", "NO_ACCESS"]):
        area = square(lat=LAT + number, half=0.01)
        Region(region_id=f"zone-{number}", name={"en": kind}, kind=kind, area=area, max_speed_kmh=8).save()

    kinds = [kind for _region, kind, _rules in rules()]

    assert [kind for kind in kinds if kind != "OVERLAP"] == [
        "NO_ACCESS",
        "NO_PARKING",
        "SPEEDLIMIT",
        "PARKING",
        "OPERATING",
    ]


def test_say_both_where_a_ban_and_a_speed_limit_overlap(scooter):
    moped = AssetTypeFactory(type_id="moped")
    zone("NO_PARKING", "market", half=0.01)
    RegionFactory(region_id="old-town", slow=True, area=square(lon=LON + 0.01, half=0.01)).asset_types.set([scooter])
    RegionFactory(region_id="far", slow=True, area=square(lat=LAT + 1))

    assert rules()[:2] == [
        ("market", "OVERLAP", [{"vehicle_type_ids": ["scooter"], **NO_END, "maximum_speed_kph": 8}]),
        ("market", "NO_PARKING", [NO_END]),
    ]
    box = (LON, LAT - 0.01, LON + 0.01, LAT + 0.01)
    assert shape(features()[0]["geometry"]).bounds == pytest.approx(box)
    assert moped.type_id not in str(rules()[0])


def test_that_reach_out_of_our_area_do_not_let_anybody_stop_there(scooter):
    RegionFactory(region_id="city", area=square(half=0.01))
    RegionFactory(region_id="road", slow=True, area=square(lat=LAT + 0.01, half=0.01))

    assert rules() == [
        ("road", "OVERLAP", [{**NOWHERE, "maximum_speed_kph": 8}]),
        ("road", "SPEEDLIMIT", [{**FREE, "maximum_speed_kph": 8}]),
        ("city", "OPERATING", [FREE]),
    ]
    outside = shape(features()[0]["geometry"])
    assert outside.bounds == pytest.approx((LON - 0.01, LAT + 0.01, LON + 0.01, LAT + 0.02))


def test_that_only_touch_make_no_zone_between_them(scooter):
    zone("NO_PARKING", "market", half=0.01)
    RegionFactory(region_id="next", slow=True, area=square(lon=LON + 0.02, half=0.01))

    assert [kind for _region, kind, _rules in rules()] == ["NO_PARKING", "SPEEDLIMIT"]


@pytest.mark.parametrize("version", ["2.3", "3.0"])
def test_always_have_a_rule(scooter, bike, version):
    for kind in ("NO_ACCESS", "NO_PARKING", "PARKING", "OPERATING"):
        zone(kind, kind.lower(), types=[bike])

    assert all(listed for _region, _kind, listed in rules(version))
    assert [region_id for region_id, *_ in rules(version)] == ["no_access", "no_parking", "parking"]
