"""Should this process be sent requests? Its database answers and has the tables that this code was written for."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tomp_operator.monitoring import workers

OK = "ok"
STATEMENT_SECONDS = 2
NAMED = 5  # missing migrations, at most


@dataclass(frozen=True, slots=True)
class Health:
    """What was found, in words. A warning is for people: the process can work, and should go on getting requests."""

    database: str
    migrations: str = "not known"
    worker: str = "not known"

    @property
    def is_ready(self) -> bool:
        return self.database == self.migrations == OK


def examine(now: datetime) -> Health:
    """How we are. A database that does not answer is a finding, no error."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {STATEMENT_SECONDS * 1000}")
            return Health(database=OK, migrations=_migrations(), worker=_worker(now))
    except DatabaseError as failure:
        # Its text names hosts and users; who asks here need not know them, and the log has it.
        return Health(database=f"does not answer ({type(failure).__name__})")


def _migrations() -> str:
    missing = sorted(_known() - set(MigrationRecorder(connection).applied_migrations()))
    if not missing:
        return OK
    names = ", ".join(f"{app}.{name}" for app, name in missing[:NAMED])
    return f"{len(missing)} not applied ({names}{', …' if len(missing) > NAMED else ''}): run manage.py migrate"


@cache
def _known() -> frozenset[tuple[str, str]]:
    """The migrations this code comes with. More may be applied: the next version was installed, and we still work."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _worker(now: datetime) -> str:
    if workers.alive(now):
        return OK
    return "warning: no worker gave a sign of life within half a minute; calls to providers and deadlines wait"
