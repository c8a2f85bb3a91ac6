"""Prices: worked examples, the tables of docs/pricing.md, refusals, and what holds for every tariff."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from fleet import pricing
from fleet.models.price_words import REFUSED
from fleet.pricing import (
    AssetState,
    Fare,
    Line,
    Part,
    PartClass,
    PartKind,
    PartType,
    Problem,
    ScaleType,
    Segment,
    Tariff,
    TariffError,
    UnitType,
    Usage,
    price,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "pricing.md"
MINUTE, HOUR = 60, 3600


def D(text):  # noqa: N802
    return Decimal(str(text))


def fixed(amount, **options):
    return Part(amount=D(amount), type=PartType.FIXED, **options)


def per(amount, unit_type=UnitType.MINUTE, units=1, **options):
    return Part(amount=D(amount), type=PartType.FLEX, unit_type=unit_type, units=D(units), **options)


def percent(amount, kind, **options):
    return Part(amount=D(amount), type=PartType.FLEX, kind=kind, unit_type=UnitType.PERCENTAGE, **options)


def at_most(amount, **options):
    return Part(amount=D(amount), type=PartType.MAX, **options)


def scale(start, end=None, scale_type=ScaleType.MINUTE):
    return {"scale_from": D(start), "scale_to": None if end is None else D(end), "scale_type": scale_type}


def tariff(*parts, currency="EUR", **options):
    return Tariff("plan", parts, currency, **options)


def riding(seconds, distance_m=0):
    return Usage((Segment(AssetState.IN_USE, seconds),), distance_m)


def ride(*segments, distance_m=0):
    """ride(600, -60, 600): ten minutes in use, a minute paused, ten minutes in use."""
    states = {True: AssetState.IN_USE, False: AssetState.PAUSED}
    return Usage(tuple(Segment(states[s >= 0], abs(s)) for s in segments), distance_m)


def total(*parts, usage, **options):
    return price(tariff(*parts, **options), usage).total


def lines(*parts, usage, **options):
    return [(line.name, line.amount) for line in price(tariff(*parts, **options), usage).lines]


# Started units and scales


@pytest.mark.parametrize(
    ("seconds", "expected"), [(30, "12.50"), (60, "12.50"), (61, "15.00"), (600, "35.00"), (601, "37.50")]
)
def test_charges_every_started_minute_as_voi_and_evie_do(seconds, expected):
    assert total(fixed(10), per("2.5"), usage=riding(seconds), currency="NOK") == D(expected)


@pytest.mark.parametrize(("minutes", "expected"), [(30, "19"), (31, "34"), (45, "34"), (46, "49")])
def test_charges_started_quarters_after_the_included_half_hour_as_basim_does(minutes, expected):
    parts = fixed(19), per(15, units=15, **scale(30))

    assert total(*parts, usage=riding(minutes * MINUTE), currency="NOK") == D(expected)


@pytest.mark.parametrize(
    ("unlock", "included", "minutes", "expected"),
    [
        ("1.00", 30, 30, "1.00"),
        ("1.00", 30, 31, "1.18"),
        ("1.00", 30, 60, "6.40"),
        ("0.00", 45, 45, "0.00"),
        ("0.00", 45, 46, "0.18"),
        ("0.00", 45, 60, "2.70"),
    ],
)
def test_charges_nothing_for_included_minutes_as_divvy_does(unlock, included, minutes, expected):
    parts = fixed(unlock), per("0.18", **scale(included))

    assert total(*parts, usage=riding(minutes * MINUTE), currency="USD") == D(expected)


GBFS_EXAMPLE = fixed(2), fixed(3, **scale(30, 60)), per("0.10", **scale(60))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(1800, "2.00"), (1830, "5.00"), (3600, "5.00"), (3601, "5.10"), (4500, "6.50")],
)
def test_computes_the_example_of_the_gbfs_specification(seconds, expected):
    assert total(*GBFS_EXAMPLE, usage=riding(seconds), currency="USD") == D(expected)


@pytest.mark.parametrize(
    ("metres", "expected"),
    [
        (0, "0.00"),
        (1, "0.35"),
        (3200, "1.40"),
        (4000, "1.40"),
        (4001, "1.90"),
        (8000, "3.40"),
        (10000, "5.00"),
    ],
)
def test_graduates_a_price_per_kilometre(metres, expected):
    bands = [("0.35", 0, 4), ("0.50", 4, 8), ("0.80", 8, None)]
    parts = [per(amount, UnitType.KM, **scale(start, end, ScaleType.KM)) for amount, start, end in bands]

    assert total(*parts, usage=riding(600, metres)) == D(expected)


@pytest.mark.parametrize(("metres", "expected"), [(1609, "2.00"), (1610, "4.00")])
def test_charges_a_mile_of_1609_metres_and_a_bit(metres, expected):
    assert total(per(2, UnitType.MILE), usage=riding(600, metres)) == D(expected)


@pytest.mark.parametrize("seconds", [1, 900, 901, 2760])
def test_charges_a_quarter_of_an_hour_like_fifteen_minutes(seconds):
    quarters = total(per("1.50", UnitType.HOUR, "0.25"), usage=riding(seconds))

    assert quarters == total(per("1.50", UnitType.MINUTE, 15), usage=riding(seconds))
    assert quarters == D("1.50") * ceil(seconds / 900)


def test_measures_a_scale_in_hours_against_units_of_seconds():
    parts = [per("0.01", UnitType.SECOND, **scale(0, 1, ScaleType.HOUR))]

    assert total(*parts, usage=riding(2 * HOUR)) == D("36.00")


def test_charges_the_exact_quantity_pro_rata():
    assert total(per(6, UnitType.HOUR), usage=riding(600), pro_rata=True) == D("1.00")


def test_rounds_an_exact_half_cent_up_although_two_thirteenths_have_no_last_decimal():
    assert total(per("0.0325", units=13), usage=riding(120), pro_rata=True) == D("0.01")


def test_charges_fixed_parts_of_a_ride_that_never_started():
    parts = fixed(10), per("2.5"), fixed(3, **scale(0, 30)), fixed(1, asset_state=AssetState.PAUSED)

    assert total(*parts, usage=Usage()) == D("10.00")


# Pauses


def test_charges_a_pause_at_its_own_rate():
    parts = fixed(1), per("0.20"), per("0.05", asset_state=AssetState.PAUSED)

    assert total(*parts, usage=ride(600, -1800, 600)) == D("6.50")


def test_charges_a_pause_as_use_when_it_has_no_price():
    assert total(fixed(1), per("0.20"), usage=ride(600, -1800, 600)) == D("11.00")


def test_charges_nothing_for_a_pause_when_the_plan_says_so():
    usage = ride(600, -1800, 600)

    assert total(fixed(1), per("0.20"), usage=usage, pause_billed_as_use=False) == D("5.00")


def test_adds_pauses_up_before_it_rounds_them():
    parts = per("0.20"), per("0.05", asset_state=AssetState.PAUSED)

    assert total(*parts, usage=ride(30, -30, 30, -30)) == D("0.25")


def test_charges_a_fixed_price_of_a_pause_only_if_there_was_one():
    parts = fixed(1), per("0.20"), fixed(2, asset_state=AssetState.PAUSED)

    assert total(*parts, usage=ride(600)) == D("3.00")
    assert total(*parts, usage=ride(600, -60, -60)) == D("5.00")


def test_takes_a_discount_on_pauses_off_the_price_of_use():
    discount = per("-0.15", kind=PartKind.DISCOUNT, asset_state=AssetState.PAUSED)

    assert total(per("0.20"), discount, usage=ride(600, -600)) == D("2.50")


# Caps

DAY = scale(0, 24, ScaleType.HOUR)
DAY_PRICE = (
    fixed(1, name="Unlock"),
    per("0.10", name="Riding"),
    per("0.02", name="Pause", asset_state=AssetState.PAUSED),
    at_most(24, name="Per day", **DAY),
)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([3], "19.00"),
        ([24], "24.00"),
        ([48], "48.00"),
        ([10, -20, 1], "37.20"),
        ([-20, 11], "48.00"),
        ([24, -24], "48.00"),
        ([24, -1], "25.20"),
    ],
)
def test_caps_every_day_by_itself(hours, expected):
    assert total(*DAY_PRICE, usage=ride(*(h * HOUR for h in hours))) == D(expected)


def test_begins_the_second_day_one_second_after_the_first():
    assert total(*DAY_PRICE, usage=ride(24 * HOUR)) == D("24.00")
    assert total(*DAY_PRICE, usage=ride(24 * HOUR + 1)) == D("24.10")


def test_counts_a_fixed_part_in_the_first_window():
    parts = fixed(30), per("0.01"), at_most(24, **DAY)

    assert total(*parts, usage=Usage()) == D("24.00")
    assert total(*parts, usage=riding(25 * HOUR)) == D("24.60")


def test_counts_a_unit_in_the_window_in_which_it_begins():
    parts = per(20, UnitType.HOUR, 16), at_most(24, **DAY)

    assert total(*parts, usage=riding(25 * HOUR)) == D("24.00")
    assert total(*parts, usage=riding(33 * HOUR)) == D("44.00")


@pytest.mark.parametrize(("hours", "expected"), [(4, "24"), (6, "34"), (8, "34"), (9, "40"), (12, "58")])
def test_applies_a_window_that_starts_later_once(hours, expected):
    parts = per(6, UnitType.HOUR), at_most(10, **scale(4, 8, ScaleType.HOUR))

    assert total(*parts, usage=riding(hours * HOUR)) == D(expected)


def test_caps_whatever_follows_the_start_of_an_open_window():
    parts = per(6, UnitType.HOUR), at_most(10, **scale(4, None, ScaleType.HOUR))

    assert total(*parts, usage=riding(100 * HOUR)) == D("34.00")


@pytest.mark.parametrize(("minutes", "expected"), [(55, "14.75"), (56, "15.00"), (300, "15.00")])
def test_caps_the_whole_leg(minutes, expected):
    assert total(fixed(1), per("0.25"), at_most(15), usage=riding(minutes * MINUTE)) == D(expected)


@pytest.mark.parametrize("total_first", [True, False])
def test_applies_the_cap_on_the_leg_after_the_caps_on_days(total_first):
    caps = [at_most(60), at_most(24, **DAY)]
    caps = caps if total_first else caps[::-1]

    assert total(per("0.10"), *caps, usage=riding(48 * HOUR)) == D("48.00")
    assert total(per("0.10"), *caps, usage=riding(72 * HOUR)) == D("60.00")


def test_caps_short_windows_inside_a_day():
    caps = at_most(24, **DAY), at_most(5, **scale(0, 240))

    assert total(per("0.10"), *caps, usage=riding(16 * HOUR)) == D("20.00")
    assert total(per("0.10"), *caps, usage=riding(28 * HOUR)) == D("29.00")


def test_spreads_metres_over_time_in_use_to_find_their_window():
    parts = per(1, UnitType.KM), at_most(24, **DAY)
    usage = ride(12 * HOUR, -12 * HOUR, 12 * HOUR, distance_m=60_000)

    assert total(*parts, usage=usage) == D("48.00")
    assert total(*parts, usage=replace(usage, distance_m=40_000)) == D("40.00")


def test_caps_metres_without_any_time_in_the_first_window():
    parts = fixed(20), per(1, UnitType.KM), at_most(24, **DAY)

    assert total(*parts, usage=Usage((), 30_000)) == D("24.00")
    assert total(*parts, usage=ride(-48 * HOUR, distance_m=30_000)) == D("24.00")


# Discounts, surges, fees

RATES = fixed(1), per("0.20")


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (fixed("-0.50", kind=PartKind.DISCOUNT), "2.50"),
        (per("-0.20", kind=PartKind.DISCOUNT, **scale(0, 5)), "2.00"),
        (percent(-20, PartKind.DISCOUNT), "2.40"),
        (percent(-20, PartKind.DISCOUNT, units=D(1)), "2.40"),
        (fixed("0.50", kind=PartKind.SURGE), "3.50"),
        (per("0.05", kind=PartKind.SURGE), "3.50"),
        (percent(50, PartKind.SURGE), "4.50"),
    ],
)
def test_adds_discounts_and_surges_to_the_price(part, expected):
    assert total(*RATES, part, usage=riding(600)) == D(expected)


def test_takes_percentages_of_default_parts_only():
    surge, fee = per("0.05", kind=PartKind.SURGE), fixed(10, part_class=PartClass.ANCILLARY)

    assert total(percent(-20, PartKind.DISCOUNT), surge, fee, *RATES, usage=riding(600)) == D("12.90")


def test_discounts_before_it_caps():
    parts = *RATES, percent(-20, PartKind.DISCOUNT), at_most(8)

    assert total(*parts, usage=riding(50 * MINUTE)) == D("8.00")
    assert total(*parts, usage=riding(40 * MINUTE)) == D("7.20")


def test_does_not_cap_ancillary_fees():
    fee = fixed(20, name="Wrong parking", part_class=PartClass.ANCILLARY)
    parts = fixed(1, name="Unlock"), per("0.25", name="Riding"), at_most(15), fee

    fare = price(tariff(*parts), riding(5 * HOUR))

    assert fare.total == D("35.00")
    assert fare.lines == (
        Line("Unlock", D("1.00")),
        Line("Riding", D("14.00")),
        Line("Wrong parking", D("20.00"), PartClass.ANCILLARY),
    )


def test_does_not_fill_the_cap_of_a_day_with_ancillary_fees():
    parked = per(0, asset_state=AssetState.PAUSED)
    fee = fixed(20, part_class=PartClass.ANCILLARY)
    parts = per("0.10"), parked, fee, at_most(24, **DAY)

    assert total(*parts, usage=ride(HOUR, -23 * HOUR, 10 * HOUR)) == D("50.00")


def test_never_pays_the_user():
    voucher = fixed(-5, name="Voucher", kind=PartKind.DISCOUNT)
    parts = fixed(1, name="Unlock"), per("0.20", name="Riding"), voucher

    assert total(*parts, usage=riding(600)) == D("0.00")
    assert lines(*parts, usage=riding(600)) == [
        ("Unlock", D("1.00")),
        ("Riding", D("2.00")),
        ("Voucher", D("-3.00")),
    ]


# Lines and rounding


def test_takes_what_a_cap_removes_from_the_largest_line():
    usage = ride(10 * HOUR, -20 * HOUR, HOUR)

    assert lines(*DAY_PRICE, usage=usage) == [
        ("Unlock", D("1.00")),
        ("Riding", D("12.20")),
        ("Pause", D("24.00")),
    ]


def test_takes_what_a_cap_removes_from_further_lines_when_the_largest_is_used_up():
    parts = fixed(10, name="Unlock"), fixed(9, name="Helmet"), at_most(5)

    assert lines(*parts, usage=Usage()) == [("Helmet", D("5.00"))]


def test_puts_parts_of_one_name_on_one_line():
    bands = per(1, name="Riding", **scale(0, 5)), per("0.50", name="Riding", **scale(5))

    assert lines(*bands, usage=riding(600)) == [("Riding", D("7.50"))]


def test_puts_parts_without_a_name_under_the_name_of_the_tariff():
    assert lines(*RATES, usage=riding(600), name="City bikes") == [("City bikes", D("3.00"))]


def test_shows_no_line_for_what_was_not_used():
    parts = fixed(1, name="Unlock"), per("0.20", name="Extra time", **scale(30))

    assert lines(*parts, usage=riding(600)) == [("Unlock", D("1.00"))]
    assert lines(per("0.20", **scale(30)), usage=riding(600)) == []


def test_gives_the_rounding_difference_to_the_largest_line():
    parts = [fixed("0.333", name="a"), fixed("0.334", name="b"), fixed("0.333", name="c")]

    assert lines(*parts, usage=Usage()) == [("a", D("0.33")), ("b", D("0.34")), ("c", D("0.33"))]


@pytest.mark.parametrize(
    ("currency", "amount", "places", "expected"),
    [
        ("EUR", "0.005", 2, "0.01"),
        ("EUR", "0.0049", 2, "0.00"),
        ("JPY", "146.5", 0, "147"),
        ("ISK", "146.4", 0, "146"),
        ("KRW", "0.5", 0, "1"),
        ("KWD", "0.0375", 3, "0.038"),
    ],
)
def test_rounds_half_up_to_the_minor_unit_of_the_currency(currency, amount, places, expected):
    plan = tariff(fixed(amount), currency=currency)

    assert plan.minor_units == places
    assert str(price(plan, Usage()).total) == expected


# VAT

VAT = [("3.125", "2.50"), ("5", "4"), ("12.50", "10"), ("15", "12"), ("25", "20"), ("50", "40")]


@pytest.mark.parametrize(("amount", "net"), [*VAT, ("125", "100"), ("200", "160")])
def test_takes_25_percent_of_the_net_amount_out(amount, net):
    assert pricing.ex_vat(D(amount), D(25)) == D(net)


def test_keeps_three_decimals_of_a_unit_price_and_rounds_a_total():
    fare = price(tariff(fixed("12.00"), vat_rate=D(21), vat_country="NL"), Usage())

    assert str(pricing.ex_vat(D("12.00"), D(21))) == "9.917"
    assert str(fare.total_ex_vat) == "9.92"
    assert (fare.currency, fare.vat_rate, fare.vat_country) == ("EUR", D(21), "NL")


def test_leaves_the_net_open_when_the_rate_is_unknown():
    assert pricing.ex_vat(D(5), None) is None
    assert price(tariff(fixed(5)), Usage()).total_ex_vat is None


def test_nets_nothing_out_at_a_rate_of_zero():
    assert pricing.ex_vat(D(5), D(0)) == 5


# What is known before the ride


@pytest.mark.parametrize(
    ("parts", "final"),
    [
        ([fixed(5)], True),
        ([fixed(5), fixed(-1, kind=PartKind.DISCOUNT), fixed(2, part_class=PartClass.ANCILLARY)], True),
        ([fixed(5), percent(-20, PartKind.DISCOUNT)], True),
        ([per(5), percent(-20, PartKind.DISCOUNT)], False),
        ([fixed(5), per(1)], False),
        ([fixed(5), at_most(4)], False),
        ([fixed(5, **scale(30))], False),
        ([fixed(5, asset_state=AssetState.PAUSED)], False),
    ],
)
def test_calls_a_fare_final_only_if_no_ride_can_change_it(parts, final):
    assert pricing.is_final_by_nature(tariff(*parts)) is final


# Refusals


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: fixed(1, unit_type=UnitType.MINUTE), "only FLEX has a unit_type and units"),
        (lambda: at_most(1, units=D(1)), "only FLEX has a unit_type and units"),
        (
            lambda: Part(amount=D(1), type=PartType.FLEX, units=D(1)),
            "FLEX needs a unit_type and units above 0",
        ),
        (
            lambda: Part(amount=D(1), type=PartType.FLEX, unit_type=UnitType.KM),
            "FLEX needs a unit_type and units above 0",
        ),
        (lambda: per(1, units=0), "FLEX needs a unit_type and units above 0"),
        (lambda: per(1, units=-1), "FLEX needs a unit_type and units above 0"),
        (lambda: per(1, **scale(0, 4, ScaleType.KM)), "a scale in KM cannot measure units of MINUTE"),
        (
            lambda: per(1, UnitType.MILE, **scale(0, 4, ScaleType.HOUR)),
            "a scale in HOUR cannot measure units of MILE",
        ),
        (lambda: per(1, **scale(4, 4)), "scale_from must be at least 0 and below scale_to"),
        (lambda: per(1, **scale(5, 4)), "scale_from must be at least 0 and below scale_to"),
        (lambda: per(1, **scale(-1, 4)), "scale_from must be at least 0 and below scale_to"),
        (
            lambda: at_most(1, scale_to=D(0), scale_type=ScaleType.HOUR),
            "must be at least 0 and below scale_to",
        ),
        (lambda: per(1, scale_from=D(0), scale_to=D(4)), "a scale needs a scale_type"),
        (lambda: fixed(1, scale_to=D(4)), "a scale needs a scale_type"),
        (lambda: at_most(-1), "only the amount of a DISCOUNT can be negative"),
        (lambda: fixed(-1), "only the amount of a DISCOUNT can be negative"),
        (lambda: fixed(-1, kind=PartKind.SURGE), "only the amount of a DISCOUNT can be negative"),
        (lambda: fixed(1, kind=PartKind.DISCOUNT), "the amount of a DISCOUNT cannot be positive"),
        (lambda: at_most(0, kind=PartKind.DISCOUNT), "a MAX is neither a discount nor a surge"),
        (lambda: at_most(1, part_class=PartClass.ANCILLARY), "a MAX caps the class FARE only"),
        (
            lambda: at_most(1, **scale(0, 4, ScaleType.KM)),
            "the scale of a MAX is a window of time, at least a minute",
        ),
        (
            lambda: at_most(1, **scale(0, "0.5")),
            "the scale of a MAX is a window of time, at least a minute",
        ),
        (lambda: percent(20, PartKind.DEFAULT), "PERCENTAGE needs the kind DISCOUNT or SURGE"),
        (lambda: percent(20, PartKind.SURGE, units=D(2)), "PERCENTAGE has no units"),
        (lambda: percent(20, PartKind.SURGE, **scale(0, 4)), "PERCENTAGE has no scale"),
        (lambda: percent(20, PartKind.SURGE, minimum_amount=D(10)), "PERCENTAGE has no range to display"),
        (lambda: fixed(5, minimum_amount=D(6)), "the range to display must include the amount"),
        (lambda: fixed(5, maximum_amount=D(4)), "the range to display must include the amount"),
        (lambda: fixed(5, minimum_amount=D(-1)), "only the minimum_amount of a DISCOUNT can be negative"),
        (
            lambda: fixed(-5, kind=PartKind.DISCOUNT, maximum_amount=D(1)),
            "the maximum_amount of a DISCOUNT cannot be positive",
        ),
        (lambda: at_most(1, asset_state=AssetState.PAUSED), "PERCENTAGE and MAX cannot be limited to PAUSED"),
        (lambda: per(1, UnitType.KM, asset_state=AssetState.PAUSED), "a PAUSED asset covers no distance"),
        (lambda: Part(amount=0.1, type=PartType.FIXED), "amount must be a finite Decimal, not 0.1"),
        (
            lambda: Part(amount=D("NaN"), type=PartType.FIXED),
            "amount must be a finite Decimal, not Decimal('NaN')",
        ),
        (lambda: Part(amount="a lot", type=PartType.FIXED), "amount must be a finite Decimal, not 'a lot'"),
        (lambda: Part(amount=None, type=PartType.FIXED), "amount must be a finite Decimal, not None"),
        (lambda: fixed(1, kind=None), "kind must be a PartKind, not None"),
        (lambda: Part(amount=D(1), type="FREE"), "type must be a PartType, not 'FREE'"),
        (lambda: tariff(currency="eur"), "currency must be three capitals (ISO 4217), not 'eur'"),
        (lambda: tariff(vat_rate=D(-1)), "vat_rate must be at least 0, not -1"),
        (lambda: tariff(vat_rate=0.25), "vat_rate must be a finite Decimal, not 0.25"),
    ],
)
def test_refuses_what_cannot_be_charged(build, message):
    with pytest.raises(TariffError, match=re.escape(message)):
        build()


def test_names_the_part_and_all_its_problems():
    with pytest.raises(TariffError) as refusal:
        fixed(1, name="Unlock", kind=PartKind.DISCOUNT, unit_type=UnitType.KM)

    assert str(refusal.value) == (
        "FIXED part 'Unlock': the amount of a DISCOUNT cannot be positive; only FLEX has a unit_type and units"
    )


def test_every_problem_has_words_for_staff():
    assert REFUSED.keys() == set(Problem)


def test_refuses_a_segment_of_negative_length():
    with pytest.raises(ValueError, match="a segment cannot last -1 seconds"):
        Segment(AssetState.IN_USE, -1)


# Import and storage


def bounds(parts):
    return [(part.scale_from, part.scale_to) for part in parts]


def test_makes_inclusive_scales_touch():
    parts = per("0.01", **scale(0, 59)), per("0.02", **scale(60, 119)), per("0.03", **scale(120))

    assert bounds(pricing.normalise_touching(parts)) == [(0, 60), (60, 120), (120, None)]


@pytest.mark.parametrize(
    "parts",
    [
        [per(1, **scale(0, 60)), per(2, **scale(60))],
        [per(1, **scale(0, 60)), per(2, **scale(60, 61)), per(3, **scale(61))],
        [per(1, **scale(0, 30)), per(2, **scale(60))],
        [per(1, **scale(0, 59)), per(2, **scale(60), asset_state=AssetState.PAUSED)],
        [per(1, **scale(0, 59)), per(2, UnitType.KM, **scale(60, None, ScaleType.KM))],
        [per(1), at_most(5), fixed(1)],
    ],
)
def test_leaves_other_scales_as_they_are(parts):
    assert pricing.normalise_touching(parts) == tuple(parts)


def test_stores_numbers_as_strings():
    stored = tariff(fixed("1.10", name="Unlock"), vat_rate=D("25.00")).as_json()

    assert (stored["parts"][0]["amount"], stored["vat_rate"]) == ("1.10", "25.00")


def test_reads_a_tariff_stored_before_a_field_existed():
    part = {"amount": "2.50", "type": "FLEX", "unit_type": "MINUTE", "units": "1"}
    stored = {"plan_id": "plan", "currency": "NOK", "parts": [part]}

    assert Tariff.from_json(stored) == tariff(per("2.50"), currency="NOK")


# The document cannot lie


def tables(header):
    """The rows of every table of the document that begins with this column, as dicts."""
    rows, names = [], None
    for line in DOCUMENT.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            names = None
        elif names is None:
            names = cells
        elif not set(line) <= set("|- ") and names[: len(header)] == header:
            rows.append(dict(zip(names, cells, strict=True)))
    return rows


def documented_part(row):
    units, _, unit_type = row["per"].rpartition(" ")
    lower, upper, scale_type = re.fullmatch(r"(?:([\d.]*)–([\d.]*) (\w+))?", row["scale"]).groups()
    return Part(
        name=row["part"],
        amount=D(row["amount"]),
        type=row["type"],
        kind=row["kind"] or PartKind.DEFAULT,
        units=units or None,
        unit_type=unit_type or None,
        scale_from=lower or None,
        scale_to=upper or None,
        scale_type=scale_type,
        asset_state=row["state"] or None,
        part_class=row["class"] or PartClass.FARE,
    )


def documented_tariff(name):
    (plan,) = [row for row in tables(["tariff", "currency"]) if row["tariff"] == name]
    return Tariff(
        plan_id=name,
        parts=tuple(documented_part(row) for row in tables(["tariff", "part"]) if row["tariff"] == name),
        currency=plan["currency"],
        pause_billed_as_use=plan["settings"] != "pause free",
        pro_rata=plan["settings"] == "pro rata",
    )


def documented_usage(row):
    """The usage of a row like `10 h + pause 20 h + 1 h`."""
    lengths = {"h": HOUR, "min": MINUTE, "s": 1}

    def segment(text):
        state = AssetState.PAUSED if text.startswith("pause ") else AssetState.IN_USE
        return Segment(state, sum(int(n) * lengths[unit] for n, unit in re.findall(r"(\d+) (h|min|s)\b", text)))

    return Usage(tuple(segment(text) for text in row["ride"].split(" + ")), int(row["metres"]))


RIDES = tables(["tariff", "ride"])


@pytest.mark.parametrize("row", RIDES, ids=[f"{row['tariff']}, {row['ride']}" for row in RIDES])
def test_charges_what_the_document_says(row):
    assert str(price(documented_tariff(row["tariff"]), documented_usage(row)).total) == row["total"]


@pytest.mark.parametrize("row", tables(["amount", "rate", "net"]), ids=lambda row: row["amount"])
def test_nets_out_what_the_document_says(row):
    assert pricing.ex_vat(D(row["amount"]), D(row["rate"])) == D(row["net"])


def test_documents_every_example_with_its_parts_and_a_ride():
    names = {row["tariff"] for row in tables(["tariff", "currency"])}

    assert len(names) == 25
    assert {row["tariff"] for row in tables(["tariff", "part"])} == names
    assert {row["tariff"] for row in RIDES} == names


# What holds for every tariff and ride

CENTS = st.integers(0, 5_000).map(lambda cents: Decimal(cents) / 100)
LENGTHS = st.integers(0, 3 * 24 * HOUR)
TIME_UNITS, TIME_SCALES = ["SECOND", "MINUTE", "HOUR"], ["MINUTE", "HOUR"]


@st.composite
def scales(draw, types):
    start = draw(st.integers(0, 90))
    end = draw(st.none() | st.integers(start + 1, start + 90))
    return draw(st.just({}) | st.sampled_from(types).map(lambda kind: scale(start, end, kind)))


@st.composite
def charged_parts(draw, kinds=tuple(PartKind)):
    kind = draw(st.sampled_from(kinds))
    amount = -draw(CENTS) if kind == PartKind.DISCOUNT else draw(CENTS)
    common = {"kind": kind, "name": draw(st.sampled_from(["", "Unlock", "Riding"]))}
    common["part_class"] = draw(st.sampled_from([PartClass.FARE, PartClass.FARE, PartClass.ANCILLARY]))
    shape = draw(st.sampled_from(["fixed", "time", "distance"]))
    if shape == "fixed":
        return fixed(amount, **common, **draw(scales(TIME_SCALES)))
    units = draw(st.sampled_from(["0.25", "1", "15"]))
    if shape == "distance":
        unit = draw(st.sampled_from(["KM", "MILE"]))
        return per(amount, unit, units, **common, **draw(scales(["KM", "MILE"])))
    state = draw(st.sampled_from([None, AssetState.IN_USE, AssetState.PAUSED]))
    unit = draw(st.sampled_from(TIME_UNITS))
    return per(amount, unit, units, asset_state=state, **common, **draw(scales(TIME_SCALES)))


PERCENTAGES = st.integers(-150, 0).map(lambda amount: percent(amount, PartKind.DISCOUNT))
SURGES = st.integers(0, 150).map(lambda amount: percent(amount, PartKind.SURGE))
CAPS = st.builds(
    lambda amount, window: at_most(amount, **window),
    CENTS,
    st.sampled_from([{}, DAY, scale(0, 240), scale(0, 36, "HOUR"), scale(5, 9, "HOUR"), scale(2, None, "HOUR")]),
)


def tariffs(*parts):
    return st.builds(
        lambda parts, currency, pause, pro_rata: tariff(
            *parts,
            currency=currency,
            pause_billed_as_use=pause,
            pro_rata=pro_rata,
            vat_rate=D(25),
            name="Plan",
        ),
        st.lists(st.one_of(*parts), max_size=6),
        st.sampled_from(["EUR", "JPY", "KWD"]),
        st.booleans(),
        st.booleans(),
    )


EVERY_TARIFF = tariffs(charged_parts(), PERCENTAGES, SURGES, CAPS)
RISING_TARIFF = tariffs(charged_parts((PartKind.DEFAULT, PartKind.SURGE)), SURGES, CAPS)
SEGMENTS = st.builds(Segment, st.sampled_from(AssetState), LENGTHS)
USAGES = st.builds(Usage, st.lists(SEGMENTS, max_size=4).map(tuple), st.integers(0, 100_000))


@given(EVERY_TARIFF, USAGES)
def test_is_never_negative(plan, usage):
    assert price(plan, usage).total >= 0


@given(EVERY_TARIFF, USAGES)
def test_has_lines_in_minor_units_that_add_up_to_the_total(plan, usage):
    fare = price(plan, usage)

    assert sum(line.amount for line in fare.lines) == fare.total
    assert all(line.amount == round(line.amount, plan.minor_units) != 0 for line in fare.lines)


@given(st.lists(st.decimals(0, 50, places=4), max_size=9), st.sampled_from(["JPY", "EUR", "KWD"]))
def test_rounds_the_sum_once(amounts, currency):
    parts = [fixed(amount, name=str(place)) for place, amount in enumerate(amounts)]

    unit = Fraction(1, 10 ** pricing.minor_units(currency))
    exact = sum(map(Fraction, amounts), Fraction(0))
    assert total(*parts, usage=Usage(), currency=currency) == (exact / unit + Fraction(1, 2)) // 1 * unit


@given(RISING_TARIFF, USAGES, SEGMENTS)
def test_does_not_fall_while_time_passes(plan, usage, more):
    windows = any(part.type == PartType.MAX and part.scale_type for part in plan.parts)
    by_distance = any(part.is_of_distance for part in plan.parts)
    assume(not (windows and by_distance))  # a longer ride moves its metres: docs/decisions/0001

    longer = replace(usage, segments=(*usage.segments, more))

    assert price(plan, usage).total <= price(plan, longer).total


@given(EVERY_TARIFF, CENTS, USAGES)
def test_is_never_above_the_cap_on_the_leg(plan, cap, usage):
    parts = [part for part in plan.parts if part.part_class == PartClass.FARE]
    capped = replace(plan, parts=(*parts, at_most(cap)), currency="EUR")

    assert price(capped, usage).total <= cap


@given(RISING_TARIFF, CENTS, USAGES)
def test_is_never_above_the_cap_on_a_day_times_the_days(plan, cap, usage):
    parts = [part for part in plan.parts if part.part_class == PartClass.FARE]
    capped = replace(plan, parts=(*parts, at_most(cap, **DAY)), currency="EUR")

    assert price(capped, usage).total <= cap * max(1, ceil(usage.elapsed_s / (24 * HOUR)))


@given(EVERY_TARIFF, USAGES)
def test_survives_json(plan, usage):
    fare = price(plan, usage)

    stored_plan = Tariff.from_json(json.loads(json.dumps(plan.as_json())))
    stored_fare = Fare.from_json(json.loads(json.dumps(fare.as_json())))

    assert (stored_plan, stored_fare) == (plan, fare)
    assert price(stored_plan, usage) == fare


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90), st.integers(0, 20), CENTS)), LENGTHS)
@example([(30, 30, 0, D(3)), (60, 0, 1, D("0.10"))], 3601)
def test_agrees_with_the_formula_of_gbfs(segments, seconds):
    """gbfs.md section 4: n = 0 up to the start, 1 if the interval is 0, else every started interval."""

    def times(start, end, interval):
        used = Fraction(seconds, 60)
        if used <= start:
            return 0
        return ceil((min(used, end or used) - start) / interval) if interval else 1

    plans = [(start, start + length if length else None, interval, rate) for start, length, interval, rate in segments]
    parts = [
        per(rate, units=interval, **scale(start, end)) if interval else fixed(rate, **scale(start, end))
        for start, end, interval, rate in plans
    ]

    expected = sum((rate * times(start, end, interval) for start, end, interval, rate in plans), Decimal(0))
    assert total(*parts, usage=riding(seconds)) == expected


@given(EVERY_TARIFF, USAGES)
def test_is_broken_down_into_what_adds_up_to_it(tariff, usage):
    found = pricing.breakdown(tariff, usage)

    parts = sum((item.amount for item in found.items), D(0)) + found.capped + found.floor
    assert found.fare == price(tariff, usage)
    assert parts + found.rounding == found.fare.total
    assert abs(found.rounding) * 2 <= D(1).scaleb(-tariff.minor_units)
    assert found.capped <= 0 <= found.floor
