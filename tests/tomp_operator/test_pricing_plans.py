"""GET /operator/pricing-plans …"""

from decimal import Decimal

from tests.fleet_factories import (
    AssetFactory,
    AssetTypeFactory,
    FarePartFactory,
    PlanRuleFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
)


def plan_ids(answer):
    assert answer.status_code == 200, answer.content
    return [plan["planId"] for plan in answer.json()]


def test_tells_the_rules_of_a_price(mp):
    PricingPlanFactory(
        plan_id="scooter",
        name={"en": "Scooter"},
        description={"en": "1.21 to unlock, 0.25 a minute, 15.00 a day"},
        url="https://rides.example/prices",
        parts=[
            FarePartFactory.build(name="unlock", amount=Decimal("1.21")),
            FarePartFactory.build(per_minute=True, position=1),
            FarePartFactory.build(
                type="MAX",
                amount=Decimal(15),
                scale_from=Decimal(0),
                scale_to=Decimal(24),
                scale_type="HOUR",
                position=2,
            ),
        ],
    )

    [told] = mp.get("/operator/pricing-plans").json()

    money = {"currencyCode": "EUR", "vatRate": 21, "vatCountryCode": "NL"}
    assert told == {
        "planId": "scooter",
        "name": "Scooter",
        "description": "1.21 to unlock, 0.25 a minute, 15.00 a day",
        "url": "https://rides.example/prices",
        "isTaxable": False,
        "surgePricing": False,
        "fare": {
            "estimated": True,
            "parts": [
                {**money, "amount": 1.21, "amountExVat": 1, "type": "FIXED", "name": "unlock"},
                {**money, "amount": 0.25, "amountExVat": told["fare"]["parts"][1]["amountExVat"]}
                | {"type": "FLEX", "unitType": "MINUTE", "units": 1},
                {**money, "amount": 15, "amountExVat": told["fare"]["parts"][2]["amountExVat"]}
                | {"type": "MAX", "scaleFrom": 0, "scaleTo": 24, "scaleType": "HOUR"},
            ],
        },
    }


def test_speaks_the_language_asked_for(mp):
    SystemFactory(languages=["en", "nl"])
    PricingPlanFactory(name={"en": "Scooter", "nl": "Step"}, description={"nl": "Per minuut"})
    mp.headers["Accept-Language"] = "nl"

    [told] = mp.get("/operator/pricing-plans").json()

    assert (told["name"], told["description"]) == ("Step", "Per minuut")


def test_holds_in_every_known_place(mp):
    PricingPlanFactory(plan_id="b")
    PricingPlanFactory(plan_id="a")
    StationFactory(station_id="dom", region=RegionFactory(region_id="centre"))
    RegionFactory(region_id="suburb")

    assert plan_ids(mp.get("/operator/pricing-plans")) == ["a", "b"]
    assert plan_ids(mp.get("/operator/pricing-plans", regionId="", stationId="")) == ["a", "b"]
    assert plan_ids(mp.get("/operator/pricing-plans", regionId="centre", stationId="dom")) == ["a", "b"]
    assert plan_ids(mp.get("/operator/pricing-plans", regionId="suburb", stationId="dom")) == []
    assert plan_ids(mp.get("/operator/pricing-plans", regionId="nowhere")) == []
    assert plan_ids(mp.get("/operator/pricing-plans", stationId="nowhere")) == []


def test_lists_what_may_be_charged_in_a_place_at_some_time(mp):
    centre, suburb = RegionFactory(region_id="centre"), RegionFactory(region_id="suburb")
    dom, gate = StationFactory(station_id="dom", region=centre), StationFactory(station_id="gate", region=suburb)
    standard, owned, listed = (PricingPlanFactory(plan_id=name) for name in ("standard", "owned", "listed"))
    AssetTypeFactory(default_plan=standard, plans=[listed])
    AssetFactory(pricing_plan=owned, asset_type__default_plan=standard)
    for plan in (standard, owned, listed):
        PlanRuleFactory(plan=plan, station=dom)
    PlanRuleFactory(plan=PricingPlanFactory(plan_id="dom-night"), station=dom, starts_at="23:00", ends_at="06:00")
    PlanRuleFactory(plan=PricingPlanFactory(plan_id="of-centre"), region=centre)
    both = PricingPlanFactory(plan_id="two-stations")
    PlanRuleFactory(plan=both, station=dom)
    PlanRuleFactory(plan=both, station=gate)
    PlanRuleFactory(plan=PricingPlanFactory(plan_id="weekend"), days=["SAT", "SUN"])

    everywhere = ["listed", "owned", "standard", "weekend"]
    assert plan_ids(mp.get("/operator/pricing-plans", stationId="dom")) == sorted(
        [*everywhere, "dom-night", "of-centre", "two-stations"]
    )
    assert plan_ids(mp.get("/operator/pricing-plans", stationId="gate")) == sorted([*everywhere, "two-stations"])
    assert plan_ids(mp.get("/operator/pricing-plans", regionId="centre")) == sorted(
        [*everywhere, "dom-night", "of-centre", "two-stations"]
    )
    assert plan_ids(mp.get("/operator/pricing-plans", regionId="suburb")) == sorted([*everywhere, "two-stations"])
    told = {plan["planId"]: plan for plan in mp.get("/operator/pricing-plans").json()}
    assert {name: (plan.get("stationId"), plan.get("regionId")) for name, plan in told.items()} == {
        **dict.fromkeys([*everywhere, "two-stations"], (None, None)),
        "dom-night": ("dom", None),
        "of-centre": (None, "centre"),
    }


def test_publishes_a_percentage_as_money_and_says_that_there_is_a_surge(mp):
    surge = FarePartFactory.build(
        type="FLEX", kind="SURGE", unit_type="PERCENTAGE", amount=Decimal(20), name="Night", position=2
    )
    PricingPlanFactory(
        parts=[FarePartFactory.build(name="unlock"), FarePartFactory.build(per_minute=True, position=1), surge]
    )

    [told] = mp.get("/operator/pricing-plans").json()

    assert told["surgePricing"] is True
    assert [
        (part["type"], part.get("kind"), part["amount"], part["amountExVat"], part.get("unitType"))
        for part in told["fare"]["parts"]
    ] == [
        ("FIXED", None, 1, 0.826, None),
        ("FLEX", None, 0.25, 0.207, "MINUTE"),
        ("FIXED", "SURGE", 0.2, 0.165, None),
        ("FLEX", "SURGE", 0.05, 0.041, "MINUTE"),
    ]


def test_takes_three_statements_for_any_number(mp, django_assert_num_queries):
    PricingPlanFactory.create_batch(4)
    mp.get("/operator/pricing-plans")  # the operator's languages are known from now on

    with django_assert_num_queries(3):  # the key, the plans, their parts
        assert len(mp.get("/operator/pricing-plans").json()) == 4
