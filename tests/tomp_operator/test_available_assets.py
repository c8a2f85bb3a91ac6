"""GET /operator/available-assets …"""

import gzip
import json
from datetime import time, timedelta
from itertools import product

import pytest

from fleet import information, services
from fleet.models import Asset, Condition, Region, Station
from fleet.models.vehicles import STAFF_STATES, AssetState
from maas import remarks
from tests.client import refused
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    CalendarPeriodFactory,
    ConditionFactory,
    OpeningHoursFactory,
    PricingPlanFactory,
    RegionFactory,
    ReservationFactory,
    StationFactory,
    SystemFactory,
    UserGroupFactory,
    square,
)
from tests.journey import NOW, mp_client
from tomp_operator import sharing

PATH = "/operator/available-assets"
TODAY, YESTERDAY, TOMORROW = (NOW + timedelta(days=days) for days in (0, -1, 1))


def rows(answer):
    """(type, station, number, how many are listed) of each row."""
    assert answer.status_code == 200, answer.content
    return [(row["id"], row.get("stationId"), row["nrAvailable"], len(row.get("assets", []))) for row in answer.json()]


def listed(answer):
    assert answer.status_code == 200, answer.content
    return [asset["id"] for row in answer.json() for asset in row.get("assets", [])]


@pytest.fixture
def scooter(db):
    return AssetTypeFactory(type_id="scooter")


@pytest.fixture
def bike(db):
    return AssetTypeFactory(type_id="bike", docked=True)


@pytest.fixture
def cargo_bike(db):
    return AssetTypeFactory(type_id="cargo-bike", ahead=True)


@pytest.fixture
def taxi(db):
    return AssetTypeFactory(type_id="taxi", ahead=True, return_rule="free_floating", asset_class="TAXI")


@pytest.fixture
def dom(db):
    return StationFactory(station_id="dom", region=RegionFactory(region_id="centre", area=square(half=0.01)))


@pytest.fixture
def gate(db):
    return StationFactory(station_id="gate", lat=LAT + 0.03)


# What a row tells


def test_describes_the_type_its_vehicles_its_prices_and_its_conditions(mp):
    by_minute, by_day = PricingPlanFactory(plan_id="by-minute"), PricingPlanFactory(plan_id="by-day")
    scooter = AssetTypeFactory(
        type_id="scooter", default_plan=by_minute, plans=[by_day, by_minute], properties={"brand": "Rolla"}
    )
    ConditionFactory(asset_type=scooter)
    vehicle = AssetFactory(asset_type=scooter, lat=52.1234567, lon=5.0000004, state_of_charge=63)

    [row] = mp.get(PATH).json()

    plans = {plan["planId"]: plan for plan in mp.get("/operator/pricing-plans").json()}
    assert row == {
        "id": "scooter",
        "nrAvailable": 1,
        "assets": [
            {
                "id": str(vehicle.public_id),
                "stateOfCharge": 63,
                "overriddenProperties": {"location": {"coordinates": {"lat": 52.123457, "lng": 5.0}}},
            }
        ],
        "assetClass": "STEP",
        "assetSubClass": "e-scooter",
        "sharedProperties": {
            "name": "E-scooter",
            "propulsion": "ELECTRIC",
            "fuel": "ELECTRIC",
            "defaultReserveTime": 30,
            "brand": "Rolla",
        },
        "defaultPricingPlan": plans["by-minute"],
        "applicablePricings": [plans["by-minute"], plans["by-day"]],
        "conditions": [
            {
                "conditionType": "conditionDeposit",
                "amount": 50,
                "amountExVat": 50,
                "currencyCode": "EUR",
                "vatRate": 0,
            }
        ],
    }


def test_names_the_station_on_the_row_and_on_the_vehicle(mp, bike, dom):
    AssetFactory(asset_type=bike, station=dom, state_of_charge=None)

    [row] = mp.get(PATH).json()

    assert row["stationId"] == "dom"
    assert row["assets"][0]["stationId"] == "dom"
    assert "stateOfCharge" not in row["assets"][0]


