"""Rows stored by SQL that is written once in the life of a process, as tomp/compiled.py does for what is asked.

save() and create() write their SQL anew each time, which costs several times what sending it does. These are for the
few rows that every trip stores, and for no others: they send no signals, so nothing is written into a history, and
set no `auto_now`. What is stored together is one statement:

    told = written.new(BookingEvent, booking=booking, at=now)
    written.store(written.change(booking), written.insertion(told))
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.models.base import ModelState
from django.db.transaction import atomic, mark_for_rollback_on_error

from tomp import jsontext, prepared

FEW = 4  # each number of rows is a statement of its own, kept by every connection
PLAIN = frozenset((str, int, bool, float, Decimal, UUID, datetime))
Row = TypeVar("Row", bound=models.Model)
# The name of a field, whether it stores plain values as they are, and what makes the value of others.
Column = tuple[str, bool, Callable[[Any, Any], Any]]


@dataclass(frozen=True)
class Part:
    """Rows of one model, and the statement that stores them and returns the key of each."""

    rows: Sequence[models.Model]
    sql: str
    columns: Sequence[Column]
    is_new: bool


@dataclass(frozen=True)
class Blank:
    """A row of a model of which nothing is known but defaults."""

    constant: Mapping[str, Any]
    made: Mapping[str, Callable[[], Any]]  # one anew for each row: an id, a list
    foreign: Mapping[str, tuple[str, str]]  # what a foreign key is called, its column, and what of the other row it has


def new(model: type[Row], **values: Any) -> Row:
    """`model(**values)`, not stored: the same row, in a quarter of the time.

    Model.__init__() tells two signals, and asks each field and each descriptor. TypeError for what is no field.
    """
    blank = _blank(model)
    row = model.__new__(model)
    row._state = state = ModelState()
    known = row.__dict__
    known.update(blank.constant)
    for name, make in blank.made.items():
        if name not in values:
            known[name] = make()
    for name, value in values.items():
        if name in blank.foreign:
            column, key = blank.foreign[name]
            state.fields_cache[name] = value
            known[column] = None if value is None else getattr(value, key)
        elif name in known or name in blank.made:
            known[name] = value
        else:
            raise TypeError(f"{model.__name__} has no field {name!r}.")
    return row


def insertion(*rows: models.Model) -> Part:
    """The part that stores new rows, one or more of one model."""
    return Part(rows, *_insertion(type(rows[0]), len(rows)), is_new=True)


def change(row: models.Model, names: Sequence[str] | None = None) -> Part:
    """The part that stores these columns of a row that is there, or all of them."""
    return Part([row], *_change(type(row), None if names is None else tuple(names)), is_new=False)


def insert(*rows: models.Model) -> None:
    """The new rows, all of one model, are stored, and have the keys that the database gave them; one statement."""
    if rows:
        store(insertion(*rows))


def store(*parts: Part) -> None:
    """All parts are stored in one statement, new rows have the keys that the database gave them.

    No part may be about a row of another one. Raises DatabaseError if a row is not there that should be changed; what
    was stored besides goes back with the transaction, so rows are changed in one.
    """
    if any(len(part.rows) > FEW for part in parts):
        return _store_many(parts)
    connection = connections[DEFAULT_DB_ALIAS]
    values = [value for part in parts for row in part.rows for value in _values(row, part.columns, connection)]
    with mark_for_rollback_on_error():
        [keys], _count = prepared.send(connection, _joined(*(part.sql for part in parts)), values)
        for part, stored in zip(parts, keys, strict=True):
            _settle(part, stored, connection.alias)
    return None


class Later(list[Part]):
    """Stands for store() where parts are not to be stored yet: it keeps them, for whoever stores them all."""

    def __call__(self, *parts: Part) -> None:
        self.extend(parts)


def _store_many(parts: Sequence[Part]) -> None:
    with atomic(savepoint=False):
        for part in parts:
            if len(part.rows) > FEW:
                type(part.rows[0])._default_manager.bulk_create(part.rows)
            else:
                store(part)


def _settle(part: Part, keys: Sequence[Any] | None, alias: str) -> None:
    """What the rows know of themselves now; the keys are those that were stored."""
    if not part.is_new and not keys:
        [row] = part.rows
        raise DatabaseError(f"{row._meta.verbose_name} {row.pk} is not there.")
    for row, key in zip(part.rows, keys or (), strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, alias


@cache
def _blank(model: type[models.Model]) -> Blank:
    fields = model._meta.concrete_fields
    made = {each.attname: each.get_default for each in fields if each.has_default() and callable(each.default)}
    return Blank(
        constant={each.attname: each.get_default() for each in fields if each.attname not in made},
        made=made,
        foreign={
            each.name: (each.attname, each.target_field.attname)
            for each in fields
            if isinstance(each, models.ForeignKey)
        },
    )


@cache
def _joined(*statements: str) -> str:
    """One statement of them all; its one row has a list for each of them, of the keys it returns."""
    named = ", ".join(f"part_{number} AS ({each})" for number, each in enumerate(statements))
    keys = ", ".join(f"(SELECT array_agg(key) FROM part_{number})" for number in range(len(statements)))  # noqa: S608
    return f"WITH {named} SELECT {keys}"


@cache
def _insertion(model: type[models.Model], rows: int) -> tuple[str, Sequence[Column]]:
    """INSERT of so many rows, and its columns: all but a key that the database makes."""
    columns = [column for column in model._meta.concrete_fields if column is not model._meta.auto_field]
    table, names = _quoted(model._meta.db_table), ", ".join(_quoted(column.column) for column in columns)
    values = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * rows)
    return f"INSERT INTO {table} ({names}) VALUES {values} {_returning(model)}", _columns(columns)  # noqa: S608


@cache
def _change(model: type[models.Model], names: tuple[str, ...] | None) -> tuple[str, Sequence[Column]]:
    """UPDATE of these columns, and whose values it takes."""
    key = model._meta.pk
    every = [column for column in model._meta.concrete_fields if column is not key]
    columns: list[Any] = every if names is None else [model._meta.get_field(name) for name in names]
    table, assignments = _quoted(model._meta.db_table), ", ".join(f"{_quoted(each.column)} = %s" for each in columns)
    where = f"WHERE {_quoted(key.column)} = %s"
    return f"UPDATE {table} SET {assignments} {where} {_returning(model)}", _columns([*columns, key])  # noqa: S608


def _returning(model: type[models.Model]) -> str:
    return f"RETURNING {_quoted(model._meta.pk.column)} AS key"


def _values(row: models.Model, columns: Sequence[Column], connection: Any) -> list[Any]:
    """What each column is given: nothing is nothing, all else is what the field makes of it for the database.

    Of plain values most fields make nothing else, and take nine calls for it; they are not asked.
    """
    return [
        value
        if (value := getattr(row, name)) is None or (is_plain and type(value) in PLAIN)
        else prepare(value, connection)
        for name, is_plain, prepare in columns
    ]


def _columns(columns: Iterable[Any]) -> list[Column]:
    return [(column.attname, *_how_stored(column)) for column in columns]


def _how_stored(column: Any) -> tuple[bool, Callable[[Any, Any], Any]]:
    """Django's own fields store plain values as they are, all but JSON; ours may encrypt them."""
    ways = (getattr(type(column), name) for name in ("get_db_prep_save", "get_db_prep_value", "get_prep_value"))
    is_own = all(way.__module__.startswith("django.db.models.fields") for way in ways)
    is_json = isinstance(column, models.JSONField)
    if is_own and is_json and column.encoder is None:
        return False, lambda value, connection: jsontext.dumps(value)
    return is_own and not is_json, column.get_db_prep_save


def _quoted(name: Any) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(str(name))
