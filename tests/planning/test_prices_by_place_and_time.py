"""The price of an offer is the one that holds where and when the ride begins."""

from datetime import time

import pytest

from legs.models import Leg
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    FarePartFactory,
    PlanRuleFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
    square,
)
from tests.journey import HERE, NEARBY, NOW, at, minutes
from tests.trip_factories import LegFactory

EVENING = "2026-06-01T19:30:00Z"


def costing(amount, **fields):
    return PricingPlanFactory(parts=[FarePartFactory.build(name="Ride", amount=amount)], **fields)


def offered(mp, **trip):
    """What each option would cost."""
    answer = mp.offers(**{**at(HERE), **trip})
    assert answer.status_code == 201, answer.content
    return [option["pricing"]["parts"][0]["amount"] for option in answer.json()["options"]]


def listed(mp, **query):
    """The prices of available-assets: (the first, how many vehicles)."""
    rows = mp.get("/operator/available-assets", **query).json()
    assert all(row["defaultPricingPlan"] == row["applicablePricings"][0] for row in rows)
    return [(row["defaultPricingPlan"]["fare"]["parts"][0]["amount"], row["nrAvailable"]) for row in rows]


@pytest.fixture
def scooter(db):
    return AssetTypeFactory(type_id="scooter", default_plan=costing(5))


@pytest.fixture
def taxi(db):
    RegionFactory(region_id="city")
    taxi = AssetTypeFactory(
        type_id="taxi", ahead=True, return_rule="free_floating", asset_class="TAXI", default_plan=costing(5)
    )
    AssetFactory(asset_type=taxi)
    return taxi


def test_follows_the_clocks_of_the_operator(mp, clock, scooter):
    SystemFactory(timezone="Europe/Amsterdam")  # two hours ahead of UTC in summer
    AssetFactory(asset_type=scooter)
    PlanRuleFactory(plan=costing(3), starts_at=time(19), ends_at=time(6))

    assert (offered(mp), listed(mp)) == ([5], [(5, 1)])
    clock.move_to(NOW.replace(hour=17))
    assert (offered(mp), listed(mp)) == ([3], [(3, 1)])


def test_is_that_of_the_departure_not_of_the_request(mp, taxi):
    PlanRuleFactory(plan=costing(8), asset_type=taxi, starts_at=time(19))

    assert offered(mp) == [5]
    assert offered(mp, departureTime=EVENING) == [8]


def test_stays_what_was_offered(mp, clock, scooter):
    AssetFactory(asset_type=scooter)
    PlanRuleFactory(plan=costing(3, plan_id="cheap"), ends_at=time(12, 5))
    offer = mp.offers(**at(HERE)).json()["options"][0]
    clock.move_to(NOW + minutes(6))

    mp.book(offer["id"])

    assert offered(mp, useAssets=[]) == []
    assert mp.get(f"/bookings/{offer['id']}").json()["pricing"]["parts"][0]["amount"] == 3
    assert Leg.objects.get(pk=offer["id"]).tariff["plan_id"] == "cheap"


def test_one_stop_follows_the_rule(auto_mp, scooter):
    asset = AssetFactory(asset_type=scooter)
    PlanRuleFactory(plan=costing(3))

    booked = auto_mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)]).json()

    assert booked["pricing"]["parts"][0]["amount"] == 3
    assert booked["legs"][0]["pricing"]["parts"][0]["amount"] == 3


def test_differs_by_station(mp, scooter):
    dom, gate = StationFactory(station_id="dom"), StationFactory(station_id="gate", lat=LAT + 0.001)
    AssetFactory(asset_type=scooter, station=dom)
    AssetFactory(asset_type=scooter, station=gate)
    PlanRuleFactory(plan=costing(3), station=gate)

    assert offered(mp, **at(HERE, stationId="dom")) == [5]
    assert offered(mp, **at(HERE, stationId="gate")) == [3]
    assert listed(mp) == [(5, 1), (3, 1)]


def test_of_a_type_booked_ahead_differs_by_station(mp):
    dom, gate = StationFactory(station_id="dom"), StationFactory(station_id="gate", lat=LAT + 0.001)
    cargo = AssetTypeFactory(ahead=True, default_plan=costing(5))
    for station in (dom, gate):
        AssetFactory(asset_type=cargo, station=station, home_station=station)
    PlanRuleFactory(plan=costing(3), station=gate)

    assert offered(mp, **at(HERE, stationId="dom")) == [5]
    assert offered(mp, **at(HERE, stationId="gate")) == [3]
    assert listed(mp) == [(5, 1), (3, 1)]


def test_differs_by_region(mp, scooter):
    inside, outside = AssetFactory(asset_type=scooter), AssetFactory(asset_type=scooter, lat=LAT + 0.003)
    at_dom = AssetFactory(asset_type=scooter, station=StationFactory(region=RegionFactory(region_id="outskirts")))
    centre = RegionFactory(region_id="centre", area=square(half=0.001))
    PlanRuleFactory(plan=costing(3), region=centre)

    prices = [offered(mp, useAssets=[str(asset.public_id)]) for asset in (inside, outside, at_dom)]

    assert prices == [[3], [5], [5]]  # a station belongs to the region it names, wherever it stands
    assert sorted(listed(mp)) == [(3, 1), (5, 1), (5, 1)]
    assert listed(mp, regionId="centre") == [(3, 1)]


