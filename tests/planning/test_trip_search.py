"""Planning looks …"""

import datetime

import pytest

from fleet.models import AssetType, Region
from planning import options as planning
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    OpeningHoursFactory,
    RegionFactory,
    StationFactory,
    square,
)
from tests.journey import FAR_AWAY, HERE, NOW, at, minutes

FOUR, SIX = "2026-06-01T16:00:00Z", "2026-06-01T18:00:00Z"


def options(answer):
    assert answer.status_code == 201
    return answer.json()["options"]


def offered(answer):
    return [option["legs"][0]["asset"]["id"] for option in options(answer)]


def ids(*assets):
    return [str(asset.public_id) for asset in assets]


# In time


@pytest.fixture
def cargo(clock):
    hub = StationFactory()
    asset_type = AssetTypeFactory(ahead=True)
    AssetFactory(asset_type=asset_type, station=hub, home_station=hub)
    return asset_type


def test_for_what_fits_between_departure_and_arrival(mp, cargo):
    [option] = options(mp.offers(**at(HERE), departureTime=FOUR, arrivalTime=SIX))

    [leg] = option["legs"]
    assert (option["departureTime"], option["arrivalTime"]) == (FOUR, SIX)
    assert (leg["departureTime"], leg["arrivalTime"]) == (FOUR, SIX)


def test_from_now_on_when_only_the_end_is_given(mp, cargo):
    """Whoever says until when they need it has it until then: nobody else is promised it."""
    [option] = options(mp.offers(**at(HERE), arrivalTime=SIX))
    assert (option["departureTime"], option["arrivalTime"]) == ("2026-06-01T12:00:00Z", SIX)
    assert mp.book(option["id"]).status_code == 201

    assert options(mp.offers(**at(HERE), departureTime="2026-06-01T17:59:00Z")) == []
    assert len(options(mp.offers(**at(HERE), departureTime=SIX))) == 1


def test_for_a_vehicle_that_is_kept_until_the_end(mp):
    AssetFactory()

    [option] = options(mp.offers(**at(HERE), arrivalTime=SIX))

    assert (option["departureTime"], option["arrivalTime"]) == ("2026-06-01T12:00:00Z", SIX)
    assert option["pricing"]["parts"][0]["amount"] == 91  # 1.00 and 360 × 0.25


# Where it is open


def test_where_the_hours_of_the_area_allow_it(mp, clock):
    """Nobody may take a scooter in the old town at noon; elsewhere one may."""
    old_town = RegionFactory(area=square(half=0.001))
    OpeningHoursFactory(region=old_town, opens_at=datetime.time(13), closes_at=datetime.time(20))
    scooter = AssetTypeFactory()
    closed = AssetFactory(asset_type=scooter)
    open_one = AssetFactory(asset_type=scooter, lat=LAT + 0.002)

    assert offered(mp.offers(**at(HERE))) == ids(open_one)
    assert options(mp.offers(**at(HERE), useAssets=ids(closed))) == []
    clock.move_to(NOW + minutes(60))
    assert offered(mp.offers(**at(HERE))) == ids(closed)


def test_at_the_hours_of_the_area_before_those_of_the_system(mp):
    OpeningHoursFactory(opens_at=datetime.time(1), closes_at=datetime.time(2))
    OpeningHoursFactory(region=RegionFactory(), opens_at=datetime.time(11), closes_at=datetime.time(13))
    asset = AssetFactory()
    AssetFactory(lat=FAR_AWAY[0])

    assert offered(mp.offers(**at(HERE))) == ids(asset)
    assert options(mp.offers(**at(FAR_AWAY))) == []


def test_at_the_hours_of_no_zone_that_is_no_operating_area(mp):
    slow = RegionFactory(kind=Region.Kind.NO_PARKING)
    OpeningHoursFactory(region=slow, opens_at=datetime.time(1), closes_at=datetime.time(2))
    AssetFactory()

    assert len(options(mp.offers(**at(HERE)))) == 1


def test_for_a_taxi_at_the_hours_of_the_area_where_the_user_is(mp, clock):
    OpeningHoursFactory(region=RegionFactory(), opens_at=datetime.time(13), closes_at=datetime.time(20))
    taxi = AssetTypeFactory(ahead=True, return_rule=AssetType.ReturnRule.FREE_FLOATING)
    AssetFactory(asset_type=taxi)

    assert options(mp.offers(**at(HERE))) == []
    clock.move_to(NOW + minutes(60))
    assert len(options(mp.offers(**at(HERE)))) == 1


# Not too far


def test_at_the_nearest_only_however_wide_the_circle(mp, monkeypatch):
    """Of each type those that could matter are read; a rare type behind many others is still found."""
    monkeypatch.setattr(planning, "SPARE", 2)
    scooter, rare = AssetTypeFactory(), AssetTypeFactory()
    scooters = [AssetFactory(asset_type=scooter, lat=LAT + 0.001 * number) for number in range(6, 0, -1)]
    far = AssetFactory(asset_type=rare, lon=LON + 0.1)
    trip = planning.Trip(from_place={"coordinates": {"lat": LAT, "lng": LON}}, radius=50_000)

    found = planning.find(trip, provider=mp.provider, now=NOW)

    assert [option.asset for option in found] == [scooters[-1], far]
    assert [[other.asset for other in option.instead] for option in found] == [[scooters[-2], scooters[-3]], []]


def test_measures_a_degree_of_longitude_as_long_as_it_is_here(mp, monkeypatch):
    monkeypatch.setattr(planning, "SPARE", 0)
    scooter = AssetTypeFactory()
    AssetFactory(asset_type=scooter, lat=LAT + 0.0012)  # 133 m
    near = AssetFactory(asset_type=scooter, lon=LON + 0.0015)  # 102 m

    assert offered(mp.offers(**at(HERE), radius=50_000)) == ids(near)
