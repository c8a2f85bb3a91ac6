"""What a single cell says. Pure: a CellError stops the row, `warn` only tells."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop as _

from fleet import identity
from fleet.importing.names import named
from fleet.importing.references import References
from fleet.models import AssetType
from fleet.models.vehicles import AssetState
from tomp.sentences import Refusal, Sentence
from tomp.words import in_english

Warn = Callable[[Sentence], None]

LENGTHS = {"vehicle_number": 80, "vehicle_code": 120, "serial_number": 80, "license_plate": 20, "notes": 10_000}
SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)  # what a spreadsheet makes of a long number
FORMULA = ("=", "+", "-", "@")
NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
WITH_UNIT = re.compile(r"([-+]?\d+(?:[.,]\d+)?)\s*(km|m|mi|%)?", re.IGNORECASE)
METRES = {"": 1.0, "m": 1.0, "km": 1000.0, "mi": 1609.344}
VIN_LENGTH = 17
MOST_KNOWN = 5
LONGEST_RANGE_M = 2_000_000
LONGEST_ODOMETER_KM = 5_000_000
LOCAL_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")

WAS_SHORTENED = _("%(column)s %(cell)s was shortened by a spreadsheet: format the column as text")
IS_UNKNOWN = _("%(column)s '%(cell)s' is unknown; did you mean '%(similar)s'?")

STATES = {
    AssetState.AVAILABLE: "available active ok ready online in_service operational free rentable",
    AssetState.OUT_OF_SERVICE: (
        "maintenance out_of_service in_maintenance repair in_repair broken defect defective damaged disabled "
        "inactive offline unavailable rebalancing charging"
    ),
    AssetState.STORED: "storage stored in_storage warehouse depot",
    AssetState.MISSING: "missing lost stolen",
    AssetState.RETIRED: "retired decommissioned scrapped sold archived",
}
TRIP_WORDS = frozenset(("reserved", "inuse", "rented", "booked", "ride", "riding", "intrip"))
YES = frozenset(("true", "yes", "y", "1", "x", "ja", "vrai", "oui", "wahr", "sant", "si", "sí"))
NO = frozenset(("false", "no", "n", "0", "nein", "nee", "nei", "faux", "non", "falsch", "usant"))


class CellError(Refusal):
    """The cell cannot be what it says."""


@lru_cache(maxsize=1024)  # a list has few different words for its many states
def _plain(word: str) -> str:
    return re.sub(r"[\W_]+", "", word).casefold()


STATE_OF = {_plain(word): state for state, words in STATES.items() for word in words.split()}


def text(column: str, cell: str, warn: Warn) -> str:
    """A text that fits, with the digits that it had."""
    if SHORTENED.fullmatch(cell):
        raise CellError(WAS_SHORTENED, column=named(column), cell=cell)
    if len(cell) > LENGTHS[column]:
        raise CellError(
            _("%(column)s has %(characters)s characters, %(most)s fit"),
            column=named(column), characters=str(len(cell)), most=str(LENGTHS[column]),
        )  # fmt: skip
    if cell.startswith(FORMULA):
        warn(Sentence(_("%(column)s %(cell)s looks like a formula: taken as text"), column=named(column), cell=cell))
    return cell


def number(column: str, cell: str, *, decimal_comma: bool) -> float:
    if not NUMBER.fullmatch(cell) or ("," in cell and not decimal_comma):
        raise CellError(_("%(column)s '%(cell)s' is no number"), column=named(column), cell=cell)
    return float(cell.replace(",", "."))


def coordinate(column: str, cell: str, largest: int, *, decimal_comma: bool) -> float:
    value = number(column, cell, decimal_comma=decimal_comma)
    if abs(value) > largest:
        raise _not_between(column, cell, -largest, largest)
    return value


def metres(column: str, cell: str, unit: str, largest_m: int, *, decimal_comma: bool, warn: Warn) -> int:
    """A distance; a unit in the cell beats the one of the column."""
    match = WITH_UNIT.fullmatch(cell)
    written = (match[2] or "").lower() if match else ""
    if not match or written not in METRES or ("," in cell and not decimal_comma):
        raise CellError(_("%(column)s '%(cell)s' is no distance"), column=named(column), cell=cell)
    if written and written != unit:
        warn(Sentence(_("%(column)s %(cell)s: read as %(unit)s"), column=named(column), cell=cell, unit=written))
    value = round(float(match[1].replace(",", ".")) * METRES[written or unit])
    if not 0 <= value <= largest_m:
        raise _not_between(column, cell, 0, round(largest_m / METRES[unit]))
    return value


def percent(column: str, cell: str, *, is_ratio: bool, decimal_comma: bool) -> int:
    value = number(column, cell.rstrip("% "), decimal_comma=decimal_comma) * (100 if is_ratio else 1)
    if not 0 <= value <= 100:
        raise _not_between(column, cell, 0, 100)
    return round(value)


def imei(cell: str, warn: Warn) -> str:
    """As fleet/identity.py writes it; with more or less digits than it should have, that is said."""
    if SHORTENED.fullmatch(cell):
        raise CellError(WAS_SHORTENED, column=identity.IMEI, cell=cell)
    digits = identity.imei(cell)
    if len(digits) != identity.IMEI_DIGITS:
        has = {"column": identity.IMEI, "cell": cell, "digits": len(digits)}
        warn(Sentence(_("%(column)s %(cell)s has %(digits)s digits instead of 15"), **has))
    return digits


def reference(column: str, cell: str, references: References) -> str:
    """The id of what the cell names: by id, by id in another case, by name."""
    ids = references.pks[column]
    if cell in ids:
        return cell
    folded = cell.casefold()
    spellings = references.spellings[column]
    if folded in spellings:
        return spellings[folded]
    written = {"column": named(column), "cell": cell}
    if not ids:
        raise CellError(_("%(column)s '%(cell)s' is unknown: there is none at all yet"), **written)
    if nearest := get_close_matches(folded, spellings, n=1, cutoff=0.5):
        raise CellError(IS_UNKNOWN, **written, similar=spellings[nearest[0]])
    known = f"{', '.join(sorted(ids)[:MOST_KNOWN])}{' …' if len(ids) > MOST_KNOWN else ''}"
    raise CellError(_("%(column)s '%(cell)s' is unknown; known: %(known)s"), **written, known=known)


def state(cell: str, warn: Warn) -> AssetState | None:
    """None where only a trip can bring a vehicle into that state."""
    word = _plain(cell)
    if word in TRIP_WORDS:
        stays = _("%(column)s %(cell)s: only trips reserve and use vehicles, so the state stays")
        warn(Sentence(stays, column=named("state"), cell=cell))
        return None
    if word in STATE_OF:
        return STATE_OF[word]
    written = {"column": named("state"), "cell": cell}
    if nearest := get_close_matches(word, STATE_OF, n=1):
        raise CellError(IS_UNKNOWN, **written, similar=nearest[0])
    none = _("%(column)s '%(cell)s' is unknown; use available, maintenance, storage, missing or retired")
    raise CellError(none, **written)


def yes_or_no(column: str, cell: str) -> bool:
    word = cell.casefold()
    if word not in YES and word not in NO:
        raise CellError(_("%(column)s '%(cell)s' is neither yes nor no"), column=named(column), cell=cell)
    return word in YES


def moment(column: str, cell: str, zone: ZoneInfo, warn: Warn) -> datetime | None:
    """A time: POSIX seconds, ISO 8601, or day.month.year in local time; else None, with a warning."""
    try:
        if re.fullmatch(r"\d{9,10}(?:[.,]\d+)?", cell):
            return datetime.fromtimestamp(int(re.split("[.,]", cell)[0]), UTC)
        if match := LOCAL_DATE.fullmatch(cell):
            day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
        found = datetime.fromisoformat(cell)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        doubtful = _("%(column)s '%(cell)s' is no time that can be read without doubt (2024-10-30 14:03): left out")
        warn(Sentence(doubtful, column=named(column), cell=cell))
        return None


def check_plate(values: Mapping[str, object], references: References, warn: Warn) -> None:
    form_factor = references.form_factors.get(str(values.get("vehicle_type")))
    if form_factor and form_factor not in ("moped", "car", "scooter_seated", "other"):
        said = in_english(lambda: str(AssetType.FormFactor(form_factor).label))
        kind = Sentence.name(form_factor.replace("_", " "), said)
        warn(Sentence(_("%(column)s on a %(form_factor)s"), column=named("license_plate"), form_factor=kind))


def _not_between(column: str, cell: str, least: int, most: int) -> CellError:
    between = {"column": named(column), "cell": cell, "least": str(least), "most": str(most)}
    return CellError(_("%(column)s %(cell)s is not between %(least)s and %(most)s"), **between)
