"""Distances and areas on the globe; pure."""

import math
from dataclasses import dataclass
from functools import lru_cache

import shapely
from shapely.geometry import Point, shape
from shapely.prepared import prep

METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Box:
    """South, north, west, east in degrees."""

    south: float
    north: float
    west: float
    east: float

    def contains(self, lat, lon):
        return self.south <= lat <= self.north and self.west <= lon <= self.east


def distance_m(lat1, lon1, lat2, lon2):
    """Metres between two points; haversine on a sphere, good to half a percent."""
    d_lat, d_lon = math.radians(lat2 - lat1), math.radians(lon2 - lon1)
    chord = (
        math.sin(d_lat / 2) ** 2
        + math.cos(math.radians(lat1)) * math.cos(math.radians(lat2)) * math.sin(d_lon / 2) ** 2
    )
    return 2 * math.asin(min(1.0, math.sqrt(chord))) * math.degrees(METRES_PER_DEGREE)


def box_around(lat, lon, radius_m):
    """A box that holds every point within the radius; wider than the circle, so test the distance too."""
    d_lat = radius_m / METRES_PER_DEGREE
    d_lon = radius_m / (METRES_PER_DEGREE * max(0.01, math.cos(math.radians(lat))))
    return Box(lat - d_lat, lat + d_lat, lon - d_lon, lon + d_lon)


def around(boxes):
    """The smallest box that holds all of these."""
    return Box(
        min(box.south for box in boxes), max(box.north for box in boxes),
        min(box.west for box in boxes), max(box.east for box in boxes),
    )  # fmt: skip


def contains(area, lat, lon):
    """Whether a GeoJSON Polygon or MultiPolygon covers the point, its border included."""
    return covering(area)(lat, lon)


def covering(area):
    """contains() for many points: a function of (lat, lon)."""
    geometry = _prepared(_frozen(area))
    return lambda lat, lon: geometry.covers(Point(lon, lat))


def covered(area, points):
    """contains() for very many points: the indices of those (lat, lon) that the area covers."""
    geometry = shape(area)
    shapely.prepare(geometry)
    lats, lons = zip(*points, strict=True) if points else ((), ())
    return shapely.intersects_xy(geometry, lons, lats).nonzero()[0].tolist()


def _frozen(area):
    return area["type"], _tuples(area["coordinates"])


def _tuples(coordinates):
    return tuple(_tuples(c) if isinstance(c, (list, tuple)) else c for c in coordinates)


@lru_cache(maxsize=4096)
def _prepared(frozen):
    kind, coordinates = frozen
    return prep(shape({"type": kind, "coordinates": coordinates}))


def square_metres(area):
    """How large a GeoJSON Polygon or MultiPolygon is; good to a percent for what fits into a country."""
    geometry = shape(area)
    return geometry.area * METRES_PER_DEGREE**2 * math.cos(math.radians(geometry.centroid.y)) if geometry.area else 0.0
