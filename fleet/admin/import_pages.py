"""Back office: how an import is read. Its rows as a table, and which of them are shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from fleet.importing.names import named
from fleet.importing.things import KINDS
from fleet.models import Asset, ImportRow
from fleet.models.imports import ImportState
from tomp.admin import DASH, label, link, moment
from tomp.words import grouped

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
VEHICLES, PLACES = Q(thing=""), ~Q(thing="")
TABS: dict[str, tuple[Any, Q]] = {
    "all": (_("All"), VEHICLES),
    "new": (_("New"), VEHICLES & Q(kind="NEW")),
    "changed": (_("Changed"), VEHICLES & Q(kind="CHANGED")),
    "unchanged": (_("Unchanged"), VEHICLES & Q(kind="UNCHANGED")),
    "warning": (_("With warnings"), Q(has_warning=True)),
    "wrong": (_("Wrong"), Q(kind="WRONG")),
    "applied": (_("Applied"), VEHICLES & Q(outcome="APPLIED")),
    "left": (_("Left as they were"), Q(outcome="LEFT")),
    "undone": (_("Undone"), VEHICLES & Q(outcome="UNDONE")),
    "partly": (_("Partly undone"), VEHICLES & Q(outcome="PARTLY")),
    "kept": (_("Not undone"), VEHICLES & Q(outcome="KEPT")),
    "places": (_("Places, types and prices"), PLACES),
    "places_partly": (_("Of these partly undone"), PLACES & Q(outcome="PARTLY")),
    "places_kept": (_("Of these not undone"), PLACES & Q(outcome="KEPT")),
}
TO_UNDO = ("applied", "partly", "kept")
LONGEST = 200
YES, NO = _("yes"), _("no")
TIMES = ("reported_at", "starts_at", "ends_at")


@dataclass(frozen=True)
class Line:
    """A row of the table."""

    number: int
    vehicle: str
    what: str
    differences: str
    errors: list[str]
    warnings: list[str]

    @property
    def remarks(self):
        return [*self.errors, *self.warnings]


def shown_tab(batch, asked):
    """The one that was asked for, else the first that has something to look at."""
    if asked in TABS:
        return asked
    if batch.state == ImportState.COMPARED:
        first: tuple[str, ...] = ("wrong", "changed", "new", "all", "places")
    else:
        first = ("kept", "partly", "places_kept", "places_partly", "left", "all", "places")
    return next((name for name in first if batch.counts.get(name)), "all")


def tabs(batch, active):
    """The filters, with how many rows each has. A report leaves out what there is none of."""
    always = SHOWN_ALWAYS if batch.state == ImportState.COMPARED and batch.counts.get("all") else ()
    return [
        {
            "title": f"{title} {grouped(batch.counts.get(name, 0))}",
            "link": f"?rows={name}",
            "active": name == active,
        }
        for name, (title, _condition) in TABS.items()
        if name == active or name in always or batch.counts.get(name)
    ]


def is_to_undo(batch):
    """Whether anything that was written could be taken back."""
    return any(batch.counts.get(f"{what}{outcome}") for what in ("", "places_") for outcome in TO_UNDO)


def page_of(batch, tab, number):
    """A hundred rows as lines."""
    rows = ImportRow.objects.filter(TABS[tab][1], batch=batch).order_by("number").defer("wanted", "cells")
    paginator = Paginator(rows, PER_PAGE)
    paginator.__dict__["count"] = batch.counts.get(tab, 0)  # known already
    page = paginator.get_page(number)
    found = list(page.object_list)
    there = set(
        Asset.objects.filter(pk__in=[row.asset_pk for row in found if row.asset_pk and not row.thing]).values_list(
            "pk", flat=True
        )
    )
    page.object_list = [_line(row, row.asset_pk in there and not row.thing) for row in found]
    return page


def _line(row, is_there):
    name = row.vehicle or DASH
    if is_there:
        name = link(reverse("admin:fleet_asset_change", args=[row.asset_pk]), name)
    if row.thing:
        name = format_html('<div class="import-field">{}</div>{}', gettext(row.thing), name)
    kind = label(row.kind, row.get_kind_display(), KIND_COLOURS)
    became = label(row.outcome, row.get_outcome_display(), OUTCOME_COLOURS) if row.outcome else ""
    return Line(
        row.number,
        name,
        format_html("{} {}", kind, became),
        _differences(row),
        errors=[one.told() for one in row.errors],
        warnings=[one.told() for one in (*row.told, *row.warnings)],
    )


def _differences(row):
    """Field: before → after, a line each; of what is new what it has, in one."""
    model = KINDS[row.thing].model if row.thing else Asset
    fields = [
        (name, named(name, model).told(), _shown(model, name, old), _shown(model, name, new))
        for name, (old, new) in sorted(row.changes.items())
    ]
    if row.kind == ImportRow.Kind.NEW:
        has = [(said, new) for name, said, _old, new in fields if new not in (DASH, NO) and name != "vehicle_number"]
        return format_html_join(" · ", '<span class="import-field">{}</span> <strong>{}</strong>', has)
    return format_html_join(
        "",
        '<div><span class="import-field">{}</span> {} → <strong>{}</strong></div>',
        (shown for _name, *shown in fields),
    )


def _shown(model, name, value):
    """As staff write it: times are local, texts in several languages stand beside each other."""
    if value in (None, "", [], {}):
        return DASH
    if isinstance(value, bool):
        return YES if value else NO
    if name in TIMES:
        return moment(datetime.fromisoformat(value))
    if name == "area":
        points = _points(value["coordinates"])
        return ngettext("%(n)s point", "%(n)s points", points) % {"n": grouped(points)}
    if isinstance(value, list):
        value = ", ".join(str(_shown(model, name, one)) for one in value)
    if isinstance(value, dict):
        value = ", ".join(_parts(_owned(model, name), value))
    return Truncator(_labels(model, name).get(value, value)).chars(LONGEST)


def _parts(model, parts):
    """Of a row that belongs to a thing its fields; else what there is under which key."""
    for name, value in parts.items():
        if value not in (None, ""):
            yield f"{named(name, model).told() if model else name}: {_shown(model, name if model else '', value)}"


def _owned(model, name):
    """The model of the rows that belong to a thing as that."""
    return next((kind.owned[name].model for kind in KINDS.values() if kind.model is model and name in kind.owned), None)


def _labels(model, name):
    """What the values of a field are called."""
    fields = {field.name: field for field in model._meta.concrete_fields} if model else {}
    field = fields.get(name)
    return {**dict(field.flatchoices), **dict(getattr(field, "options", ()))} if field else {}


def _points(coordinates):
    """How many positions a GeoJSON geometry has, however deep they stand."""
    return sum(_points(one) for one in coordinates) if isinstance(coordinates[0], list) else 1
