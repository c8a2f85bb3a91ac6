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
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import Expression, Field, ForeignKey, JSONField, Lookup, Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.expressions import Col
from django.db.models.signals import post_init, pre_init
from django.db.transaction import TransactionManagementError

from tomp import prepared


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


@Field.register_lookup
class Among(AnyOf):
    """`name__among=[…]`: as `any_of`, for lists of a few values in a statement that is sent again and again.

    PostgreSQL plans a statement anew each time as long as it hopes to gain by how long a list is; to plan can take
    longer than to find. What a list is made of within the statement it does not know before, and plans for ten.
    """

    lookup_name = "among"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        kind = self.lhs.output_field.db_type(connection).split("(")[0]  # to cast to a length would cut off the rest
        return f"{left} = ANY(ARRAY(SELECT unnest({right}::{kind}[])))", [*left_params, *right_params]


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
        [found] = _found_by(self.asking(**values))
        return found

    def get(self, **values: Any) -> Any:
        """The one row there is. Raises DoesNotExist of its model, MultipleObjectsReturned."""
        [found] = one_each(self.asking(**values))
        return found

    def asking(self, **values: Any) -> "Question":
        """The question, not asked yet: see one_each()."""
        return Question(self._query(values), values)

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


class Question(NamedTuple):
    """A query, and the values it is asked with."""

    query: "_Written"
    values: dict[str, Any]


def one_each(*questions: Question) -> list[Any]:
    """The one row that each of them finds, asked in this order and in one go. Raises as compiled.get() does.

    A question that comes after one that locks is answered by what is there after the wait.
    """
    answers = _found_by(*questions)
    return [_only(question.query.model, found) for question, found in zip(questions, answers, strict=True)]


def _found_by(*questions: Question) -> list[list[Any]]:
    connection = connections[questions[0].query.using]
    if connection.get_autocommit() and any(question.query.locks for question in questions):
        raise TransactionManagementError("A row can be locked in a transaction only.")
    sent = [(query.sql, query.bound(values)) for query, values in questions]
    answers = prepared.send_all(connection, *sent)
    return [
        question.query.instances(rows, connection) for question, (rows, _count) in zip(questions, answers, strict=True)
    ]


def _only(model: Any, found: list[Any]) -> Any:
    if len(found) == 1:
        return found[0]
    if not found:
        raise model.DoesNotExist(f"{model._meta.object_name} matching query does not exist.")
    raise model.MultipleObjectsReturned(f"{len(found)} of {model._meta.verbose_name_plural}, one was expected.")


class _Written:
    """A queryset as SQL, and how rows become instances: as django.db.models.query.ModelIterable makes them."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self.using, self.model = queryset.db, queryset.model
        self.locks = queryset.query.select_for_update
        compiler = queryset.query.get_compiler(using=self.using)
        self.sql, self.params = compiler.as_sql()
        columns = [column for column, _sql, _alias in compiler.select]
        converters = compiler.get_converters(columns).items()
        self._documents = [position for position, (each, column) in converters if _is_plain_json(each, column)]
        self._converters = [found for found in converters if found[0] not in self._documents]
        self._learn(queryset, compiler, columns)

    def _learn(self, queryset: QuerySet[Any], compiler: Any, columns: list[Any]) -> None:
        self._instances = _Instances(compiler.klass_info, columns, self.using)
        self._annotations = list(compiler.annotation_col_map.items())

    def bound(self, values: dict[str, Any]) -> list[Any]:
        return [values[each.name] if isinstance(each, Parameter) else each for each in self.params]

    def instances(self, rows: Iterable[tuple[Any, ...]], connection: Any) -> list[Any]:
        return [self._instance(self._converted(row, connection)) for row in rows]

    def _converted(self, row: tuple[Any, ...], connection: Any) -> list[Any]:
        values = list(row)
        for position in self._documents:
            if (text := values[position]) is not None:
                values[position] = _decode(text)[0]
        for position, (converters, column) in self._converters:
            for convert in converters:
                values[position] = convert(values[position], column, connection)
        return values

    def _instance(self, row: list[Any]) -> Model:
        instance = self._instances.of(row)
        for name, position in self._annotations:
            setattr(instance, name, row[position])
        return instance


_decode = json.JSONDecoder().raw_decode


def _is_plain_json(converters: list[Any], column: Any) -> bool:
    """Whether json.loads() is all that happens to it. Most of what is converted is; it has no spaces around it."""
    [*others, convert] = converters
    is_json = getattr(convert, "__func__", None) is JSONField.from_db_value and convert.__self__.decoder is None
    return is_json and not others and isinstance(column, Col)


class _Instances:
    """Which columns of a row are those of a model, and which those of the models joined to it.

    A new instance knows its columns at once: to pass each of them through Model.__init__(), which tells two signals
    and asks every field, takes several times as long. A model that has its own way of being made is made in that way.
    """

    def __init__(self, info: dict[str, Any], columns: list[Any], using: str) -> None:
        own = info["select_fields"]
        self.model, self.using = info["model"], using
        self._own = slice(own[0], own[-1] + 1)
        self._names = [column.target.attname for column in columns[self._own]]
        self._key = own[0] + self._names.index(self.model._meta.pk.attname)
        self._joined = [
            (_Instances(each, columns, using), each["local_setter"], each["remote_setter"])
            for each in info.get("related_klass_infos", ())
        ]
        self._is_usual = (
            self.model.__init__ is Model.__init__
            and self.model.from_db.__func__ is Model.from_db.__func__  # type: ignore[attr-defined]
            and not any(signal.has_listeners(self.model) for signal in (pre_init, post_init))
        )

    def of(self, row: list[Any]) -> Any:
        """The instance of this row with all that is joined to it; None where there is nothing to join."""
        if row[self._key] is None:
            return None
        instance = self._new(row[self._own])
        for joined, set_here, set_there in self._joined:
            other = joined.of(row)
            set_here(instance, other)
            if other is not None:
                set_there(other, instance)
        return instance

    def _new(self, values: list[Any]) -> Model:
        if not self._is_usual:
            return self.model.from_db(self.using, self._names, values)
        instance = self.model.__new__(self.model)
        instance.__dict__.update(zip(self._names, values, strict=True))
        instance._state = state = ModelState()
        state.adding, state.db = False, self.using
        return instance


class _WrittenValues(_Written):
    """A queryset of values as SQL; rows become tuples, as django.db.models.query.NamedValuesListIterable makes them."""

    def _learn(self, queryset: QuerySet[Any], compiler: Any, columns: list[Any]) -> None:
        self._row: Any = namedtuple("Row", queryset._fields)  # type: ignore[attr-defined,misc]

    def instances(self, rows: Iterable[tuple[Any, ...]], connection: Any) -> list[Any]:
        is_converted = self._converters or self._documents
        whole = (self._converted(row, connection) for row in rows) if is_converted else rows
        return list(map(self._row._make, whole))