def test_speaks_the_language_asked_for(mp, scooter):
    SystemFactory(languages=["en", "nl"])
    AssetFactory(asset_type=scooter)
    mp.headers["Accept-Language"] = "nl"

    assert mp.get(PATH).json()[0]["sharedProperties"]["name"] == "E-step"


def test_spells_conditions_as_the_contract_says(entur, scooter):
    ConditionFactory(asset_type=scooter)
    AssetFactory(asset_type=scooter)

    assert entur.get(PATH).json()[0]["conditions"][0]["conditionType"] == "ConditionDeposit"


def test_counts_the_time_to_answer_from_now(mp, clock):
    AssetFactory(asset_type=AssetTypeFactory(response_minutes=10))
    [before] = mp.get(PATH).json()[0]["conditions"]
    clock.shift(60)
    [after] = mp.get(PATH).json()[0]["conditions"]

    assert before == {"conditionType": "conditionPostponedCommit", "ultimateResponseTime": "2026-06-01T12:10:00Z"}
    assert after["ultimateResponseTime"] == "2026-06-01T12:11:00Z"


def test_is_not_sent_again_because_seconds_passed(mp, clock):
    AssetFactory(asset_type=AssetTypeFactory(response_minutes=10))
    clock.shift(1.5)
    before = mp.get(PATH)
    mp.headers["If-None-Match"] = before.headers["ETag"]
    clock.shift(58)

    assert before.json()[0]["conditions"][0]["ultimateResponseTime"] == "2026-06-01T12:11:00Z"
    assert mp.get(PATH).status_code == 304
    clock.shift(1)
    assert mp.get(PATH).json()[0]["conditions"][0]["ultimateResponseTime"] == "2026-06-01T12:12:00Z"


def test_asks_to_bring_back_what_must_return_to_its_station(mp, cargo_bike, dom):
    AssetFactory(asset_type=cargo_bike, station=dom, home_station=dom)

    assert mp.get(PATH).json()[0]["conditions"] == [
        {"conditionType": "conditionReturnArea", "stationId": "dom", "coordinates": {"lat": LAT, "lng": LON}}
    ]


def test_never_tells_what_stays_the_same_from_trip_to_trip(mp, scooter, settings):
    settings.TOMP_CODESPACE = "YAL"
    vehicle = AssetFactory(asset_type=scooter, marked=True)

    told = mp.get(PATH)

    assert listed(told) == [f"YAL:Vehicle:{vehicle.public_id}"]
    for field in ("vehicle_number", "vehicle_code", "license_plate", "mac", "nfc_id", "imei", "serial_number", "name"):
        assert getattr(vehicle, field) not in json.dumps(told.json()), field


# Which vehicles are listed


@pytest.mark.parametrize("state", [state for state in AssetState if state != AssetState.AVAILABLE])
def test_lists_no_vehicle_that_is_not_available(mp, scooter, state):
    AssetFactory(asset_type=scooter, state=state)

    assert rows(mp.get(PATH)) == []


def test_lists_no_vehicle_nobody_can_find(mp, scooter):
    AssetFactory(asset_type=scooter, lat=None, lon=None)

    assert rows(mp.get(PATH)) == []


def test_lists_no_vehicle_that_must_be_charged_first(mp):
    picky = AssetTypeFactory(min_charge_percent=20)
    AssetFactory(asset_type=picky, state_of_charge=19)
    enough = AssetFactory(asset_type=picky, state_of_charge=20)
    unknown = AssetFactory(asset_type=picky, state_of_charge=None)

    assert sorted(listed(mp.get(PATH))) == sorted([str(enough.public_id), str(unknown.public_id)])


@pytest.mark.parametrize("closed", [{"is_renting": False}, {"is_installed": False}], ids=str)
def test_lists_nothing_at_a_closed_station(mp, bike, cargo_bike, closed):
    station = StationFactory(**closed)
    AssetFactory(asset_type=bike, station=station)
    AssetFactory(asset_type=cargo_bike, station=station)

    assert rows(mp.get(PATH)) == []


