"""Statements that PostgreSQL has parsed and planned for a connection, sent without a cursor.

A cursor of psycopg decides anew for each statement whether to prepare it, waits for the answer in Python, and keeps
what may be fetched later: more than half of what a short statement costs here. These are sent again and again, and
their rows are read at once; psycopg.pq, which is libpq, and psycopg's Transformer are enough for that.
"""

import re
from collections.abc import Sequence
from itertools import count
from typing import Any

from psycopg import OperationalError, errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus

KEPT = 200  # statements of one connection at most (docs/operating.md, PgBouncer)
NUMBERS = count()  # a name is never used again: what is forgotten here may still be there
PLACE = re.compile("%[s%]")
# A migration changed what a statement returns; somebody else threw prepared statements away.
OUTDATED = (errors.FeatureNotSupported, errors.InvalidSqlStatementName)


def send(connection: Any, sql: str, values: Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
    """The statement is carried out: the rows it returns, and how many it has found or changed. Raises as cursors do.

    `connection` is one of Django's. Where statements are logged or wrapped (DEBUG, assertNumQueries, execute_wrapper)
    it is a cursor that sends, as those who look expect.
    """
    if connection.queries_logged or connection.execute_wrappers:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else [], cursor.rowcount
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    kept: _Prepared | None = getattr(connection, "prepared", None)
    if kept is None or kept.of is not connection.connection:
        kept = connection.prepared = _Prepared(connection.connection)
    with connection.wrap_database_errors:
        return kept.send(sql, values)


def execute(libpq: Any, command: bytes) -> None:
    """The command is carried out, which has no values and returns no rows. Raises as psycopg does."""
    _checked(libpq, libpq.exec_(command))


class _Prepared:
    """What one connection of psycopg's has prepared. It prepares nothing itself: settings.py, prepare_threshold.

    Values are sent as text, and PostgreSQL knows from the statement of what type they are. So there is one statement
    for each SQL, whether a value is None or how long a number is.
    """

    def __init__(self, of: Any) -> None:
        self.of, self._libpq, self._adapt = of, of.pgconn, Transformer(of)
        self._names: dict[str, bytes] = {}

    def send(self, sql: str, values: Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
        adapt, libpq = self._adapt, self._libpq
        params = adapt.dump_sequence(values, [PyFormat.TEXT] * len(values))
        name = self._names.get(sql) or self._prepare(sql)
        result = self._known(libpq.exec_prepared(name, params))
        if result.status != ExecStatus.TUPLES_OK:
            return [], result.command_tuples or 0
        adapt.set_pgresult(result)
        return adapt.load_rows(0, result.ntuples, tuple), result.ntuples

    def _prepare(self, sql: str) -> bytes:
        if len(self._names) == KEPT:
            execute(self._libpq, b"DEALLOCATE ALL")
            self._names.clear()
        name = b"tomp_%d" % next(NUMBERS)
        self._known(self._libpq.prepare(name, _numbered(sql)))
        self._names[sql] = name
        return name

    def _known(self, result: Any) -> Any:
        """The result, if it is none of an error; after some of them what is prepared must be prepared again."""
        try:
            return _checked(self._libpq, result)
        except OUTDATED:
            self._names.clear()
            raise


def _checked(libpq: Any, result: Any) -> Any:
    if result.status != ExecStatus.FATAL_ERROR:
        return result
    if libpq.status == ConnStatus.BAD:
        raise OperationalError(result.error_message.decode(errors="replace").strip())
    raise errors.error_from_result(result)


def _numbered(sql: str) -> bytes:
    """The statement as PostgreSQL takes it: `$1` for the first `%s`, and `%` for `%%`."""
    number = count(1)
    return PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(number)}", sql).encode()
