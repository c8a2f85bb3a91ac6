"""A fleet list comes in: read, parse, then compare only (a dry run) or compare and write."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fleet.importing import assets
from fleet.importing.assets import Outcome
from fleet.importing.errors import UnusableInput
from fleet.importing.references import References
from fleet.importing.sheets import cells
from fleet.importing.sheets.parse import Parsed, Row, parse
from fleet.importing.sheets.table import Table, read
from fleet.models import System

NO_PLACE = "without a position it is not offered"


@dataclass
class RowReport:
    """What became of one row; differences by field, old and new."""

    row: Row
    outcome: Outcome
    differences: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """What became of the file."""

    parsed: Parsed
    rows: list[RowReport]

    @property
    def counts(self) -> Counter[Outcome]:
        return Counter(report.outcome for report in self.rows)

    @property
    def wrong(self) -> list[RowReport]:
        return [report for report in self.rows if report.outcome == Outcome.WRONG]


def import_list(path: Path, *, default_type: str = "", dry_run: bool = False) -> Report:
    """The fleet says what the right rows say; the wrong ones are in the report. Raises UnusableInput."""
    references = References.load()
    parsed = parse(read(path), references, zone=_zone(), default_type=default_type, source=path.name)
    wanted = [row.wanted for row in parsed.rows if row.wanted]
    if dry_run:
        changes = assets.preview(wanted, key="vehicle_number", references=references)
    else:
        reason = f"import_vehicles {path.name}"
        changes = assets.apply(wanted, key="vehicle_number", references=references, reason=reason)
    return Report(parsed, _reports(parsed, changes))


def _zone() -> ZoneInfo:
    """The zone of local times in the list."""
    system = System.objects.first()
    try:
        return ZoneInfo(system.timezone if system else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        raise UnusableInput("The time zone in the operator information does not exist: correct it first.") from None


def write_failed(report: Report, path: Path) -> None:
    """The wrong rows as they were, with a column that says why; a spreadsheet calculates none of the cells."""
    table: Table = report.parsed.table
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=table.delimiter)
        writer.writerow([*table.header, "reason"])
        for wrong in report.wrong:
            writer.writerow([_escaped(cell) for cell in (*wrong.row.cells, "; ".join(wrong.errors))])


def _escaped(cell: str) -> str:
    is_calculated = cell.startswith((*cells.FORMULA, "\t", "\r")) and not cells.NUMBER.fullmatch(cell)
    return f"'{cell}" if is_calculated else cell


def _reports(parsed: Parsed, changes: list[assets.Change]) -> list[RowReport]:
    by_number = {change.wanted.key: change for change in changes}
    reports = []
    for row in parsed.rows:
        if row.wanted is None:
            reports.append(RowReport(row, Outcome.WRONG, {}, row.warnings, row.errors))
            continue
        change = by_number[row.wanted.key]
        warnings = row.warnings + change.warnings
        if change.outcome == Outcome.NEW and change.asset.lat is None:
            warnings.append(NO_PLACE)
        reports.append(RowReport(row, change.outcome, change.differences, warnings, change.errors))
    return reports
