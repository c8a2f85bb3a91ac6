"""Django's own command, which here does not make everybody wait, and sees to the roles of the back office."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable, QueryCanceled

from backoffice import roles

TOO_BUSY = (
    "A table was busy for longer than TOMP_MIGRATION_LOCK_SECONDS ({seconds}). What was migrated before stays, this "
    "migration was undone: run manage.py migrate again."
)
TOO_LONG = (
    "A statement took longer than TOMP_MIGRATION_STATEMENT_SECONDS ({seconds}) and was undone: allow more, and run "
    "manage.py migrate again. An index that was being built without a lock is left INVALID: drop it first."
)


class Command(migrate.Command):
    """A migration that waits for a lock makes all who come after it wait: better it gives up and comes back."""

    def handle(self, *args: Any, **options: Any) -> None:
        """The tables are as the code wants them; when all of them are, so are the roles (backoffice/roles.py).

        CommandError where a table was busy, or a statement slow, for longer than the settings allow.
        """
        is_partial = options["app_label"] or options["plan"] or options["check_unapplied"]
        try:
            with _patience(options["database"]):
                super().handle(*args, **options)
                if not is_partial:
                    roles.catch_up()
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise CommandError(TOO_BUSY.format(seconds=settings.TOMP_MIGRATION_LOCK_SECONDS)) from error
            if isinstance(error.__cause__, QueryCanceled):
                raise CommandError(TOO_LONG.format(seconds=settings.TOMP_MIGRATION_STATEMENT_SECONDS)) from error
            raise


@contextmanager
def _patience(alias: str) -> Generator[None]:
    """Statements on this connection wait so long for a lock, and take so long, and afterwards what they took before."""
    limits = {
        "lock_timeout": settings.TOMP_MIGRATION_LOCK_SECONDS,
        "statement_timeout": settings.TOMP_MIGRATION_STATEMENT_SECONDS,
    }
    with connections[alias].cursor() as cursor:
        for name, seconds in limits.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [name, f"{seconds}s"])
    try:
        yield
    finally:
        if connections[alias].is_usable():
            with connections[alias].cursor() as cursor:
                for name in limits:
                    cursor.execute(f"RESET {name}")
