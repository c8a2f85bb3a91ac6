"""What a ride would cost is told while a plan is typed, and nothing is saved …"""

from datetime import time
from decimal import Decimal

import pytest

from fleet.models import FarePart, PricingPlan
from fleet.pricing import AssetState, Segment, Usage, price
from tests.fleet_factories import AssetTypeFactory, PlanRuleFactory, StationFactory, SystemFactory, UserGroupFactory
from tests.journey import pause_plan

CALCULATE = "/admin/fleet/pricingplan/calculate/"
EMPTY = {"parts-INITIAL_FORMS": 0, "parts-MIN_NUM_FORMS": 0, "parts-MAX_NUM_FORMS": 1000}


@pytest.fixture
def plan(clock):
    """1.00 to unlock, 0.20 per minute, 0.05 per minute paused, 21 % VAT included."""
    return pause_plan(plan_id="usual", vat_rate=21, vat_country="NL")


def typed(plan=None, *parts, **more):
    """The form of the plan, and a ride of 20 minutes, 10 minutes paused, 3 km."""
    form = {"currency": "EUR", "vat_rate": "21", "vat_country": "NL", "pause_billed_as_use": "on"}
    form |= {"calc-plan": getattr(plan, "pk", ""), "calc-minutes": 20, "calc-paused": 10, "calc-km": 3}
    form |= {**EMPTY, "parts-TOTAL_FORMS": len(parts)}
    for number, part in enumerate(parts):
        usual = {"kind": "DEFAULT", "part_class": "FARE", "position": number}
        form |= {f"parts-{number}-{name}": value for name, value in {**usual, **part}.items()}
    return form | more


def unlock(amount="1.00"):
    return {"type": "FIXED", "amount": amount, "name": "Unlocking"}


def riding(amount="0.20", **more):
    return {"type": "FLEX", "amount": amount, "name": "Riding", "units": "1", "unit_type": "MINUTE", **more}


def ask(client, form):
    response = client.post(CALCULATE, form)
    assert response.status_code == 200
    return response.context_data


def test_each_part_and_the_total_with_vat(staff, plan):
    pause = riding("0.05", name="Pause", asset_state="PAUSED")

    told = ask(staff, typed(None, unlock(), riding(), pause))

    assert told["rows"] == [
        ("Unlocking", "once", "1.00 EUR"),
        ("Riding", "20 × 0.20 EUR / minute", "4.00 EUR"),
        ("Pause (while paused)", "10 × 0.05 EUR / minute", "0.50 EUR"),
    ]
    assert (told["total"], told["vat"]) == ("5.50 EUR", "4.55 EUR net + 0.95 EUR VAT (21 %)")


def test_the_engine_says_the_same(staff, plan):
    usage = Usage((Segment(AssetState.IN_USE, 1200), Segment(AssetState.PAUSED, 600)), 3000)

    told = ask(staff, typed(None, unlock(), riding()))

    plan.parts.filter(asset_state="PAUSED").delete()
    assert told["total"] == f"{price(plan.tariff(), usage).total} EUR" == "7.00 EUR"


def test_discounts_surges_and_caps(staff, plan):
    off = riding("-20", kind="DISCOUNT", name="Students", unit_type="PERCENTAGE", units="")
    rush = riding("0.10", kind="SURGE", name="Rush hour")
    most = {"type": "MAX", "amount": "5.00"}

    told = ask(staff, typed(None, unlock(), riding(), off, rush, most))

    assert told["rows"] == [
        ("Unlocking", "once", "1.00 EUR"),
        ("Riding", "30 × 0.20 EUR / minute", "6.00 EUR"),
        ("Students (discount)", "once", "-0.20 EUR"),
        ("Students (discount)", "30 × -0.04 EUR / minute", "-1.20 EUR"),
        ("Rush hour (surge)", "30 × 0.10 EUR / minute", "3.00 EUR"),
        ("Maximum", "5.00 EUR", "-3.60 EUR"),
    ]
    assert told["total"] == "5.00 EUR"


def test_against_the_saved_plan(staff, plan):
    told = ask(staff, typed(plan, unlock("2.00"), riding("0.25")))

    assert told["change"] == "+4.00 EUR"  # 9.50 instead of 5.50
    assert [(row["length"], row["total"], row["saved"], row["change"]) for row in told["examples"]] == [
        ("5 min", "3.25 EUR", "2.00 EUR", "+1.25 EUR"),
        ("15 min", "5.75 EUR", "4.00 EUR", "+1.75 EUR"),
        ("30 min", "9.50 EUR", "7.00 EUR", "+2.50 EUR"),
        ("1 h", "17.00 EUR", "13.00 EUR", "+4.00 EUR"),
        ("2 h", "32.00 EUR", "25.00 EUR", "+7.00 EUR"),
        ("1 d", "362.00 EUR", "289.00 EUR", "+73.00 EUR"),
    ]


