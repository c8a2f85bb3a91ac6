"""How vehicles, types, conditions and prices look on the wire."""

from decimal import Decimal
from functools import lru_cache

import orjson

from fleet import pricing
from fleet.condition_rules import announced
from fleet.conditions import demanded_evidence
from fleet.ids import published_id
from fleet.steps import CONDITIONS, goals, newer_actions
from tomp.geojson import geometry_json
from tomp.language import in_language
from tomp.serializers import without_nulls
from tomp.versions import LOWEST

FUEL = {
    "human": ("MUSCLE", "NONE"),
    "electric_assist": ("ELECTRIC", "ELECTRIC"),
    "electric": ("ELECTRIC", "ELECTRIC"),
    "combustion": ("GASOLINE", "GASOLINE"),
    "combustion_diesel": ("DIESEL", "DIESEL"),
    "hybrid": ("HYBRID", "HYBRID_GASOLINE"),
    "plug_in_hybrid": ("HYBRID", "HYBRID_GASOLINE"),
    "hydrogen_fuel_cell": ("HYDROGEN", "HYDROGEN"),
}
SHARED_MEMBERS = {
    "brand": "brand",
    "model": "model",
    "colour": "colour",
    "max_speed": "maxSpeed",
    "wheel_count": "wheelCount",
    "image": "image",
    "icon": "icon",
    "co2_per_km": "co2PerKm",
    "gears": "gears",
    "gearbox": "gearbox",
    "air_conditioning": "airConditioning",
    "nr_of_doors": "nrOfDoors",
    "nr_of_helmets": "nrOfHelmets",
    "navigation": "navigation",
    "persons": "persons",
    "infant_seat": "infantSeat",
    "winter_tires": "winterTires",
    "cargo_volume": "cargoVolume",
    "cargo_load": "cargoLoad",
    "helmet_required": "helmetRequired",
    "cabrio": "cabrio",
    "cruise_control": "cruiseControl",
}


def asset_type_json(asset_type, *, language, ancillaries=()):
    """TOMP assetType: what it is and what can be added to its rides, without counts, prices and conditions."""
    propulsion, fuel = FUEL[asset_type.propulsion]
    shared = {SHARED_MEMBERS[key]: value for key, value in asset_type.properties.items() if key in SHARED_MEMBERS}
    return without_nulls(
        id=asset_type.type_id,
        assetClass=asset_type.asset_class,
        assetSubClass=asset_type.asset_subclass or None,
        sharedProperties=without_nulls(
            name=in_language(asset_type.name, language) or asset_type.type_id,
            propulsion=propulsion,
            fuel=fuel,
            accessMethods=asset_type.access_methods or None,
            defaultReserveTime=asset_type.hold_minutes,
            ecoLabel=_eco_labels(asset_type.properties.get("eco_labels")),
            ancillaries=[_ancillary_json(ancillary, language) for ancillary in ancillaries] or None,
            **shared,
        ),
    )


def _ancillary_json(ancillary, language):
    """TOMP requirement: the codes by which it is added to a leg, and what it is."""
    memo = in_language(ancillary.name, language) or None
    return without_nulls(category=ancillary.category, number=ancillary.number, memo=memo)


def _eco_labels(labels):
    return [
        without_nulls(countryCode=label.get("country_code"), ecoSticker=label.get("eco_sticker"))
        for label in labels or []
    ] or None


def asset_json(asset, *, public_id, station_id=None, confidential, version=LOWEST):
    """TOMP asset under this public id. Only `confidential` answers (offers, bookings) tell code, plate and damages."""
    return without_nulls(
        id=published_id(public_id),
        stateOfCharge=asset.state_of_charge,
        stationId=station_id,
        licensePlate=(asset.license_plate or None) if confidential else None,
        damages=_damages_json(asset.damages, version) if confidential and asset.damages else None,
        overriddenProperties=without_nulls(
            name=asset.name or None,
            location=location_json(asset),
            meta={"vehicleCode": asset.vehicle_code} if confidential and asset.vehicle_code else None,
        ),
    )


