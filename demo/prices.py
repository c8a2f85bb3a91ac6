"""What does the demo operator ask for a ride? Data only."""

from datetime import time
from typing import Any

from demo.catalogue import ALERT_STATION

Row = dict[str, Any]


def fixed(name: str, amount: str, **more: Any) -> Row:
    return {"name": name, "type": "FIXED", "amount": amount, **more}


def per(units: int, unit_type: str, name: str, amount: str, **more: Any) -> Row:
    return {"name": name, "type": "FLEX", "amount": amount, "units": units, "unit_type": unit_type, **more}


def percent(kind: str, name: str, amount: str) -> Row:
    """Of the normal fare; published as amounts of money."""
    return {"name": name, "type": "FLEX", "kind": kind, "unit_type": "PERCENTAGE", "amount": amount}


def a_day_at_most(amount: str) -> Row:
    day = {"scale_from": 0, "scale_to": 24, "scale_type": "HOUR"}
    return {"name": "Day maximum", "type": "MAX", "amount": amount, **day}


def minutes(start: int, end: int | None = None) -> Row:
    """The part of the ride for which a fare part holds; the parts touch."""
    return {"scale_from": start, "scale_to": end, "scale_type": "MINUTE"}


BICYCLE_FARE = (
    fixed("First half hour", "1.50"),
    per(10, "MINUTE", "Up to two hours", "0.40", **minutes(30, 120)),
    per(10, "MINUTE", "After two hours", "0.75", **minutes(120)),
    a_day_at_most("20.00"),
)
CARGO_BIKE_FARE = (fixed("Start", "2.50"), per(1, "HOUR", "Per hour", "3.50"), a_day_at_most("25.00"))
CITY_BIKE_FARE = (per(15, "MINUTE", "Per quarter of an hour", "1.00"), a_day_at_most("12.00"))
TAXI_FARE = (fixed("Start", "4.15"), per(1, "KM", "Distance", "3.05"), per(1, "MINUTE", "Time", "0.50"))
TAXI_VAT = 9  # carrying passengers is taxed at the low rate
PLANS: dict[str, Row] = {
    "e-scooter": {
        "name": {"en": "E-scooter", "nl": "Elektrische step"},
        "description": {
            "en": "1.00 to unlock, 0.25 per minute, 0.05 per minute parked, 15.00 a day at most.",
            "nl": "1,00 ontgrendelen, 0,25 per minuut, 0,05 per minuut parkeren, hoogstens 15,00 per dag.",
        },
        "parts": (
            fixed("Unlocking", "1.00"),
            per(1, "MINUTE", "Riding", "0.25", asset_state="IN_USE"),
            per(1, "MINUTE", "Parked", "0.05", asset_state="PAUSED"),
            a_day_at_most("15.00"),
        ),
    },
    "e-bike": {
        "name": {"en": "E-bike", "nl": "E-bike"},
        "description": {
            "en": "0.50 to unlock and 0.20 per minute.",
            "nl": "0,50 ontgrendelen en 0,20 per minuut.",
        },
        "parts": (fixed("Unlocking", "0.50"), per(1, "MINUTE", "Riding", "0.20")),
    },
    "station-bike": {
        "name": {"en": "Station bike", "nl": "Stationsfiets"},
        "description": {
            "en": "1.50 for half an hour, then 0.40 per ten minutes, after two hours 0.75; 20.00 a day at most.",
            "nl": "1,50 voor een half uur, dan 0,40 per tien minuten, na twee uur 0,75; hoogstens 20,00 per dag.",
        },
        "parts": BICYCLE_FARE,
    },
    "cargo-bike": {
        "name": {"en": "Cargo bike", "nl": "Bakfiets"},
        "description": {
            "en": "2.50 and 3.50 per hour, 25.00 a day at most.",
            "nl": "2,50 en 3,50 per uur, hoogstens 25,00 per dag.",
        },
        "parts": CARGO_BIKE_FARE,
    },
    "cargo-bike-roadworks": {
        "name": {"en": "Cargo bike during roadworks", "nl": "Bakfiets tijdens werkzaamheden"},
        "description": {
            "en": "1.50 instead of 2.50, and 3.50 per hour, 25.00 a day at most.",
            "nl": "1,50 in plaats van 2,50, en 3,50 per uur, hoogstens 25,00 per dag.",
        },
        "parts": (*CARGO_BIKE_FARE, fixed("Longer walk", "-1.00", kind="DISCOUNT")),
    },
    "lock-bike": {
        "name": {"en": "City bike", "nl": "Stadsfiets"},
        "description": {"en": "1.00 per quarter of an hour.", "nl": "1,00 per kwartier."},
        "parts": CITY_BIKE_FARE,
    },
    "lock-bike-evening": {
        "name": {"en": "City bike in the evening", "nl": "Stadsfiets in de avond"},
        "description": {
            "en": "1.00 per quarter of an hour, less 20 %.",
            "nl": "1,00 per kwartier, met 20 % korting.",
        },
        "parts": (*CITY_BIKE_FARE, percent("DISCOUNT", "Evening", "-20")),
    },
    "taxi": {
        "name": {"en": "Taxi", "nl": "Taxi"},
        "description": {
            "en": "4.15 to start, 3.05 per kilometre and 0.50 per minute.",
            "nl": "4,15 starttarief, 3,05 per kilometer en 0,50 per minuut.",
        },
        "vat_rate": TAXI_VAT,
        "parts": TAXI_FARE,
    },
    "taxi-night": {
        "name": {"en": "Taxi at night", "nl": "Taxi in de nacht"},
        "description": {
            "en": "4.15 to start, 3.05 per kilometre and 0.50 per minute, and 20 % on top.",
            "nl": "4,15 starttarief, 3,05 per kilometer en 0,50 per minuut, met 20 % toeslag.",
        },
        "vat_rate": TAXI_VAT,
        "parts": (*TAXI_FARE, percent("SURGE", "Night", "20")),
    },
}

# Which plan holds where and when, if it is not that of the type.
RULES: tuple[Row, ...] = (
    {"plan": "lock-bike-evening", "asset_type": "lock-bike", "starts_at": time(19), "ends_at": time(0)},
    {"plan": "taxi-night", "asset_type": "taxi", "starts_at": time(23), "ends_at": time(6)},
    {"plan": "cargo-bike-roadworks", "asset_type": "cargo-bike", "station": ALERT_STATION},
)
