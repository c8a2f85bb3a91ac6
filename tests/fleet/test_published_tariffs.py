"""What we publish of a tariff is what we charge: whoever adds up the parts of the wire comes to our amount."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from fleet import pricing
from fleet.pricing import AssetState, Fare, Line, Part, PartClass, PartKind, PartType, Tariff, price
from fleet.serializers import fare_json, tariff_json, total_amount_json
from tests.fleet.test_pricing import (
    EVERY_TARIFF,
    USAGES,
    D,
    at_most,
    fixed,
    per,
    percent,
    ride,
    riding,
    scale,
    tariff,
)

READ = {
    "type": "type", "kind": "kind", "unitType": "unit_type", "units": "units", "scaleFrom": "scale_from",
    "scaleTo": "scale_to", "scaleType": "scale_type", "assetState": "asset_state", "name": "name",
    "class": "part_class", "amount": "amount",
}  # fmt: skip
HELMET = fixed("1.50", name="Helmet", part_class=PartClass.ANCILLARY)


def as_a_provider_reads(plan):
    """The tariff of somebody who knows only the parts on the wire, and whether units that have begun count."""
    parts = [
        Part(
            **{
                READ[key]: str(value) if isinstance(value, float) else value
                for key, value in part.items()
                if key in READ
            }
        )
        for part in tariff_json(plan)["parts"]
    ]
    return Tariff("read", tuple(parts), plan.currency, pro_rata=plan.pro_rata)


def told(plan):
    return [
        (part["type"], part.get("kind"), part["amount"], part.get("unitType"), part.get("name"))
        for part in tariff_json(plan)["parts"]
    ]


@given(EVERY_TARIFF, USAGES)
def test_whoever_adds_up_the_parts_pays_what_we_charge(plan, usage):
    assert price(as_a_provider_reads(plan), usage).total == price(plan, usage).total


@given(EVERY_TARIFF)
def test_no_percentage_is_published(plan):
    assert all(part.get("unitType") != "PERCENTAGE" for part in tariff_json(plan)["parts"])


def test_a_percentage_becomes_a_part_for_each_part_it_is_taken_of():
    fee = fixed(20, name="Parking", part_class=PartClass.ANCILLARY)
    rush = fixed("0.50", name="Rush", kind=PartKind.SURGE)
    plan = tariff(
        fixed(1, name="Unlock"),
        per("0.25", name="Riding", **scale(5)),
        per("0.05", name="Pause", asset_state=AssetState.PAUSED),
        percent(-20, PartKind.DISCOUNT, name="Evening"),
        rush,
        fee,
        at_most(8),
    )

    assert told(plan)[3:6] == [
        ("FIXED", "DISCOUNT", -0.2, None, "Evening"),
        ("FLEX", "DISCOUNT", -0.05, "MINUTE", "Evening"),
        ("FLEX", "DISCOUNT", -0.01, "MINUTE", "Evening"),
    ]
    of_riding, of_pause = tariff_json(plan)["parts"][4:6]
    assert (of_riding["units"], of_riding["scaleFrom"], of_riding["scaleType"]) == (1, 5, "MINUTE")
    assert of_pause["assetState"] == "PAUSED"
    assert len(told(plan)) == 9


def test_the_fare_has_one_line_for_a_percentage():
    plan = tariff(fixed(1, name="Unlock"), per("0.20", name="Riding"), percent(-20, PartKind.DISCOUNT, name="Students"))

    assert price(plan, riding(600)).lines == (
        Line("Unlock", D("1.00")),
        Line("Riding", D("2.00")),
        Line("Students", D("-0.60")),
    )


def test_the_amounts_are_summed_up_before_they_are_rounded():
    """7 % of 0.33 is 0.0231 a minute: three minutes are 0.99 + 0.0693, not 0.99 + 3 × 0.02."""
    plan = tariff(per("0.33"), percent(7, PartKind.SURGE))

    assert told(plan)[1][2] == 0.0231
    assert price(plan, riding(180)).total == D("1.06")


def test_a_pause_that_is_free_has_a_price_of_nothing():
    plan = tariff(fixed(1), per("0.20"), pause_billed_as_use=False)

    assert told(plan)[2] == ("FLEX", None, 0, "MINUTE", None)
    assert tariff_json(plan)["parts"][2]["assetState"] == "PAUSED"
    assert price(as_a_provider_reads(plan), ride(600, -1800)).total == D("3.00")


def test_a_pause_is_not_mentioned_where_time_costs_nothing():
    assert len(told(tariff(fixed(1), per(1, "KM"), pause_billed_as_use=False))) == 2


def test_an_ancillary_joins_a_tariff_on_a_line_of_its_own_above_every_maximum():
    plan = tariff(fixed(1, name="Unlock"), per("0.25", name="Riding"), at_most(15), name="Scooter")

    with_helmet = pricing.with_part(plan, HELMET)

    assert price(with_helmet, riding(5 * 3600)).lines == (
        Line("Unlock", D("1.00")),
        Line("Riding", D("14.00")),
        Line("Helmet", D("1.50"), PartClass.ANCILLARY),
    )
    assert with_helmet.parts == (*plan.parts, HELMET)
    assert replace(with_helmet, parts=plan.parts) == plan


def test_a_percentage_is_not_taken_of_an_ancillary():
    plan = pricing.with_part(tariff(fixed(2), percent(-50, PartKind.DISCOUNT)), HELMET)

    assert price(plan, riding(60)).total == D("2.50")


def test_the_range_to_display_is_published():
    part = Part(amount=D(10), type=PartType.FIXED, minimum_amount=D(9), maximum_amount=D(11))
    voucher = fixed(-2, kind=PartKind.DISCOUNT, minimum_amount=D(-3), maximum_amount=D(-1))

    shown, off = tariff_json(tariff(part, voucher))["parts"]

    assert (shown["minimumAmount"], shown["amount"], shown["maximumAmount"]) == (9, 10, 11)
    assert (off["minimumAmount"], off["amount"], off["maximumAmount"]) == (-3, -2, -1)


# What is charged, without VAT


def fare(*amounts, vat_rate=21, currency="EUR"):
    lines = tuple(Line(f"line {place}", D(amount)) for place, amount in enumerate(amounts))
    return Fare(currency, None if vat_rate is None else D(vat_rate), "NL", lines)


@pytest.mark.parametrize(
    ("amounts", "options", "nets", "net"),
    [
        (["12.00"], {}, ["9.92"], "9.92"),
        (["1.00", "2.50"], {}, ["0.83", "2.06"], "2.89"),
        (["3.00", "-0.60"], {}, ["2.48", "-0.50"], "1.98"),
        (["100"], {"currency": "JPY", "vat_rate": 10}, ["91"], "91"),
        ([], {}, [], "0.00"),
    ],
)
def test_the_lines_without_vat_add_up_to_what_the_journal_says(amounts, options, nets, net):
    charged = fare(*amounts, **options)

    assert (list(map(str, charged.nets)), str(charged.total_ex_vat)) == (nets, net)
    assert total_amount_json(charged)["amountExVat"] == float(net)


def test_the_net_is_left_out_where_the_rate_is_unknown():
    [part] = fare_json(fare("12.00", vat_rate=None), estimated=False)["parts"]

    assert part == {"amount": 12, "currencyCode": "EUR", "vatCountryCode": "NL", "type": "FIXED", "name": "line 0"}
    assert Decimal(part["amount"]) == 12
