"""Django's own command, which here does not make everybody wait, and sees to the roles of the back office."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.migrations.loader import MigrationLoader
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
HALF_WAY = (
    "{apps}: this database is of a development version before the first release, and was not migrated to its end. Run "
    "manage.py migrate of the last commit before 0001_first_release on it first, or begin with an empty database."
)


class Command(migrate.Command):
    """A migration that waits for a lock makes all who come after it wait: better it gives up and comes back."""

    def handle(self, *args: Any, **options: Any) -> None:
        """The tables are as the code wants them; when all of them are, so are the roles (backoffice/roles.py).

        CommandError where a table was busy, or a statement slow, for longer than the settings allow; and where the
        database is half way to the first release: Django would take such an app for one without migrations.
        """
        if half_way := _half_way(options["database"]):
            raise CommandError(HALF_WAY.format(apps=", ".join(half_way)))
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


def _half_way(alias: str) -> list[str]:
    """The apps of which some, and not all, of the migrations that were replaced had been made."""
    loader = MigrationLoader(connections[alias])
    made = loader.applied_migrations.keys()
    return [
        app
        for (app, _name), migration in loader.replacements.items()
        if not set(migration.replaces).isdisjoint(made) and not set(migration.replaces) <= made
    ]


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
