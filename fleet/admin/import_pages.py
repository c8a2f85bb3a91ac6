"""Back office: how an import is read. Its rows as a table, and which of them are shown."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from fleet.models import Asset, ImportRow
from fleet.models.imports import ImportState
from tomp.admin import DASH, label, link

PER_PAGE = 100
STATE_COLOURS = {
    ImportState.UPLOADED: "info",
    ImportState.MAPPED: "info",
    ImportState.COMPARED: "warning",
    ImportState.APPLYING: "info",
    ImportState.APPLIED: "success",
    ImportState.UNDOING: "info",
    ImportState.UNDONE: "",
    ImportState.FAILED: "danger",
    ImportState.ABANDONED: "",
}
KIND_COLOURS = {
    ImportRow.Kind.NEW: "success",
    ImportRow.Kind.CHANGED: "info",
    ImportRow.Kind.UNCHANGED: "",
    ImportRow.Kind.WRONG: "danger",
}
OUTCOME_COLOURS = {
    ImportRow.Outcome.APPLIED: "success",
    ImportRow.Outcome.LEFT: "warning",
    ImportRow.Outcome.UNDONE: "",
    ImportRow.Outcome.PARTLY: "warning",
    ImportRow.Outcome.KEPT: "danger",
}
SHOWN_ALWAYS = ("all", "new", "changed", "unchanged", "warning", "wrong")
TABS: dict[str, tuple[Any, dict[str, Any]]] = {
    "all": (_("All"), {}),
    "new": (_("New"), {"kind": "NEW"}),
    "changed": (_("Changed"), {"kind": "CHANGED"}),
    "unchanged": (_("Unchanged"), {"kind": "UNCHANGED"}),
    "warning": (_("With warnings"), {"has_warning": True}),
    "wrong": (_("Wrong"), {"kind": "WRONG"}),
    "applied": (_("Applied"), {"outcome": "APPLIED"}),
    "left": (_("Left as they were"), {"outcome": "LEFT"}),
    "undone": (_("Undone"), {"outcome": "UNDONE"}),
    "partly": (_("Partly undone"), {"outcome": "PARTLY"}),
    "kept": (_("Not undone"), {"outcome": "KEPT"}),
}


@dataclass(frozen=True)
class Line:
    """A row of the table."""

    number: int
    vehicle: str
    what: str
    differences: str
    remarks: list[str]


def shown_tab(batch, asked):
    """The one that was asked for, else the first that has something to look at."""
    if asked in TABS:
        return asked
    first = ("wrong", "changed", "new") if batch.state == ImportState.COMPARED else ("kept", "partly", "left")
    return next((name for name in first if batch.counts.get(name)), "all")


def tabs(batch, active):
    """The filters, with how many rows each has; as unfold's list of tabs."""
    return [
        {
            "title": f"{title} {batch.counts.get(name, 0):,}",
            "link": f"?rows={name}",
            "active": name == active,
            "has_permission": True,
        }
        for name, (title, _condition) in TABS.items()
        if name in SHOWN_ALWAYS or batch.counts.get(name)
    ]


def page_of(batch, tab, number):
    """A hundred rows as lines."""
    rows = ImportRow.objects.filter(batch=batch, **TABS[tab][1]).order_by("number").defer("wanted", "cells")
    paginator = Paginator(rows, PER_PAGE)
    paginator.__dict__["count"] = batch.counts.get(tab, 0)  # known already
    page = paginator.get_page(number)
    found = list(page.object_list)
    there = set(
        Asset.objects.filter(pk__in=[row.asset_pk for row in found if row.asset_pk]).values_list("pk", flat=True)
    )
    page.object_list = [_line(row, row.asset_pk in there) for row in found]
    return page


def _line(row, is_there):
    name = row.vehicle or DASH
    if is_there:
        name = link(reverse("admin:fleet_asset_change", args=[row.asset_pk]), name)
    kind = label(row.kind, row.get_kind_display(), KIND_COLOURS)
    became = label(row.outcome, row.get_outcome_display(), OUTCOME_COLOURS) if row.outcome else ""
    return Line(
        row.number, name, format_html("{} {}", kind, became), _differences(row), [*row.told, *row.errors, *row.warnings]
    )


def _differences(row):
    """Field: before → after, a line each; of a new vehicle what it has, in one."""
    fields = [(name.replace("_", " "), _shown(old), _shown(new)) for name, (old, new) in sorted(row.changes.items())]
    if row.kind == ImportRow.Kind.NEW:
        has = [(name, new) for name, _none, new in fields if new != DASH and name != "vehicle number"]
        return format_html_join(" · ", '<span class="import-field">{}</span> <strong>{}</strong>', has)
    return format_html_join("", '<div><span class="import-field">{}</span> {} → <strong>{}</strong></div>', fields)


def _shown(value):
    return DASH if value in (None, "") else str(value)
