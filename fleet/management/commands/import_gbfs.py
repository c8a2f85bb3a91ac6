"""A GBFS feed from the shell."""

import time

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from fleet.importing.batches.keeping import import_feed_and_keep
from fleet.importing.errors import UnusableInput
from fleet.importing.gbfs.service import Result, import_feed
from tomp.language import in_any_language

MOST_VIOLATIONS = 10


class Command(BaseCommand):
    help = (
        "Imports regions, stations, vehicle types, prices, zones, alerts and vehicles from a GBFS 2.x or 3.x feed. "
        "Importing the same feed again changes nothing. See docs/importing.md."
    )

    def add_arguments(self, parser):
        parser.add_argument("feed", metavar="URL-or-FOLDER", help="address of gbfs.json, or a folder of JSON files")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument(
            "--replace-system",
            action="store_true",
            help="let the feed replace the operator's name, hours and calendar that are already there",
        )

        parser.add_argument(
            "--plan",
            metavar="TYPE=PLAN",
            dest="plans",
            action="append",
            default=[],
            help="the pricing plan (the feed's, or one that is here) of a type that the feed gives none; repeatable",
        )

    def handle(self, *args, feed, dry_run, plans, replace_system, verbosity, **options):
        began = time.monotonic()
        try:
            if dry_run:
                result = import_feed(feed, plans=_chosen(plans), replace_system=replace_system, dry_run=True)
            else:
                result = import_feed_and_keep(
                    feed, plans=_chosen(plans), replace_system=replace_system, now=timezone.now()
                )
        except UnusableInput as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            raise CommandError(f"The database refused: {str(error).splitlines()[0]}") from None
        self._print_feed(result)
        self._print_violations(result, everything=verbosity > 1)
        self._print_findings(result, everything=verbosity > 1)
        self._print_counts(result)
        self.stdout.write(f"{_conclusion(result, dry_run)} ({time.monotonic() - began:.1f} s)")

    def _print_feed(self, result: Result) -> None:
        system = result.contents.system
        name = f"{in_any_language(system.name)} ({system.system_id})" if system else "a system without a name"
        files = len(result.feed.documents)
        self.stdout.write(f"{name}: GBFS {result.feed.version}, {files} files from {result.feed.origin}")

    def _print_violations(self, result: Result, *, everything: bool) -> None:
        total = sum(violation.count for violation in result.violations)
        if total:
            self.stdout.write(f"\nAgainst the official schemas ({total:,} times; imported all the same):")
        shown = result.violations if everything else result.violations[:MOST_VIOLATIONS]
        for violation in shown:
            self.stdout.write(f"  {violation}")
        if len(shown) < len(result.violations):
            self.stdout.write(f"  … and {len(result.violations) - len(shown)} more kinds (--verbosity 2 shows all)")

    def _print_findings(self, result: Result, *, everything: bool) -> None:
        lines = list(result.findings.lines(None) if everything else result.findings.lines())
        if lines:
            self.stdout.write("\nFindings:")
        for line in lines:
            self.stdout.write(f"  {line}")

    def _print_counts(self, result: Result) -> None:
        self.stdout.write(f"\n  {'':<14}{'new':>9}{'changed':>9}{'unchanged':>11}{'skipped':>9}")
        for count in result.counts:
            figures = f"{count.new:>9,}{count.changed:>9,}{count.unchanged:>11,}{count.skipped:>9,}"
            self.stdout.write(f"  {count.kind:<14}{figures}")


def _chosen(plans: list[str]) -> dict[str, str]:
    """Plan by type; the id of a type may have an equals sign in it, that of a plan not. Raises UnusableInput."""
    chosen = {}
    for written in plans:
        type_id, equals, plan_id = written.rpartition("=")
        if not equals:
            raise UnusableInput(f"--plan {written}: TYPE=PLAN is expected.")
        chosen[type_id] = plan_id
    return chosen


def _conclusion(result: Result, dry_run: bool) -> str:
    if dry_run:
        return "Dry run: nothing was written."
    return "Imported." if result.is_news else "Nothing is new: everything is as in the feed."