def test_of_a_taxi_is_that_of_the_place_it_is_called_to(mp, taxi):
    centre = RegionFactory(region_id="centre", area=square(half=0.001))
    PlanRuleFactory(plan=costing(8), region=centre)

    assert offered(mp) == [8]
    assert offered(mp, **at((LAT + 0.01, LON))) == [5]
    assert listed(mp) == [(5, 1)]  # nobody knows yet where to


def test_of_a_vehicle_with_a_plan_of_its_own_follows_no_rule(mp, scooter):
    AssetFactory(asset_type=scooter, pricing_plan=costing(9))
    PlanRuleFactory(plan=costing(3), priority=9)

    assert (offered(mp), listed(mp)) == ([9], [(9, 1)])


def test_one_row_lists_all_that_cost_the_same(mp, scooter):
    cheap = costing(3)
    vehicles = [AssetFactory(asset_type=scooter), AssetFactory(asset_type=scooter, pricing_plan=cheap)]
    vehicles += [AssetFactory(asset_type=scooter, lat=LAT + 0.0005)]
    for half in (0.001, 0.0004):
        PlanRuleFactory(plan=cheap, region=RegionFactory(area=square(half=half)))

    [row] = mp.get("/operator/available-assets").json()

    assert [asset["id"] for asset in row["assets"]] == sorted(str(vehicle.public_id) for vehicle in vehicles)


def test_a_type_is_offered_while_a_rule_gives_it_a_price(mp, clock):
    AssetFactory(asset_type=AssetTypeFactory(default_plan=None))
    ahead = AssetTypeFactory(ahead=True, default_plan=None)
    dom = StationFactory()
    AssetFactory(asset_type=ahead, station=dom, home_station=dom)
    PlanRuleFactory(plan=costing(3), ends_at=time(13))

    assert (offered(mp), listed(mp)) == ([3, 3], [(3, 1), (3, 1)])
    clock.move_to(NOW + minutes(60))
    assert (offered(mp), listed(mp)) == ([], [])


def test_rules_cost_no_statement_per_vehicle(mp, scooter, django_assert_num_queries):
    region = RegionFactory(area=square(half=0.001))
    PlanRuleFactory(plan=costing(3), region=region)
    AssetFactory.create_batch(3, asset_type=scooter)
    AssetFactory.create_batch(3, asset_type=scooter, lat=LAT + 0.003)
    offered(mp)

    with django_assert_num_queries(5):  # as without rules: tests/journeys/test_statement_counts.py
        [together] = mp.offers(**at(HERE), nrOfTravelers=6).json()["options"]

    assert len(together["legs"]) == 6


# What the ride is expected to cost


def test_counts_the_kilometres_the_provider_expects(mp):
    per_km = FarePartFactory.build(type="FLEX", unit_type="KM", units=1, amount=2)
    AssetFactory(asset_type__default_plan=PricingPlanFactory(parts=[per_km]))
    to = {"coordinates": {"lat": LAT + 0.0185, "lng": LON}}  # 2057 m north

    assert offered(mp) == [0]
    assert offered(mp, to=to) == [6]
    assert offered(mp, to=to, estimatedDistance=0) == [6]
    assert offered(mp, to=to, estimatedDistance=4100) == [10]
    assert offered(mp, estimatedDistance=500) == [2]
    assert offered(mp, to={"coordinates": {"lat": 0, "lng": 0}}) == [0]
    estimated = mp.offers(**at(HERE), to=to).json()["options"][0]
    assert (estimated["pricing"]["estimated"], estimated["legs"][0]["pricing"]["estimated"]) == (True, True)
    assert Leg.objects.get(pk=estimated["legs"][0]["id"]).planned_distance_m == 2057


def test_does_not_believe_a_distance_around_the_world(mp):
    per_km = FarePartFactory.build(type="FLEX", unit_type="KM", units=1, amount="0.10")
    AssetFactory(asset_type__default_plan=PricingPlanFactory(parts=[per_km]))

    assert offered(mp, estimatedDistance=2_000_000_000) == [4000]


def test_counts_what_was_planned_only_until_the_ride_begins(db):
    tariff = PricingPlanFactory(parts=[FarePartFactory.build(type="FLEX", unit_type="KM", units=1)]).tariff().as_json()
    waiting = LegFactory(state="NOT_STARTED", tariff=tariff, planned_distance_m=5000)
    riding = LegFactory(state="IN_USE", tariff=tariff, planned_distance_m=5000)

    assert (waiting.price(NOW).total, riding.price(NOW).total) == (5, 0)


def test_is_certain_where_no_ride_can_change_it(mp, auto_mp):
    asset = AssetFactory(asset_type__default_plan=costing(5))

    [option] = mp.offers(**at(HERE)).json()["options"]
    booked = auto_mp.one_stop(**at(NEARBY), useAssets=[str(asset.public_id)]).json()

    assert (option["pricing"]["estimated"], option["legs"][0]["pricing"]["estimated"]) == (False, False)
    assert (booked["pricing"]["estimated"], booked["legs"][0]["pricing"]["estimated"]) == (False, False)
