"""How is a change told? Names instead of columns, and what was before beside what is now."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.trail.questions import title_of
from backoffice.trail.sources import ACTS, LOG, with_history
from tomp import edits
from tomp.language import in_any_language

NOT_TOLD = {"updated_at"}
FLAGS = {"1": "added", "2": "changed", "3": "deleted"}
DONE = {"added": gettext_lazy("added"), "changed": gettext_lazy("changed"), "deleted": gettext_lazy("deleted")}
NAMES = ("vehicle_number", "maas_id", "username", "station_id", "region_id", "type_id", "plan_id", "name", "title")
PAGES = {  # rows that are told of on the page of something else
    "bookings.bookingevent": "bookings.booking",
    "bookings.notification": "bookings.booking",
    "legs.legevent": "legs.leg",
    "support.supportstatus": "support.supportrequest",
}


@dataclass(frozen=True)
class Change:
    """One line: when, who, what was done to which object, the differences, and why."""

    at: datetime
    actor: str
    provider: str
    model: str
    object: str
    object_id: str
    link: str
    what: str
    differences: list[tuple[str, str, str]]
    why: str


def told(row: tuple, providers: dict[int, str]) -> Change:
    """The row of a source in words; `providers` are the names by row number."""
    at, _row, source, actor, provider, object_id, before, after, what, why = row
    if source == LOG:
        model, name, differences, why = _of_log(before, after, why)
        act = FLAGS.get(what, what)
    elif source in _kept():
        model, act = source, ACTS.get(what, what)
        was, now = json.loads(before or "{}"), json.loads(after)
        name = _name(apps.get_model(source), now)
        differences = _differences(apps.get_model(source), was, now) if was else []
        why = why or _reason(was, now)
    else:
        model, act, name = PAGES.get(source, source), what, object_id[:8]
        differences = [(_("state"), before, after)] if after else []
    return Change(
        at=at,
        actor=actor,
        provider=providers.get(provider, "") if provider and not actor else "",
        model=capfirst(title_of(model)),
        object=name or f"#{object_id}",
        object_id=object_id,
        link=_link(model, object_id) if act != "deleted" else "",
        what=str(DONE.get(act, act)),
        differences=differences,
        why=why,
    )


def _reason(was: dict, now: dict) -> str:
    """Why a vehicle has the state it has now, where that was written with it; in no other history is it in the row."""
    said = now.get("state_reason") or ""
    return said if said != was.get("state_reason") else ""


@cache
def _kept() -> frozenset[str]:
    return frozenset(model._meta.label_lower for model in with_history())


def _of_log(model: str, name: str, message: str) -> tuple[str, str, list[tuple[str, str, str]], str]:
    """What a form changed, from what to what; what a button did is told in its own words."""
    try:
        entries = json.loads(message) if message.startswith("[") else None
    except ValueError:
        entries = None
    if entries is None:
        return model, name, [], edits.done(message)
    differences = []
    for entry in entries:
        for kind, changed in entry.items():
            part = f"{changed['name']} {changed.get('object', '')}: " if "name" in changed else ""
            values = changed.get("values") or dict.fromkeys(changed.get("fields", ()), ("", ""))
            differences += [(part + _label(model, field), *pair) for field, pair in values.items()]
            if part and not values:
                differences.append((part.rstrip(": "), "", str(DONE.get(kind, kind))))
    return model, name, differences, ""


def _differences(model: type[Model], was: dict, now: dict) -> list[tuple[str, str, str]]:
    return [
        (_label(model._meta.label_lower, field.name), _shown(field, was.get(field.column)), _shown(field, value))
        for field in model._meta.concrete_fields
        if field.name not in NOT_TOLD
        and (value := now.get(field.column)) != was.get(field.column)
        and field.column in now
    ]


def _label(model: str, field: str) -> str:
    try:
        return capfirst(str(apps.get_model(model)._meta.get_field(field).verbose_name))
    except (LookupError, FieldDoesNotExist):  # a part, or a field of the form alone
        return capfirst(_(field.replace("_", " ")))


def _shown(field: Any, value: Any) -> str:
    if value is None or value == "":
        return ""
    choices = dict(field.flatchoices) if field.choices else {}
    if isinstance(value, str | int) and value in choices:
        return str(choices[value])
    if field.is_relation:
        return f"#{value}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _name(model: type[Model], row: dict) -> str:
    """What it is called; names in several languages are kept as an object."""
    fields = {field.name for field in model._meta.concrete_fields}
    found = [row[name] for name in NAMES if name in fields and row.get(name)]
    return next((each if isinstance(each, str) else in_any_language(each) for each in found), "")


def _link(model: str, object_id: str) -> str:
    try:
        found = apps.get_model(model)
    except LookupError:
        return ""
    if found not in admin.site._registry or not object_id:
        return ""
    return reverse(f"admin:{found._meta.app_label}_{found._meta.model_name}_change", args=[object_id])
