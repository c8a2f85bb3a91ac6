"""GET /operator/stations …"""

import pytest

from fleet.models import Asset, Station
from fleet.models.vehicles import AssetState
from tests.client import refused
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
)


def station_ids(answer):
    assert answer.status_code == 200, answer.content
    return [station["stationId"] for station in answer.json()]


def test_tells_what_is_fixed_and_what_stands_there(mp):
    bike = AssetTypeFactory(type_id="bike", docked=True)
    cargo_bike = AssetTypeFactory(type_id="cargo-bike", ahead=True)
    AssetTypeFactory(type_id="scooter")
    station = StationFactory(
        station_id="dom",
        name={"en": "Cathedral", "nl": "Domplein"},
        region=RegionFactory(region_id="centre"),
        street_address="Domplein 1",
        city="Utrecht",
        postal_code="3512 JC",
        cross_street="Servetstraat",
        contact_phone="+31 30 1234567",
        capacity=6,
        is_charging=True,
        parking_type="SIDEWALK_PARKING",
    )
    AssetFactory.create_batch(2, asset_type=bike, station=station)
    AssetFactory(asset_type=cargo_bike, station=station, home_station=station)
    AssetFactory(asset_type=bike, station=station, state=AssetState.RESERVED)

    [told] = mp.get("/operator/stations").json()

    assert told == {
        "stationId": "dom",
        "name": "Cathedral",
        "contactPhone": "+31 30 1234567",
        "coordinates": {"lat": LAT, "lng": LON},
        "physicalAddress": {
            "streetAddress": "Domplein 1",
            "areaReference": "Utrecht",
            "city": "Utrecht",
            "postalCode": "3512 JC",
        },
        "crossStreet": "Servetstraat",
        "regionId": "centre",
        "parkingType": "SIDEWALK_PARKING",
        "isVirtual": False,
        "isChargingStation": True,
        "isInstalled": True,
        "isRenting": True,
        "isReturning": True,
        "capacity": 6,
        "assetTypeCapacity": {"bike": 6, "cargo-bike": 6},
        "assetsAvailable": 3,
        "assetTypesAvailable": {"bike": 2, "cargo-bike": 1},
        "docksAvailable": 2,
    }


def test_says_little_of_an_empty_station_without_limits(mp):
    StationFactory(station_id="corner", capacity=None, street_address="Nowhere 1")

    [told] = mp.get("/operator/stations").json()

    assert told == {
        "stationId": "corner",
        "name": "Corner",
        "coordinates": {"lat": LAT, "lng": LON},
        "isVirtual": False,
        "isChargingStation": False,
        "isInstalled": True,
        "isRenting": True,
        "isReturning": True,
        "assetsAvailable": 0,
        "assetTypesAvailable": {},
    }


def test_counts_as_available_what_could_be_taken(mp):
    station = StationFactory(capacity=10)
    picky = AssetTypeFactory(type_id="picky", docked=True, min_charge_percent=20)
    for state in AssetState.values:
        AssetFactory(asset_type=picky, station=station, state=state)
    AssetFactory(asset_type=picky, station=station, state_of_charge=19)

    [told] = mp.get("/operator/stations").json()

    assert told["assetsAvailable"] == 1
    assert told["assetTypesAvailable"] == {"picky": 1}
    # Available, reserved and out of service stand in a dock, and so does the empty one.
    assert told["docksAvailable"] == 6


def test_never_has_less_than_no_docks(mp):
    station = StationFactory(capacity=1)
    AssetFactory.create_batch(2, station=station)

    assert mp.get("/operator/stations").json()[0]["docksAvailable"] == 0


def test_shapes_its_area_alike_in_all_versions(mp):
    ring = [[5.1, 52.0, 4.5], [5.2, 52.0, 4.5], [5.2, 52.1, 4.5], [5.1, 52.0, 4.5]]
    StationFactory(area={"type": "MultiPolygon", "coordinates": [[ring]]})

    [told] = mp.get("/operator/stations").json()

    flat = [[5.1, 52.0], [5.2, 52.0], [5.2, 52.1], [5.1, 52.0]]
    assert told["stationArea"] == {"type": "MultiPolygon", "coordinates": [[flat]]}


def test_answers_in_the_language_asked_for(mp):
    SystemFactory(languages=["en", "nl"])
    StationFactory(name={"en": "Cathedral", "nl": "Domplein"})
    mp.headers["Accept-Language"] = "xx, nl;q=0.8, en;q=0.2"

    answer = mp.get("/operator/stations")

    assert answer.json()[0]["name"] == "Domplein"
    assert answer.headers["Content-Language"] == "nl"


def test_finds_those_of_a_region(mp):
    StationFactory(station_id="in", region=RegionFactory(region_id="centre"))
    StationFactory(station_id="out", region=RegionFactory(region_id="suburb"))
    StationFactory(station_id="anywhere")

    assert station_ids(mp.get("/operator/stations", regionId="centre")) == ["in"]
    assert station_ids(mp.get("/operator/stations", regionId="nowhere")) == []


def test_finds_those_in_a_circle(mp):
    StationFactory(station_id="here")
    StationFactory(station_id="300-m-north", lat=LAT + 300 / 111_195)
    StationFactory(station_id="far", lat=LAT + 0.1)
    # In the box around the circle, and not in the circle.
    StationFactory(station_id="corner", lat=LAT + 250 / 111_195, lon=LON + 250 / 111_195 / 0.6144)

    answer = mp.get("/operator/stations", lat=LAT, lon=LON, radius=301)

    assert station_ids(answer) == ["300-m-north", "here"]


