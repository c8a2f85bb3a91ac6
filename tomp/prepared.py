"""Statements that PostgreSQL has parsed and planned for a connection, sent without a cursor.

A cursor of psycopg decides anew for each statement whether to prepare it, waits for the answer in Python, and keeps
what may be fetched later: more than half of what a short statement costs here. These are sent again and again, and
their rows are read at once; psycopg.pq, which is libpq, and psycopg's Transformer are enough for that.
"""

import re
import select
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


Sent = tuple[str, Sequence[Any]]  # a statement, and its values
Found = tuple[list[tuple[Any, ...]], int]  # the rows it returns, and how many it has found or changed


def send(connection: Any, sql: str, values: Sequence[Any]) -> Found:
    """The statement is carried out. Raises as cursors do.

    `connection` is one of Django's. Where statements are logged or wrapped (DEBUG, assertNumQueries, execute_wrapper)
    it is a cursor that sends, as those who look expect.
    """
    [found] = send_all(connection, (sql, values))
    return found


def send_all(connection: Any, *statements: Sent) -> list[Found]:
    """As send(), for several: each sees what those before it did, and the connection waits for all of them at once."""
    if connection.queries_logged or connection.execute_wrappers:
        return [_send_by_cursor(connection, *each) for each in statements]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.refuse_broken_transaction()
    kept: _Prepared | None = getattr(connection, "prepared", None)
    if kept is None or kept.of is not connection.connection:
        kept = connection.prepared = _Prepared(connection)
    with connection.wrap_database_errors:
        return kept.send(statements)


def _send_by_cursor(connection: Any, sql: str, values: Sequence[Any]) -> Found:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else [], cursor.rowcount


def execute(libpq: Any, command: bytes) -> None:
    """The command is carried out, which has no values and returns no rows. Raises as psycopg does."""
    _checked(libpq, libpq.exec_(command))


class _Prepared:
    """What one connection of psycopg's has prepared. It prepares nothing itself: settings.py, prepare_threshold.

    Values are sent as text, and PostgreSQL knows from the statement of what type they are. So there is one statement
    for each SQL, whether a value is None or how long a number is.
    """

    def __init__(self, connection: Any) -> None:
        self._connection, self.of = connection, connection.connection
        self._libpq, self._adapt = self.of.pgconn, Transformer(self.of)
        self._names: dict[str, bytes] = {}
        self._readable = select.poll()
        self._readable.register(self.of.fileno(), select.POLLIN)

    def send(self, statements: Sequence[Sent]) -> list[Found]:
        self._prepare([sql for sql, _values in statements])
        wanted = [(self._names[sql], self._dumped(values)) for sql, values in statements]
        if self._connection.owes_begin or len(wanted) > 1:
            results = self._sent_together(wanted)
        else:
            results = [self._libpq.exec_prepared(*wanted[0])]
        return [self._found(self._known(result)) for result in results]

    def _sent_together(self, wanted: Sequence[tuple[bytes, Any]]) -> list[Any]:
        """Their results, after one wait; the transaction that has yet to begin begins with them.

        Other threads work meanwhile, which they could not while libpq waits for such results itself.
        """
        libpq, begins = self._libpq, self._connection.owes_begin
        libpq.enter_pipeline_mode()
        if begins:
            libpq.send_query_params(b"BEGIN", None)
            self._connection.owes_begin = False
        for name, params in wanted:
            libpq.send_query_prepared(name, params)
        libpq.pipeline_sync()
        while libpq.flush():
            select.select([], [self.of], [])
        results = [self._awaited() for _result_or_its_end in range(2 * (begins + len(wanted)) + 1)][:-1:2]
        libpq.exit_pipeline_mode()
        if begins:
            self._known(results.pop(0))
        return results

    def _awaited(self) -> Any:
        while self._libpq.is_busy():
            self._readable.poll()
            self._libpq.consume_input()
        return self._libpq.get_result()

    def _dumped(self, values: Sequence[Any]) -> Any:
        return self._adapt.dump_sequence(values, [PyFormat.TEXT] * len(values))

    def _found(self, result: Any) -> Found:
        if result.status != ExecStatus.TUPLES_OK:
            return [], result.command_tuples or 0
        self._adapt.set_pgresult(result)
        return self._adapt.load_rows(0, result.ntuples, tuple), result.ntuples

    def _prepare(self, wanted: Sequence[str]) -> None:
        new = [sql for sql in wanted if sql not in self._names]
        if new and len(self._names) + len(new) > KEPT:
            execute(self._libpq, b"DEALLOCATE ALL")
            self._names.clear()
            new = list(wanted)
        for sql in new:
            name = b"tomp_%d" % next(NUMBERS)
            self._known(self._libpq.prepare(name, _numbered(sql)))
            self._names[sql] = name

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
