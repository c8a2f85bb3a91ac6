"""What a member may say at all: addresses, telephone numbers, points and areas in the form GBFS demands."""

import re
from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from shapely.geometry import mapping, shape
from shapely.geometry.polygon import orient

DECIMALS = 6  # of a degree: some 10 cm
SLIVER = 1e-10  # square degrees: about a square metre, which is no area but how borders that meet were drawn
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def without_nothing(**members: Any) -> dict[str, Any]:
    """The members that say something; False and 0 do."""
    return {name: value for name, value in members.items() if value is not None and value != "" and value != []}


def uri(text: object) -> str | None:
    """The address, or None: a malformed one would make the whole file invalid."""
    return text if isinstance(text, str) and _URI.fullmatch(text) else None


def email(text: str) -> str | None:
    try:
        validate_email(text)
    except ValidationError:
        return None
    return text


def phone(text: str) -> str | None:
    """E.164, which 3.0 demands: +31305550100."""
    digits = re.sub(r"[\s().\-/]", "", text)
    return digits if re.fullmatch(r"\+[1-9]\d{1,14}", digits) else None


def degrees(number: float) -> float:
    return round(number, DECIMALS) + 0.0  # never -0.0: for PostgreSQL that is the same number


def multipolygon(area: Any) -> dict[str, Any] | None:
    """A geometry as a GeoJSON MultiPolygon whose outer rings run counter-clockwise; None if that is nothing.

    RFC 7946 wants it so, and nearly all feeds of 2.x do it too, whatever the text of 2.x says.
    """
    geometry = area if isinstance(area, shapely.Geometry) else shape(area)
    parts = [part for part in getattr(geometry, "geoms", [geometry]) if _is_area(part)]
    rings = [_rounded(mapping(orient(part))["coordinates"]) for part in parts]
    return {"type": "MultiPolygon", "coordinates": rings} if rings else None


def _is_area(part: Any) -> bool:
    return part.geom_type == "Polygon" and part.area > SLIVER


def _rounded(rings: Any) -> list[list[list[float]]]:
    return [[[degrees(point[0]), degrees(point[1])] for point in ring] for ring in rings]
