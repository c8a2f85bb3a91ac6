"""Where is a vehicle while it is ridden? Pure."""

import math
from dataclasses import dataclass

from fleet.geo import METRES_PER_DEGREE

Point = tuple[float, float]  # latitude, longitude
OUTSIDE: Point = (52.16, 5.20)  # fields north-east of the city


@dataclass(frozen=True)
class Way:
    """From one place to another between two moments (Unix seconds), in half the time over a detour if there is one."""

    start: Point
    end: Point
    begins: float
    ends: float
    detour: Point | None = None

    def at(self, moment: float) -> Point:
        """Where it is: before the ride at its start, afterwards at its end."""
        share = 1.0 if self.ends <= self.begins else (moment - self.begins) / (self.ends - self.begins)
        share = min(1.0, max(0.0, share))
        if self.detour is None:
            return _between(self.start, self.end, share)
        if share < 0.5:
            return _between(self.start, self.detour, share * 2)
        return _between(self.detour, self.end, share * 2 - 1)

    @property
    def metres_per_second(self) -> float:
        """As the crow flies, without the detour."""
        return away_m(self.start, self.end) / max(1.0, self.ends - self.begins)


def _between(start: Point, end: Point, share: float) -> Point:
    return (
        round(start[0] + (end[0] - start[0]) * share, 6),
        round(start[1] + (end[1] - start[1]) * share, 6),
    )


def away_m(one: Point, other: Point) -> float:
    """Metres between two points of one city."""
    north = (one[0] - other[0]) * METRES_PER_DEGREE
    east = (one[1] - other[1]) * METRES_PER_DEGREE * math.cos(math.radians(one[0]))
    return math.hypot(north, east)