def _damages_json(damages, version):
    """TOMP damage; what the part is called came with 1.6."""
    if version.reports_damage:
        return damages
    return [{name: said for name, said in damage.items() if name != "vehicleComponentName"} for damage in damages]


def location_json(asset):
    return None if asset.lat is None else point_json(asset.lat, asset.lon)


def point_json(lat, lon):
    """TOMP place that is a point and nothing more."""
    return {"coordinates": {"lat": round(lat, 6), "lng": round(lon, 6)}}


# -- money


def money(amount):
    """A Decimal as a JSON number."""
    number = float(amount)
    return int(number) if number.is_integer() else number


def amount_json(amount, *, currency, vat_rate, vat_country):
    """TOMP amountOfMoney that is a price per something: VAT included, the rate on the net amount (reading 23)."""
    return _amount_json(
        amount, pricing.ex_vat(amount, vat_rate), currency=currency, vat_rate=vat_rate, vat_country=vat_country
    )


def owed_amount_json(amount, *, currency, vat_rate, vat_country):
    """TOMP amountOfMoney that is owed by itself, its net in whole minor units like the journal."""
    net = pricing.ex_vat(amount, vat_rate, pricing.minor_units(currency))
    return _amount_json(amount, net, currency=currency, vat_rate=vat_rate, vat_country=vat_country)


def total_amount_json(fare):
    """TOMP amountOfMoney of the whole fare, in whole minor units like the journal."""
    return _charged_json(fare.total, fare.total_ex_vat, fare)


def _charged_json(amount, net, fare):
    return _amount_json(amount, net, currency=fare.currency, vat_rate=fare.vat_rate, vat_country=fare.vat_country)


def _amount_json(amount, net, *, currency, vat_rate, vat_country):
    return without_nulls(
        amount=money(amount),
        amountExVat=None if net is None else money(net),
        currencyCode=currency,
        vatRate=None if vat_rate is None else money(vat_rate),
        vatCountryCode=vat_country or None,
    )


def tariff_json(tariff):
    """TOMP fare that tells the rules: whoever adds up its parts gets what we charge."""
    return orjson.loads(_written_tariff(tariff))


@lru_cache(maxsize=1000)
def _written_tariff(tariff):
    """Kept: each answer about a trip tells the same until its price is final."""
    tariff = pricing.published(tariff)
    return orjson.dumps(
        {
            "estimated": not pricing.is_final_by_nature(tariff),
            "parts": [_part_json(part, tariff) for part in tariff.parts],
        }
    )


def _part_json(part, tariff):
    def number(value):
        return None if value is None else money(value)

    return {
        **amount_json(part.amount, currency=tariff.currency, vat_rate=tariff.vat_rate, vat_country=tariff.vat_country),
        **without_nulls(
            type=part.type.value,
            kind=None if part.kind == pricing.PartKind.DEFAULT else part.kind.value,
            unitType=part.unit_type.value if part.unit_type else None,
            units=number(part.units),
            scaleFrom=number(part.scale_from),
            scaleTo=number(part.scale_to),
            scaleType=part.scale_type.value if part.scale_type else None,
            assetState=part.asset_state.value if part.asset_state else None,
            name=part.name or None,
            minimumAmount=number(part.minimum_amount),
            maximumAmount=number(part.maximum_amount),
            **({"class": part.part_class.value} if part.part_class != pricing.PartClass.FARE else {}),
        ),
    }


def fare_json(fare, *, estimated):
    """TOMP fare that tells an amount: one FIXED part per line."""
    return {
        "estimated": estimated,
        "parts": [
            {
                **_charged_json(line.amount, net, fare),
                "type": "FIXED",
                **({"name": line.name} if line.name else {}),
                **({"class": line.part_class.value} if line.part_class != pricing.PartClass.FARE else {}),
            }
            for line, net in zip(fare.lines, fare.nets, strict=True)
        ]
        or [{**total_amount_json(fare), "type": "FIXED"}],
    }


