"""What does the demo operator rent out, on which terms? Data only; prices are in demo/prices.py, places in demo/data/.

The roles that tests and the conformance suite look for are in docs/demo.md. Two of them are found by order: the
plain type is the first by id among the types without conditions, so "e-bike" sorts before the others.
"""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from fleet.models import Alert, AssetType, Condition, System
from fleet.models.schedule import WEEKDAYS

Text = dict[str, str]
Row = dict[str, Any]

SYSTEM: Row = {
    "system_id": "demo-mobility-utrecht",
    "name": {"en": "Demo Mobility Utrecht", "nl": "Demo Mobiliteit Utrecht"},
    "short_name": {"en": "Demo Utrecht", "nl": "Demo Utrecht"},
    "operator": {"en": "Demo Mobility", "nl": "Demo Mobiliteit"},
    "languages": ["en", "nl"],
    "timezone": "Europe/Amsterdam",
    "product_type": System.ProductType.SHARING,
    "url": "https://demo-mobility.example",
    "purchase_url": "https://demo-mobility.example/ride",
    "terms": {
        "en": "This is a demonstration. Ride with care and park where you are in nobody's way.",
        "nl": "Dit is een demonstratie. Rijd voorzichtig en parkeer waar u niemand in de weg staat.",
    },
    "terms_url": {"en": "https://demo-mobility.example/terms", "nl": "https://demo-mobility.example/nl/voorwaarden"},
    "terms_updated_on": date(2026, 1, 1),
    "privacy_url": {"en": "https://demo-mobility.example/privacy", "nl": "https://demo-mobility.example/nl/privacy"},
    "privacy_updated_on": date(2026, 1, 1),
    "license_url": "https://creativecommons.org/publicdomain/zero/1.0/",
    "start_date": date(2026, 1, 1),
    "phone_number": "+31-30-5550100",
    "email": "help@demo-mobility.example",
    "feed_contact_email": "feeds@demo-mobility.example",
    "planning_steps": [
        {
            "action": "SHOW_TERMS_CONDITIONS",
            "goal": "TERMS_CONDITIONS",
            "text": {"en": "Ride with care.", "nl": "Rijd voorzichtig."},
        }
    ],
}


PARKING_PHOTO: Row = {
    "steps": [
        {
            "action": "PARK_ASSIST",
            "text": {
                "en": "Park upright, on its stand, and leave the pavement free.",
                "nl": "Zet de step rechtop op de standaard en houd de stoep vrij.",
            },
        },
        {
            "action": "SEND_EVIDENCE_PARKED",
            "text": {
                "en": "Take a photo that shows the parked scooter from the side.",
                "nl": "Maak een foto waarop de geparkeerde step van opzij te zien is.",
            },
        },
    ]
}
FEES: Row = {"cancellation_fee": Decimal("2.50"), "free_cancellation_minutes": 5, "no_show_fee": Decimal("5.00")}


def step(action: str, en: str, nl: str, **more: Any) -> Row:
    return {"action": action, "text": {"en": en, "nl": nl}, **more}


# Each tells what to do with the lock; none of them demands an event that the ride would not have anyway.
LOCK_STEPS: dict[Any, Row] = {
    Condition.Kind.ONBOARDING_STEPS: {
        "steps": [
            step("SHOW_DAMAGES", "Look at the brakes and the tyres first.", "Kijk eerst naar de remmen en de banden."),
            step("UNLOCK_ASSET", "Open the lock with the app.", "Open het slot met de app."),
            step("SEND_SET_IN_USE", "Your ride begins.", "Uw rit begint."),
        ]
    },
    Condition.Kind.PAUSING_STEPS: {
        "steps": [
            step("LOCK_ASSET", "Push the lock down.", "Duw het slot omlaag."),
            step("SEND_PAUSE", "The bike stays yours.", "De fiets blijft van u."),
        ]
    },
    Condition.Kind.RESUMING_STEPS: {
        "steps": [
            step("UNLOCK_ASSET", "Open the lock with the app.", "Open het slot met de app."),
            step("SEND_SET_IN_USE", "Your ride goes on.", "Uw rit gaat verder."),
        ]
    },
    Condition.Kind.OFFBOARDING_STEPS: {
        "steps": [
            step("PARK_ASSIST", "Leave the pavement free.", "Houd de stoep vrij."),
            step("LOCK_ASSET", "Push the lock down.", "Duw het slot omlaag."),
            step("SEND_FINISH", "Your ride is over.", "Uw rit is voorbij."),
        ]
    },
}
DEPOSIT: Row = {"amount": "50.00", "currency": "EUR", "vat_rate": "21", "vat_country": "NL"}

