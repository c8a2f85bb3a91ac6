"""One vehicle of the simulated fleet: what it knows about itself and what it reports. Knows no clock and no network."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from demo.catalogue import DOCKED, TYPES
from demo.search import Json
from demo.simulation.ways import Point, Way

NEEDS_CHARGE = 25  # percent; somebody swaps the battery of what stands around with less
CHARGED = 95
KMH = 3.6


@dataclass
class Vehicle:
    """Where it is and how it is. `way` is where it is being ridden; times are Unix seconds."""

    number: str
    type_id: str
    place: Point
    charge: float | None = None
    odometer: float = 0
    station: str = ""
    slot: str = ""
    home: Point = (0.0, 0.0)  # where it is taken back to, if it may be left nowhere else
    names: frozenset[str] = frozenset()  # what is printed on it: code, plate, name
    way: Way | None = None
    bound_for: tuple[str, str] = ("", "")  # the dock that is kept for it: station, slot
    is_taken: bool = False
    errors: list[str] = field(default_factory=list)
    silent_until: float = 0
    repaired_at: float = 0

    @property
    def has_dock(self) -> bool:
        return self.type_id in DOCKED

    @property
    def coordinates(self) -> Json:
        return {"coordinates": {"lat": self.place[0], "lng": self.place[1]}}

    def move(self, moment: float, *, charge_per_second: float, seconds: float) -> None:
        """It is where its way leads it at this moment, after so many seconds of riding."""
        if self.way is None:
            return
        self.place = self.way.at(moment)
        self.odometer += self.way.metres_per_second * seconds
        if self.charge is not None:
            self.charge = max(1.0, self.charge - charge_per_second * seconds)

    def report(self, at: float) -> dict[str, Any]:
        """What it says of itself, as POST /telemetry/ takes it."""
        said: dict[str, Any] = {
            "vehicle": self.number,
            "at": datetime.fromtimestamp(at, UTC).isoformat(),
            "position": {"lat": self.place[0], "lng": self.place[1]},
            "odometer": round(self.odometer),
            "speed": round(self.way.metres_per_second * KMH, 1) if self.way else 0,
            "errors": list(self.errors),
        }
        if self.charge is not None:
            said |= {
                "stateOfCharge": round(self.charge),
                "range": round(TYPES[self.type_id]["max_range_m"] * self.charge / 100),
            }
        if self.has_dock:
            said["dock"] = {"stationId": self.station, "slot": self.slot} if self.station else None
        return said