def plan_json(plan, *, language, station=None, region=None):
    """TOMP systemPricingPlan, for one place or everywhere. Amounts include VAT: no tax comes on top (semantics §9)."""
    name, tariff = in_language(plan.name, language) or plan.plan_id, plan.tariff()
    return without_nulls(
        planId=plan.plan_id,
        name=name,
        url=plan.url or None,
        stationId=station.station_id if station else None,
        regionId=region.region_id if region else None,
        isTaxable=False,
        surgePricing=any(part.kind == pricing.PartKind.SURGE for part in tariff.parts),
        description=in_language(plan.description, language) or name,
        fare=tariff_json(tariff),
    )


# -- conditions


def conditions_json(conditions, dialect):
    """TOMP conditions, in the version, language and spelling of the reader (reading 14)."""
    shown = [*conditions, *_evidence(conditions)] if dialect.evidence_condition else conditions
    return [_condition_json(condition, dialect) for condition in shown]


def _evidence(conditions):
    """The photos the steps demand, in the way of 1.4 (conditionRequireEvidence)."""
    evidence = demanded_evidence(conditions)
    return [{"kind": "conditionRequireEvidence", "evidence": evidence}] if evidence else []


def _condition_json(condition, dialect):
    kind = condition["kind"]
    members = CONDITION_MEMBERS[kind](condition, dialect) if kind in CONDITION_MEMBERS else {}
    return without_nulls(conditionType=dialect.spell(kind), id=condition.get("id"), **members)


def _deposit(details, dialect):
    vat = details.get("vat_rate")
    return amount_json(
        Decimal(str(details["amount"])),
        currency=details["currency"],
        vat_rate=None if vat in (None, "") else Decimal(str(vat)),
        vat_country=details.get("vat_country", ""),
    )


def _booking_data(details, dialect):
    """Without the words the reader's version does not know (reading 18); they are demanded all the same."""
    return {
        "requiredFields": announced(details["required_fields"], dialect.version),
        "claims": details.get("claims") or None,
    }


def _return_area(details, dialect):
    area = details.get("area")
    return {
        "stationId": details.get("station_id"),
        "returnArea": geometry_json(area, dialect.version) if area else None,
        "coordinates": details.get("coordinates"),
        "returnHours": [_return_hours(row) for row in details.get("hours") or []] or None,
    }


def _return_hours(row):
    """TOMP systemHours; what ends after midnight ends past 24:00 of the day it began."""
    opens, closes = row["opens"], row["closes"]
    return {"startTime": opens, "endTime": closes if closes > opens else past_midnight(closes), "days": row["days"]}


def past_midnight(closes):
    """01:30 of the next morning, counted from the day before: 25:30 (GBFS)."""
    return f"{int(closes[:2]) + 24:02d}{closes[2:]}"


def _steps(details, dialect):
    return {"steps": steps_json(details["steps"], dialect)}


def steps_json(steps, dialect):
    """TOMP steps, without those whose action the reader's version does not know."""
    return [_step_json(step, dialect) for step in steps if step["action"] not in newer_actions(dialect.version)]


def _step_json(step, dialect):
    goal = step.get("goal", "INSTRUCTIONS")
    return without_nulls(
        type=step.get("type", "PLAIN_TEXT"),
        goal=goal if goal in goals(dialect.version) else None,
        action=step["action"],
        text=in_language(step.get("text"), dialect.language) or None,
        url=step.get("url"),
    )


CONDITION_MEMBERS = {
    "conditionDeposit": _deposit,
    "conditionPostponedCommit": lambda details, dialect: {"ultimateResponseTime": details["answer_by"]},
    "conditionRequireBookingData": _booking_data,
    "conditionRequireEvidence": lambda details, dialect: {"evidenceTypes": details["evidence"]},
    "conditionReturnArea": _return_area,
    **dict.fromkeys(CONDITIONS, _steps),
}
