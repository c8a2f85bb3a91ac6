"""What the page on which a place is drawn is told: the ground, the words, what the server thinks of a sketch."""

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.ground import media
from fleet import geo, shapes, zoning
from fleet.models import Asset, Region
from tomp.admin import moment
from tomp.words import grouped

MEDIA = media("drawing", "outline")
STATION_RADIUS_M = 500  # a vehicle farther away does not stand at its station any more
MOST_FORMER = 50


def map_of(told: dict[str, Any], place: Any) -> SafeString:
    """The frame in which static/backoffice/drawing.js shows and edits the place. It works on the fields of the form."""
    is_region = isinstance(place, Region)
    told = {
        **told,
        "texts": _texts(),
        "moving": reverse("live-map-moving"),
        "standing": reverse("live-map-standing"),
        "self": place.pk if is_region else None,
        "station": None if is_region else place.pk,
        "here": place.area,
        "place": None if is_region or place.lat is None else [place.lat, place.lon],
    }
    return format_html(
        '<div class="ground drawing" data-drawing><noscript>{}</noscript></div>{}',
        _("Without JavaScript the area is typed below."),
        json_script(told, "drawing-configuration"),
    )


def told(sent: Any) -> dict[str, Any]:
    """{polygons, size, remarks} of a shape and the region it is for, or what is wrong with it."""
    try:
        drawn = shapes.polygons(sent.get("text", ""))
    except ValidationError as error:
        return {"polygons": None, "remarks": [{"text": text, "at": [], "isError": True} for text in error.messages]}
    sketch = zoning.Sketch(
        parts=shapes.parts(shapes.as_geojson(drawn)),
        kind=sent.get("kind") if sent.get("kind") in Region.Kind.values else Region.Kind.OPERATING,
        max_speed_kmh=_whole(sent.get("max_speed_kmh")),
        asset_types=frozenset(number for number in map(_whole, sent.getlist("asset_types")) if number is not None),
        region_id=_whole(sent.get("region")),
    )
    found = zoning.remarks(sketch)
    is_shape = not any(remark.is_error for remark in found)
    return {
        "polygons": drawn,
        "size": _size(sum(geo.square_metres(part) for part in sketch.parts)) if is_shape else "",
        "remarks": [{"text": str(r.text), "at": r.at, "isError": r.is_error} for r in found],
    }


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _size(square_metres: float) -> str:
    if square_metres < 100_000:
        return f"{grouped(square_metres)}\u00a0m²"
    return f"{grouped(square_metres / 1e6, 2)}\u00a0km²"


def former(region: Region) -> list[dict[str, Any]]:
    """The areas it had before, the newest first: since when, by whom, how large. Two statements."""
    since: list[Any] = []
    for version in region.history.select_related("history_user").order_by("history_date", "history_id"):
        if not since or since[-1].area != version.area:
            since.append(version)
    if since and since[-1].area == region.area:
        since.pop()
    return [_of(version) for version in reversed(since[-MOST_FORMER:])]


def _of(version: Any) -> dict[str, Any]:
    rings = version.area["coordinates"]
    return {
        "id": version.history_id,
        "key": str(version.history_id),
        "area": version.area,
        "since": moment(version.history_date),
        "by": version.history_user.get_username() if version.history_user else "",
        "points": sum(len(ring) - 1 for ring in rings),
        "size": _size(geo.square_metres(version.area)),
    }


def about_the_vehicles(station: Any) -> list[zoning.Remark]:
    """What to know of a station whose place or number of places changes; one statement."""
    standing = list(Asset.objects.real().filter(station=station, lat__isnull=False).values_list("lat", "lon"))
    far = sum(geo.distance_m(station.lat, station.lon, lat, lon) > STATION_RADIUS_M for lat, lon in standing)
    found = []
    if station.capacity is not None and len(standing) > station.capacity:
        told = {"n": grouped(len(standing)), "places": grouped(station.capacity)}
        found.append(zoning.Remark(_("%(n)s vehicles stand here, and it has %(places)s places.") % told))
    if far:
        text = ngettext(
            "%(n)s vehicle of this station stands more than %(m)s m away from it and does not move along.",
            "%(n)s vehicles of this station stand more than %(m)s m away from it and do not move along.",
            far,
        )
        found.append(zoning.Remark(text % {"n": grouped(far), "m": grouped(STATION_RADIUS_M)}))
    return found


def _texts() -> dict[str, str]:
    return {
        "draw": _("Draw area"),
        "hole": _("Cut hole"),
        "drop": _("Delete part"),
        "dropPoint": _("Delete point"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "paste": _("Paste or file …"),
        "fit": _("Show all"),
        "use": _("Draw this"),
        "close": _("Close"),
        "pasteHelp": _("GeoJSON or WKT, longitude before latitude."),
        "file": _("Open a file"),
        "add": _("Add a point in the middle"),
        "done": _("Done"),
        "cancel": _("Cancel"),
        "swap": _("Swap latitude and longitude"),
        "point": _("Point {n} of {of}: {lat}, {lon}. Arrow keys move it, Delete removes it, Insert adds one after it."),
        "between": _("Add a point here"),
        "drawing": _(
            "Click or tap the corners; the first corner or “Done” closes it. With keys: move the map, Enter adds."
        ),
        "holing": _("Click or tap the corners of the hole inside an area."),
        "editing": _("{parts} areas, {points} points, {size}"),
        "editingOne": _("{points} points, {size}"),
        "empty": _("Nothing is drawn yet."),
        "tooMany": _("Zoom in to move points."),
        "fewest": _("An area needs three points."),
        "outside": _("A hole begins inside an area."),
        "offline": _("The server does not answer; the area is checked when you save."),
        "nothing": _("No polygon is drawn there."),
        "pin": _("The station: drag it, or move it with the arrow keys."),
        "pinHere": _("Put the station in the middle"),
        "context": _("Grey: other regions, stations and vehicles."),
    }
