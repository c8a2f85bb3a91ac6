"""From a tariff and a usage to a fare (the steps of semantics.md section 9; docs/pricing.md)."""

from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

from fleet.pricing.amounts import ZERO, rounded
from fleet.pricing.fare import Breakdown, Fare, Item, Line
from fleet.pricing.parts import Part
from fleet.pricing.publishing import in_money
from fleet.pricing.tariff import Tariff
from fleet.pricing.usage import Usage
from fleet.pricing.vocabulary import BASE, AssetState, PartClass, PartType

Lines = dict[tuple[str, PartClass], Decimal]


@lru_cache(maxsize=1000)
def price(tariff: Tariff, usage: Usage) -> Fare:
    """The fare of a ride: every part, capped by every MAX, at least zero, rounded half up.

    FIXED parts count even when nothing was used; whether to charge at all is the caller's decision. Kept: what is
    planned is priced by the offer, by its booking and by each answer about it.
    """
    tariff = in_money(tariff)
    lines: Lines = {}
    for part, amount in _charges(tariff, usage):
        key = (part.name or tariff.name, part.part_class)
        lines[key] = lines.get(key, ZERO) + amount
    fare = {key: amount for key, amount in lines.items() if key[1] == PartClass.FARE}
    lines |= _absorbed(fare, _capped_fare(tariff, usage) - sum(fare.values()))
    lines = _absorbed(lines, max(ZERO, -sum(lines.values(), ZERO)))
    return Fare(tariff.currency, tariff.vat_rate, tariff.vat_country, _as_lines(lines, tariff))


def breakdown(tariff: Tariff, usage: Usage) -> Breakdown:
    """How `price` comes to its total: what each part of the published tariff adds, and what happens to the sum."""
    in_parts = in_money(tariff)
    items = tuple(Item(part, _count(part, amount), amount) for part, amount in _charges(in_parts, usage) if amount)
    fare_sum = sum((item.amount for item in items if item.part.part_class == PartClass.FARE), ZERO)
    capped = _capped_fare(in_parts, usage) - fare_sum
    so_far = sum((item.amount for item in items), ZERO) + capped
    floor, fare = max(ZERO, -so_far), price(tariff, usage)
    return Breakdown(items, capped, floor, fare.total - so_far - floor, fare)


def _count(part: Part, amount: Decimal) -> Decimal | None:
    return amount / part.amount if part.type == PartType.FLEX else None


def _charges(tariff: Tariff, usage: Usage) -> list[tuple[Part, Decimal]]:
    """What each part but MAX adds, neither capped nor rounded."""
    return [(part, _charge(part, tariff, usage)) for part in tariff.parts if part.type != PartType.MAX]


def _charge(part: Part, tariff: Tariff, usage: Usage) -> Decimal:
    if part.is_unconditional:
        return part.amount
    lower, upper = part.bounds
    inside = min(_used(part, tariff, usage), upper) - lower
    if inside <= 0:
        return ZERO
    if part.unit_type is None or part.units is None:
        return part.amount
    size = part.units * BASE[part.unit_type]
    if tariff.pro_rata:
        return part.amount * inside / size
    return part.amount * (inside / size).to_integral_value(ROUND_CEILING)


def _used(part: Part, tariff: Tariff, usage: Usage) -> Decimal:
    """The seconds or metres that count for this part."""
    if part.is_of_distance:
        return Decimal(usage.distance_m)
    if part.asset_state == AssetState.PAUSED:
        return usage.paused_s
    return usage.elapsed_s if tariff.bills_pause_as_use else usage.in_use_s


def _capped_fare(tariff: Tariff, usage: Usage) -> Decimal:
    """The FARE sum after every MAX, the shortest window first and so the cap on the whole last.

    What a window cost is the fare of the ride cut off at its end less that of the ride cut off at
    its start, so it is enough to know the fare at the instants where a window begins or ends.
    """
    caps = [part for part in tariff.parts if part.type == PartType.MAX]
    edges = {edge for cap in caps for edge in _edges(cap, usage.elapsed_s)}
    curve = [(edge, _uncapped_fare(tariff, usage.until(edge))) for edge in sorted(edges)]
    curve.append((usage.elapsed_s, _uncapped_fare(tariff, usage)))
    for cap in sorted(caps, key=lambda cap: cap.bounds[1] - cap.bounds[0]):
        curve = _capped(curve, cap)
    return curve[-1][1]


def _uncapped_fare(tariff: Tariff, usage: Usage) -> Decimal:
    charges = _charges(tariff, usage)
    return sum((amount for part, amount in charges if part.part_class == PartClass.FARE), ZERO)


def _edges(cap: Part, elapsed_s: Decimal) -> set[Decimal]:
    """The instants inside the ride at which a window of the cap begins or ends."""
    start, end = cap.bounds
    if start:
        return {edge for edge in (start, end) if edge < elapsed_s}
    # spec: "a maximum of 15 euro per day", so a window from 0 repeats (docs/decisions/0001)
    windows = int((elapsed_s / end).to_integral_value(ROUND_CEILING))
    return {end * number for number in range(1, windows)}


def _capped(curve: list[tuple[Decimal, Decimal]], cap: Part) -> list[tuple[Decimal, Decimal]]:
    """The curve of (seconds elapsed, fare so far) when no window of the cap may add more than it."""
    (start, end), edges = cap.bounds, _edges(cap, curve[-1][0])
    fare_before = paid_before = ZERO
    result = []
    for elapsed_s, fare in curve:
        added = fare - fare_before
        if not start or start < elapsed_s <= end:
            added = min(added, cap.amount)
        result.append((elapsed_s, paid_before + added))
        if elapsed_s in edges:
            fare_before, paid_before = fare, paid_before + added
    return result


def _absorbed(lines: Lines, difference: Decimal) -> Lines:
    """The lines with the difference taken from those of the other sign, largest first."""
    result = dict(lines)
    for key in sorted(lines, key=lambda key: abs(lines[key]), reverse=True):
        if lines[key] * difference < 0:
            step = min(abs(difference), abs(lines[key])).copy_sign(difference)
            result[key] += step
            difference -= step
    return result


def _as_lines(lines: Lines, tariff: Tariff) -> tuple[Line, ...]:
    """Rounded lines without the empty ones; what rounding moved goes to the largest."""
    places = tariff.minor_units
    whole = {key: rounded(amount, places) for key, amount in lines.items()}
    if lines:
        largest = max(lines, key=lambda key: abs(lines[key]))
        whole[largest] += rounded(sum(lines.values(), ZERO), places) - sum(whole.values())
    return tuple(Line(name, amount, of) for (name, of), amount in whole.items() if amount)
