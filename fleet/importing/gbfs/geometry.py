"""Points and polygons of a feed: which are swapped, far away, unclosed, the whole world. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

import shapely
from django.utils.translation import gettext_noop as _
from shapely.geometry import MultiPoint
from shapely.geometry import Polygon as Shape

from fleet.importing.findings import Remarks
from fleet.importing.gbfs.items import Polygon

Point = tuple[float, float]  # latitude, longitude
Ring = list[list[float]]

FAR_DEGREES = 1.0
FAR_SPREADS = 10
WORLD_DEGREES = 350
HULL_MARGIN_DEGREES = 0.002  # some 200 m
HULL_DECIMALS = 6


@dataclass(frozen=True)
class Surroundings:
    """Where the system is, by the majority of its points."""

    lat: float
    lon: float
    lat_reach: float
    lon_reach: float

    @classmethod
    def of(cls, points: Iterable[Point]) -> "Surroundings | None":
        upright = [(lon, lat) if abs(lat) > 90 else (lat, lon) for lat, lon in points if (lat, lon) != (0, 0)]
        if not upright:
            return None
        lat, lon = (median(axis) for axis in zip(*upright, strict=True))
        spreads = (median(abs(p[axis] - middle) for p in upright) for axis, middle in enumerate((lat, lon)))
        return cls(lat, lon, *(max(FAR_DEGREES, FAR_SPREADS * spread) for spread in spreads))

    def is_swapped(self, lat: float, lon: float) -> bool:
        """Whether the pair fits only the other way round."""
        if abs(lat) > 90:
            return True
        as_written = max(abs(lat - self.lat), abs(lon - self.lon))
        swapped = max(abs(lon - self.lat), abs(lat - self.lon))
        return as_written > FAR_DEGREES and 4 * swapped < as_written

    def is_far(self, lat: float, lon: float) -> bool:
        return abs(lat - self.lat) > self.lat_reach or abs(lon - self.lon) > self.lon_reach


def placed(lat: float, lon: float, around: Surroundings | None, owner: str, remarks: Remarks) -> Point:
    """The point, turned round if it was swapped. Says so, and also if it is far away from all others."""
    if around and around.is_swapped(lat, lon):
        remarks.warn(owner, _("latitude and longitude are swapped: swapped back"), f"{lat}, {lon}")
        return lon, lat
    if around and around.is_far(lat, lon):
        remarks.warn(owner, _("is far away from all others"), f"{lat}, {lon}")
    return lat, lon


def polygons(geometry: Any) -> list[Polygon]:
    """The polygons of a GeoJSON Polygon or MultiPolygon whose points are pairs of numbers; else none."""
    if not isinstance(geometry, dict):
        return []
    coordinates = geometry.get("coordinates")
    found = [coordinates] if geometry.get("type") == "Polygon" else coordinates
    if not isinstance(found, list):
        return []
    return [[[point[:2] for point in ring] for ring in rings] for rings in found if _is_polygon(rings)]


def is_near(place: Point, lat: float, lon: float) -> bool:
    """Whether they could be parts of the same city, or of neighbours."""
    return abs(place[0] - lat) <= FAR_DEGREES and abs(place[1] - lon) <= FAR_DEGREES


def first_points(geometry: Any) -> list[Point]:
    """One corner of each polygon but those of the whole world."""
    return [(p[0][0][1], p[0][0][0]) for p in polygons(geometry) if not is_world(p)]


def is_world(polygon: Polygon) -> bool:
    longitudes = [point[0] for point in polygon[0]]
    return max(longitudes) - min(longitudes) > WORLD_DEGREES


def repaired(polygon: Polygon, around: Surroundings | None, owner: str, remarks: Remarks) -> list[Polygon]:
    """Valid polygons in RFC 7946 order, mostly one; none if the points make no area. Says what it mended."""
    if around and around.is_swapped(polygon[0][0][1], polygon[0][0][0]):
        remarks.warn(owner, _("latitude and longitude of a polygon are swapped: swapped back"))
        polygon = [[[lon, lat] for lat, lon in ring] for ring in polygon]
    if any(ring[0] != ring[-1] for ring in polygon):
        remarks.note(owner, _("a ring did not end where it began: closed"))
        polygon = [ring if ring[0] == ring[-1] else [*ring, ring[0]] for ring in polygon]
    polygon = [ring for ring in polygon if len(ring) >= 4]
    if not polygon or not all(_on_globe(ring) for ring in polygon):
        return []
    shape = Shape(polygon[0], polygon[1:])
    if not shape.is_valid:
        remarks.warn(owner, _("a polygon crosses itself: taken apart where it does"))
        return [_as_lists(part) for part in _areas(shapely.make_valid(shape))]
    if shape.area == 0:
        return []
    if not shape.exterior.is_ccw:
        remarks.note(owner, _("rings ran clockwise: turned, as RFC 7946 wants it"))
    return [_as_lists(shape)]


def hull(points: Iterable[Point]) -> Polygon:
    """The smallest convex polygon around the points, with a small margin."""
    around = MultiPoint([(lon, lat) for lat, lon in points]).convex_hull.buffer(HULL_MARGIN_DEGREES, quad_segs=4)
    return [[[round(x, HULL_DECIMALS), round(y, HULL_DECIMALS)] for x, y in around.exterior.coords]]


def _is_polygon(rings: Any) -> bool:
    return (
        isinstance(rings, list)
        and len(rings) > 0
        and all(isinstance(ring, list) and len(ring) > 2 and all(map(_is_point, ring)) for ring in rings)
    )


def _is_point(point: Any) -> bool:
    return (
        isinstance(point, list)
        and len(point) > 1
        and all(isinstance(value, int | float) and not isinstance(value, bool) for value in point[:2])
    )


def _on_globe(ring: Ring) -> bool:
    return all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in ring)


def _areas(geometry: Any) -> list[Any]:
    parts = getattr(geometry, "geoms", [geometry])
    return [part for part in parts if part.geom_type == "Polygon" and part.area > 0]


def _as_lists(shape: Any) -> Polygon:
    oriented = shapely.geometry.polygon.orient(shape)
    return [[list(point) for point in ring.coords] for ring in (oriented.exterior, *oriented.interiors)]
