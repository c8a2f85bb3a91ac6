"""Rows stored by SQL that is written once in the life of a process, as tomp/compiled.py does for what is asked.

save() and create() write their SQL anew each time, which costs several times what sending it does. These are for the
few rows that every trip stores, and for no others: they send no signals, so nothing is written into a history, and
set no `auto_now`.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.transaction import mark_for_rollback_on_error

from tomp import prepared

FEW = 4  # each number of rows is a statement of its own, kept by every connection


def insert(*rows: models.Model) -> None:
    """The new rows, all of one model, are stored, and have the keys that the database gave them; one statement."""
    if not rows:
        return
    model = type(rows[0])
    if len(rows) > FEW:
        model._default_manager.bulk_create(rows)
        return
    written, columns, given = _insertion(model, len(rows))
    connection = connections[DEFAULT_DB_ALIAS]
    values = [value for row in rows for value in _values(row, columns, connection)]
    with mark_for_rollback_on_error():
        keys, _count = prepared.send(connection, written, values)
    for row, (key,) in zip(rows, keys, strict=False):
        setattr(row, given.attname, key)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def update(row: models.Model, names: Sequence[str] | None = None) -> None:
    """These columns of the row are stored, or all of them. Raises DatabaseError if there is no such row."""
    written, columns = _change(type(row), None if names is None else tuple(names))
    connection = connections[DEFAULT_DB_ALIAS]
    values = _values(row, columns, connection)
    with mark_for_rollback_on_error():
        _rows, changed = prepared.send(connection, written, values)
        if not changed:
            raise DatabaseError(f"{row._meta.verbose_name} {row.pk} is not there.")


@cache
def _insertion(model: type[models.Model], rows: int) -> tuple[str, list[Any], Any]:
    """INSERT of so many rows, its columns, and the key if the database makes it."""
    given = model._meta.auto_field
    columns = [column for column in model._meta.concrete_fields if column is not given]
    table, names = _quoted(model._meta.db_table), ", ".join(_quoted(column.column) for column in columns)
    values = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * rows)
    returning = f" RETURNING {_quoted(given.column)}" if given is not None else ""
    return f"INSERT INTO {table} ({names}) VALUES {values}{returning}", columns, given  # noqa: S608


@cache
def _change(model: type[models.Model], names: tuple[str, ...] | None) -> tuple[str, list[Any]]:
    """UPDATE of these columns, and whose values it takes."""
    key = model._meta.pk
    every = [column for column in model._meta.concrete_fields if column is not key]
    columns: list[Any] = every if names is None else [model._meta.get_field(name) for name in names]
    table, assignments = _quoted(model._meta.db_table), ", ".join(f"{_quoted(each.column)} = %s" for each in columns)
    return f"UPDATE {table} SET {assignments} WHERE {_quoted(key.column)} = %s", [*columns, key]  # noqa: S608


def _values(row: models.Model, columns: Iterable[Any], connection: Any) -> list[Any]:
    """What each column is given: nothing is nothing, all else is what the field makes of it for the database."""
    given = ((column, getattr(row, column.attname)) for column in columns)
    return [None if value is None else column.get_db_prep_save(value, connection) for column, value in given]


def _quoted(name: Any) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(str(name))
