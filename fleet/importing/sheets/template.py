"""The list to fill in: every column that can be imported, what it means and an example."""

import csv
from collections.abc import Iterator, Sequence

from fleet.importing.sheets.columns import ALIASES
from fleet.importing.sheets.service import Echo
from fleet.importing.sheets.table import COMMENT

DELIMITER = ";"
EXPLAINED = {
    "vehicle_number": ("your own number of the vehicle; needed, never published", "E-1001"),
    "vehicle_type": ("id or name of an asset type; new vehicles need one", "e-scooter"),
    "vehicle_code": ("what its printed QR or bar code says", "q7fk2"),
    "imei": ("15 digits; format the column as text", "868440060183257"),
    "mac": ("Bluetooth address", "AA:BB:CC:DD:EE:FF"),
    "nfc_id": ("number of the NFC tag, 8 to 32 hexadecimal digits", "04A2B3C4"),
    "serial_number": ("serial or frame number", "WB-55821"),
    "license_plate": ("of mopeds and cars", "AB-123-C"),
    "lat": ("latitude; both or none", "52.0907"),
    "lon": ("longitude", "5.1214"),
    "station": ("id or name of a station; without lat and lon the vehicle is put there", ""),
    "state": ("available, maintenance, storage, missing or retired", "available"),
    "is_disabled": ("yes or no, instead of a state", ""),
    "battery_percent": ("0 to 100", "80"),
    "range_m": ("metres, or with a unit: 31.4 km", "31400"),
    "odometer_km": ("kilometres", "1250"),
    "pricing_plan": ("id or name of a plan, instead of the type's", ""),
    "last_reported": ("2024-10-30 14:03 in local time", "2024-10-30 14:03"),
    "notes": ("for staff", ""),
}


def template_rows() -> list[list[str]]:
    """Headers and two comments, which an import passes over."""
    explained, examples = zip(*(EXPLAINED[column] for column in ALIASES), strict=True)
    return [list(ALIASES), _comment(explained), _comment(examples)]


def template_lines() -> Iterator[str]:
    """The same as a CSV file."""
    line = csv.writer(Echo(), delimiter=DELIMITER).writerow
    return (line(row) for row in template_rows())


def _comment(cells: Sequence[str]) -> list[str]:
    return [f"{COMMENT}{cells[0]}", *cells[1:]]