def test_lists_nothing_without_a_price(mp, dom):
    AssetFactory(asset_type=AssetTypeFactory(default_plan=None))
    AssetFactory(asset_type=AssetTypeFactory(default_plan=None, ahead=True), station=dom)

    assert rows(mp.get(PATH)) == []


def test_gives_vehicles_with_a_price_of_their_own_their_own_row(mp, scooter):
    dear = PricingPlanFactory(plan_id="zz-dear")
    usual, special = AssetFactory(asset_type=scooter), AssetFactory(asset_type=scooter, pricing_plan=dear)

    first, second = mp.get(PATH).json()

    assert (first["id"], first["assets"][0]["id"]) == ("scooter", str(usual.public_id))
    assert (second["id"], second["assets"][0]["id"]) == ("scooter", str(special.public_id))
    assert second["defaultPricingPlan"]["planId"] == "zz-dear"
    assert [plan["planId"] for plan in second["applicablePricings"]] == ["zz-dear"]


def test_groups_by_type_and_station(mp, scooter, bike, dom, gate):
    AssetFactory.create_batch(3, asset_type=scooter)
    AssetFactory(asset_type=scooter, station=dom)
    AssetFactory.create_batch(2, asset_type=bike, station=gate)
    AssetFactory(asset_type=bike, station=dom)

    assert rows(mp.get(PATH)) == [
        ("bike", "dom", 1, 1),
        ("bike", "gate", 2, 2),
        ("scooter", None, 3, 3),
        ("scooter", "dom", 1, 1),
    ]


def test_drops_a_vehicle_with_its_booking_and_takes_it_back(mp, scooter):
    vehicle = AssetFactory(asset_type=scooter)
    before = listed(mp.get(PATH))
    mp.one_stop(**{"from": {"coordinates": {"lat": LAT, "lng": LON}}, "useAssets": before})
    assert Asset.objects.get().state == AssetState.RESERVED

    assert before == [str(vehicle.public_id)]
    assert listed(mp.get(PATH)) == []


@pytest.mark.parametrize("state", [*STAFF_STATES])
def test_notices_at_once_what_staff_do_to_a_vehicle(mp, scooter, state):
    vehicle = AssetFactory(asset_type=scooter)
    assert len(listed(mp.get(PATH))) == 1

    Asset.objects.filter(pk=vehicle.pk).update(state=state)

    assert len(listed(mp.get(PATH))) == (state == AssetState.AVAILABLE)


# When we are closed


def test_lists_no_vehicle_while_the_system_is_closed(mp, clock, scooter):
    SystemFactory(timezone="Europe/Amsterdam")  # where it is 14:00
    OpeningHoursFactory(opens_at=time(14, 1), closes_at=time(23))
    AssetFactory(asset_type=scooter)

    assert rows(mp.get(PATH)) == []
    clock.shift(60)
    assert rows(mp.get(PATH)) == [("scooter", None, 1, 1)]


def test_lists_no_vehicle_out_of_season(mp, scooter):
    CalendarPeriodFactory(start_month=7, start_day=1, end_month=8, end_day=31)
    AssetFactory(asset_type=scooter)

    assert rows(mp.get(PATH)) == []


def test_lists_vehicles_where_a_station_or_its_region_is_open(mp, bike, dom, gate):
    OpeningHoursFactory(opens_at=time(1), closes_at=time(2))
    OpeningHoursFactory(region=dom.region, opens_at=time(11), closes_at=time(13))
    OpeningHoursFactory(station=gate, opens_at=time(1), closes_at=time(2))
    for station in (dom, gate, None):
        AssetFactory(asset_type=bike, station=station)
    AssetFactory(asset_type=bike, lat=LAT + 1)  # outside the region

    assert rows(mp.get(PATH)) == [("bike", None, 1, 1), ("bike", "dom", 1, 1)]


