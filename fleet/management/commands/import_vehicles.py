"""A fleet list from the shell."""

import time
from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from fleet.importing.assets import Outcome
from fleet.importing.batches.keeping import import_list_and_keep
from fleet.importing.errors import UnusableInput
from fleet.importing.sheets.service import Report, RowReport, import_list, write_failed

MOST_ROWS = 50
MOST_REASONS = 10


class Command(BaseCommand):
    help = (
        "Imports vehicles from CSV or XLSX: new ones by vehicle_number, known ones are updated in the columns that "
        "the file has. Wrong rows are reported and left out. Importing the same file again changes nothing. "
        "See docs/importing.md."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path, help="CSV (, ; or tab) or XLSX with a header")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--type", default="", metavar="TYPE_ID", help="type of new vehicles without one")
        parser.add_argument("--failed", type=Path, metavar="FILE", help="write the wrong rows there, with the reason")

    def handle(self, *args, file, dry_run, type, failed, verbosity, **options):
        began = time.monotonic()
        if failed and not failed.absolute().parent.is_dir():
            raise CommandError(f"There is no folder for {failed}.")
        try:
            if dry_run:
                report = import_list(file, default_type=type, dry_run=True)
            else:
                report = import_list_and_keep(file, default_type=type, now=timezone.now())
            if failed:
                write_failed(report, failed)
        except UnusableInput as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"Cannot write {failed}: {error.strerror}.") from None
        except DatabaseError as error:
            raise CommandError(f"The database refused: {str(error).splitlines()[0]}") from None
        self._print(report, everything=verbosity > 1)
        self.stdout.write(f"{_conclusion(report, dry_run)} ({time.monotonic() - began:.1f} s)")
        if report.wrong:
            rest = "the others would be imported" if dry_run else "the others are imported"
            raise CommandError(f"{len(report.wrong):,} of {len(report.rows):,} rows are wrong; {rest}.")

    def _print(self, report: Report, *, everything: bool) -> None:
        for note in report.parsed.notes:
            self.stdout.write(f"info      {note}")
        for outcome in (Outcome.UNCHANGED, Outcome.NEW, Outcome.CHANGED, Outcome.WRONG):
            told = [row for row in report.rows if row.outcome == outcome and (everything or _is_worth_a_line(row))]
            shown = told if everything else told[:MOST_ROWS]
            for row in shown:
                self.stdout.write(_line(row))
            if len(shown) < len(told):
                more = len(told) - len(shown)
                self.stdout.write(f"          … and {more:,} more rows {outcome} (--verbosity 2 shows every row)")
        for reason, count in _frequent_reasons(report):
            self.stdout.write(f"wrong     {count:,} × {reason}")
        counts = report.counts
        self.stdout.write(", ".join(f"{counts[outcome]:,} {outcome}" for outcome in Outcome))


def _is_worth_a_line(report: RowReport) -> bool:
    """A new or unchanged vehicle without a warning is only counted."""
    return report.outcome in (Outcome.CHANGED, Outcome.WRONG) or bool(report.warnings)


def _frequent_reasons(report: Report) -> list[tuple[str, int]]:
    """What to mend first: mostly a type or a plan that is not there yet."""
    reasons = Counter(error for row in report.wrong for error in row.errors)
    return [(reason, count) for reason, count in reasons.most_common(MOST_REASONS) if count > 1]


def _line(report: RowReport) -> str:
    parts: list[str] = [*report.errors]
    if report.outcome == Outcome.CHANGED:
        parts += [f"{name} {_shown(old)} → {_shown(new)}" for name, (old, new) in report.differences.items()]
    parts += [f"warning: {warning}" for warning in report.warnings]
    name = report.row.vehicle_number or "without a number"
    return f"{report.outcome:<10}row {report.row.number} {name}{': ' if parts else ''}{'; '.join(parts)}"


def _shown(value: object) -> str:
    return "nothing" if value in (None, "") else str(value)


def _conclusion(report: Report, dry_run: bool) -> str:
    if dry_run:
        return "Dry run: nothing was written."
    counts = report.counts
    return "Imported." if counts[Outcome.NEW] or counts[Outcome.CHANGED] else "Nothing is new."
