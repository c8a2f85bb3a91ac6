"""What of a tariff can be said in GBFS: a price, and segments by minute and by kilometre that add up. Pure.

For every ride without a pause and below every maximum, the sum is what we charge (tests/gbfs/test_prices.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from fleet.pricing import AssetState, Part, PartType, Tariff, published
from fleet.pricing.amounts import INFINITY, ZERO
from fleet.pricing.vocabulary import BASE

MINUTE, KILOMETRE = BASE["MINUTE"], BASE["KM"]
RATE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Segment:
    """`rate` for each started `interval` between `start` and `end` (None: open); interval 0: once."""

    start: int
    end: int | None
    interval: int
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Meter:
    """The price of a ride as GBFS counts it."""

    price: Decimal
    per_minute: tuple[Segment, ...]
    per_kilometre: tuple[Segment, ...]


def meter(tariff: Tariff) -> Meter:
    """The tariff without what GBFS has no words for: pauses and maxima.

    Units that are no whole minutes or kilometres are told as the nearest rate per minute or kilometre.
    """
    parts = [p for p in published(tariff).parts if p.type != PartType.MAX and p.asset_state != AssetState.PAUSED]
    price = sum((part.amount for part in parts if part.is_unconditional), ZERO)
    # A price below zero has no place in GBFS; as a segment that is charged once it has.
    once = [Segment(0, None, 0, price)] if price < 0 else []
    metered = [part for part in parts if not part.is_unconditional]
    return Meter(
        price=max(price, ZERO),
        per_minute=_merged([*once, *(_segment(part, MINUTE) for part in metered if not part.is_of_distance)]),
        per_kilometre=_merged(_segment(part, KILOMETRE) for part in metered if part.is_of_distance),
    )


def is_exact(part: Part) -> bool:
    """Whether a segment counts just what the part does."""
    unit = KILOMETRE if part.is_of_distance else MINUTE
    edges = [edge for edge in (*part.bounds, _size(part) or unit) if edge != INFINITY]
    return all(edge % unit == 0 for edge in edges)


def _segment(part: Part, unit: Decimal) -> Segment:
    start, end = part.bounds
    size = _size(part)
    interval = size / unit
    is_whole = interval == interval.to_integral_value()
    return Segment(
        start=int((start / unit).to_integral_value(ROUND_FLOOR)),
        end=None if end == INFINITY else int((end / unit).to_integral_value(ROUND_CEILING)),
        interval=int(interval) if is_whole else 1,
        rate=part.amount if is_whole else (part.amount / interval).quantize(RATE),
    )


def _size(part: Part) -> Decimal:
    """The unit that is charged, in seconds or metres; 0 for what is charged once."""
    return part.units * BASE[part.unit_type] if part.unit_type and part.units else ZERO


def _merged(segments: "Iterator[Segment] | list[Segment]") -> tuple[Segment, ...]:
    """Segments that count alike are one: a discount of 20 % is a rate that is a fifth lower."""
    merged: dict[tuple[int, int | None, int], Segment] = {}
    for segment in segments:
        key = segment.start, segment.end, segment.interval
        before = merged.get(key)
        merged[key] = replace(segment, rate=segment.rate + before.rate) if before else segment
    return tuple(sorted((s for s in merged.values() if s.rate), key=lambda s: (s.start, s.interval)))