def test_counts_none_of_a_type_while_its_station_is_closed(mp, cargo_bike, dom):
    OpeningHoursFactory(station=dom, opens_at=time(1), closes_at=time(2))
    AssetFactory(asset_type=cargo_bike, station=dom)

    assert rows(mp.get(PATH)) == [("cargo-bike", "dom", 0, 0)]


# Types that are booked ahead


def test_counts_types_that_are_booked_ahead_per_station(mp, cargo_bike, dom, gate):
    AssetFactory.create_batch(2, asset_type=cargo_bike, home_station=dom, station=gate)
    AssetFactory(asset_type=cargo_bike, home_station=dom, state=AssetState.IN_USE)
    AssetFactory(asset_type=cargo_bike, station=gate)
    AssetFactory(asset_type=cargo_bike, station=gate, state=AssetState.OUT_OF_SERVICE)
    AssetFactory(asset_type=cargo_bike)  # at no station, and so at none

    assert rows(mp.get(PATH)) == [("cargo-bike", "dom", 3, 0), ("cargo-bike", "gate", 1, 0)]


@pytest.mark.parametrize(
    ("begins", "ends", "left"),
    [
        (TODAY, TOMORROW, 1),
        (NOW + timedelta(minutes=119), TOMORROW, 1),
        (NOW + timedelta(minutes=120), TOMORROW, 2),
        (YESTERDAY, TODAY - timedelta(minutes=1), 2),
    ],
    ids=["now", "soon", "later", "over"],
)
def test_takes_off_what_is_promised_there(mp, cargo_bike, dom, gate, begins, ends, left):
    for station in (dom, gate):
        AssetFactory.create_batch(2, asset_type=cargo_bike, station=station)
    ReservationFactory(asset_type=cargo_bike, station=dom, period=(begins, ends))

    assert rows(mp.get(PATH)) == [("cargo-bike", "dom", left, 0), ("cargo-bike", "gate", 2, 0)]


def test_still_names_a_type_of_which_none_is_left(mp, cargo_bike, dom):
    AssetFactory(asset_type=cargo_bike, station=dom)
    for _ in range(2):
        ReservationFactory(asset_type=cargo_bike, station=dom, period=(TODAY, TOMORROW))

    assert rows(mp.get(PATH)) == [("cargo-bike", "dom", 0, 0)]


def test_counts_vehicles_that_come_to_the_user_wherever_they_are(mp, taxi, dom):
    AssetFactory(asset_type=taxi, station=dom)
    AssetFactory(asset_type=taxi, lat=None, lon=None)
    AssetFactory(asset_type=taxi, state=AssetState.IN_USE)
    ReservationFactory(asset_type=taxi, period=(TODAY, TOMORROW))

    assert rows(mp.get(PATH)) == [("taxi", None, 2, 0)]


@pytest.mark.parametrize(
    ("begins", "ends", "left"),
    [
        (YESTERDAY, TOMORROW, 1),
        (YESTERDAY, TODAY - timedelta(minutes=1), 1),  # late, not back
        (TOMORROW, TOMORROW + timedelta(hours=1), 2),
    ],
    ids=["now", "late", "later"],
)
def test_takes_off_the_vehicles_that_are_out_of_where_they_belong(mp, cargo_bike, dom, gate, begins, ends, left):
    AssetFactory(asset_type=cargo_bike, home_station=dom)
    out = AssetFactory(asset_type=cargo_bike, home_station=dom, state=AssetState.IN_USE)
    AssetFactory(asset_type=cargo_bike, home_station=gate)
    ReservationFactory(asset_type=cargo_bike, station=gate, asset=out, period=(begins, ends))

    assert rows(mp.get(PATH)) == [("cargo-bike", "dom", left, 0), ("cargo-bike", "gate", 1, 0)]


