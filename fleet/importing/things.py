"""Places, types, plans and the operator as they are, by their ids: so that it can be told what an import did to them,
and taken back.

A thing is what its row says, what it is related to, and the rows that belong to it (the parts of a plan).
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_noop as _

from fleet.importing.upsert import record_history, relate, write
from fleet.models import (
    Alert,
    AssetType,
    CalendarPeriod,
    FarePart,
    OpeningHours,
    PricingPlan,
    Region,
    Station,
    System,
)
from tomp.sentences import Sentence

State = dict[str, Any]  # what JSON can hold


@dataclass(frozen=True)
class Owned:
    """Rows that belong to a thing and come and go with it: `of` names the field that points to it."""

    model: Any
    of: str = ""

    def rows(self, pks: Collection[int]) -> Any:
        return self.model.objects.filter(**{f"{self.of}__in": pks} if self.of else {"region": None, "station": None})

    def made(self, pk: int, said: State) -> Any:
        """A new row that says so."""
        values = {name: self.model._meta.get_field(name).to_python(value) for name, value in said.items()}
        return self.model(**({f"{self.of}_id": pk} if self.of else {}), **values)

    def owner(self, row: Any, pks: Collection[int]) -> int:
        """Rows that name no owner belong to the only one."""
        return getattr(row, f"{self.of}_id") if self.of else next(iter(pks))


@dataclass(frozen=True)
class Kind:
    """One kind of thing; `key` is the id by which files and other things know it."""

    name: str
    model: Any
    key: str
    owned: Mapping[str, Owned] = field(default_factory=dict)


WHOLE_SYSTEM = {"hours": Owned(OpeningHours), "calendar": Owned(CalendarPeriod)}
KINDS = {  # each may refer to those before it
    kind.name: kind
    for kind in (
        Kind(_("operator"), System, "system_id", WHOLE_SYSTEM),
        Kind(_("pricing plans"), PricingPlan, "plan_id", {"parts": Owned(FarePart, "plan")}),
        Kind(_("vehicle types"), AssetType, "type_id"),
        Kind(_("regions"), Region, "region_id"),
        Kind(_("stations"), Station, "station_id"),
        Kind(_("alerts"), Alert, "alert_id"),
    )
}
KEYS = {kind.model: kind.key for kind in KINDS.values()}


@dataclass(frozen=True)
class ThingChange:
    """What became of a thing: the fields that differ, before and after."""

    kind: Kind
    key: str
    pk: int
    is_new: bool
    fields: dict[str, list[Any]]


def look_at(kind: Kind, keys: Collection[str]) -> dict[int, State]:
    """Those of the kind that are called so; the operator is looked at whatever it is called."""
    found = kind.model.objects.all()
    return look(kind, found if kind.model is System else found.filter(**{f"{kind.key}__in": keys}))


def changes(kind: Kind, before: Mapping[int, State], after: Mapping[int, State]) -> list[ThingChange]:
    """What was new and what differs. Of a new thing everything is told, so that it is known again."""
    return [
        ThingChange(kind, state[kind.key], pk, pk not in before, fields)
        for pk, state in after.items()
        if (fields := {n: [before.get(pk, {}).get(n), v] for n, v in state.items() if not _is_same(before, pk, n, v)})
    ]


def _is_same(before: Mapping[int, State], pk: int, name: str, value: Any) -> bool:
    return pk in before and before[pk][name] == value


def look(kind: Kind, found: Any) -> dict[int, State]:
    """What each thing of a queryset is, by primary key."""
    relations = [column.name for column in _fields(kind.model) if column.remote_field]
    things = list(found.select_related(*relations) if relations else found)
    states = {thing.pk: {column.name: _said(thing, column) for column in _fields(kind.model)} for thing in things}
    for relation in kind.model._meta.many_to_many:
        related = _related(relation, states)
        for pk, state in states.items():
            state[relation.name] = related.get(pk, [])
    for name, owned in kind.owned.items():
        for state in states.values():
            state[name] = []
        for row in owned.rows(list(states)) if states else ():
            columns = [column for column in _fields(owned.model) if not column.remote_field]
            states[owned.owner(row, states)][name].append({column.name: _said(row, column) for column in columns})
    return {pk: json.loads(json.dumps(state, cls=DjangoJSONEncoder)) for pk, state in states.items()}


def _fields(model: Any) -> list[Any]:
    """What staff or an import can say of a row; the rest follows from it."""
    return [column for column in model._meta.concrete_fields if column.editable and not column.primary_key]


def _said(thing: Any, column: Any) -> Any:
    """Of a relation the id that files use, so that a report can be read."""
    key = column.remote_field and KEYS.get(column.related_model)
    other = getattr(thing, column.name) if key else None
    if key:
        return getattr(other, key) if other else None
    return getattr(thing, column.attname)


def _related(relation: Any, pks: Collection[int]) -> dict[int, list[Any]]:
    source, target = relation.m2m_field_name(), relation.m2m_reverse_field_name()
    path = f"{target}__{KEYS.get(relation.related_model, 'pk')}"
    related: dict[int, list[Any]] = {}
    rows = relation.remote_field.through.objects.filter(**{f"{source}__in": list(pks)}).order_by(path)
    for pk, other in rows.values_list(f"{source}_id", path):
        related.setdefault(pk, []).append(other)
    return related


class Restoring:
    """Things of one kind, all locked, become what they were. `reason` and `user_id` are for the history."""

    def __init__(self, kind: Kind, *, reason: str, user_id: int | None):
        self.kind, self.reason, self.user_id = kind, reason, user_id
        self.relations = {relation.name: relation for relation in kind.model._meta.many_to_many}
        self.pks: dict[str, dict[Any, int]] = {}

    def missing(self, said: State) -> list[str]:
        """Which of the fields cannot be as said, because what they name is gone."""
        return [
            name
            for name in said
            if self._is_relation(name) and not set(_listed(said[name])) <= self._known(name).keys()
        ]

    def restore(self, wanted: Mapping[Any, State]) -> None:
        """Each thing is what is said of it; nothing of that is missing."""
        for thing, said in wanted.items():
            for name in said.keys() - self.relations.keys() - self.kind.owned.keys():
                setattr(thing, self._column(name).attname, self._value(name, said[name]))
        write(list(wanted), is_new=False, reason=self.reason, user_id=self.user_id)
        for name, relation in self.relations.items():
            known = self._known(name)
            related = {thing.pk: said[name] for thing, said in wanted.items() if name in said}
            pks = {pk: [known[one] for one in ids] for pk, ids in related.items()}
            source, target = f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"
            relate(relation.remote_field.through, source, target, pks)
        for name, owned in self.kind.owned.items():
            self._replace(owned, {thing.pk: said[name] for thing, said in wanted.items() if name in said})

    def remove(self, pks: Collection[int]) -> None:
        """The things, which nothing refers to, are gone with all that belongs to them."""
        for relation in self.relations.values():
            relation.remote_field.through.objects.filter(**{f"{relation.m2m_field_name()}__in": pks}).delete()
        for owned in self.kind.owned.values() if pks else ():
            self._remove(owned.rows(pks))
        self._remove(self.kind.model.objects.filter(pk__in=pks))

    def _column(self, name: str) -> Any:
        return self.kind.model._meta.get_field(name)

    def _is_relation(self, name: str) -> bool:
        return name not in self.kind.owned and bool(self._column(name).remote_field)

    def _known(self, name: str) -> dict[Any, int]:
        """Of a relation: id → primary key."""
        if name not in self.pks:
            other = self._column(name).related_model
            self.pks[name] = dict(other.objects.values_list(KEYS.get(other, "pk"), "pk"))
        return self.pks[name]

    def _value(self, name: str, said: Any) -> Any:
        column = self._column(name)
        if not column.remote_field:
            return column.to_python(said)
        return None if said is None else self._known(name)[said]

    def _replace(self, owned: Owned, wanted: Mapping[int, list[State]]) -> None:
        if wanted:
            self._remove(owned.rows(list(wanted)))
        rows = [owned.made(pk, said) for pk, rows in wanted.items() for said in rows]
        write(rows, is_new=True, reason=self.reason, user_id=self.user_id)

    def _remove(self, found: Any) -> None:
        rows = list(found)
        if rows:
            record_history(rows, "-", reason=self.reason, user_id=self.user_id)
            found._raw_delete("default")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def referring(model: Any, pks: Collection[int], *, besides: Collection[Any] = ()) -> dict[int, list[Sentence]]:
    """What else in the database needs these rows, in words, whichever app it is of; `besides` these models."""
    found: dict[int, list[Sentence]] = {}
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.one_to_many or relation.one_to_one) or relation.concrete or not relation.field.db_constraint:
            continue
        other = relation.related_model
        if other in besides or other._meta.auto_created is model:
            continue
        path = relation.field.attname
        rows = other._base_manager.filter(**{f"{path}__in": list(pks)}).order_by()
        owners = (other._meta.auto_created or other)._meta
        name = Sentence.label(partial(str, owners.verbose_name_plural))
        for pk in rows.values_list(path, flat=True).distinct():
            found.setdefault(pk, []).append(name)
    return {pk: list(dict.fromkeys(names)) for pk, names in found.items()}