def test_nothing_is_saved(staff, plan):
    before = (list(PricingPlan.objects.values()), list(FarePart.objects.values()))

    ask(staff, typed(plan, unlock("9.00")))

    assert (list(PricingPlan.objects.values()), list(FarePart.objects.values())) == before


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"currency": ""}, "Currency: This field is required."),
        ({"vat_rate": "120"}, "VAT rate: Ensure this value is less than or equal to 100."),
        ({"currency": "euro"}, "Currency: Ensure this value has at most 3 characters (it has 4)."),
        ({"currency": "eur"}, "The currency has three capital letters, such as EUR."),
        ({"parts-0-amount": ""}, "Part 1: Amount: This field is required."),
        ({"parts-0-amount": "-1"}, "Part 1: Only the amount of a discount may be below zero."),
        ({"parts-1-units": ""}, "Part 2: What is charged per unit has a unit type, and units above zero."),
        ({"calc-starts_at": "0001-01-01T00:00:00+14:00"}, "Begins: That is too far away."),
        ({"calc-minutes": "-1"}, "Minutes in use: Ensure this value is greater than or equal to 0."),
        ({"calc-minutes": "999999"}, "Minutes in use: Ensure this value is less than or equal to 44640."),
        (
            {"calc-asset_type": "0"},
            "Asset type: Select a valid choice. That choice is not one of the available choices.",
        ),
    ],
    ids=str,
)
def test_what_is_wrong_is_named(staff, plan, changes, problem):
    told = ask(staff, typed(plan, unlock(), riding(), **changes))

    assert problem in told["problems"]
    assert told["rows"] is None


def test_a_part_to_be_deleted_counts_no_more(staff, plan):
    told = ask(staff, typed(None, unlock(), riding(DELETE="on")))

    assert told["total"] == "1.00 EUR"


def test_which_plan_holds_there_and_then(staff, plan):
    asset_type, night = AssetTypeFactory(name={"en": "Taxi"}, default_plan=plan), pause_plan(plan_id="night")
    PlanRuleFactory(plan=night, asset_type=asset_type, starts_at=time(23), ends_at=time(6))
    asked = {"calc-asset_type": asset_type.pk}

    by_day = ask(staff, typed(plan, unlock(), **asked, **{"calc-starts_at": "2026-06-01T12:00:00"}))
    at_night = ask(staff, typed(plan, unlock(), **asked, **{"calc-starts_at": "2026-06-01T23:30:00"}))

    assert by_day["holds"] == ["This plan holds for Taxi there and then."]
    assert at_night["holds"] == [f"For Taxi another plan holds there and then: {night}, 5.50 EUR."]


def test_the_time_typed_is_that_of_the_operators_clocks(staff, plan):
    SystemFactory(timezone="Europe/Amsterdam")
    asset_type, night = AssetTypeFactory(default_plan=plan), pause_plan(plan_id="night")
    PlanRuleFactory(plan=night, asset_type=asset_type, starts_at=time(23), ends_at=time(6))
    asked = {"calc-asset_type": asset_type.pk, "calc-starts_at": "2026-06-01T22:30:00"}

    told = ask(staff, typed(plan, unlock(), **asked))

    assert told["holds"] == ["This plan holds for E-scooter there and then."]


def test_the_place_and_the_group_are_looked_at(staff, plan):
    station, group = StationFactory(), UserGroupFactory(name={"en": "Campus"})
    asset_type, other = AssetTypeFactory(default_plan=plan), pause_plan(plan_id="station")
    asset_type.user_groups.add(group)
    PlanRuleFactory(plan=other, station=station)

    told = ask(staff, typed(plan, unlock(), **{"calc-asset_type": asset_type.pk, "calc-station": station.pk}))

    assert f"another plan holds there and then: {other}" in told["holds"][0]
    assert told["holds"][1] == "It is offered to these groups only: Campus."


def test_who_may_only_look_calculates_with_the_saved_plan(signed_in, plan):
    client = signed_in("view_pricingplan")

    assert ask(client, typed(plan, unlock("9.00")))["total"] == "5.50 EUR"
    assert "What would a ride cost?" in client.get(f"/admin/fleet/pricingplan/{plan.pk}/change/").content.decode()


def test_others_may_not(signed_in, plan):
    assert signed_in("view_station").post(CALCULATE, typed(plan, unlock())).status_code == 403


@pytest.mark.parametrize("count", [1, 20])
def test_needs_few_statements_for_many_parts(staff, plan, count, django_assert_max_num_queries):
    asset_type = AssetTypeFactory(default_plan=plan)
    form = typed(plan, *[riding(str(Decimal(n + 1) / 100)) for n in range(count)], **{"calc-asset_type": asset_type.pk})

    with django_assert_max_num_queries(18):
        ask(staff, form)
