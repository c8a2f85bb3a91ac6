"""Tariffs, fares and rides read as sentences."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from fleet.admin.wording import (
    duration,
    examples,
    fare_lines,
    money,
    place_text,
    segments_text,
    sentence,
    sentence_of,
)
from fleet.models import CalendarPeriod, FarePart
from fleet.pricing import AssetState, Fare, Line, Part, Segment, Tariff, Usage, price

UNLOCK = {"type": "FIXED", "amount": "1", "name": "Unlock"}
RIDE = {"type": "FLEX", "amount": "0.25", "unit_type": "MINUTE", "units": "1", "name": "Ride"}
PAUSE = {**RIDE, "amount": "0.05", "asset_state": "PAUSED", "name": "Pause"}
DAY_CAP = {"type": "MAX", "amount": "15", "scale_from": "0", "scale_to": "24", "scale_type": "HOUR"}


def tariff(*parts, **fields):
    return Tariff(**{"plan_id": "plan", "currency": "EUR", "parts": tuple(Part(**part) for part in parts)} | fields)


@pytest.mark.parametrize(
    ("parts", "fields", "text"),
    [
        (
            [UNLOCK, RIDE, PAUSE, DAY_CAP],
            {},
            "1.00 EUR to start, 0.25 EUR per minute, pause 0.05 EUR per minute, at most 15.00 EUR per day",
        ),
        ([], {}, "free of charge"),
        ([UNLOCK], {}, "1.00 EUR to start"),
        ([RIDE], {}, "0.25 EUR per minute, pauses cost the same"),
        ([RIDE], {"pause_billed_as_use": False}, "0.25 EUR per minute, pauses are free"),
        ([{**RIDE, "units": "15"}, PAUSE], {}, "0.25 EUR per 15 minutes, pause 0.05 EUR per minute"),
        ([{**RIDE, "unit_type": "KM"}], {}, "0.25 EUR per km"),
        ([{**RIDE, "unit_type": "KM", "units": "0.1"}], {}, "0.25 EUR per 0.1 km"),
        ([UNLOCK], {"pro_rata": True}, "1.00 EUR to start, charged by the exact quantity"),
        ([UNLOCK], {"vat_rate": "21.00"}, "1.00 EUR to start, 21 % VAT included"),
        ([UNLOCK], {"vat_rate": "5.5"}, "1.00 EUR to start, 5.5 % VAT included"),
        ([{**UNLOCK, "amount": "-0.5", "kind": "DISCOUNT"}], {}, "0.50 EUR off to start"),
        ([{**UNLOCK, "amount": "0.5", "kind": "SURGE"}], {}, "0.50 EUR on top to start"),
        ([{"type": "FLEX", "amount": "-20", "unit_type": "PERCENTAGE", "kind": "DISCOUNT"}], {}, "20 % off"),
        ([{"type": "FLEX", "amount": "7.5", "unit_type": "PERCENTAGE", "kind": "SURGE"}], {}, "7.5 % on top"),
        (
            [{**RIDE, "unit_type": "KM", "scale_from": "10", "scale_type": "KM"}],
            {},
            "0.25 EUR per km from 10 km",
        ),
        (
            [{**RIDE, "scale_from": "30", "scale_to": "120", "scale_type": "MINUTE"}, PAUSE],
            {},
            "0.25 EUR per minute from 30 to 120 minutes, pause 0.05 EUR per minute",
        ),
        ([{**UNLOCK, "asset_state": "PAUSED"}], {}, "pause 1.00 EUR"),
        ([{**UNLOCK, "scale_from": "1", "scale_type": "HOUR"}], {}, "1.00 EUR from 1 hours"),
        ([{**DAY_CAP, "scale_to": "48"}], {}, "at most 15.00 EUR per 2 days"),
        ([{**DAY_CAP, "scale_to": "12"}], {}, "at most 15.00 EUR per 12 hours"),
        ([{**DAY_CAP, "scale_from": "2", "scale_to": "4"}], {}, "at most 15.00 EUR from 2 to 4 hours"),
        ([{"type": "MAX", "amount": "15"}], {}, "at most 15.00 EUR per ride"),
        (
            [{**UNLOCK, "part_class": "ANCILLARY", "name": "Child seat"}],
            {},
            "1.00 EUR to start (Child seat, extra)",
        ),
        ([{**UNLOCK, "amount": "100"}], {"currency": "JPY"}, "100 JPY to start"),
    ],
)
def test_a_tariff_is_a_sentence(parts, fields, text):
    assert sentence(tariff(*parts, **fields)) == text


def test_a_tariff_kept_as_json_is_the_same_sentence():
    kept = tariff(UNLOCK, RIDE, PAUSE, DAY_CAP)

    assert sentence_of(kept.as_json()) == sentence(kept)


def test_a_broken_tariff_says_what_is_wrong():
    assert sentence_of({"plan_id": "plan", "currency": "eur", "parts": []}) == (
        "The currency has three capital letters, such as EUR."
    )


def test_a_tariff_has_examples():
    assert examples(tariff(UNLOCK, RIDE, DAY_CAP)) == (
        "10 min: 3.50 EUR · 30 min: 8.50 EUR · 1 h: 15.00 EUR · 1 d: 15.00 EUR"
    )


def test_a_fare_shows_what_it_consists_of():
    ride = Usage((Segment(AssetState.IN_USE, 720),))

    assert fare_lines(price(tariff(UNLOCK, RIDE), ride)) == "Unlock 1.00 + Ride 3.00 = 4.00 EUR"
    assert fare_lines(price(tariff(UNLOCK), ride)) == "1.00 EUR"
    assert (
        fare_lines(Fare("EUR", None, "", (Line("a", Decimal(2)), Line("b", Decimal(-1)))))
        == "a 2.00 + b -1.00 = 1.00 EUR"
    )


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1", "EUR", "1.00 EUR"), ("0.0833", "EUR", "0.0833 EUR"), ("3.500", "EUR", "3.50 EUR"),
        ("-2", "EUR", "-2.00 EUR"),
        ("0", "EUR", "0.00 EUR"), ("100", "JPY", "100 JPY"), ("1E+3", "EUR", "1000.00 EUR"),
        ("1.5", "KWD", "1.500 KWD"),
    ],
)  # fmt: skip
def test_money_has_the_decimals_of_its_currency(amount, currency, text):
    assert money(Decimal(amount), currency) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (40, "40 s"), (725, "12 min 5 s"), (3600, "1 h"), (93784, "1 d 2 h")]
)
def test_a_duration_has_its_two_largest_units(seconds, text):
    assert duration(seconds) == text


def test_segments_say_what_was_done_for_how_long():
    assert segments_text([["IN_USE", 720], ["PAUSED", 300]]) == "in use 12 min, paused 5 min"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ({"name": {"en": "Dom square", "nl": "Domplein"}, "station_id": "dom"}, "Dom square · dom"),
        ({"name": "Dom square", "coordinates": {"lat": 52.09, "lng": 5.12}}, "Dom square"),
        ({"coordinates": {"lat": 52.09, "lng": 5.12}}, "52.09000, 5.12000"),
        ({"station_id": "dom", "name": "Dom square"}, "Dom square · dom"),
        (None, ""),
    ],
)
def test_a_place_has_a_name_or_coordinates(place, text):
    assert place_text(place) == text


@pytest.mark.parametrize(("language", "said"), [("en", "January 1 – February 29"), ("nl", "1 januari – 29 februari")])
def test_a_period_of_the_year_is_told_by_its_months(language, said):
    period = CalendarPeriod(start_day=1, start_month=1, end_day=29, end_month=2)

    with override(language):
        assert str(period) == said


def test_a_day_that_is_none_is_told_as_it_was_typed():
    assert str(CalendarPeriod(start_day=31, start_month=2, end_day=1, end_month=3)) == "31.2. – March 1"


def test_parts_of_a_fare_are_told_in_the_language_of_the_reader():
    part = FarePart(type="FLEX", amount=Decimal("0.2500"), kind="SURGE", unit_type="MINUTE", part_class="FARE")

    with override("de"):
        told = [part.get_type_display(), part.get_kind_display(), part.get_unit_type_display(), str(part)]

    assert told == ["je Einheit", "Aufschlag", "Minute", "Je Einheit: 0.25"]
