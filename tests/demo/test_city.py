"""The demo city …"""

import json
from decimal import Decimal

import pytest
from shapely.geometry import shape

from demo import receipt, services, vehicles
from demo.catalogue import TYPES
from demo.geography import areas, table
from fleet import geo, places, pricing, tariffs
from fleet import services as fleet
from fleet.models import (
    Alert,
    Asset,
    AssetType,
    Condition,
    FarePart,
    OpeningHours,
    PlanRule,
    PricingPlan,
    Region,
    Station,
    System,
)
from fleet.schedule import Schedule
from fleet.serializers import tariff_json
from tests.demo.conftest import NOW

ROAMING = ("e-scooter", "e-bike", "lock-bike", "taxi")


@pytest.fixture(scope="module")
def built(shared_world):
    services.build_city(now=NOW)


@pytest.fixture
def city(built, db):
    """As it was built, for each test anew."""


def build_unsaved():
    types = {type_id: AssetType(pk=pk, type_id=type_id) for pk, type_id in enumerate(TYPES)}
    stations = {row["station_id"]: Station(pk=pk) for pk, row in enumerate(table("stations"))}
    return vehicles.build(types, stations, now=NOW)


def free_vehicles():
    return Asset.objects.filter(asset_type__type_id__in=ROAMING).select_related("asset_type")


def test_is_the_same_every_time():
    first, second = build_unsaved(), build_unsaved()

    def members(asset):
        return asset.vehicle_number, asset.public_id, asset.lat, asset.lon, asset.state_of_charge, asset.license_plate

    assert [members(asset) for asset in first] == [members(asset) for asset in second]
    assert (str(first[0].public_id), first[0].lat, first[0].lon) == (
        "ac6b3c20-242d-4fd4-b8fd-b2bf3cb5a84c",
        52.094226,
        5.118812,
    )


@pytest.mark.parametrize(
    ("type_id", "count"),
    [
        ("e-scooter", 320),
        ("e-bike", 200),
        ("station-bike", 128),
        ("cargo-bike", 42),
        ("lock-bike", 40),
        ("taxi", 40),
        ("smart-dock-bike", 20),
    ],
)
def test_has_bookable_vehicles_of_each_type(city, type_id, count):
    free = Asset.objects.free().filter(asset_type__type_id=type_id)

    assert free.count() == count


def test_passes_every_check_of_the_back_office(city):
    for model in (
        System, Region, Station, PricingPlan, FarePart, AssetType, Condition, Asset, Alert, OpeningHours, PlanRule,
    ):  # fmt: skip
        for row in model.objects.all():
            row.full_clean(exclude={"state"})


def test_speaks_english_and_dutch_everywhere(city):
    named = [*Region.objects.all(), *Station.objects.all(), *AssetType.objects.all(), *PricingPlan.objects.all()]

    assert System.objects.get().languages == ["en", "nl"]
    assert all(set(row.name) == {"en", "nl"} for row in named)
    assert set(Alert.objects.get().summary) == {"en", "nl"}


def test_says_the_vat_of_every_tariff(city):
    assert {plan.plan_id: (plan.vat_rate, plan.vat_country) for plan in PricingPlan.objects.all()} == {
        "cargo-bike": (Decimal(21), "NL"),
        "cargo-bike-roadworks": (Decimal(21), "NL"),
        "e-bike": (Decimal(21), "NL"),
        "e-scooter": (Decimal(21), "NL"),
        "lock-bike": (Decimal(21), "NL"),
        "lock-bike-evening": (Decimal(21), "NL"),
        "station-bike": (Decimal(21), "NL"),
        "taxi": (Decimal(9), "NL"),
        "taxi-night": (Decimal(9), "NL"),
    }
    assert all(plan.tariff().parts for plan in PricingPlan.objects.all())


# -- a ride may end where it began


def test_leaves_free_vehicles_where_they_may_be_left(city):
    for asset in free_vehicles():
        places.check_may_end(asset_type=asset.asset_type, start_station_id=None, lat=asset.lat, lon=asset.lon, now=NOW)


def test_leaves_no_free_vehicle_in_a_forbidden_zone_whatever_its_type(city):
    zones = Region.objects.filter(kind__in=places.FORBIDDEN)

    inside = [
        (asset, zone) for asset in free_vehicles() for zone in zones if geo.contains(zone.area, asset.lat, asset.lon)
    ]

    assert zones.count() == 4
    assert inside == []


def test_leaves_no_free_vehicle_so_near_to_a_station_that_it_would_belong_to_it(city):
    assert [asset for asset in free_vehicles() if places.stations_at(asset.lat, asset.lon)] == []


def test_leaves_no_free_vehicle_in_the_water(city):
    canals = [area for area in areas() if area["properties"]["kind"] == "WATER"]
    spots = list(free_vehicles().values_list("lat", "lon"))

    assert len(canals) == 7
    for canal in canals:
        line, width = shape(canal["geometry"]), canal["properties"]["half_width_m"]
        for step in range(101):
            point = line.interpolate(step / 100, normalized=True)
            assert min(geo.distance_m(point.y, point.x, *spot) for spot in spots) > width