def test_counts_as_bookings_do(mp, cargo_bike, taxi, dom, gate):
    """The rule is fleet.services.places_left; here it is computed for everything at once."""
    periods = [(YESTERDAY, YESTERDAY + timedelta(hours=1)), (YESTERDAY, TOMORROW), (TOMORROW, None)]
    for asset_type, state, home, at in product((cargo_bike, taxi), AssetState, (dom, None), (dom, gate, None)):
        vehicle = AssetFactory(asset_type=asset_type, state=state, home_station=home, station=at)
        station = None if asset_type == taxi else at or gate
        for held, period in zip((vehicle, None, vehicle), periods, strict=True):
            ReservationFactory(asset_type=asset_type, asset=held, station=station, period=period)
    AssetFactory.create_batch(20, asset_type=cargo_bike, station=dom)
    AssetFactory.create_batch(30, asset_type=cargo_bike, station=gate)
    AssetFactory.create_batch(60, asset_type=taxi)

    def left(asset_type, station):
        station_pk = station.pk if station else None
        period = (NOW, NOW + timedelta(hours=2))
        return services.places_left(
            asset_type_id=asset_type.pk, station_id=station_pk, is_virtual=False, period=period, now=NOW
        )

    assert rows(mp.get(PATH)) == [
        ("cargo-bike", "dom", left(cargo_bike, dom), 0),
        ("cargo-bike", "gate", left(cargo_bike, gate), 0),
        ("taxi", None, left(taxi, None), 0),
    ]
    assert min(left(cargo_bike, dom), left(cargo_bike, gate), left(taxi, None)) > 0


# Filters


def test_finds_what_is_at_a_station(mp, scooter, bike, cargo_bike, taxi, dom, gate):
    for asset_type in (scooter, bike, cargo_bike, taxi):
        for station in (dom, gate, None):
            AssetFactory(asset_type=asset_type, station=station)

    found = rows(mp.get(PATH, stationId="dom"))

    assert found == [("bike", "dom", 1, 1), ("cargo-bike", "dom", 1, 0), ("scooter", "dom", 1, 1)]
    assert rows(mp.get(PATH, stationId="nowhere")) == []


def test_finds_what_is_in_a_region(mp, scooter, bike, cargo_bike, taxi, dom, gate):
    for asset_type in (bike, cargo_bike):
        for station in (dom, gate):
            AssetFactory(asset_type=asset_type, station=station)
    # The region's stations count by their region, vehicles in the street by where they are.
    inside = AssetFactory(asset_type=scooter, lat=LAT + 0.0099)
    AssetFactory(asset_type=scooter, lat=LAT + 0.0101)
    AssetFactory(asset_type=taxi, lat=LAT + 1)

    answer = mp.get(PATH, regionId="centre")

    assert rows(answer) == [
        ("bike", "dom", 1, 1),
        ("cargo-bike", "dom", 1, 0),
        ("scooter", None, 1, 1),
        ("taxi", None, 1, 0),
    ]
    assert str(inside.public_id) in listed(answer)
    assert rows(mp.get(PATH, regionId="nowhere")) == []


def test_knows_the_true_shape_of_a_region(mp, scooter):
    corner = [[LON - 0.01, LAT - 0.01], [LON + 0.01, LAT - 0.01], [LON - 0.01, LAT + 0.01], [LON - 0.01, LAT - 0.01]]
    RegionFactory(region_id="corner", area={"type": "Polygon", "coordinates": [corner]})
    inside = AssetFactory(asset_type=scooter, lat=LAT - 0.005, lon=LON - 0.005)
    on_the_border = AssetFactory(asset_type=scooter, lat=LAT - 0.005, lon=LON - 0.01)
    AssetFactory(asset_type=scooter, lat=LAT + 0.005, lon=LON + 0.005)

    answer = mp.get(PATH, regionId="corner")

    assert sorted(listed(answer)) == sorted([str(inside.public_id), str(on_the_border.public_id)])
    assert rows(answer) == [("scooter", None, 2, 2)]


def test_knows_the_holes_of_a_region(mp, scooter):
    area = square(half=0.02)
    area["coordinates"] += square(half=0.01)["coordinates"]
    RegionFactory(region_id="ring", area=area)
    AssetFactory(asset_type=scooter)

    assert rows(mp.get(PATH, regionId="ring")) == []


