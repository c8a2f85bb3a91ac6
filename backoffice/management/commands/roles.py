"""The roles of the back office from the shell."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backoffice import roles


class Command(BaseCommand):
    help = "Tells how the roles of the back office differ from those that come with it; --reset makes them so again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", nargs="*", metavar="ROLE", help="these roles, or all, as they come")

    def handle(self, *args: Any, reset: list[str] | None, **options: Any) -> None:
        if reset is not None:
            self._reset(reset or list(roles.ROLES))
        for found in roles.differences():
            self.stdout.write(f"{found.role}: {_told(found)}")

    def _reset(self, names: list[str]) -> None:
        unknown = [name for name in names if name not in roles.ROLES]
        if unknown:
            raise CommandError(f"There is no role {', '.join(unknown)}: {', '.join(roles.ROLES)} are the roles.")
        for name in names:
            roles.reset(name)


def _told(found: roles.Difference) -> str:
    if not found.is_there:
        return "is not there"
    if not found.more and not found.fewer:
        return "as it comes"
    parts = [("may also", found.more), ("may not", found.fewer)]
    return "; ".join(f"{what} {', '.join(names)}" for what, names in parts if names)
