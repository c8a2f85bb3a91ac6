"""What should this ride cost by the published tariff? The provider's own sum, from the answers alone.

It shares no code with fleet/pricing/ on purpose: this is how a MaaS provider checks what it is charged. It knows
what the demo rides need and refuses to guess at the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

FarePart = dict[str, Any]  # TOMP farePart as it came

ZERO = Decimal(0)
CENT = Decimal("0.01")
SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600}
METRES = {"KM": Decimal(1000), "MILE": Decimal("1609.344")}


class CannotCheck(Exception):
    """The tariff has a part, or the ride a length, that this sum is too simple for."""


@dataclass(frozen=True)
class Used:
    """How long the vehicle was ridden and parked, and how far it went."""

    in_use_s: int
    paused_s: int
    distance_m: Decimal = ZERO


@dataclass(frozen=True)
class Line:
    """One fare part and what it comes to."""

    name: str
    amount: Decimal


def lines(parts: Sequence[FarePart], used: Used) -> list[Line]:
    """What each part of the tariff adds, and what the maximum takes off. Raises CannotCheck."""
    result = [Line(_name(part), _charge(part, parts, used)) for part in parts if _type(part) != "MAX"]
    for part in parts:
        if _type(part) == "MAX":
            _check_window(part, used)
            excess = total(result) - Decimal(part["amount"])
            if excess > 0:
                result.append(Line(_name(part), -excess))
    return result


def total(result: Sequence[Line]) -> Decimal:
    """What the lines come to, rounded half up to the cent."""
    return sum((line.amount for line in result), ZERO).quantize(CENT, ROUND_HALF_UP)


def _charge(part: FarePart, parts: Sequence[FarePart], used: Used) -> Decimal:
    if _type(part) == "FIXED":
        if "scaleType" in part or part.get("assetState") == "PAUSED":
            raise CannotCheck(f"{_name(part)}: a fixed amount with a condition")
        return Decimal(part["amount"])
    unit = part["unitType"]
    if unit not in SECONDS and unit not in METRES:
        raise CannotCheck(f"{_name(part)}: the unit {unit}")
    inside = _inside_scale(part, _quantity(part, parts, used))
    size = (SECONDS.get(unit) or METRES[unit]) * Decimal(part["units"])
    started = (inside / size).to_integral_value(ROUND_CEILING)
    return started * Decimal(part["amount"])


def _quantity(part: FarePart, parts: Sequence[FarePart], used: Used) -> Decimal:
    """The seconds or metres this part is about. Where parking has no price of its own, the meter runs on."""
    if part["unitType"] in METRES:
        return used.distance_m
    if part.get("assetState") == "PAUSED":
        return Decimal(used.paused_s)
    parking_has_a_price = any(other.get("assetState") == "PAUSED" for other in parts)
    return Decimal(used.in_use_s if parking_has_a_price else used.in_use_s + used.paused_s)


def _inside_scale(part: FarePart, quantity: Decimal) -> Decimal:
    """The share of the quantity from scaleFrom up to scaleTo."""
    if "scaleType" not in part:
        return quantity
    unit = SECONDS.get(part["scaleType"]) or METRES[part["scaleType"]]
    upper = Decimal(part["scaleTo"]) * unit if "scaleTo" in part else quantity
    return max(ZERO, min(quantity, upper) - Decimal(part.get("scaleFrom", 0)) * unit)


def _check_window(part: FarePart, used: Used) -> None:
    """A maximum per day caps the ride as a whole only while the ride is shorter than a day."""
    if "scaleTo" in part and used.in_use_s + used.paused_s > part["scaleTo"] * SECONDS[part["scaleType"]]:
        raise CannotCheck(f"{_name(part)}: the ride is longer than the period it is for")


def _type(part: FarePart) -> str:
    return part.get("type", "FIXED")


def _name(part: FarePart) -> str:
    return part.get("name") or _type(part)