@pytest.mark.parametrize(("kind", "comes"), [("OPERATING", 1), ("NO_PARKING", 0)])
def test_finds_what_comes_to_the_user_where_we_operate(mp, taxi, kind, comes):
    RegionFactory(region_id="here", kind=kind)
    AssetFactory(asset_type=taxi)

    assert len(rows(mp.get(PATH, regionId="here"))) == comes


def test_finds_what_fits_region_and_station(mp, bike, dom, gate):
    for station in (dom, gate):
        AssetFactory(asset_type=bike, station=station)

    assert rows(mp.get(PATH, regionId="centre", stationId="dom")) == [("bike", "dom", 1, 1)]
    assert rows(mp.get(PATH, regionId="centre", stationId="gate")) == []


def test_takes_empty_filters_for_none(mp, scooter):
    AssetFactory(asset_type=scooter)

    answer = mp.get(PATH, regionId="", stationId="", boundingbox="", limit=1, offset=0)

    assert rows(answer) == [("scooter", None, 1, 1)]


@pytest.fixture
def box_reader(clock):
    """A provider who speaks a version that knows boxes."""
    return mp_client("1.6.1")


def around(half):
    return f"{LAT - half},{LAT + half},{LON - half},{LON + half}"


def test_finds_what_is_in_a_box(box_reader, scooter, bike, cargo_bike, dom, gate):
    inside = AssetFactory(asset_type=scooter, lat=LAT + 0.009)
    AssetFactory(asset_type=scooter, lat=LAT + 0.011)
    AssetFactory(asset_type=scooter, lon=LON - 0.011)
    # A vehicle is where it is, even if its station is somewhere else; a type is where its station is.
    parked = AssetFactory(asset_type=bike, station=gate, lat=LAT)
    for station in (dom, gate):
        AssetFactory(asset_type=cargo_bike, station=station, lat=LAT + 0.02)

    answer = box_reader.get(PATH, boundingbox=around(0.01))

    assert rows(answer) == [("bike", "gate", 1, 1), ("cargo-bike", "dom", 1, 0), ("scooter", None, 1, 1)]
    assert listed(answer) == [str(parked.public_id), str(inside.public_id)]


def test_finds_what_comes_to_the_user_in_a_box_where_we_operate(box_reader, taxi):
    AssetFactory(asset_type=taxi)
    RegionFactory(region_id="centre", area=square(half=0.01))
    RegionFactory(region_id="zone", kind=Region.Kind.NO_PARKING, area=square(lat=LAT + 1))

    assert rows(box_reader.get(PATH, boundingbox=around(0.001))) == [("taxi", None, 1, 0)]
    assert rows(box_reader.get(PATH, boundingbox="10,11,10,11")) == []
    assert rows(box_reader.get(PATH, boundingbox=f"{LAT + 1},{LAT + 1},{LON},{LON}")) == []
    assert rows(box_reader.get(PATH, boundingbox=around(0.001), regionId="centre")) == [("taxi", None, 1, 0)]
    assert rows(box_reader.get(PATH, boundingbox="10,11,10,11", regionId="centre")) == []


def test_finds_in_a_box_what_is_in_the_southern_and_western_hemisphere(box_reader, scooter):
    AssetFactory(asset_type=scooter, lat=-33.4, lon=-70.6)

    assert rows(box_reader.get(PATH, boundingbox="-33.5, -33.3, -70.7, -70.5")) == [("scooter", None, 1, 1)]


@pytest.mark.parametrize(
    "box",
    [
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        ",,,",
        "1,2,3,nan",
        "1,2,3,inf",
        "52,51,5,6",
        "51,52,6,5",
        "-91,0,0,0",
        "0,0,0,181",
    ],
)
def test_refuses_a_malformed_box(box_reader, box):
    refused(box_reader.get(PATH, boundingbox=box), 400, 1002)


