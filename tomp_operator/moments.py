"""How moments come out of PostgreSQL: read by the parser of Python's own library, which is written in C.

Django puts a class of its own in place of psycopg's fast one, and what is inherited is a regular expression. A booking,
its leg and its vehicle have a dozen moments.
"""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg.abc import Buffer
from psycopg.adapt import Loader


class MomentLoader(Loader):
    """A timestamptz of a connection that speaks UTC, as Django's connections do; what Python does not know is refused
    in psycopg's words.
    """

    timezone = UTC  # Django replaces a loader that says another one than its connection

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return _AsDjango(self.oid, self.connection).load(data)


class _AsDjango(BaseTzLoader):
    timezone = UTC


def read_quickly(*, connection: Any, **_signal: Any) -> None:
    """All moments that come over this new connection are read so."""
    connection.connection.adapters.register_loader("timestamptz", MomentLoader)
