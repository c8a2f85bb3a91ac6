"""Where do rides of the demo city lead, so that the vehicles can be booked again? Keeps count of the docks."""

import threading
from collections.abc import Iterator
from random import Random

from demo.geography import Ground, table
from demo.search import Json
from demo.simulation.vehicles import Vehicle
from demo.simulation.ways import Point, away_m
from demo.vehicles import SLOT_M
from fleet.geo import METRES_PER_DEGREE

NEAREST = 6  # so many squares or stations are not far
FIXED = "cargo-bike"  # goes back where it came from


class Streets:
    """Squares for vehicles that stand free, docks for the others. Safe to ask from several threads."""

    def __init__(self, rng: Random) -> None:
        self._lock = threading.Lock()
        self._rng = rng
        self._ground = Ground.load()
        self._places = table("places")
        self._stations = {row["station_id"]: row for row in table("stations")}
        self._docks: dict[str, set[str]] = {station_id: set() for station_id in self._stations}

    def occupy(self, station: str, slot: str) -> None:
        """Something stands in this dock."""
        with self._lock:
            self._docks.setdefault(station, set()).add(slot)

    def leave(self, station: str, slot: str) -> None:
        """The dock is free."""
        with self._lock:
            self._docks.setdefault(station, set()).discard(slot)

    def destination(self, vehicle: Vehicle) -> tuple[Point, str, str]:
        """Where it may be left, not far away: the point, and the dock kept for it (station, slot), if it has one."""
        with self._lock:
            if vehicle.has_dock:
                return self._dock(vehicle)
            if vehicle.type_id == FIXED:
                return vehicle.home, "", ""
            squares = sorted(self._places, key=lambda row: away_m(vehicle.place, _point(row)))[:NEAREST]
            return next(self._ground.spots([self._rng.choice(squares)], self._rng)), "", ""

    def _dock(self, vehicle: Vehicle) -> tuple[Point, str, str]:
        stations = [row for row in self._stations.values() if row["asset_type"] == vehicle.type_id]
        stations.sort(key=lambda row: away_m(vehicle.place, _point(row)))
        nearest = stations[:NEAREST]
        self._rng.shuffle(nearest)
        for row in (*nearest, *stations):
            for slot in _slots(row):
                if slot not in self._docks[row["station_id"]]:
                    self._docks[row["station_id"]].add(slot)
                    return slot_point(row, slot), row["station_id"], slot
        raise LookupError(f"All docks for {vehicle.type_id} are full.")

    def anywhere(self) -> Point:
        """A point where somebody may stand who wants a vehicle."""
        with self._lock:
            return next(self._ground.spots([self._rng.choice(self._places)], self._rng))

    def station(self, station_id: str) -> Json:
        """TOMP place of the station."""
        lat, lon = _point(self._stations[station_id])
        return {"stationId": station_id, "coordinates": {"lat": lat, "lng": lon}}


def slot_point(station: dict[str, str], slot: str) -> Point:
    """Side by side, as demo/vehicles.py puts them."""
    return round(float(station["lat"]) + (int(slot) - 1) * SLOT_M / METRES_PER_DEGREE, 6), float(station["lon"])


def _slots(row: dict[str, str]) -> Iterator[str]:
    return (f"{number:02}" for number in range(1, int(row["capacity"]) + 1))


def _point(row: dict[str, str]) -> Point:
    return float(row["lat"]), float(row["lon"])
