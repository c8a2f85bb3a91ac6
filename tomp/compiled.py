"""Queries whose SQL is written once in the life of a process.

The ORM writes the SQL of a query anew each time, and that is most of what a short request costs (docs/performance.md).
A query that every trip asks can be written down once instead, with parameters:

    @compiled
    def _leg(leg_id):
        return Leg.objects.select_related("asset").filter(pk=leg_id)

    leg = _leg.get(leg_id=known)
"""

import json
from collections import namedtuple
from collections.abc import Callable, Iterable
from inspect import signature
from typing import Any

from django.db import connections
from django.db.models import Expression, Field, ForeignKey, JSONField, Lookup, Model, QuerySet
from django.db.models.expressions import Col
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError


class Parameter(Expression):
    """A value that is not known yet when the query is written."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> Any:
        return "%s", [self]


@ForeignKey.register_lookup  # which has none of the lookups of other fields
@Field.register_lookup
class AnyOf(Lookup):
    """`name__any_of=[…]`: as `in`, but the list is one value, so the SQL is the same however long it is."""

    lookup_name = "any_of"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Any:
        return "%s", [value]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", [*left_params, *right_params]


class compiled:  # noqa: N801 - a decorator
    """A function of parameters that returns a queryset, called once; see the module.

    A parameter stands for a value in a condition, or for a list of them (`any_of`), never for part of the query itself;
    None is equal to nothing. What it is given is sent to the database as it is, so it has the type of the column.
    Parameters after `*` are those of which the query itself depends: there is one for each of their values, which are
    few. `queryset` is the function itself. What a values_list() finds has names.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]]) -> None:
        self.queryset = build
        self.__doc__ = build.__doc__
        parameters = signature(build).parameters.values()
        self._decide = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
        self._stand_in = {each.name: Parameter(each.name) for each in parameters if each.kind is not each.KEYWORD_ONLY}
        self._written: dict[tuple[Any, ...], _Written] = {}

    def all(self, **values: Any) -> list[Any]:
        """What the queryset of these values would find: the same rows, in its order."""
        query = self._query(values)
        connection = connections[query.using]
        if query.locks and connection.get_autocommit():
            raise TransactionManagementError("A row can be locked in a transaction only.")
        with connection.cursor() as cursor:
            cursor.execute(
                query.sql, [values[each.name] if isinstance(each, Parameter) else each for each in query.params]
            )
            rows = cursor.fetchall()
        return query.instances(rows, connection)

    def get(self, **values: Any) -> Any:
        """The one row there is. Raises DoesNotExist of its model, MultipleObjectsReturned."""
        found = self.all(**values)
        if len(found) == 1:
            return found[0]
        model = self._query(values).model
        if not found:
            raise model.DoesNotExist(f"{model._meta.object_name} matching query does not exist.")
        raise model.MultipleObjectsReturned(f"{len(found)} of {model._meta.verbose_name_plural}, one was expected.")

    def first(self, **values: Any) -> Any:
        """The first row, None if there is none. The queryset says how many it is worth to read."""
        return next(iter(self.all(**values)), None)

    def _query(self, values: dict[str, Any]) -> "_Written":
        deciding = tuple(values[name] for name in self._decide)
        written = self._written.get(deciding)
        if written is None:
            queryset = self.queryset(**self._stand_in, **dict(zip(self._decide, deciding, strict=True)))
            kind = _Written if queryset._fields is None else _WrittenValues  # type: ignore[attr-defined]
            written = self._written[deciding] = kind(queryset)
        return written


class _Written:
    """A queryset as SQL, and how rows become instances: as django.db.models.query.ModelIterable makes them."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self.using, self.model = queryset.db, queryset.model
        self.locks = queryset.query.select_for_update
        compiler = queryset.query.get_compiler(using=self.using)
        self.sql, self.params = compiler.as_sql()
        columns = [column for column, _sql, _alias in compiler.select]
        self._converters = [
            (position, ([_quicker(convert, column) for convert in converters], column))
            for position, (converters, column) in compiler.get_converters(columns).items()
        ]
        self._learn(queryset, compiler, columns)

    def _learn(self, queryset: QuerySet[Any], compiler: Any, columns: list[Any]) -> None:
        own = compiler.klass_info["select_fields"]
        self._begin, self._end = own[0], own[-1] + 1
        self._names = [column.target.attname for column in columns[self._begin : self._end]]
        self._related = get_related_populators(compiler.klass_info, compiler.select, self.using)  # type: ignore[call-arg]
        self._annotations = list(compiler.annotation_col_map.items())

    def bound(self, values: dict[str, Any]) -> list[Any]:
        return [values[each.name] if isinstance(each, Parameter) else each for each in self.params]

    def instances(self, rows: Iterable[tuple[Any, ...]], connection: Any) -> list[Any]:
        return [self._instance(self._converted(row, connection)) for row in rows]

    def _converted(self, row: tuple[Any, ...], connection: Any) -> list[Any]:
        values = list(row)
        for position, (converters, column) in self._converters:
            for convert in converters:
                values[position] = convert(values[position], column, connection)
        return values

    def _instance(self, row: list[Any]) -> Model:
        instance = self.model.from_db(self.using, self._names, row[self._begin : self._end])
        for related in self._related:
            related.populate(row, instance)
        for name, position in self._annotations:
            setattr(instance, name, row[position])
        return instance


def _quicker(convert: Any, column: Any) -> Any:
    """The same as this converter: JSON of a column is most of what is converted, and comes without spaces around it."""
    is_json = getattr(convert, "__func__", None) is JSONField.from_db_value
    return _parsed if is_json and convert.__self__.decoder is None and isinstance(column, Col) else convert


_decode = json.JSONDecoder().raw_decode


def _parsed(text: str | None, _column: Any, _connection: Any) -> Any:
    return None if text is None else _decode(text)[0]


class _WrittenValues(_Written):
    """A queryset of values as SQL; rows become tuples, as django.db.models.query.NamedValuesListIterable makes them."""

    def _learn(self, queryset: QuerySet[Any], compiler: Any, columns: list[Any]) -> None:
        self._row: Any = namedtuple("Row", queryset._fields)  # type: ignore[attr-defined,misc]

    def instances(self, rows: Iterable[tuple[Any, ...]], connection: Any) -> list[Any]:
        whole = (self._converted(row, connection) for row in rows) if self._converters else rows
        return list(map(self._row._make, whole))
