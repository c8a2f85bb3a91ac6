"""Pricing plans …"""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.pricing import AssetState, Part, PartType, Segment, Tariff, Usage, minor_units, price
from fleet.pricing.amounts import rounded
from gbfs.feeds.meter import meter
from gbfs.feeds.words import described, sentences
from tests.fleet_factories import AssetTypeFactory, FarePartFactory, PlanRuleFactory, PricingPlanFactory, SystemFactory
from tests.gbfs.feeds import data

PER_MINUTE = {"type": "FLEX", "unit_type": "MINUTE", "units": 1}


def fixed(amount, **more):
    return Part(type=PartType.FIXED, amount=Decimal(amount), **more)


def flex(amount, unit_type="MINUTE", units=1, **more):
    return Part(type=PartType.FLEX, amount=Decimal(amount), unit_type=unit_type, units=Decimal(units), **more)


def scaled(start, end=None, of="MINUTE"):
    return {"scale_from": Decimal(start), "scale_to": None if end is None else Decimal(end), "scale_type": of}


def tariff(*parts, currency="EUR", **more):
    return Tariff(plan_id="plan", parts=parts, currency=currency, **more)


def counted(segments):
    return [(s.start, s.end, s.interval, s.rate) for s in segments]


# What a plan says


@pytest.mark.django_db
def test_say_what_a_ride_costs():
    SystemFactory()
    PricingPlanFactory(
        plan_id="by-minute",
        name={"en": "By the minute", "nl": "Per minuut"},
        description={"en": "Simple.", "nl": "Eenvoudig."},
        url="https://rides.example/prices",
        parts=[
            FarePartFactory.build(amount=Decimal("1.00")),
            FarePartFactory.build(per_minute=True),
            FarePartFactory.build(amount=Decimal("0.05"), asset_state="PAUSED", **PER_MINUTE),
            FarePartFactory.build(type="MAX", amount=Decimal(15), scale_from=0, scale_to=24, scale_type="HOUR"),
        ],
    )

    common = {
        "plan_id": "by-minute",
        "url": "https://rides.example/prices",
        "currency": "EUR",
        "price": 1.0,
        "per_min_pricing": [{"start": 0, "interval": 1, "rate": 0.25}],
        "is_taxable": False,
        "surge_pricing": False,
        "fare_capping": {"duration": 1440, "price": 15.0},
    }
    english = "Simple. In a pause: 0.05 EUR per min. At most 15.00 EUR within 24 h. Prices include 21 % VAT."
    dutch = (
        "Eenvoudig. In een pauze: 0,05 EUR per min. Hoogstens 15,00 EUR binnen 24 u. Prijzen zijn inclusief 21 % btw."
    )
    assert data("system_pricing_plans")["plans"] == [
        {
            **common,
            "name": [{"text": "By the minute", "language": "en"}, {"text": "Per minuut", "language": "nl"}],
            "description": [{"text": english, "language": "en"}, {"text": dutch, "language": "nl"}],
        }
    ]
    assert data("system_pricing_plans", "2.3", "nl")["plans"] == [
        {**common, "name": "Per minuut", "description": dutch}
    ]


@pytest.mark.django_db
def test_are_those_of_tomp(mp):
    PricingPlanFactory(plan_id="nobodys")
    AssetTypeFactory(plans=[PricingPlanFactory(plan_id="listed")])
    PlanRuleFactory(plan=PricingPlanFactory(plan_id="by-rule"))

    ours = [plan["plan_id"] for plan in data("system_pricing_plans")["plans"]]

    assert ours == sorted(plan["planId"] for plan in mp.get("/operator/pricing-plans").json())


@pytest.mark.django_db
def test_belong_to_types_the_default_first():
    usual, listed, by_rule = (PricingPlanFactory(plan_id=plan_id) for plan_id in ("usual", "listed", "by-rule"))
    scooter = AssetTypeFactory(default_plan=usual, plans=[listed])
    PlanRuleFactory(plan=by_rule, asset_type=scooter)

    (kind,) = data("vehicle_types")["vehicle_types"]

    assert kind["default_pricing_plan_id"] == "usual"
    assert kind["pricing_plan_ids"] == ["usual", "by-rule", "listed"]


@pytest.mark.django_db
def test_warn_of_a_surcharge():
    PricingPlanFactory(parts=[FarePartFactory.build(), FarePartFactory.build(kind="SURGE", amount=Decimal(2))])

    (plan,) = data("system_pricing_plans")["plans"]

    assert (plan["surge_pricing"], plan["price"]) == (True, 3.0)


# How the parts of a tariff become segments


@pytest.mark.parametrize(
    ("parts", "start_price", "per_minute", "per_kilometre"),
    [
        ([fixed("1.00"), fixed("0.50")], "1.50", [], []),
        ([flex("3.50", "HOUR")], "0", [(0, None, 60, Decimal("3.50"))], []),
        ([flex("0.40", units=10, **scaled(30, 120))], "0", [(30, 120, 10, Decimal("0.40"))], []),
        ([flex("0.40", units=10, **scaled("0.5", 2, "HOUR"))], "0", [(30, 120, 10, Decimal("0.40"))], []),
        ([fixed("3.00", **scaled(30, 60))], "0", [(30, 60, 0, Decimal("3.00"))], []),
        ([flex("3.05", "KM")], "0", [], [(0, None, 1, Decimal("3.05"))]),
        ([flex("1", "KM", 5, **scaled(10, of="KM"))], "0", [], [(10, None, 5, Decimal(1))]),
        ([fixed("2.50"), fixed("-1.00", kind="DISCOUNT")], "1.50", [], []),
        ([fixed("-1.00", kind="DISCOUNT")], "0", [(0, None, 0, Decimal("-1.00"))], []),
        (
            [flex("1.00", units=15), flex("-20", "PERCENTAGE", kind="DISCOUNT")],
            "0",
            [(0, None, 15, Decimal("0.80"))],
            [],
        ),
        ([flex("0.20"), flex("0.05", asset_state="PAUSED")], "0", [(0, None, 1, Decimal("0.20"))], []),
        ([flex("0.01", "SECOND")], "0", [(0, None, 1, Decimal("0.6000"))], []),
        ([flex("1.00", "MILE")], "0", [], [(0, None, 1, Decimal("0.6214"))]),
    ],
)
def test_become_a_price_and_segments(parts, start_price, per_minute, per_kilometre):
    found = meter(tariff(*parts))

    assert found.price == Decimal(start_price)
    assert counted(found.per_minute) == per_minute
    assert counted(found.per_kilometre) == per_kilometre


