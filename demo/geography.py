"""Where is everything in the demo city, and where may a vehicle be left? Reads demo/data/, pure otherwise."""

import csv
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from shapely.affinity import scale
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from shapely.prepared import PreparedGeometry, prep

from fleet.geo import METRES_PER_DEGREE

DATA = Path(__file__).with_name("data")
FORBIDDEN = ("NO_PARKING", "NO_ACCESS")
SPREAD_M = 140  # most vehicles stand so near to the square they are named after
# Farther than the radius within which a vehicle counts as standing at a station.
FROM_STATIONS_M = 150
# Whoever asks for any vehicle within half a kilometre is never offered one whose ride only its dock can end.
FROM_SMART_DOCKS_M = 1_200


def areas() -> list[dict[str, Any]]:
    """The features of areas.geojson: regions, and the water."""
    return json.loads((DATA / "areas.geojson").read_text())["features"]


def table(name: str) -> list[dict[str, str]]:
    """The rows of places.csv or stations.csv."""
    with (DATA / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Ground:
    """The ground on which a vehicle may stand that belongs to no station."""

    areas: list[dict[str, Any]]
    stations: list[dict[str, str]]

    @classmethod
    def load(cls) -> "Ground":
        return cls(areas(), table("stations"))

    def spots(self, places: list[dict[str, str]], rng: Random) -> Iterator[tuple[float, float]]:
        """Endlessly (lat, lon), near one place after the other."""
        while True:
            for place in places:
                yield self._near(float(place["lat"]), float(place["lon"]), rng)

    def _near(self, lat: float, lon: float, rng: Random) -> tuple[float, float]:
        spread = SPREAD_M / METRES_PER_DEGREE
        while True:
            spot = (
                round(lat + rng.gauss(0, spread), 6),
                round(lon + rng.gauss(0, spread) / self._longitude, 6),
            )
            if self.allows(*spot):
                return spot

    def allows(self, lat: float, lon: float) -> bool:
        return self._allowed.contains(self._flat(Point(lon, lat)))

    @cached_property
    def _allowed(self) -> PreparedGeometry:
        """The operating area without forbidden zones, water and the surroundings of stations."""
        operating = unary_union([self._flat(shape(a["geometry"])) for a in self._of("OPERATING")])
        closed = [self._flat(shape(a["geometry"])) for kind in FORBIDDEN for a in self._of(kind)]
        water = [self._around(shape(a["geometry"]), a["properties"]["half_width_m"]) for a in self._of("WATER")]
        stations = [self._around(Point(float(row["lon"]), float(row["lat"])), _berth(row)) for row in self.stations]
        return prep(operating.difference(unary_union([*closed, *water, *stations])))

    def _of(self, kind: str) -> list[dict[str, Any]]:
        return [area for area in self.areas if area["properties"]["kind"] == kind]

    def _around(self, geometry: BaseGeometry, metres: float) -> BaseGeometry:
        return self._flat(geometry).buffer(metres / METRES_PER_DEGREE)

    def _flat(self, geometry: BaseGeometry) -> BaseGeometry:
        """In degrees that are equally long in both directions, here."""
        return scale(geometry, xfact=self._longitude, yfact=1, origin=(0, 0))

    @cached_property
    def _longitude(self) -> float:
        """How long a degree of longitude is here, in degrees of latitude."""
        return math.cos(math.radians(float(self.stations[0]["lat"])))


def _berth(station: dict[str, str]) -> int:
    return FROM_SMART_DOCKS_M if station["asset_type"] == "smart-dock-bike" else FROM_STATIONS_M