def test_has_the_bikes_of_a_station_within_its_reach(city):
    for asset in Asset.objects.filter(station__isnull=False).select_related("station"):
        assert places.stations_at(asset.lat, asset.lon)[0] == asset.station


def test_has_no_more_bikes_at_a_station_than_places(city):
    assert all(station.assets.count() < station.capacity for station in Station.objects.all())


# -- what the conformance suite looks for (docs/demo.md)


def test_puts_smart_docks_a_kilometre_from_everything_else(city):
    smart = Station.objects.filter(assets__asset_type__docks_report=True).distinct()
    others = [*free_vehicles(), *Station.objects.exclude(pk__in=smart)]

    assert smart.count() == 2
    for dock in smart:
        assert min(geo.distance_m(dock.lat, dock.lon, other.lat, other.lon) for other in others) > 1_000


def test_offers_the_e_bike_as_the_plain_type(city):
    plain = AssetType.objects.filter(booked_by=AssetType.BookedBy.ASSET, conditions__isnull=True).order_by("type_id")

    assert plain.first().type_id == "e-bike"


def test_has_more_station_bikes_than_any_other_vehicle_at_stations(city):
    at_stations = Asset.objects.filter(station__isnull=False).values_list("asset_type__type_id", flat=True)

    assert max(set(at_stations), key=list(at_stations).count) == "station-bike"


def test_has_room_for_many_cargo_bike_bookings_at_once(city):
    cargo = AssetType.objects.get(type_id="cargo-bike")
    hubs = Station.objects.filter(home_assets__asset_type=cargo).distinct()

    def places_left(hub):
        return fleet.places_left(
            asset_type_id=cargo.pk, station_id=hub.pk, is_virtual=False, period=(NOW, None), now=NOW
        )

    assert [places_left(hub) for hub in hubs] == [14, 14, 14]


def test_sends_taxis_to_the_middle_of_the_operating_area(city):
    (area,) = Region.objects.filter(kind=Region.Kind.OPERATING)
    corners = area.area["coordinates"][0][:-1]
    lon, lat = (sum(corner[axis] for corner in corners) / len(corners) for axis in (0, 1))
    taxi = AssetType.objects.get(type_id="taxi")

    for step in (0, 0.01):
        kinds = {r.kind for r in places.regions_at(lat + step, lon + step, asset_type_id=taxi.pk, now=NOW)}
        assert kinds == {Region.Kind.OPERATING}


def test_is_open_at_any_time_but_for_one_station(city):
    night, schedule = NOW.replace(hour=3), Schedule.load()

    closed = [s.station_id for s in Station.objects.all() if not schedule.is_open(night, station_id=s.pk)]

    assert schedule.is_open(night)
    assert closed == ["dock-science-park"]


# -- prices by place and time


@pytest.mark.parametrize(
    ("type_id", "station_id", "local", "plan_id"),
    [
        ("lock-bike", None, (18, 59), "lock-bike"),
        ("lock-bike", None, (19, 0), "lock-bike-evening"),
        ("taxi", None, (22, 59), "taxi"),
        ("taxi", None, (5, 59), "taxi-night"),
        ("e-scooter", None, (23, 30), "e-scooter"),
        ("e-bike", None, (23, 30), "e-bike"),
        ("cargo-bike", "hub-croeselaan", (12, 0), "cargo-bike-roadworks"),
        ("cargo-bike", "hub-zuilen", (12, 0), "cargo-bike"),
    ],
)
def test_has_other_prices_in_the_evening_at_night_and_at_one_hub(city, type_id, station_id, local, plan_id):
    asset_type = AssetType.objects.get(type_id=type_id)
    place = tariffs.Place.at(Station.objects.get(station_id=station_id)) if station_id else tariffs.Place()
    hour, minute = local
    at = NOW.replace(hour=hour, minute=minute, tzinfo=None)

    plan = tariffs.plan_of(asset_type, rules=tariffs.current(), place=place, local=at)

    assert plan.plan_id == plan_id


def test_publishes_prices_a_provider_can_add_up(city):
    """Forty minutes in use, ten paused, 3.2 km: the provider's own sum is ours, for every plan."""
    states = pricing.AssetState
    usage = pricing.Usage((pricing.Segment(states.IN_USE, 2400), pricing.Segment(states.PAUSED, 600)), 3200)
    used = receipt.Used(in_use_s=2400, paused_s=600, distance_m=Decimal(3200))

    for plan in PricingPlan.objects.all():
        published = json.loads(json.dumps(tariff_json(plan.tariff())), parse_float=Decimal)
        own_sum = receipt.total(receipt.lines(published["parts"], used))
        assert own_sum == pricing.price(plan.tariff(), usage).total, plan.plan_id