# That whoever adds them up comes to the fare


def as_gbfs_counts(found, minutes, kilometres):
    """The rule of GBFS: the price and each segment that began; interval 0 once (gbfs.md, system_pricing_plans)."""
    segments = [(s, minutes) for s in found.per_minute] + [(s, kilometres) for s in found.per_kilometre]
    return found.price + sum(s.rate * times(s, used) for s, used in segments)


def times(segment, used):
    if used <= segment.start:
        return 0
    if segment.interval == 0:
        return 1
    inside = min(used, used if segment.end is None else segment.end) - segment.start
    return math.ceil(inside / segment.interval)


amounts = st.decimals("0.01", "20", places=2)


@st.composite
def scales(draw, of):
    start = draw(st.integers(0, 90))
    end = draw(st.none() | st.integers(start + 1, 200))
    return scaled(start, end, of) if start or end else {}


@st.composite
def parts(draw):
    """Any part without a pause, a maximum, or a unit smaller than GBFS knows."""
    form = draw(st.sampled_from(["start", "time", "hour", "distance", "once", "once_far", "discount", "percent"]))
    amount = draw(amounts)
    if form == "start":
        return fixed(amount)
    if form in ("time", "discount"):
        sign, kind = (1, "DEFAULT") if form == "time" else (-1, "DISCOUNT")
        return flex(sign * amount, units=draw(st.integers(1, 60)), kind=kind, **draw(scales("MINUTE")))
    if form == "hour":
        return flex(amount, "HOUR", draw(st.integers(1, 3)))
    if form == "distance":
        return flex(amount, "KM", draw(st.integers(1, 10)), **draw(scales("KM")))
    if form == "percent":
        return flex(-draw(st.integers(1, 50)), "PERCENTAGE", kind="DISCOUNT")
    return fixed(amount, **scaled(draw(st.integers(0, 60)), of="MINUTE" if form == "once" else "KM"))


@given(
    st.lists(parts(), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 12_000), st.integers(0, 99_000)), min_size=5, max_size=5),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_add_up_to_what_we_charge_for_every_ride(parts, rides, currency):
    plan = tariff(*parts, currency=currency)
    found, places = meter(plan), minor_units(currency)

    for seconds, metres in rides:
        usage = Usage((Segment(AssetState.IN_USE, seconds),), distance_m=metres)
        told = as_gbfs_counts(found, Decimal(seconds) / 60, Decimal(metres) / 1000)
        assert rounded(max(told, Decimal(0)), places) == price(plan, usage).total


def test_of_units_that_gbfs_cannot_count_never_tell_less_than_we_charge():
    plan = tariff(flex("0.05", "SECOND", 10))
    found = meter(plan)

    for seconds in range(0, 600, 7):
        usage = Usage((Segment(AssetState.IN_USE, seconds),))
        assert as_gbfs_counts(found, Decimal(seconds) / 60, Decimal(0)) >= price(plan, usage).total


# What is said in words


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (tariff(fixed("1")), []),
        (tariff(fixed("1"), vat_rate=Decimal("5.50")), ["Prices include 5.5 % VAT."]),
        (tariff(flex("1"), flex("0.5", units=15, asset_state="PAUSED")), ["In a pause: 0.50 EUR per 15 min."]),
        (tariff(flex("1"), fixed("2", asset_state="PAUSED")), ["With a pause: 2.00 EUR."]),
        (tariff(flex("1"), pause_billed_as_use=False), ["Pauses are free."]),
        (tariff(fixed("1"), Part(type="MAX", amount=60), currency="NOK"), ["At most 60.00 NOK a ride."]),
        (
            tariff(fixed("1"), Part(type="MAX", amount=900, **scaled(0, 90)), currency="JPY"),
            ["At most 900 JPY within 90 min."],
        ),
        (tariff(flex("0.125", "SECOND", 10)), ["Charged: 0.125 EUR per 10 s."]),
        (tariff(flex("1"), pro_rata=True), ["What is used is charged exactly, not each started unit."]),
    ],
)
def test_say_in_words_what_gbfs_has_no_members_for(plan, said):
    assert list(sentences(plan, "en")) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nb-NO", "Prisene inkluderer 21,5 % mva."),
        ("de", "Preise inklusive 21,5 % MwSt."),
        ("fr", "Prix TTC, TVA 21,5 %."),
        ("sv", "Prices include 21.5 % VAT."),
    ],
)
def test_say_it_in_the_language_of_the_feed_or_in_english(language, said):
    assert list(sentences(tariff(fixed("1"), vat_rate=Decimal("21.5")), language)) == [said]


def test_say_nothing_twice():
    plan = tariff(fixed("1"), Part(type="MAX", amount=60), vat_rate=Decimal(21))
    once = described("Cheap.", plan, "en")

    assert once == "Cheap. At most 60.00 EUR a ride. Prices include 21 % VAT."
    assert described(once, plan, "en") == once
