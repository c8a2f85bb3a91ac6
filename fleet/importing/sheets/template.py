"""The list to fill in: every column that can be imported, what it means and an example."""

import csv
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from fleet.importing.sheets.columns import ALIASES
from fleet.importing.sheets.service import Echo
from fleet.importing.sheets.table import COMMENT

DELIMITER = ";"
EXPLAINED = {
    "vehicle_number": (_("your own number of the vehicle; needed, never published"), "E-1001"),
    "vehicle_type": (_("id or name of an asset type; new vehicles need one"), "e-scooter"),
    "vehicle_code": (_("what its printed QR or bar code says"), "q7fk2"),
    "imei": (_("15 digits; format the column as text"), "868440060183257"),
    "mac": (_("Bluetooth address"), "AA:BB:CC:DD:EE:FF"),
    "nfc_id": (_("number of the NFC tag, 8 to 32 hexadecimal digits"), "04A2B3C4"),
    "serial_number": (_("serial or frame number"), "WB-55821"),
    "license_plate": (_("of mopeds and cars"), "AB-123-C"),
    "lat": (_("latitude; both or none"), "52.0907"),
    "lon": (_("longitude"), "5.1214"),
    "station": (_("id or name of a station; without lat and lon the vehicle is put there"), ""),
    "state": (_("available, maintenance, storage, missing or retired"), "available"),
    "is_disabled": (_("yes or no, instead of a state"), ""),
    "battery_percent": (_("0 to 100"), "80"),
    "range_m": (_("metres, or with a unit: 31.4 km"), "31400"),
    "odometer_km": (_("kilometres"), "1250"),
    "pricing_plan": (_("id or name of a plan, instead of the type's"), ""),
    "last_reported": (_("2024-10-30 14:03 in local time"), "2024-10-30 14:03"),
    "notes": (_("for staff"), ""),
}


def template_rows() -> list[list[str]]:
    """Headers and two comments, which an import passes over; what the first says is for its reader."""
    explained, examples = zip(*(EXPLAINED[column] for column in ALIASES), strict=True)
    return [list(ALIASES), _comment([gettext(text) for text in explained]), _comment(examples)]


def template_lines() -> Iterator[str]:
    """The same as a CSV file."""
    line = csv.writer(Echo(), delimiter=DELIMITER).writerow
    return (line(row) for row in template_rows())


def _comment(cells: Sequence[str]) -> list[str]:
    return [f"{COMMENT}{cells[0]}", *cells[1:]]