def test_takes_the_usual_radius_when_none_is_given(mp, settings):
    settings.TOMP_DEFAULT_RADIUS_M = 200
    StationFactory(station_id="here")
    StationFactory(station_id="300-m-north", lat=LAT + 300 / 111_195)

    assert station_ids(mp.get("/operator/stations", lat=LAT, lon=LON)) == ["here"]


def test_finds_those_in_a_region_and_a_circle(mp):
    centre = RegionFactory(region_id="centre")
    StationFactory(station_id="both", region=centre)
    StationFactory(station_id="far", region=centre, lat=LAT + 0.1)
    StationFactory(station_id="foreign")

    answer = mp.get("/operator/stations", regionId="centre", lat=LAT, lon=LON, radius=10)

    assert station_ids(answer) == ["both"]


def test_searches_the_southern_and_western_hemisphere(mp):
    StationFactory(station_id="santiago", lat=-33.4, lon=-70.6)

    assert station_ids(mp.get("/operator/stations", lat=-33.4, lon=-70.6, radius=100)) == ["santiago"]


@pytest.mark.parametrize(
    "query",
    [
        {"lon": "east", "lat": "1", "radius": "5"},
        {"lon": "5", "lat": "95", "radius": "5"},
        {"lon": "181", "lat": "5", "radius": "5"},
        {"lon": "5", "lat": "5", "radius": "-1"},
        {"lon": "nan", "lat": "nan", "radius": "1"},
        {"lon": "5", "lat": "5", "radius": "inf"},
        {"lon": "5", "lat": "5", "radius": "1e999"},
        {"lon": "5_0", "lat": "5", "radius": "1"},
        {"lon": "٥", "lat": "5", "radius": "1"},
        {"regionId": "a\0b"},
        {"regionId": "x" * 201},
    ],
    ids=str,
)
def test_refuses_nonsense(mp, query):
    refused(mp.get("/operator/stations", **query), 400, 1002)


@pytest.mark.parametrize("query", [{"lon": 5, "radius": 5}, {"lat": 5}, {"radius": 5}], ids=str)
def test_refuses_half_a_circle(mp, query):
    refused(mp.get("/operator/stations", **query), 400, 1001)


def test_takes_empty_filters_for_none(mp):
    StationFactory(station_id="here")

    answer = mp.get("/operator/stations", regionId="", lon="", lat="", radius="", offset="", limit="")

    assert station_ids(answer) == ["here"]


def test_gives_pages_in_a_stable_order(mp):
    for name in "cabd":
        StationFactory(station_id=name)

    pages = [station_ids(mp.get("/operator/stations", offset=offset, limit=3)) for offset in (0, 3, 6)]

    assert pages == [["a", "b", "c"], ["d"], []]
    assert station_ids(mp.get("/operator/stations", limit=0)) == []
    assert station_ids(mp.get("/operator/stations", offset=10**30)) == []
    assert station_ids(mp.get("/operator/stations", lat=LAT, lon=LON, radius=9, offset=1, limit=2)) == ["b", "c"]


def test_refuses_a_page_that_is_too_big(mp, settings):
    settings.TOMP_MAX_PAGE_SIZE = 2
    for name in "abc":
        StationFactory(station_id=name)

    refused(mp.get("/operator/stations", limit=3), 400, 1009)
    assert station_ids(mp.get("/operator/stations")) == ["a", "b"]


@pytest.mark.parametrize("query", [{"offset": "-1"}, {"limit": "ten"}, {"limit": "1.5"}, {"offset": "0x10"}], ids=str)
def test_refuses_malformed_pages(mp, query):
    refused(mp.get("/operator/stations", **query), 400, 1002)


@pytest.mark.parametrize("query", [{}, {"regionId": "centre"}, {"lat": LAT, "lon": LON, "radius": 5000}], ids=str)
@pytest.mark.parametrize("crowd", [10, 2_000])
def test_takes_five_statements_at_the_most(mp, crowd, query, django_assert_max_num_queries):
    centre, bike = RegionFactory(region_id="centre"), AssetTypeFactory(docked=True)
    for _ in range(5):
        station = StationFactory(region=centre)
        Asset.objects.bulk_create(
            Asset(asset_type=bike, station=station, vehicle_number=f"{station.pk}-{number}", lat=LAT, lon=LON)
            for number in range(crowd // 5)
        )
    mp.get("/operator/alerts")  # the operator's languages are known from now on
    mp.get("/operator/stations") if not query else None  # and the list is kept

    with django_assert_max_num_queries(5):  # the key among them
        assert len(mp.get("/operator/stations", **query).json()) == 5


def test_sends_nothing_to_who_has_the_list_until_a_vehicle_leaves(mp):
    bike = AssetFactory(asset_type=AssetTypeFactory(docked=True), station=StationFactory(name={"en": "Dom"}))
    first = mp.get("/operator/stations")
    known = {"If-None-Match": first.headers["ETag"]}

    assert mp.get("/operator/stations", headers=known).status_code == 304
    Asset.objects.filter(pk=bike.pk).update(state=AssetState.IN_USE, station=None)
    assert mp.get("/operator/stations", headers=known).json()[0]["assetsAvailable"] == 0
    Station.objects.update(name={"en": "Domplein"})
    assert mp.get("/operator/stations").json()[0]["name"] == "Domplein"


def test_takes_as_many_statements_for_many_stations_as_for_one(mp, django_assert_num_queries):
    bike, cargo_bike = AssetTypeFactory(docked=True), AssetTypeFactory(ahead=True)
    for _ in range(5):
        station = StationFactory(region=RegionFactory())
        AssetFactory(asset_type=bike, station=station)
        AssetFactory(asset_type=cargo_bike, station=station, home_station=station)
    mp.get("/operator/stations")  # the operator's languages are known from now on

    with django_assert_num_queries(3):  # the key; whether a station or what stands there is another
        assert len(mp.get("/operator/stations").json()) == 5
