"""What must be true of the data, and how that is found out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Found:
    """How many rows were looked at, how many of them are wrong, and the ids of the first of those."""

    looked_at: int
    violations: int = 0
    ids: list[str] = field(default_factory=list)
    note: str = ""


Look = Callable[[datetime, int], Found]


@dataclass(frozen=True)
class Invariant:
    """`says` is what is true of every row; `look(now, show)` finds those of which it is not."""

    rule: int
    name: str
    says: str
    look: Look


def rows(*, of: str, wrong: str, **values: Any) -> Look:
    """Counts by two statements, whatever the size: `of` follows FROM and is all there is to look at.

    `wrong` is a SELECT of one column, what names a row that should not be so. Both may refer to %(now)s and `values`.
    """

    def look(now: datetime, show: int) -> Found:
        asked = {"now": now, "show": max(show, 1), **values}
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {of}", _used(of, asked))  # noqa: S608 - our own texts
            (looked_at,) = cursor.fetchone()
            found = f"SELECT id::text, count(*) OVER () FROM ({wrong}) AS wrong (id) ORDER BY 1 LIMIT %(show)s"  # noqa: S608
            cursor.execute(found, _used(found, asked))
            some = cursor.fetchall()
        return Found(looked_at, some[0][1] if some else 0, [name for name, _count in some[:show]])

    return look


def counted(*, of: str, which: str, note: str) -> Look:
    """Nothing is wrong with these rows, but whoever looks should know how many there are of `which`."""

    def look(now: datetime, show: int) -> Found:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*), count(*) FILTER (WHERE {which}) FROM {of}")  # noqa: S608 - our own texts
            looked_at, count = cursor.fetchone()
        return Found(looked_at, note=note.format(count))

    return look


def _used(statement: str, values: dict[str, Any]) -> dict[str, Any]:
    """Bound on the server, a value that the statement does not name would have no type."""
    return {name: value for name, value in values.items() if f"%({name})s" in statement}
