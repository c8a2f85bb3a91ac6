"""Which polygons does a text draw? GeoJSON of any kind, or WKT. Pure."""

from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from shapely.geometry import mapping

from tomp.forms import read_json
from tomp.words import grouped

LONGEST = 4_000_000  # characters
MOST_POLYGONS = 50
WKT = ("POLYGON", "MULTIPOLYGON", "SRID=4326;")
Rings = list[list[list[float]]]


def polygons(text: str) -> list[Rings]:
    """The rings of each polygon in it, longitude first. Raises ValidationError for what draws none."""
    text = text.strip().lstrip("\ufeff")
    if len(text) > LONGEST:
        raise ValidationError(_("At most %(most)s characters are read.") % {"most": grouped(LONGEST)})
    found = _from_wkt(text) if text.upper().startswith(WKT) else list(_from_geojson(read_json(text)))
    if not found:
        raise ValidationError(_("No polygon is drawn here: a GeoJSON Polygon or MultiPolygon is expected, or WKT."))
    if len(found) > MOST_POLYGONS:
        raise ValidationError(_("At most %(most)d areas are drawn at once.") % {"most": MOST_POLYGONS})
    return found


def as_geojson(drawn: list[Rings]) -> dict[str, Any]:
    """One is a Polygon, several are a MultiPolygon."""
    if len(drawn) == 1:
        return {"type": "Polygon", "coordinates": drawn[0]}
    return {"type": "MultiPolygon", "coordinates": drawn}


def parts(area: Any) -> list[dict[str, Any]]:
    """A MultiPolygon as its Polygons; anything else as it is."""
    if isinstance(area, dict) and area.get("type") == "MultiPolygon" and isinstance(area.get("coordinates"), list):
        return [{"type": "Polygon", "coordinates": rings} for rings in area["coordinates"]]
    return [area]


def _from_geojson(item: Any) -> Any:
    """The polygons of a geometry, a feature, or a collection of them."""
    if not isinstance(item, dict):
        return
    kind, coordinates = item.get("type"), item.get("coordinates")
    if kind == "Polygon" and isinstance(coordinates, list):
        yield coordinates
    elif kind == "MultiPolygon" and isinstance(coordinates, list):
        yield from coordinates
    elif kind == "Feature":
        yield from _from_geojson(item.get("geometry"))
    for member in ("features", "geometries"):
        listed = item.get(member)
        for each in listed if isinstance(listed, list) else ():
            yield from _from_geojson(each)


def _from_wkt(text: str) -> list[Rings]:
    try:
        drawn = shapely.from_wkt(text.upper().removeprefix("SRID=4326;"))
    except shapely.GEOSException as mistake:
        why = str(mistake).removeprefix("ParseException: ")[:200]
        raise ValidationError(_("This is not WKT: %(why)s.") % {"why": why}) from mistake
    geometry = mapping(shapely.force_2d(drawn))
    found = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [[[list(point) for point in ring] for ring in rings] for rings in found if rings]