@pytest.mark.parametrize("box", ["0,0,0,0", "a,b,c,d"])
def test_knows_no_box_in_1_5(clock, scooter, box):
    AssetFactory(asset_type=scooter)

    assert rows(mp_client("1.5.0").get(PATH, boundingbox=box)) == [("scooter", None, 1, 1)]


# Pages


def test_pages_rows_and_not_vehicles(mp, scooter, bike, dom, gate):
    AssetFactory.create_batch(3, asset_type=scooter)
    for station in (gate, dom):
        AssetFactory(asset_type=bike, station=station)

    whole = rows(mp.get(PATH))

    assert whole == [("bike", "dom", 1, 1), ("bike", "gate", 1, 1), ("scooter", None, 3, 3)]
    assert [rows(mp.get(PATH, offset=offset, limit=1)) for offset in range(4)] == [*([row] for row in whole), []]
    assert rows(mp.get(PATH, limit=0)) == []
    assert rows(mp.get(PATH, offset=10**6)) == []


def test_refuses_a_page_that_is_too_big(mp, settings):
    refused(mp.get(PATH, limit=settings.TOMP_MAX_PAGE_SIZE + 1), 400, 1009)


@pytest.mark.parametrize("query", [{"offset": "-1"}, {"limit": "-1"}, {"limit": "ten"}], ids=str)
def test_refuses_malformed_pages(mp, query):
    refused(mp.get(PATH, **query), 400, 1002)


# What it costs


@pytest.mark.parametrize(
    ("query", "statements"),
    [
        ({}, 3),  # whether a vehicle or a station is another, and what is left of types ahead
        ({"stationId": "station-a"}, 3),  # vehicles, types ahead, stations
        ({"regionId": "region-a"}, 4),  # and the region
        ({"boundingbox": around(0.01)}, 4),  # and the operating areas
        ({"regionId": "region-a", "boundingbox": around(0.01), "stationId": "station-a"}, 4),
    ],
    ids=str,
)
@pytest.mark.parametrize("crowd", [10, 2_000])
def test_takes_five_statements_at_the_most(mp, api_version, crowd, query, statements, django_assert_num_queries):
    types = [AssetTypeFactory(plans=[PricingPlanFactory()], docked=True) for _ in range(3)]
    types += [AssetTypeFactory(plans=[PricingPlanFactory()], ahead=True) for _ in range(2)]
    types += [AssetTypeFactory(ahead=True, return_rule="free_floating")]
    for name in "abc":
        station = StationFactory(station_id=f"station-{name}", region=RegionFactory(region_id=f"region-{name}"))
        for asset_type in types:
            AssetFactory.create_batch(3, asset_type=asset_type, station=station)
            AssetFactory(asset_type=asset_type)
    Asset.objects.bulk_create(
        Asset(asset_type=types[0], vehicle_number=f"crowd-{number}", lat=LAT, lon=LON) for number in range(crowd)
    )
    for asset_type in types:
        ConditionFactory(asset_type=asset_type, kind=Condition.Kind.PAY_WHEN_FINISHED, details={})
    mp.get(PATH, check=False)  # the catalogue is known from now on
    information.forget()
    information.system()  # so is the operator, however long the crowd took,
    remarks.tally.forget()  # and who called is not written down now
    if api_version == "1.5.0" and query == {"boundingbox": around(0.01)}:
        statements = 3  # a box means nothing

    with django_assert_num_queries(statements + 1):  # and the key
        assert mp.get(PATH, **query, check=False).json()


def test_reads_the_catalogue_again_after_a_few_seconds(mp, scooter, django_assert_num_queries):
    SystemFactory()
    AssetFactory(asset_type=scooter)
    mp.get("/operator/information")

    with django_assert_num_queries(1 + 2 + 8 + 1 + 2):  # key; how things are; types, plans, hours; the list; as before?
        mp.get(PATH)
    with django_assert_num_queries(1 + 2):
        mp.get(PATH)


