"""Where one is, and what one may do there …"""

import pytest

from fleet import places
from fleet.errors import NotAllowedHere
from fleet.models import AssetType, Region
from tests.fleet_factories import LAT, LON, AssetTypeFactory, RegionFactory, StationFactory, square
from tests.journey import FAR_AWAY, HERE, NEARBY, NOW, minutes

pytestmark = pytest.mark.django_db
ROUNDTRIP, ANY, FREE, HYBRID = "roundtrip_station", "any_station", "free_floating", "hybrid"


@pytest.fixture
def asset_type():
    return AssetTypeFactory()


def regions(asset_type, place=HERE, now=NOW):
    return [region.region_id for region in places.regions_at(*place, asset_type_id=asset_type.pk, now=now)]


def stations(lat, lon=LON):
    return [station.station_id for station in places.stations_at(lat, lon)]


def may_end(rule, place, *, start=None):
    asset_type = AssetTypeFactory(return_rule=rule)
    try:
        places.check_may_end(
            asset_type=asset_type, start_station_id=start and start.pk, lat=place[0], lon=place[1], now=NOW
        )
    except NotAllowedHere:
        return False
    return True


# Regions


def test_a_region_covers_its_inside_and_its_border(asset_type):
    RegionFactory(region_id="city", area=square(half=0.01))

    assert regions(asset_type, HERE) == ["city"]
    assert regions(asset_type, (LAT + 0.01, LON)) == ["city"]
    assert regions(asset_type, (LAT + 0.0101, LON)) == []


def test_a_region_is_more_than_the_box_around_it(asset_type):
    """A triangle: its box has a corner that it has not."""
    triangle = {"type": "Polygon", "coordinates": [[[5, 52], [6, 52], [5, 53], [5, 52]]]}
    RegionFactory(region_id="triangle", area=triangle)

    assert regions(asset_type, (52.2, 5.2)) == ["triangle"]
    assert regions(asset_type, (52.9, 5.9)) == []


def test_a_hole_is_not_in_the_region(asset_type):
    outer, hole = square(half=0.05), square(half=0.01)
    RegionFactory(area={"type": "Polygon", "coordinates": [*outer["coordinates"], *hole["coordinates"]]})

    assert regions(asset_type, HERE) == []
    assert len(regions(asset_type, (LAT + 0.02, LON))) == 1


def test_a_region_may_be_about_some_types(asset_type):
    region = RegionFactory(region_id="scooters")
    other = AssetTypeFactory()
    region.asset_types.add(asset_type)

    assert regions(asset_type) == ["scooters"]
    assert regions(other) == []

    region.asset_types.add(other)
    assert regions(other) == ["scooters"]


@pytest.mark.parametrize(("minute", "in_force"), [(-1, False), (0, True), (59, True), (60, False)])
def test_a_region_may_be_in_force_for_a_while(asset_type, minute, in_force):
    RegionFactory(starts_at=NOW, ends_at=NOW + minutes(60))

    assert len(regions(asset_type, now=NOW + minutes(minute))) == in_force


# Stations


@pytest.mark.parametrize(("metres", "at_it"), [(0, True), (99, True), (101, False)])
def test_near_a_station_is_at_it(metres, at_it):
    StationFactory(station_id="central")

    assert stations(LAT + metres / 111_195) == (["central"] if at_it else [])


def test_how_near_is_a_setting(settings):
    settings.TOMP_STATION_RADIUS_M = 20
    StationFactory()

    assert stations(LAT + 30 / 111_195) == []


def test_inside_its_area_is_at_it_however_far(settings):
    area = {"type": "MultiPolygon", "coordinates": [square(half=0.004)["coordinates"]]}
    StationFactory(station_id="park", area=area)

    assert stations(LAT + 0.003) == ["park"]  # 334 m
    assert stations(LAT + 0.0041) == []


def test_the_nearest_station_comes_first():
    StationFactory(station_id="far", lat=LAT + 0.0008)
    StationFactory(station_id="near", lat=LAT + 0.0001)

    assert stations(LAT) == ["near", "far"]


def test_a_station_that_is_not_there_is_none():
    StationFactory(is_installed=False)

    assert stations(LAT) == []


# Where a ride may end


@pytest.mark.parametrize("rule", [FREE, HYBRID])
def test_free_floating_ends_in_the_operating_area(rule):
    RegionFactory()

    assert may_end(rule, HERE)
    assert not may_end(rule, FAR_AWAY)


@pytest.mark.parametrize("rule", [FREE, HYBRID])
@pytest.mark.parametrize("kind", Region.Kind)
def test_free_floating_ends_where_parking_is_not_forbidden(rule, kind):
    RegionFactory()
    RegionFactory(kind=kind, max_speed_kmh=8 if kind == Region.Kind.SPEEDLIMIT else None)

    assert may_end(rule, HERE) == (kind not in ("NO_PARKING", "NO_ACCESS"))


def test_free_floating_ends_anywhere_when_no_area_is_drawn():
    assert may_end(FREE, FAR_AWAY)


def test_free_floating_ends_nowhere_in_the_area_of_other_types():
    RegionFactory().asset_types.add(AssetTypeFactory())

    assert not may_end(FREE, HERE)


def test_a_station_helps_a_hybrid_out_of_a_forbidden_zone_and_nobody_else():
    RegionFactory()
    RegionFactory(kind=Region.Kind.NO_PARKING)
    StationFactory()

    assert may_end(HYBRID, HERE)
    assert not may_end(FREE, HERE)


@pytest.mark.parametrize(("place", "allowed"), [(HERE, True), (NEARBY, False)])
def test_station_based_ends_at_a_station(place, allowed):
    StationFactory()

    assert may_end(ANY, place) == allowed


@pytest.mark.parametrize("rule", [ANY, ROUNDTRIP])
def test_station_based_ends_at_no_station_that_takes_nothing(rule):
    station = StationFactory(is_returning=False)

    assert not may_end(rule, HERE, start=station)


def test_a_roundtrip_ends_where_it_began():
    home, other = StationFactory(), StationFactory(lat=NEARBY[0])

    assert may_end(ROUNDTRIP, HERE, start=home)
    assert not may_end(ROUNDTRIP, NEARBY, start=home)
    assert may_end(ROUNDTRIP, NEARBY, start=other)
    assert not may_end(ROUNDTRIP, HERE)


def test_every_rule_has_its_say():
    assert {ROUNDTRIP, ANY, FREE, HYBRID} == set(AssetType.ReturnRule.values)
