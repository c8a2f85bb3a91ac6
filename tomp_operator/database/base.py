"""What a request asks of its connection around its statements, made short.

Is a connection that waited for the next request still one?

Django asks the server before each request (CONN_HEALTH_CHECKS), which is one statement more. A server that ended, or
that dropped the connection, left its last words or the end of the stream in the socket: to look there costs nothing.
Who vanished without a word, behind a cable that was cut or a firewall that forgot, is found out by asking only. So we
ask every few seconds, and look in between.

A transaction is begun and committed by libpq itself. Django has psycopg leave autocommit for it and enter it again, and
psycopg waits in Python for what is one call. Here psycopg stays in autocommit, as SQLite's library does for Django. So
cursors of the server are always WITH HOLD. BEGIN goes with the first statement of the transaction, and needs no answer
of its own; whatever sends something asks for it.
"""

import math
import select
import time
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper, debug_transaction

from tomp import prepared

ASKED_EVERY = 5.0  # seconds


class Cursor(CursorWrapper):
    """Whatever it has besides statements may send something, too: COPY does."""

    db: "DatabaseWrapper"

    def __getattr__(self, name: str) -> Any:
        self.db.begin()
        return super().__getattr__(name)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of one thread."""

    health_check_done: bool  # for this request
    _answered_at = -math.inf
    owes_begin = False  # a transaction is to begin with the next statement

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        made = super().get_new_connection(conn_params)
        self._answered_at = time.monotonic()
        return made

    def close_if_health_check_failed(self) -> None:
        if self.health_check_done or self.connection is None:  # as before every statement but the first
            return
        self.health_check_done = time.monotonic() < self._answered_at + ASKED_EVERY and self._is_quiet()
        super().close_if_health_check_failed()

    def is_usable(self) -> bool:
        works: bool = super().is_usable()
        self._answered_at = time.monotonic() if works else -math.inf
        return works

    def _start_transaction_under_autocommit(self) -> None:
        self.owes_begin = True
        if self.queries_logged or self.execute_wrappers:  # whoever looks expects it here
            with debug_transaction(self, "BEGIN"):
                self.begin()

    def begin(self) -> None:
        """The transaction has begun, if there is one: before its first statement, whoever sends it."""
        if self.owes_begin:
            with self.wrap_database_errors:
                prepared.execute(self.connection.pgconn, b"BEGIN")
            self.owes_begin = False

    def make_cursor(self, cursor: Any) -> Cursor:
        return Cursor(cursor, self)

    def create_cursor(self, name: str | None = None) -> Any:
        self.begin()
        return super().create_cursor(name)

    def validate_no_broken_transaction(self) -> None:
        """As before each statement of a cursor, which may be older than the transaction."""
        self.refuse_broken_transaction()
        self.begin()

    def refuse_broken_transaction(self) -> None:
        """Raises TransactionManagementError."""
        super().validate_no_broken_transaction()

    def _commit(self) -> None:
        if self._takes_back_begin():
            return
        if self.connection is None or not self.connection.autocommit:
            super()._commit()  # type: ignore[misc]
        else:
            with debug_transaction(self, "COMMIT"), self.wrap_database_errors:
                prepared.execute(self.connection.pgconn, b"COMMIT")

    def _rollback(self) -> None:
        if not self._takes_back_begin():
            super()._rollback()  # type: ignore[misc]

    def _close(self) -> None:
        self.owes_begin = False
        super()._close()  # type: ignore[misc]

    def _takes_back_begin(self) -> bool:
        """Whether nothing was sent in the transaction, so that it need not end."""
        was_owed, self.owes_begin = self.owes_begin, False
        return was_owed

    def _set_autocommit(self, autocommit: bool) -> None:
        if autocommit != self.connection.autocommit:
            super()._set_autocommit(autocommit)  # type: ignore[misc]

    def _is_quiet(self) -> bool:
        """Whether nothing came that nobody asked for. A server says something at most to say goodbye."""
        if self.connection.closed:
            return False
        looking = select.poll()
        looking.register(self.connection.fileno(), select.POLLIN)
        return not looking.poll(0)