# Fields of AssetType; the plan has the same id unless it is named, conditions go to their own table.
TYPES: dict[str, Row] = {
    "e-scooter": {
        "name": {"en": "E-scooter", "nl": "Elektrische step"},
        "asset_class": AssetType.AssetClass.STEP,
        "form_factor": AssetType.FormFactor.SCOOTER_STANDING,
        "propulsion": AssetType.Propulsion.ELECTRIC,
        "max_range_m": 40_000,
        "properties": {"brand": "Demo", "model": "Glide 3", "max_speed": 25, "wheel_count": 2, "persons": 1},
        "access_methods": ["TOMP-API"],
        "min_charge_percent": 15,
        "opening_instructions": {
            "en": "It opens when the ride begins. Push off with one foot, then use the throttle.",
            "nl": "Hij gaat open als de rit begint. Zet af met één voet en geef dan gas.",
        },
        "pausing_instructions": {
            "en": "Put it on its stand. It locks itself, and nobody else can take it.",
            "nl": "Zet hem op de standaard. Hij gaat vanzelf op slot en niemand anders kan hem pakken.",
        },
        "closing_instructions": {
            "en": "Put it on its stand, in nobody's way, and take the photo. It locks itself when the ride ends.",
            "nl": "Zet hem op de standaard waar hij niemand hindert en maak de foto. Daarna gaat hij op slot.",
        },
        "conditions": {
            Condition.Kind.DEPOSIT: DEPOSIT,
            Condition.Kind.OFFBOARDING_STEPS: PARKING_PHOTO,
        },
    },
    "e-bike": {
        "name": {"en": "E-bike", "nl": "E-bike"},
        "asset_class": AssetType.AssetClass.BICYCLE,
        "form_factor": AssetType.FormFactor.BICYCLE,
        "propulsion": AssetType.Propulsion.ELECTRIC_ASSIST,
        "max_range_m": 60_000,
        "properties": {"brand": "Demo", "model": "Wind", "max_speed": 25, "wheel_count": 2, "persons": 1},
        "access_methods": ["TOMP-API"],
        "min_charge_percent": 10,
    },
    "station-bike": {
        "name": {"en": "Station bike", "nl": "Stationsfiets"},
        "asset_class": AssetType.AssetClass.BICYCLE,
        "form_factor": AssetType.FormFactor.BICYCLE,
        "properties": {"brand": "Demo", "model": "Omafiets", "gears": 3, "wheel_count": 2, "persons": 1},
        "access_methods": ["TOMP-API"],
        "return_rule": AssetType.ReturnRule.ANY_STATION,
    },
    "smart-dock-bike": {
        "name": {"en": "Smart dock bike", "nl": "Dockfiets"},
        "asset_class": AssetType.AssetClass.BICYCLE,
        "form_factor": AssetType.FormFactor.BICYCLE,
        "properties": {"brand": "Demo", "model": "Dock", "gears": 3, "wheel_count": 2, "persons": 1},
        "access_methods": ["TOMP-API", "DEEPLINK"],
        "access_details": {"DEEPLINK": {"url": "https://demo-mobility.example/dock?code={code}"}},
        "return_rule": AssetType.ReturnRule.ANY_STATION,
        "docks_report": True,
        "plan": "station-bike",
    },
    "cargo-bike": {
        "name": {"en": "Electric cargo bike", "nl": "Elektrische bakfiets"},
        "asset_class": AssetType.AssetClass.BICYCLE,
        "asset_subclass": "cargo bike",
        "form_factor": AssetType.FormFactor.CARGO_BICYCLE,
        "propulsion": AssetType.Propulsion.ELECTRIC_ASSIST,
        "max_range_m": 50_000,
        "properties": {"brand": "Demo", "model": "Haul", "cargo_load": 80, "wheel_count": 3, "persons": 1},
        "has_trunk": True,
        "access_methods": ["QR"],
        "booked_by": AssetType.BookedBy.TYPE,
        "return_rule": AssetType.ReturnRule.ROUNDTRIP_STATION,
        "user_may_pick": True,
        "assign_minutes_before": 15,
        "min_charge_percent": 20,
    },
    "lock-bike": {
        "name": {"en": "City bike with Bluetooth lock", "nl": "Stadsfiets met Bluetooth-slot"},
        "asset_class": AssetType.AssetClass.BICYCLE,
        "form_factor": AssetType.FormFactor.BICYCLE,
        "properties": {"brand": "Demo", "model": "Key", "gears": 3, "wheel_count": 2, "persons": 1},
        "access_methods": ["AXA-EKEY-OTP"],
        "access_details": {"AXA-EKEY-OTP": {"supplier": "simulated"}},
        "conditions": LOCK_STEPS | {Condition.Kind.RETURN_AREA: {"area": "utrecht"}},  # a region of the city
    },
    "taxi": {
        "name": {"en": "Taxi", "nl": "Taxi"},
        "asset_class": AssetType.AssetClass.TAXI,
        "form_factor": AssetType.FormFactor.CAR,
        "propulsion": AssetType.Propulsion.ELECTRIC,
        "max_range_m": 350_000,
        "properties": {"brand": "Demo", "model": "Sedan", "nr_of_doors": 5, "wheel_count": 4, "persons": 4},
        "access_methods": ["NONE"],
        "booked_by": AssetType.BookedBy.TYPE,
        "assign_minutes_before": 15,
        "response_minutes": 10,
        "min_charge_percent": 15,
        "conditions": {
            Condition.Kind.REQUIRE_BOOKING_DATA: {"required_fields": ["NAME", "PHONE_NUMBERS"]},
        },
    },
}

