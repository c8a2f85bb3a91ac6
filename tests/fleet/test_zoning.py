"""What there is to remark about an area among the others …"""

from datetime import timedelta

import pytest

from fleet import zoning
from fleet.models import Region
from fleet.zoning import Sketch
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    RegionFactory,
    square,
)
from tests.journey import NOW

pytestmark = pytest.mark.django_db
Kind = Region.Kind


def said(*parts, kind=Kind.NO_PARKING, **sketch):
    return [remark.text for remark in zoning.remarks(Sketch(parts=list(parts), kind=kind, **sketch))]


def test_is_nothing_for_a_zone_inside_the_operating_area():
    RegionFactory(area=square(half=0.1))

    assert said(square(half=0.01)) == []


def test_tells_what_lies_outside_the_operating_area():
    RegionFactory(area=square(half=0.05))

    assert said(square(lon=LON + 0.05, half=0.01)) == ["50 % of it lies outside the operating area."]
    assert said(square(lon=LON + 0.5, half=0.01)) == [
        "It lies outside the operating area, where no ride may end anyway."
    ]
    assert said(square(lon=LON + 0.5, half=0.01), kind=Kind.OPERATING) == []


def test_tells_a_region_nothing_about_itself():
    region = RegionFactory(kind=Kind.PARKING)

    assert said(square(), region_id=region.pk) == []
    assert said(square()) == [f"It overlaps {region}, which says the opposite for the same vehicles; the ban counts."]


def test_tells_of_two_speeds():
    slow = RegionFactory(slow=True, region_id="centre", name={"en": "Centre"})
    same = {"kind": Kind.SPEEDLIMIT, "max_speed_kmh": slow.max_speed_kmh}

    assert said(square(), **same) == []
    assert said(square(), **{**same, "max_speed_kmh": 15}) == [
        "It overlaps Centre (speed limit): 15 and 8 km/h for the same vehicles; the slower one counts."
    ]


def test_other_vehicles_and_other_times_contradict_nothing():
    one, other = AssetTypeFactory(), AssetTypeFactory()
    region = RegionFactory(kind=Kind.PARKING, ends_at=NOW)
    region.asset_types.set([one])

    assert said(square(), asset_types=frozenset([other.pk])) == []
    assert said(square(), starts_at=NOW) == []
    assert len(said(square(), asset_types=frozenset([one.pk]), starts_at=NOW - timedelta(days=1))) == 1


def test_refuses_latitude_and_longitude_swapped():
    RegionFactory()

    (remark,) = zoning.remarks(Sketch(parts=[square(lat=LON, lon=LAT, half=0.01)], kind=Kind.NO_PARKING))

    assert remark.is_error
    assert remark.text == ("Latitude and longitude seem to be swapped: 5.1200, 52.0900 is far from everything else.")


def test_swapped_is_known_from_the_fleet_where_no_region_is_drawn():
    AssetFactory()

    assert zoning.remarks(Sketch(parts=[square(lat=LON, lon=LAT, half=0.01)]))[0].is_error
    assert said(square(lat=-33.9, lon=18.4, half=0.01), kind=Kind.OPERATING) == []


def test_tells_what_is_too_small_and_too_large():
    assert said(square(half=0.00001), kind=Kind.OPERATING) == ["It covers 3.0 m²: less than two parked cars."]
    assert said(square(half=3), kind=Kind.OPERATING) == ["It covers 273,489 km²: a whole country."]


def test_tells_of_parts_that_overlap():
    assert said(square(half=0.01), square(lon=LON + 0.01, half=0.01)) == ["Areas 1 and 2 overlap."]


def test_says_which_part_is_malformed():
    bow_tie = {"type": "Polygon", "coordinates": [[[5, 52], [6, 53], [6, 52], [5, 53], [5, 52]]]}

    assert said(square(), bow_tie) == [
        "Area 2: The area crosses itself at 52.50000, 5.50000: between points 1 and 2 and between points 3 and 4."
    ]
