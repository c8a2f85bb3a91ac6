"""From a table to what it wants of each vehicle. Pure: what the fleet has already is passed in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop as _

from fleet import identity
from fleet.importing.assets import Wanted, WantedState
from fleet.importing.errors import UnusableInput
from fleet.importing.names import named
from fleet.importing.references import References
from fleet.importing.sheets import cells
from fleet.importing.sheets.cells import CellError
from fleet.importing.sheets.columns import REQUIRED, Columns, plain, recognise
from fleet.importing.sheets.table import Table
from fleet.models.vehicles import AssetState
from fleet.positions import Misplaced, OperatingArea
from tomp.sentences import Sentence

DISABLED = "disabled in the fleet list"
UNIQUE = ("vehicle_number", "vehicle_code", "license_plate", "mac", "nfc_id", "imei")
HAS_SURPLUS = _(
    "has %(found)s cells, the header has %(expected)s (beyond it: %(cells)s); "
    "a text that holds the separator needs quotes"
)
IS_TWIN = _("%(column)s %(value)s is also in row %(row)s")


@dataclass(slots=True)
class Row:
    """One line of the file: wanted is what it says, None if it is wrong."""

    number: int
    cells: list[str]
    vehicle_number: str = ""
    wanted: Wanted | None = None
    warnings: list[Sentence] = field(default_factory=list)
    errors: list[Sentence] = field(default_factory=list)


@dataclass(frozen=True)
class Parsed:
    """The whole file."""

    table: Table
    columns: Columns
    rows: list[Row]
    notes: list[Sentence]


@dataclass(frozen=True)
class Terms:
    """What the cells are checked against."""

    references: References
    zone: ZoneInfo
    default_type: str
    source: str
    columns: Columns
    decimal_comma: bool
    charge_is_ratio: bool
    area: OperatingArea


def parse(
    table: Table,
    references: References,
    *,
    zone: ZoneInfo,
    default_type: str = "",
    source: str = "",
    columns: Columns | None = None,
) -> Parsed:
    """The whole file at once. Raises UnusableInput."""
    terms = terms_of(table, references, zone=zone, default_type=default_type, source=source, columns=columns)
    return Parsed(table, terms.columns, list(rows_of(table, terms)), notes_of(terms))


def terms_of(
    table: Table, references: References, *, zone: ZoneInfo, default_type: str, source: str, columns: Columns | None
) -> Terms:
    """What is known before any row is read; the headers say which columns it has, if the caller does not. Raises
    UnusableInput.
    """
    columns = columns or recognise(table.header)
    if REQUIRED not in columns.places:
        found = ", ".join(" ".join(written.split()) for written in table.header if written)[:200]
        raise UnusableInput(
            _("No column %(column)s (number, fleet_number, vehicle_id … would do too); found: %(found)s."),
            column=REQUIRED, found=found or Sentence(_("none")),
        )  # fmt: skip
    return Terms(
        references,
        zone,
        _default_type(default_type, references),
        source,
        columns,
        decimal_comma=table.has_decimal_comma,
        charge_is_ratio=_is_ratio(table, columns),
        area=OperatingArea(references.areas),
    )


def rows_of(table: Table, terms: Terms) -> Iterator[Row]:
    """Each row checked as far as that is possible without the vehicles. A row is heavier than its cells, so a long list
    is not kept in rows.
    """
    first: dict[str, dict[Any, int]] = {name: {} for name in UNIQUE}
    nameless = [place for place, heading in enumerate(table.header) if not heading]
    for number, written in table.rows:
        row = _row(number, written, terms)
        _refuse_surplus(row, table)
        _remark_strays(row, nameless)
        _refuse_twin(row, first)
        yield row


def _default_type(written: str, references: References) -> str:
    try:
        return cells.reference("vehicle_type", written, references) if written else ""
    except CellError as error:
        raise UnusableInput("--type: %(why)s", why=error.sentence) from None


def notes_of(terms: Terms) -> list[Sentence]:
    """What there is to say of the file as a whole."""
    columns = terms.columns
    renamed = {written: column for column, written in columns.headers.items() if plain(written) != plain(column)}
    read_as = [Sentence("%(written)s = %(column)s", written=w, column=named(c)) for w, c in renamed.items()]
    notes = [Sentence(_("columns read as: %(columns)s"), columns=read_as)] if renamed else []
    if columns.ignored:
        notes.append(Sentence(_("columns not imported: %(columns)s"), columns=columns.ignored))
    if terms.charge_is_ratio:
        is_ratio = _("%(column)s has no value above 1: read as a ratio, 0.5 = 50 %%")
        notes.append(Sentence(is_ratio, column=named("battery_percent")))
    return notes


def _is_ratio(table: Table, columns: Columns) -> bool:
    """Whether the batteries are given from 0 to 1: none above 1, one between."""
    place, is_one_between = columns.places.get("battery_percent"), False
    for _number, row in table.rows if place is not None else ():
        try:
            value = cells.number("", row[place or 0], decimal_comma=table.has_decimal_comma)
        except CellError:
            continue
        if value > 1:
            return False
        is_one_between |= 0 < value < 1
    return is_one_between


def _row(number: int, written: list[str], terms: Terms) -> Row:
    row = Row(number, written)
    given = {column: written[place] for column, place in terms.columns.places.items() if written[place]}
    values: dict[str, Any] = {}
    for column, check in CHECKS.items():
        if column in given:
            try:
                value = check(column, _unescaped(given[column]), terms=terms, warn=row.warnings.append)
            except (CellError, identity.Unfit) as error:
                row.errors.append(error.sentence)
            else:
                if value is not None:
                    values[ATTRIBUTES.get(column, column)] = value
    row.vehicle_number = values.pop(REQUIRED, "") or given.get(REQUIRED, "")[:80]
    if not row.vehicle_number:
        row.errors.append(Sentence(_("%(column)s is missing"), column=named(REQUIRED)))
    wish = _state(values, terms)
    _check_place(values, given, terms, row)
    if "license_plate" in values:
        cells.check_plate(values, terms.references, row.warnings.append)
    initial = {"vehicle_number": row.vehicle_number}
    if terms.default_type:
        initial["vehicle_type"] = terms.default_type
    if not row.errors:
        row.wanted = Wanted(row.vehicle_number, values, initial, wish)
    return row


def _unescaped(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from calculating the cell (our own export has it)."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(cells.FORMULA) else cell


def _state(values: dict[str, Any], terms: Terms) -> WantedState | None:
    """A column of states beats one of defects, which only undoes what it did itself."""
    state, is_disabled = values.pop("state", None), values.pop("is_disabled", None)
    if state is not None:
        reason = f"fleet list {terms.source}".strip() if state != AssetState.AVAILABLE else ""
        return WantedState(state, reason[:200])
    if is_disabled is None:
        return None
    if is_disabled:
        return WantedState(AssetState.OUT_OF_SERVICE, DISABLED, undoes=DISABLED)
    return WantedState(AssetState.AVAILABLE, undoes=DISABLED)


def _check_place(values: dict[str, Any], given: dict[str, str], terms: Terms, row: Row) -> None:
    if ("lat" in given) != ("lon" in given):
        row.errors.append(Sentence(_("only one of lat and lon is given: both or none")))
    if "lat" not in values or "lon" not in values:
        return
    try:
        remark = terms.area.remark(values["lat"], values["lon"])
    except Misplaced as error:
        row.errors.append(error.sentence)
    else:
        row.warnings += [remark] if remark else []


def _refuse_surplus(row: Row, table: Table) -> None:
    """Cells beyond the last heading: one of those before was cut in two, and all that follow it have moved."""
    if beyond := table.surplus.get(row.number):
        width = len(table.header)
        counts = {"found": width + len(beyond), "expected": width}
        row.errors.append(Sentence(HAS_SURPLUS, **counts, cells=_shown(beyond)))
        row.wanted = None


def _remark_strays(row: Row, nameless: list[int]) -> None:
    if strays := [row.cells[place] for place in nameless if row.cells[place]]:
        row.warnings.append(Sentence(_("not imported, as no heading stands above: %(cells)s"), cells=_shown(strays)))


def _shown(written: list[str]) -> str:
    """Some of the cells, in so many words that one recognises them."""
    some = ", ".join(cell[:40] for cell in written[: cells.MOST_KNOWN] if cell)
    return f"{some} …" if len(written) > cells.MOST_KNOWN else some


def _refuse_twin(row: Row, first: dict[str, dict[Any, int]]) -> None:
    """A value that only one vehicle can have stands in one row, the `first`; the later ones are wrong."""
    if row.wanted is None:
        return
    unique = row.wanted.values | row.wanted.initial
    for name in UNIQUE:
        if name in unique and (seen := first[name].setdefault(unique[name], row.number)) != row.number:
            row.errors.append(Sentence(IS_TWIN, column=named(name), value=unique[name], row=str(seen)))
    if row.errors:
        row.wanted = None


def _text(column: str, cell: str, *, terms: Terms, warn: cells.Warn) -> str:
    if column == "serial_number" and "vin" in terms.columns.headers[column].lower() and len(cell) != cells.VIN_LENGTH:
        odd = _("vin %(cell)s has %(characters)s characters instead of %(usual)s")
        warn(Sentence(odd, cell=cell, characters=len(cell), usual=cells.VIN_LENGTH))
    return cells.text(column, cell, warn)


def _reference(column: str, cell: str, *, terms: Terms, warn: cells.Warn) -> str:
    return cells.reference(column, cell, terms.references)


def _coordinate(column: str, cell: str, *, largest: int, terms: Terms, warn: cells.Warn) -> float:
    return cells.coordinate(column, cell, largest, decimal_comma=terms.decimal_comma)


def _metres(column: str, cell: str, *, unit: str, largest_m: int, terms: Terms, warn: cells.Warn) -> int:
    return cells.metres(column, cell, unit, largest_m, decimal_comma=terms.decimal_comma, warn=warn)


def _percent(column: str, cell: str, *, terms: Terms, warn: cells.Warn) -> int:
    return cells.percent(column, cell, is_ratio=terms.charge_is_ratio, decimal_comma=terms.decimal_comma)


ATTRIBUTES = {"battery_percent": "state_of_charge", "odometer_km": "odometer_m", "last_reported": "reported_at"}
CHECKS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("vehicle_number", "vehicle_code", "serial_number", "license_plate", "notes"), _text),
    **dict.fromkeys(("vehicle_type", "station", "pricing_plan"), _reference),
    "imei": lambda column, cell, terms, warn: cells.imei(cell, warn),
    "mac": lambda column, cell, terms, warn: identity.mac(cell),
    "nfc_id": lambda column, cell, terms, warn: identity.nfc_id(cell),
    "lat": partial(_coordinate, largest=90),
    "lon": partial(_coordinate, largest=180),
    "state": lambda column, cell, terms, warn: cells.state(cell, warn),
    "is_disabled": lambda column, cell, terms, warn: cells.yes_or_no(column, cell),
    "battery_percent": _percent,
    "range_m": partial(_metres, unit="m", largest_m=cells.LONGEST_RANGE_M),
    "odometer_km": partial(_metres, unit="km", largest_m=cells.LONGEST_ODOMETER_KM * 1000),
    "last_reported": lambda column, cell, terms, warn: cells.moment(column, cell, terms.zone, warn),
}
