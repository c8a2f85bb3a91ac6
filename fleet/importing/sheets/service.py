"""A fleet list comes in: read, parse, then compare only (a dry run) or compare and write."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from fleet.importing import assets
from fleet.importing.assets import Outcome
from fleet.importing.errors import UnusableInput
from fleet.importing.references import References
from fleet.importing.sheets import cells
from fleet.importing.sheets.parse import Parsed, Row, parse
from fleet.importing.sheets.table import Table, content_of, table_of
from fleet.models import System
from tomp.sentences import Sentence

NO_PLACE = Sentence(_("without a position it is not offered"))


@dataclass(slots=True)
class RowReport:
    """What became of one row; differences by field, old and new."""

    row: Row
    outcome: Outcome
    change: assets.Change | None = None
    warnings: list[Sentence] = field(default_factory=list)
    errors: list[Sentence] = field(default_factory=list)

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        return self.change.differences if self.change else {}


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
    parsed = parse_list(content_of(path), str(path), references, default_type)
    return preview_list(parsed, references) if dry_run else apply_list(parsed, references, path.name)


def parse_list(content: bytes, name: str, references: References, default_type: str) -> Parsed:
    """What the list says, by its own headers. Raises UnusableInput."""
    table = table_of(content, name, most_rows=settings.TOMP_IMPORT_MAX_ROWS)
    return parse(table, references, zone=local_zone(), default_type=default_type, source=Path(name).name)


def preview_list(parsed: Parsed, references: References) -> Report:
    """What `apply_list` would do now; nothing is written."""
    changes = assets.preview(_wanted(parsed), key="vehicle_number", references=references)
    return Report(parsed, reports(parsed.rows, changes))


def apply_list(parsed: Parsed, references: References, source: str, *, record: assets.Record | None = None) -> Report:
    """The fleet says what the right rows say; `record` as for assets.apply."""
    changes = assets.apply(
        _wanted(parsed),
        key="vehicle_number",
        references=references,
        reason=f"import_vehicles {source}",
        record=record,
    )
    return Report(parsed, reports(parsed.rows, changes))


def _wanted(parsed: Parsed) -> list[assets.Wanted]:
    return [row.wanted for row in parsed.rows if row.wanted]


def local_zone() -> ZoneInfo:
    """The zone of local times in the list."""
    system = System.objects.first()
    try:
        return ZoneInfo(system.timezone if system else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        raise UnusableInput(_("The time zone in the operator information does not exist: correct it first.")) from None


def write_failed(report: Report, path: Path) -> None:
    """The wrong rows as they were, with a column that says why; a spreadsheet calculates none of the cells."""
    table: Table = report.parsed.table
    lines = failed_lines(table.header, ((wrong.row.cells, wrong.errors) for wrong in report.wrong), table.delimiter)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.writelines(lines)


def failed_lines(
    header: Sequence[str], wrong: Iterable[tuple[Sequence[str], Sequence[str]]], delimiter: str
) -> Iterator[str]:
    """The lines of that CSV file, from the cells of each wrong row and its errors."""
    line = csv.writer(Echo(), delimiter=delimiter).writerow
    yield line([escaped(cell) for cell in (*header, gettext("reason"))])
    for cells_of_row, errors in wrong:
        yield line([escaped(cell) for cell in (*cells_of_row, "; ".join(errors))])


class Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def escaped(cell: str) -> str:
    is_calculated = cell.startswith((*cells.FORMULA, "\t", "\r")) and not cells.NUMBER.fullmatch(cell)
    return f"'{cell}" if is_calculated else cell


def reports(rows: Sequence[Row], changes: Sequence[assets.Change]) -> list[RowReport]:
    """What the changes, one for each right row, mean for these rows."""
    by_number = {change.wanted.key: change for change in changes}
    return [_report(row, by_number[row.wanted.key]) if row.wanted else _wrong(row) for row in rows]


def _wrong(row: Row) -> RowReport:
    return RowReport(row, Outcome.WRONG, None, row.warnings, row.errors)


def _report(row: Row, change: assets.Change) -> RowReport:
    warnings = row.warnings + change.warnings
    if change.outcome == Outcome.NEW and "lat" not in change.differences | change.consequences:
        warnings.append(NO_PLACE)
    return RowReport(row, change.outcome, change, warnings, change.errors)
