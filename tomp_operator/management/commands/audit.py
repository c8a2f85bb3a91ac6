"""Whether the books, the deliveries and the vehicles add up."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tomp_operator.audit import KEPT_BY_THE_CODE, RULES, Found, Invariant, audit


class Command(BaseCommand):
    help = "Checks that the books, the deliveries and the vehicles add up; exit status 1 if anything does not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--show", type=int, default=5, metavar="N", help="ids shown per invariant (default: 5)")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object, for machines")

    def handle(self, *args: Any, show: int, as_json: bool, **options: Any) -> None:
        if show < 0:
            raise CommandError("--show takes a number of ids, 0 or more.")
        now = timezone.now()
        results = audit(now=now, show=show)
        is_clean = not any(found.violations for _invariant, found in results)
        if as_json:
            report = {"at": now.isoformat(), "ok": is_clean, "rules": [_rule_json(rule, results) for rule in RULES]}
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self._print(results, is_clean)
        if not is_clean:
            sys.exit(1)

    def _print(self, results: list[tuple[Invariant, Found]], is_clean: bool) -> None:
        for rule, says in RULES.items():
            self.stdout.write(f"{rule}. {says}")
            if rule in KEPT_BY_THE_CODE:
                self.stdout.write(f"   kept by the code: {KEPT_BY_THE_CODE[rule]}")
            for invariant, found in results:
                if invariant.rule == rule:
                    self._print_one(invariant, found)
        wrong = sum(1 for _invariant, found in results if found.violations)
        self.stdout.write("Everything adds up." if is_clean else f"{wrong} of {len(results)} invariants are violated.")

    def _print_one(self, invariant: Invariant, found: Found) -> None:
        verdict = found.note or (f"{found.violations} WRONG" if found.violations else "ok")
        self.stdout.write(f"   {invariant.name:<38} {found.looked_at:>9} rows  {verdict}")
        if found.violations:
            self.stdout.write(f"      {invariant.says}")
        for name in found.ids:
            self.stdout.write(f"      {name}")
        if found.ids and found.violations > len(found.ids):
            self.stdout.write(f"      and {found.violations - len(found.ids)} more")


def _rule_json(rule: int, results: list[tuple[Invariant, Found]]) -> dict[str, Any]:
    return {
        "rule": rule,
        "says": RULES[rule],
        "keptByTheCode": KEPT_BY_THE_CODE.get(rule),
        "invariants": [
            {
                "name": invariant.name,
                "says": invariant.says,
                "lookedAt": found.looked_at,
                "violations": found.violations,
                "ids": found.ids,
                "note": found.note,
            }
            for invariant, found in results
            if invariant.rule == rule
        ],
    }
