"""Which column means what: one name of ours, many of other systems. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ALIASES = {
    "vehicle_number": (
        "number fleet_number internal_id asset_number unit_number bike_number external_id vehicle_id bike_id"
    ),
    "vehicle_type": "type vehicle_type_id model vehicle_model vehicle_type_ref",
    "vehicle_code": "qr_code public_code vendor_qr_code label",
    "imei": "iot_imei device_imei",
    "mac": "mac_address",
    "nfc_id": "nfc nfc_tag nfc_uid",
    "serial_number": "vin frame_number vendor_serial",
    "license_plate": "plate plate_number registration",
    "lat": "latitude",
    "lon": "longitude lng",
    "station": "station_id current_station",
    "state": "status availability",
    "is_disabled": "disabled",
    "battery_percent": "state_of_charge soc fuel",
    "range_m": "range current_range_meters",
    "odometer_km": "odometer mileage",
    "pricing_plan": "pricing_plan_id pricing_plan_ref",
    "last_reported": "reported_at",
    "notes": "note remarks",
}
REQUIRED = "vehicle_number"


def plain(header: str) -> str:
    """Case, spaces, dashes and underscores make no difference."""
    return re.sub(r"[\W_]+", "", header).casefold()


MEANINGS = {plain(header): column for column, aliases in ALIASES.items() for header in (column, *aliases.split())}


@dataclass(frozen=True)
class Columns:
    """Where each of our columns stands in the file, and which headers mean nothing to us."""

    places: dict[str, int]
    headers: dict[str, str]  # our column → the header as written
    ignored: list[str]


def recognise(header: Sequence[str]) -> Columns:
    """The canonical name wins over an alias, the first alias over the next."""
    candidates: dict[str, list[int]] = {}
    for place, written in enumerate(header):
        if column := MEANINGS.get(plain(written)):
            candidates.setdefault(column, []).append(place)
    chosen = {column: _best(column, places, header) for column, places in candidates.items()}
    return chosen_columns(chosen, header)


def chosen_columns(places: Mapping[str, int], header: Sequence[str]) -> Columns:
    """Where somebody says that our columns stand."""
    ignored = [written for place, written in enumerate(header) if written and place not in places.values()]
    return Columns(dict(places), {column: header[place] for column, place in places.items()}, ignored)


def _best(column: str, places: Sequence[int], header: Sequence[str]) -> int:
    return next((place for place in places if plain(header[place]) == plain(column)), places[0])
