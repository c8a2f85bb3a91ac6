"""The prices of a feed as fare parts. No database."""

from decimal import Decimal

import pytest

from fleet import pricing
from fleet.pricing import Part, PartKind, PartType, ScaleType, UnitType
from tests.fleet.samples import feed_2_3, feed_3_0
from tests.fleet.samples.reading import by, messages, translated


@pytest.fixture
def old():
    return translated(feed_2_3.documents(), "2.3")


@pytest.fixture
def new():
    return translated(feed_3_0.documents(), "3.0")


def test_makes_fare_parts(old):
    plans = by("plan_id", old[0].plans)

    assert set(plans) == {"standard", "odd"}
    assert plans["standard"].parts == (
        Part(type=PartType.FIXED, amount=Decimal(1)),
        Part(type=PartType.FLEX, amount=Decimal("0.25"), unit_type=UnitType.MINUTE, units=Decimal(1)),
        Part(
            type=PartType.FLEX,
            amount=Decimal("0.1"),
            unit_type=UnitType.KM,
            units=Decimal(2),
            scale_from=Decimal(10),
            scale_type=ScaleType.KM,
        ),
    )
    assert plans["odd"].currency == "EUR"
    assert plans["odd"].parts == (
        Part(type=PartType.FIXED, amount=Decimal(3)),
        Part(
            type=PartType.FLEX,
            amount=Decimal("0.1"),
            unit_type=UnitType.MINUTE,
            units=Decimal(1),
            scale_from=Decimal(0),
            scale_to=Decimal(59),
            scale_type=ScaleType.MINUTE,
        ),
        Part(
            type=PartType.FLEX,
            kind=PartKind.DISCOUNT,
            amount=Decimal("-0.05"),
            unit_type=UnitType.MINUTE,
            units=Decimal(1),
            scale_from=Decimal(60),
            scale_type=ScaleType.MINUTE,
        ),
    )
    assert messages(old[1], "system_pricing_plans") == [
        ("skipped", "broken", "its currency is no ISO 4217 code"),
        ("warning", "odd", "interval 0 means charged once: ask the operator whether it is a price per unit"),
        ("warning", "odd", "prices are without tax (is_taxable), ours include it: imported as written, correct them"),
        ("warning", "standard", "minute price starts at minute 1: read as 0, as a minute that has begun counts"),
    ]


def test_lets_inclusive_segments_touch():
    documents = feed_2_3.documents()
    documents["system_pricing_plans"]["data"]["plans"][0]["per_min_pricing"] = [
        {"start": 0, "end": 59, "rate": 0.1, "interval": 1},
        {"start": 60, "rate": 0.2, "interval": 1},
    ]

    contents, findings = translated(documents, "2.3")

    segments = contents.plans[0].parts[1:3]
    assert [(part.scale_from, part.scale_to) for part in segments] == [(0, 60), (60, None)]
    assert ("info", "standard", "segments with inclusive ends (0-59, 60-) were made to touch") in messages(
        findings, "system_pricing_plans"
    )


@pytest.mark.parametrize("minutes", [{"start": 10, "end": 5, "rate": 1, "interval": 1}, {"start": 0, "rate": "much"}])
def test_skips_a_plan_that_cannot_be_charged(minutes):
    documents = feed_2_3.documents()
    documents["system_pricing_plans"]["data"]["plans"][0]["per_min_pricing"] = [minutes]

    contents, findings = translated(documents, "2.3")

    assert [plan.plan_id for plan in contents.plans] == ["odd"]
    assert ("skipped", "standard", "its prices cannot be charged") in messages(findings, "system_pricing_plans")


def test_caps_and_frees_as_3_1_says(new):
    assert new[0].plans[0].parts == (
        Part(type=PartType.FIXED, amount=Decimal(1)),
        Part(
            type=PartType.FLEX,
            amount=Decimal("0.29"),
            unit_type=UnitType.MINUTE,
            units=Decimal(1),
            scale_from=Decimal(30),
            scale_type=ScaleType.MINUTE,
        ),
        Part(
            type=PartType.MAX,
            amount=Decimal(20),
            scale_from=Decimal(0),
            scale_to=Decimal(1440),
            scale_type=ScaleType.MINUTE,
        ),
    )
    tariff = pricing.Tariff(plan_id="3645", currency="EUR", parts=new[0].plans[0].parts)
    ride = pricing.Usage((pricing.Segment(pricing.AssetState.IN_USE, 32 * 60),))
    assert pricing.price(tariff, ride).total == Decimal("1.58")