# The codes stand for those of the travellers' dictionary; a real operator looks them up there.
ANCILLARIES: tuple[Row, ...] = (
    {
        "category": "AV",
        "number": "01",
        "name": {"en": "Child seat", "nl": "Kinderzitje"},
        "price": "2.00",
        "max_per_leg": 2,
        "asset_types": ("cargo-bike",),
    },
    {
        "category": "AV",
        "number": "02",
        "name": {"en": "Helmet", "nl": "Helm"},
        "price": "1.00",
        "max_per_leg": 3,
        "asset_types": ("cargo-bike",),
    },
)


@dataclass(frozen=True)
class Herd:
    """The vehicles of a type: `count` where no station says how many stand there, and what is printed on them."""

    type_id: str
    prefix: str
    count: int = 0
    charge: tuple[int, int] | None = None
    first_code: int | None = None
    has_lock: bool = False
    has_plate: bool = False


HERDS = (
    Herd("e-scooter", "SC", count=320, charge=(35, 100), first_code=157100),
    Herd("e-bike", "EB", count=200, charge=(40, 100), first_code=268100),
    Herd("lock-bike", "LB", count=40, has_lock=True),
    Herd("taxi", "TX", count=40, charge=(50, 100), has_plate=True),
    Herd("station-bike", "SB"),
    Herd("smart-dock-bike", "DB"),
    Herd("cargo-bike", "CB", charge=(60, 100)),
)

# What a station is called depends on what stands there.
STATION_NAMES: dict[str, Text] = {
    "station-bike": {"en": "{}", "nl": "{}"},
    "cargo-bike": {"en": "Cargo bike hub {}", "nl": "Bakfietspunt {}"},
    "smart-dock-bike": {"en": "Smart dock {}", "nl": "Slimme stalling {}"},
}
DOCKED = ("station-bike", "smart-dock-bike")

ALWAYS: Row = {"days": list(WEEKDAYS), "opens_at": time(0), "closes_at": time(0)}
LIMITED_STATION = "dock-science-park"
LIMITED_HOURS: Row = {"days": list(WEEKDAYS[:5]), "opens_at": time(7), "closes_at": time(22)}
ALL_YEAR: Row = {"start_month": 1, "start_day": 1, "end_month": 12, "end_day": 31}

ALERT_STATION = "hub-croeselaan"

ALERT: Row = {
    "alert_id": "works-croeselaan",
    "kind": Alert.Kind.OTHER,
    "summary": {"en": "Roadworks on Croeselaan", "nl": "Werkzaamheden op de Croeselaan"},
    "description": {
        "en": "The cargo bike hub can be reached on foot from the side of the Jaarbeurs only.",
        "nl": "Het bakfietspunt is te voet alleen vanaf de kant van de Jaarbeurs te bereiken.",
    },
}

# Somebody to find in the back office, and something to see to. Rides of `manage.py ride` are for the same traveller.

TRAVELLER = {
    "externalId": "traveller-1",
    "firstName": "Robin",
    "lastName": "de Vries",
    "email": "robin@example.org",
    "phones": [{"number": "+31 30 555 0100", "kind": "MOBILE", "type": "PRIVATE"}],
}
DAMAGED_TYPE = "lock-bike"
COMPLAINT = {
    "support_type": "BROKEN_DOWN",
    "priority": "DISTURBING_ISSUE",
    "comment": "The bell does not ring.",
    "damage": {
        "vehicleComponent": "ANCILLARY",
        "vehicleComponentName": "bell",
        "description": "The bell does not ring.",
    },
}
