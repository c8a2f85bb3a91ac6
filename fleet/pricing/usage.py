"""What happened: how long the asset was ridden and parked, and how far it went."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Self

from fleet.pricing.amounts import ZERO, convert
from fleet.pricing.vocabulary import AssetState


@dataclass(frozen=True, slots=True)
class Segment:
    """An uninterrupted stretch of a ride in one state. ValueError if it lasts less than 0 s."""

    state: AssetState
    seconds: Decimal | int

    def __post_init__(self) -> None:
        convert(self)
        if self.seconds < 0:
            raise ValueError(f"a segment cannot last {self.seconds} seconds")


@dataclass(frozen=True, slots=True)
class Usage:
    """What the asset did on a leg: segments in the order of time, metres covered while in use."""

    segments: tuple[Segment, ...] = ()
    distance_m: Decimal | int = 0

    @property
    def in_use_s(self) -> Decimal:
        return sum((Decimal(s.seconds) for s in self.segments if s.state == AssetState.IN_USE), ZERO)

    @property
    def paused_s(self) -> Decimal:
        return sum((Decimal(s.seconds) for s in self.segments if s.state == AssetState.PAUSED), ZERO)

    @property
    def elapsed_s(self) -> Decimal:
        return self.in_use_s + self.paused_s

    def until(self, elapsed_s: Decimal) -> Self:
        """The same ride cut off after `elapsed_s`; metres are spread evenly over in-use time."""
        segments, left = [], elapsed_s
        for segment in self.segments:
            segments.append(replace(segment, seconds=min(segment.seconds, left)))
            left -= segments[-1].seconds
        cut = replace(self, segments=tuple(segments))
        if not self.in_use_s:
            return cut
        return replace(cut, distance_m=self.distance_m * cut.in_use_s / self.in_use_s)
