"""Which plan holds: the vehicle's own, then the strongest rule, then the type's."""

from datetime import datetime, time
from itertools import count

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from fleet.models import AssetType, PlanRule, PricingPlan, Region, Station
from fleet.tariffs import Place, Rules, current, plan_of
from tests.fleet_factories import (
    LAT,
    LON,
    AssetTypeFactory,
    PlanRuleFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
    square,
)

MONDAY_NOON = datetime(2026, 6, 1, 12, 0)  # noqa: DTZ001 -- what the operator's clocks show
USUAL, OWN = PricingPlan(pk=1, plan_id="usual"), PricingPlan(pk=2, plan_id="own")
SCOOTER, BIKE = AssetType(pk=1, default_plan=USUAL), AssetType(pk=2, default_plan=USUAL)
CENTRE, SUBURB = (Region(pk=pk, area=square(), region_id=str(pk)) for pk in (1, 2))
DOM, GATE = Station(pk=1, region=CENTRE), Station(pk=2, region=SUBURB)
STREET = Place()
numbers = count(10)


def rule(name, **fields):
    pk = next(numbers)
    return PlanRule(pk=pk, plan=PricingPlan(pk=pk, plan_id=name), **fields)


def chosen(*rules, asset_type=SCOOTER, place=STREET, local=MONDAY_NOON, own=None):
    found = plan_of(asset_type, rules=sorted_rules(*rules), place=place, local=local, own=own)
    return found and found.plan_id


def sorted_rules(*rules):
    return Rules.of_these(rules)


def test_a_type_has_its_own_plan_where_no_rule_holds():
    assert chosen() == "usual"
    assert chosen(rule("night", starts_at=time(23), ends_at=time(6))) == "usual"


def test_a_type_without_a_plan_has_that_of_a_rule_or_none():
    free = AssetType(pk=3)

    assert chosen(rule("all"), asset_type=free) == "all"
    assert chosen(asset_type=free) is None


def test_the_plan_of_the_vehicle_comes_first():
    assert chosen(rule("all", priority=9), own=OWN) == "own"


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ({"priority": 0, "station": DOM, "asset_type": SCOOTER}, {"priority": 1}),
        ({"region": CENTRE, "asset_type": SCOOTER, "starts_at": time(11)}, {"station": DOM}),
        ({"asset_type": SCOOTER, "starts_at": time(11)}, {"region": CENTRE}),
        ({"starts_at": time(11)}, {"asset_type": SCOOTER}),
        ({}, {"starts_at": time(11)}),
        ({}, {"days": ["MON"]}),
    ],
)
def test_the_more_specific_rule_wins_unless_another_has_priority(weaker, stronger):
    weaker, stronger = rule("weaker", **weaker), rule("stronger", **stronger)

    assert chosen(weaker, stronger, place=Place.at(DOM)) == "stronger"
    assert chosen(stronger, weaker, place=Place.at(DOM)) == "stronger"


def test_of_equal_rules_the_older_wins():
    older, newer = rule("older"), rule("newer")

    assert chosen(newer, older) == "older"


@pytest.mark.parametrize(
    ("local", "plan"),
    [
        ((1, 22, 59), "usual"),
        ((1, 23, 0), "night"),  # Monday
        ((2, 5, 59), "night"),  # Tuesday morning belongs to Monday night
        ((2, 6, 0), "usual"),
        ((2, 23, 30), "usual"),
        ((1, 5, 0), "usual"),  # Monday morning belongs to Sunday night
    ],
)
def test_a_night_begins_on_its_day_and_ends_the_next_morning(local, plan):
    day, hour, minute = local
    night = rule("night", days=["MON"], starts_at=time(23), ends_at=time(6))

    assert chosen(night, local=datetime(2026, 6, day, hour, minute)) == plan  # noqa: DTZ001


def test_an_evening_may_last_until_midnight():
    evening = rule("evening", starts_at=time(19))

    assert chosen(evening, local=datetime(2026, 6, 1, 23, 59)) == "evening"  # noqa: DTZ001
    assert chosen(evening, local=datetime(2026, 6, 2, 0, 0)) == "usual"  # noqa: DTZ001


def test_a_rule_of_a_type_is_for_no_other():
    assert chosen(rule("scooters", asset_type=SCOOTER)) == "scooters"
    assert chosen(rule("scooters", asset_type=SCOOTER), asset_type=BIKE) == "usual"


def test_a_rule_of_a_station_is_for_no_other_place():
    dom = rule("dom", station=DOM)

    assert [chosen(dom, place=place) for place in (Place.at(DOM), Place.at(GATE), STREET)] == ["dom", "usual", "usual"]


def test_a_rule_of_a_region_is_for_its_stations_and_for_the_open():
    centre = rule("centre", region=CENTRE)

    assert chosen(centre, place=Place.at(DOM)) == "centre"
    assert chosen(centre, place=Place.at(GATE)) == "usual"
    assert chosen(centre, place=Place(regions=frozenset([CENTRE.pk]))) == "centre"
    assert chosen(centre, place=STREET) == "usual"


def test_a_point_lies_in_the_regions_that_cover_it():
    rules = sorted_rules(rule("centre", region=CENTRE), rule("bikes", region=SUBURB, asset_type=BIKE))

    def place(asset_type, lat):
        return rules.place(asset_type, MONDAY_NOON, lat=lat, lon=LON)

    assert place(SCOOTER, LAT) == Place(regions=frozenset([CENTRE.pk]))
    assert place(BIKE, LAT) == Place(regions=frozenset([CENTRE.pk, SUBURB.pk]))
    assert place(BIKE, LAT + 1) == STREET


def test_the_rules_are_read_in_two_statements_and_once(db, django_assert_num_queries):
    for station in (None, StationFactory(), StationFactory()):
        PlanRuleFactory(station=station, asset_type=AssetTypeFactory())
    PlanRuleFactory(region=RegionFactory())

    with django_assert_num_queries(2):  # the rules with plan and place, the fare parts
        totals = [len(rule.plan.tariff().parts) for rule in current().rules]
        assert len(current().rules) == 4

    assert totals == [2, 2, 2, 2]


# What may not be written


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"days": []}, "days"),
        ({"days": ["XYZ"]}, "days"),
        ({"days": "MON"}, "days"),
        ({"days": [[]]}, "days"),
        ({"starts_at": time(18), "ends_at": time(18)}, "ends_at"),
        ({"station_id": 1, "region_id": 1}, "station"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(fields, field):
    with pytest.raises(ValidationError) as refusal:
        PlanRule(plan=USUAL, **fields).clean()

    assert list(refusal.value.message_dict) == [field]


@pytest.mark.parametrize("fields", [{"starts_at": time(18), "ends_at": time(18)}, {"both": True}])
def test_the_database_refuses_it_too(db, fields):
    if fields.pop("both", False):
        fields = {"station": StationFactory(), "region": RegionFactory()}

    with pytest.raises(IntegrityError), transaction.atomic():
        PlanRuleFactory(**fields)

    assert PlanRule.objects.count() == 0


def test_a_plan_that_a_rule_needs_stays(db):
    plan = PricingPlanFactory()
    PlanRuleFactory(plan=plan)

    with pytest.raises(ProtectedError):
        plan.delete()