def test_knows_a_new_type_and_a_new_price_at_once(mp, scooter):
    AssetFactory(asset_type=scooter)
    mp.get(PATH)
    AssetFactory(asset_type=AssetTypeFactory(type_id="new"))
    assert rows(mp.get(PATH)) == [("new", None, 1, 1), ("scooter", None, 1, 1)]

    AssetFactory(asset_type=scooter, pricing_plan=PricingPlanFactory(plan_id="zz-new"))
    assert [row["defaultPricingPlan"]["planId"] for row in mp.get(PATH).json()][2] == "zz-new"


# Who has the answer already


def test_sends_nothing_to_who_has_the_list_until_a_vehicle_is_booked(mp, scooter):
    vehicle, other = AssetFactory.create_batch(2, asset_type=scooter)
    first = mp.get(PATH)

    again = mp.get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    Asset.objects.filter(pk=vehicle.pk).update(state=AssetState.RESERVED)
    later = mp.get(PATH, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert (again.headers["ETag"], again.headers["Content-Language"]) == (first.headers["ETag"], "en")
    assert listed(later) == [str(other.public_id)]
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert {"Accept-Encoding", "Accept-Language", "Api-Version"} <= set(first.headers["Vary"].split(", "))


def test_counts_the_calls_that_are_answered_with_what_is_kept(mp, scooter, monkeypatch):
    monkeypatch.setattr(remarks, "WRITTEN_EVERY", 3600)
    for _ in range(2):
        mp.get(PATH)
    mp.get(PATH, headers={"If-None-Match": mp.get(PATH).headers["ETag"]})

    assert sum(count for count, _at in remarks.tally.pending.values()) == 4


def test_packs_the_list_for_who_can_read_that(mp, scooter):
    AssetFactory.create_batch(2, asset_type=scooter)
    plain = mp.get(PATH)

    packed = mp.get(PATH, headers={"Accept-Encoding": "gzip"}, check=False)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize(
    "change",
    [
        {"lat": LAT + 0.001},
        {"state_of_charge": 41},
        {"public_id": "6f1f2b9c-59a2-4f3b-8a2f-111111111111"},
        {"pricing_plan": "own"},
        {"station": "dom"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_tells_at_once_what_is_new_about_a_vehicle(mp, bike, dom, change):
    AssetFactory(asset_type=bike, state_of_charge=40)
    change = {"station": dom} if "station" in change else change
    change = {"pricing_plan": PricingPlanFactory(plan_id="own")} if "pricing_plan" in change else change
    before = mp.get(PATH)

    Asset.objects.update(**change)

    assert mp.get(PATH).headers["ETag"] != before.headers["ETag"]


def test_tells_at_once_of_a_promise_and_of_a_closed_station(mp, cargo_bike, dom):
    AssetFactory(asset_type=cargo_bike, station=dom)
    assert rows(mp.get(PATH)) == [("cargo-bike", "dom", 1, 0)]

    ReservationFactory(asset_type=cargo_bike, station=dom, period=(TODAY, TOMORROW))
    assert rows(mp.get(PATH)) == [("cargo-bike", "dom", 0, 0)]

    Station.objects.update(is_renting=False)
    assert rows(mp.get(PATH)) == []


def test_never_gives_one_provider_what_another_may_see(mp, clock, scooter, bike):
    group = UserGroupFactory()
    bike.user_groups.add(group)
    mp.provider.user_groups.add(group)
    for asset_type in (scooter, bike):
        AssetFactory(asset_type=asset_type)
    other = mp_client(mp.version.full)

    for _ in range(2):
        assert [row[0] for row in rows(mp.get(PATH))] == ["bike", "scooter"]
        assert [row[0] for row in rows(other.get(PATH))] == ["scooter"]


def test_keeps_nothing_that_changed_while_it_was_written(clock, scooter):
    AssetFactory(asset_type=scooter)
    stamps = iter(["before", "after", "before", "before"])
    said = iter(["old", "new"])

    def told():
        return sharing.content("list", stamp=lambda: next(stamps), write=lambda: next(said), now=NOW).plain

    assert [told(), told()] == [b'"old"', b'"new"']
