"""How many vehicles stand on the ground, told of all as of each …"""

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from fleet import geo, information, offering, places, standings
from fleet.atlas import Atlas
from fleet.errors import NotAllowedHere
from fleet.models import Asset, AssetType, Region
from fleet.standings import Ground
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    CalendarPeriodFactory,
    PlanRuleFactory,
    RegionFactory,
    StationFactory,
    square,
)
from tests.journey import NOW

pytestmark = pytest.mark.django_db
Kind = Region.Kind


def may_end(asset_type, lat, lon, station, **atlas):
    try:
        places.check_may_end(asset_type=asset_type, start_station_id=station.pk, lat=lat, lon=lon, now=NOW, **atlas)
    except NotAllowedHere as refusal:
        return refusal.detail
    return ""


def test_an_atlas_answers_as_the_database_does(django_assert_num_queries):
    station, other = StationFactory(), StationFactory(lat=LAT + 0.03, area=square(lat=LAT + 0.03, half=0.002))
    StationFactory(lat=LAT + 0.02, is_installed=False), StationFactory(lat=LAT - 0.02, is_returning=False)
    RegionFactory(area=square(half=0.05))
    RegionFactory(kind=Kind.NO_PARKING, area=square(lat=LAT - 0.04, half=0.005))
    RegionFactory(kind=Kind.NO_ACCESS, area=square(lat=LAT + 0.04, half=0.005), ends_at=NOW)
    RegionFactory(kind=Kind.NO_ACCESS, area=square(lat=LAT + 0.01, half=0.002)).asset_types.set([AssetTypeFactory()])
    types = [AssetTypeFactory(return_rule=rule) for rule in AssetType.ReturnRule.values]
    spots = [(LAT + n / 500, LON + m / 100) for n in range(-30, 31) for m in (0, 4, 6)]
    with django_assert_num_queries(3):
        atlas = Atlas.read()
        told = [may_end(kind, *spot, station, atlas=atlas) for kind in types for spot in spots]

    assert told == [may_end(kind, *spot, station) for kind in types for spot in spots]
    assert set(told) == {
        "", "Bring the vehicle back to the station where you took it.", "Bring the vehicle to a station.",
        "Parking is not allowed here.", "This is outside the operating area.",
    }  # fmt: skip
    assert atlas.stations_at(other.lat, other.lon) == [other]


class TestManyVehicles:
    @pytest.fixture
    def fleet(self):
        """Two of them stand side by side, and are of one type."""
        region = RegionFactory(area=square(half=0.02))
        CalendarPeriodFactory(region=region, start_month=1, start_day=1, end_month=12, end_day=31)
        PlanRuleFactory(region=region)
        closed, near = StationFactory(is_renting=False), AssetTypeFactory(return_rule=AssetType.ReturnRule.HYBRID)
        AssetFactory(asset_type=near, lat=LAT + 0.015), AssetFactory(asset_type=near, lat=LAT + 0.016)
        AssetFactory(asset_type=near, lat=LAT + 0.03), AssetFactory(asset_type=near, lat=closed.lat, lon=closed.lon)
        AssetFactory(), AssetFactory(lat=None, lon=None), AssetFactory(state="MISSING"), AssetFactory(lat=LAT + 0.03)
        AssetFactory(state_of_charge=1, asset_type__min_charge_percent=20), AssetFactory(station=closed)
        AssetFactory(asset_type__default_plan=None, lat=LAT + 0.03), AssetFactory(asset_type__ahead=True)
        AssetFactory(asset_type__ahead=True, station=StationFactory(), home_station=closed)
        AssetFactory(lat=LAT + 0.03, state="RESERVED")
        return list(Asset.objects.select_related("asset_type"))

    @pytest.fixture
    def stood(self, fleet, django_assert_num_queries):
        """{primary key: (Alike, Standing)}"""
        information.local(now := timezone.now())  # remembered for a few seconds
        with django_assert_num_queries(10):
            rows, ground = standings.rows(Asset.objects.all(), now=now), Ground.read()
            assets = standings.loaded(rows)
            alike = standings.alike(ground, rows.values())
            return {
                pk: (one_of, standings.standing(ground, rows[pk], assets[pk], now=now))
                for pk, one_of in zip(rows, alike, strict=True)
            }

    def test_are_offered_as_each_of_them(self, fleet, stood):
        for asset in fleet:
            reasons = [reason for reason in offering.reasons(asset, now=timezone.now()) if reason.code != "PROMISED"]
            assert sorted(map(str, stood[asset.pk][1].told())) == sorted(str(reason.text) for reason in reasons)

    def test_stand_where_a_ride_of_each_of_them_could_end(self, fleet, stood):
        parked = {asset: stood[asset.pk][1].parked for asset in fleet}

        assert {asset: why for asset, why in parked.items() if why is not None} == {
            asset: may_end(asset.asset_type, asset.lat, asset.lon, asset)
            for asset in fleet
            if asset.asset_type.return_rule in standings.ROAMS and asset.lat is not None and not asset.is_on_a_trip
        }
        assert set(parked.values()) == {None, "", "This is outside the operating area."}

    def test_stand_the_same_where_they_are_alike(self, fleet, stood):
        standing_of = {}
        for one_of, standing in stood.values():
            assert standing_of.setdefault(one_of, standing) == standing
        assert len(standing_of) == len(fleet) - 1


@given(st.lists(st.tuples(st.floats(-60, 60), st.floats(-170, 170)), max_size=30), st.floats(-50, 50))
def test_an_area_covers_many_points_as_it_does_each(points, lat):
    area = square(lat=lat, lon=5, half=40)
    points += [(lat + 40, 5.0), (lat - 40, 45.0)]  # on its edge

    assert geo.covered(area, points) == [number for number, point in enumerate(points) if geo.contains(area, *point)]


def test_an_atlas_with_another_area_is_as_the_database_would_be():
    region = RegionFactory(area=square(half=0.05))
    kind, atlas = AssetTypeFactory(), Atlas.read()
    region.asset_types.set([kind])
    region.area = square(half=0.01)
    imagined = Atlas.read().with_area(region.area, region_id=region.pk)
    region.save()
    stored = Atlas.read()

    def near_and_far(atlas):
        found = (atlas.regions_at(LAT + far, LON, asset_type_id=kind.pk, now=NOW) for far in (0, 0.02))
        return [[each.pk for each in regions] for regions in found]

    assert near_and_far(imagined) == near_and_far(stored) == [[region.pk], []]
    assert near_and_far(atlas) == [[region.pk], [region.pk]]
