"""Is this an area, and where is it not? Pure (RFC 7946 Polygon)."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from shapely import GEOSException, LineString, STRtree
from shapely.geometry import shape
from shapely.geometry.polygon import orient
from shapely.validation import explain_validity

from tomp.words import grouped

MOST_POINTS = 10_000
PLACE = re.compile(r"\[(-?[\d.e+-]+) (-?[\d.e+-]+)\]")
WHY_NOT_VALID = (
    ("Hole lies outside shell", _("a hole lies outside the area")),
    ("Holes are nested", _("a hole lies in another hole")),
    ("Interior is disconnected", _("its holes cut it in two")),
    ("Duplicate Rings", _("it has the same ring twice")),
    ("Too few points", _("a ring has less than three different points")),
    ("Self-intersection", _("its border touches itself")),
)


def check_polygon(area):
    """Raises ValidationError unless it is one GeoJSON Polygon inside the world: rings closed, without crossings.

    Its message says which point of which ring; params["at"] has the places as [longitude, latitude].
    """
    rings = area.get("coordinates") if isinstance(area, dict) else None
    if not rings or not isinstance(rings, list | tuple) or area.get("type") != "Polygon":
        raise ValidationError(_('A GeoJSON Polygon is expected: {"type": "Polygon", …}.'))
    for number, ring in enumerate(rings, start=1):
        _check_ring(ring, number)
    if sum(len(ring) for ring in rings) > MOST_POINTS:
        raise ValidationError(_("An area has at most %(most)s points.") % {"most": grouped(MOST_POINTS)})
    try:
        polygon = shape(area)
    except (GEOSException, ValueError, TypeError) as error:
        raise ValidationError(_("This is not a GeoJSON Polygon: %(why)s.") % {"why": error}) from error
    if not polygon.is_valid:
        _explain(rings, polygon)


def wound(area):
    """The polygon as RFC 7946 wants it: the border against the clock, holes with it."""
    turned = orient(shape(area), 1.0)
    return {"type": "Polygon", "coordinates": [[list(point) for point in ring.coords] for ring in _rings(turned)]}


def _rings(polygon):
    return [polygon.exterior, *polygon.interiors]


def _check_ring(ring, number):
    if not isinstance(ring, list | tuple) or not all(isinstance(point, list | tuple) for point in ring):
        raise ValidationError(_("Points are [longitude, latitude] in degrees."))
    for position, point in enumerate(ring, start=1):
        if not _is_position(point):
            raise ValidationError(
                _("Point %(n)d of ring %(ring)d is %(point)s: points are [longitude, latitude] in degrees.")
                % {"n": position, "ring": number, "point": str(point)[:60]}
            )
    if len(ring) < 4 or ring[0] != ring[-1]:
        told = {"ring": number, "n": len(ring)}
        text = _("Ring %(ring)d: each ring needs four points and ends where it begins; it has %(n)d points.") % told
        raise ValidationError(text, params={"at": [list(point[:2]) for point in (*ring[:1], *ring[-1:])]})


def _explain(rings, polygon):
    """Raises ValidationError with the first place where the border crosses itself, or what else is wrong and where."""
    crossing = next(_crossings(rings), None)
    if crossing is not None:
        (ring, n), (other, m), lon, lat = crossing
        where = {"lat": f"{lat:.5f}", "lon": f"{lon:.5f}", "a": _side(rings, ring, n), "b": _side(rings, other, m)}
        text = _("The area crosses itself at %(lat)s, %(lon)s: between points %(a)s and between points %(b)s.") % where
        raise ValidationError(text, params={"at": [[lon, lat]]})
    said = explain_validity(polygon)
    why = next((words for known, words in WHY_NOT_VALID if known.lower() in said.lower()), said)
    at = [[float(number) for number in found] for found in PLACE.findall(said)]
    text = _("The area is not simple: %(why)s.") % {"why": why}
    if at:
        text = _("The area is not simple at %(lat)s, %(lon)s: %(why)s.") % {
            "lat": f"{at[0][1]:.5f}", "lon": f"{at[0][0]:.5f}", "why": why,
        }  # fmt: skip
    raise ValidationError(text, params={"at": at})


def _side(rings, ring, n):
    """Points are counted from one; the last line of a ring leads back to its first."""
    last = n + 2 if n + 2 < len(rings[ring]) else 1
    words = _("%(from)d and %(to)d of ring %(ring)d") if ring else _("%(from)d and %(to)d")
    return words % {"from": n + 1, "to": last, "ring": ring + 1}


def _crossings(rings):
    """((ring, line), (ring, line), longitude, latitude) wherever two lines meet that are no neighbours."""
    lines = [(r, n) for r, ring in enumerate(rings) for n in range(len(ring) - 1)]
    drawn = [LineString([rings[r][n][:2], rings[r][n + 1][:2]]) for r, n in lines]
    pairs = zip(*STRtree(drawn).query(drawn, predicate="intersects"), strict=True)
    for a, b in sorted((int(a), int(b)) for a, b in pairs if a < b):
        shared = drawn[a].intersection(drawn[b])
        if shared.geom_type == "Point" and _are_neighbours(rings, lines[a], lines[b]):
            continue
        place = shared.representative_point()
        yield lines[a], lines[b], place.x, place.y


def _are_neighbours(rings, one, other):
    (ring, n), (other_ring, m) = one, other
    return ring == other_ring and abs(n - m) in (1, len(rings[ring]) - 2)


def _is_position(point):
    if len(point) < 2:
        return False
    lon, lat = point[:2]
    are_numbers = all(isinstance(number, int | float) and not isinstance(number, bool) for number in (lon, lat))
    return are_numbers and -180 <= lon <= 180 and -90 <= lat <= 90
