"""What goes with a row that is deleted, and what keeps it: by kind, in the words of the reader."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import NestedObjects, quote
from django.db import router
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from tomp.reading import may_view
from tomp.words import grouped

SHOWN = 20


@dataclass(frozen=True)
class Kind:
    """Rows of one kind: the first of them by name, and how many more there are."""

    title: str
    names: list[str] = field(default_factory=list)
    more: str = ""


@dataclass(frozen=True)
class Deletion:
    """Of what is deleted: the rows themselves, what goes with them, what may not go, and what needs them."""

    itself: list[Kind]
    with_it: list[Kind]
    kept: list[Kind]
    needed_by: list[Kind]

    @classmethod
    def of(cls, rows: Sequence[Any], request: HttpRequest) -> "Deletion":
        """Two statements for each kind of row that may refer to them, however many do."""
        model = type(rows[0])
        collector: Any = NestedObjects(using=router.db_for_write(model), origin=rows)
        collector.collect(rows)
        found = {each: list(there) for each, there in collector.model_objs.items() if not each._meta.auto_created}
        others = {each: there for each, there in found.items() if each is not model}
        return cls(
            itself=[_kind(model, found[model])],
            with_it=_kinds(others),
            kept=_kinds({each: there for each, there in found.items() if not _may_delete(each, there, request)}),
            needed_by=_kinds(_by_model(collector.protected)),
        )


def _by_model(rows: Iterable[Any]) -> dict[type[Model], list[Any]]:
    found: dict[type[Model], list[Any]] = {}
    for row in rows:
        found.setdefault(type(row), []).append(row)
    return found


def _may_delete(model: type[Model], rows: list[Any], request: HttpRequest) -> bool:
    """What has no page of its own goes with what it is a part of."""
    if not admin.site.is_registered(model):
        return True
    page = admin.site.get_model_admin(model)
    return all(page.has_delete_permission(request, row) for row in rows)


def _kinds(found: dict[type[Model], list[Any]]) -> list[Kind]:
    return [_kind(model, rows) for model, rows in found.items()]


def _kind(model: type[Model], rows: list[Any]) -> Kind:
    opts = model._meta
    rows = sorted(rows, key=lambda row: row.pk)
    title = f"{capfirst(opts.verbose_name_plural)}: {grouped(len(rows))}"
    more = grouped(len(rows) - SHOWN) if len(rows) > SHOWN else ""
    return Kind(title, [_name(row) for row in rows[:SHOWN]], more)


def _name(row: Any) -> str:
    opts = row._meta
    if not admin.site.is_registered(type(row)) or not may_view(type(row)):
        return str(row)
    address = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[quote(row.pk)])
    return format_html('<a href="{}" class="text-link">{}</a>', address, row)
