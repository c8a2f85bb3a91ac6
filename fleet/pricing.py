"""What does this ride cost? Reads a tariff and a usage; touches no database and no clock.

The rules are those of the TOMP farePart as read in semantics.md section 9; docs/pricing.md says them
in plain words with worked examples. Amounts are Decimals in major currency units, VAT included;
time is in seconds, distance in metres.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum
from types import NoneType
from typing import Any, Self, get_args

ZERO, INFINITY = Decimal(0), Decimal("Infinity")
METRES = {"KM": Decimal(1000), "MILE": Decimal("1609.344")}
BASE = METRES | {"SECOND": Decimal(1), "MINUTE": Decimal(60), "HOUR": Decimal(3600)}
# ISO 4217; every other currency has two decimals.
NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"


class PartType(StrEnum):
    FIXED, FLEX, MAX = "FIXED", "FLEX", "MAX"


class PartKind(StrEnum):
    DEFAULT, DISCOUNT, SURGE = "DEFAULT", "DISCOUNT", "SURGE"


class UnitType(StrEnum):
    KM, MILE, PERCENTAGE = "KM", "MILE", "PERCENTAGE"
    SECOND, MINUTE, HOUR = "SECOND", "MINUTE", "HOUR"


class ScaleType(StrEnum):
    KM, MILE, HOUR, MINUTE = "KM", "MILE", "HOUR", "MINUTE"


class AssetState(StrEnum):
    IN_USE, PAUSED = "IN_USE", "PAUSED"


class PartClass(StrEnum):
    FARE, ANCILLARY = "FARE", "ANCILLARY"


ENUMS = (PartType, PartKind, UnitType, ScaleType, AssetState, PartClass)


class TariffError(ValueError):
    """A tariff says something that cannot be charged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One farePart: `amount` once (FIXED), per started `units` of `unit_type` (FLEX), or at most (MAX).

    A PERCENTAGE part is FLEX and its amount is a percent: -20 is 20 % off. `minimum_amount` and
    `maximum_amount` are a range to display, never charged. Raises TariffError when impossible.
    """

    amount: Decimal
    type: PartType
    kind: PartKind = PartKind.DEFAULT
    unit_type: UnitType | None = None
    units: Decimal | None = None
    scale_from: Decimal | None = None
    scale_to: Decimal | None = None
    scale_type: ScaleType | None = None
    asset_state: AssetState | None = None
    part_class: PartClass = PartClass.FARE
    name: str = ""
    minimum_amount: Decimal | None = None
    maximum_amount: Decimal | None = None

    def __post_init__(self) -> None:
        _convert(self)
        if problems := [*_amount_problems(self), *_unit_problems(self), *_scale_problems(self)]:
            raise TariffError(f"{self.type} part {self.name!r}: {'; '.join(problems)}")

    @property
    def is_percentage(self) -> bool:
        return self.unit_type == UnitType.PERCENTAGE

    @property
    def is_of_distance(self) -> bool:
        return self.unit_type in METRES or self.scale_type in METRES

    @property
    def is_unconditional(self) -> bool:
        """Owed whatever the ride: FIXED without a scale, and not the price of a pause."""
        fixed = self.type == PartType.FIXED and self.scale_type is None
        return fixed and self.asset_state != AssetState.PAUSED

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """The scale as [from, to) in seconds or metres; 0 and infinity where it is open."""
        base = BASE[self.scale_type] if self.scale_type else Decimal(1)
        upper = INFINITY if self.scale_to is None else self.scale_to
        return (self.scale_from or ZERO) * base, upper * base


def _convert(item: Any) -> None:
    """Make the fields what their annotations say. A float is refused: it is no longer exact."""
    for field in fields(item):
        kinds = get_args(field.type) or (field.type,)
        value, kind = getattr(item, field.name), kinds[0]
        if kind not in (Decimal, *ENUMS) or (value is None and NoneType in kinds):
            continue
        try:
            converted = kind(value)
            if kind is Decimal and (isinstance(value, float) or not converted.is_finite()):
                raise ValueError(value)
        except (ValueError, TypeError, ArithmeticError) as error:
            expected = "finite Decimal" if kind is Decimal else kind.__name__
            raise TariffError(f"{field.name} must be a {expected}, not {value!r}") from error
        object.__setattr__(item, field.name, converted)


def _amount_problems(part: Part) -> Iterator[str]:
    if part.kind == PartKind.DISCOUNT and part.amount > 0:
        yield "the amount of a DISCOUNT cannot be positive"
    if part.kind != PartKind.DISCOUNT and part.amount < 0:
        yield "only the amount of a DISCOUNT can be negative"
    if part.type == PartType.MAX:
        if part.kind != PartKind.DEFAULT:
            yield "a MAX is neither a discount nor a surge"
        if part.part_class != PartClass.FARE:
            yield "a MAX caps the class FARE only"


def _unit_problems(part: Part) -> Iterator[str]:
    if part.type != PartType.FLEX:
        if part.unit_type is not None or part.units is not None:
            yield "only FLEX has a unit_type and units"
    elif part.is_percentage:
        if part.kind == PartKind.DEFAULT:
            yield "PERCENTAGE needs the kind DISCOUNT or SURGE"
        if part.units not in (None, 1):
            yield "PERCENTAGE has no units"
    elif part.unit_type is None or part.units is None or part.units <= 0:
        yield "FLEX needs a unit_type and units above 0"
    if part.asset_state == AssetState.PAUSED:
        if part.is_of_distance:
            yield "a PAUSED asset covers no distance"
        if part.is_percentage or part.type == PartType.MAX:
            yield "PERCENTAGE and MAX cannot be limited to PAUSED"


def _scale_problems(part: Part) -> Iterator[str]:
    lower, upper = part.bounds
    if lower < 0 or lower >= upper:
        yield "scale_from must be at least 0 and below scale_to"
    if part.scale_type is None:
        if (part.scale_from, part.scale_to) != (None, None):
            yield "a scale needs a scale_type"
    elif part.is_percentage:
        yield "PERCENTAGE has no scale"
    elif part.type == PartType.FLEX and (part.scale_type in METRES) != (part.unit_type in METRES):
        yield f"a scale in {part.scale_type} cannot measure units of {part.unit_type}"
    elif part.type == PartType.MAX and (part.scale_type in METRES or upper - lower < 60):
        yield "the scale of a MAX is a window of time, at least a minute"


@dataclass(frozen=True, slots=True)
class Tariff:
    """A pricing plan, frozen on a leg when offered. Raises TariffError when impossible.

    `vat_rate` is a percent of the net amount, None when unknown. `pause_billed_as_use` matters only
    without a PAUSED part. `pro_rata` charges the exact quantity instead of every started unit.
    """

    plan_id: str
    parts: tuple[Part, ...]
    currency: str
    vat_rate: Decimal | None = None
    vat_country: str = ""
    pause_billed_as_use: bool = True
    pro_rata: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        _convert(self)
        if not re.fullmatch("[A-Z]{3}", self.currency):
            raise TariffError(f"currency must be three capitals (ISO 4217), not {self.currency!r}")
        if self.vat_rate is not None and self.vat_rate < 0:
            raise TariffError(f"vat_rate must be at least 0, not {self.vat_rate}")

    @property
    def minor_units(self) -> int:
        return minor_units(self.currency)

    @property
    def bills_pause_as_use(self) -> bool:
        """Whether IN_USE parts run during a pause. A discount on a pause is not yet its price."""
        priced = (p for p in self.parts if p.asset_state == AssetState.PAUSED)
        return self.pause_billed_as_use and all(p.kind != PartKind.DEFAULT for p in priced)

    def as_json(self) -> dict[str, Any]:
        """Everything; `from_json` gives an equal tariff back."""
        return _plain(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**data | {"parts": tuple(Part(**part) for part in data["parts"])})


@dataclass(frozen=True, slots=True)
class Segment:
    """An uninterrupted stretch of a ride in one state. ValueError if it lasts less than 0 s."""

    state: AssetState
    seconds: Decimal | int

    def __post_init__(self) -> None:
        _convert(self)
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


@dataclass(frozen=True, slots=True)
class Line:
    """What the parts of one name and class contributed, after caps, in whole minor units."""

    name: str
    amount: Decimal
    part_class: PartClass = PartClass.FARE

    def __post_init__(self) -> None:
        _convert(self)


@dataclass(frozen=True, slots=True)
class Fare:
    """What a ride costs. The lines add up to the total, exactly."""

    currency: str
    vat_rate: Decimal | None
    vat_country: str
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        _convert(self)

    @property
    def total(self) -> Decimal:
        """Including VAT, rounded half up to the minor unit of the currency."""
        return _rounded(sum((line.amount for line in self.lines), ZERO), minor_units(self.currency))

    @property
    def total_ex_vat(self) -> Decimal | None:
        return ex_vat(self.total, self.vat_rate, minor_units(self.currency))

    def as_json(self) -> dict[str, Any]:
        """Everything; `from_json` gives an equal fare back."""
        return _plain(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**data | {"lines": tuple(Line(**line) for line in data["lines"])})


Lines = dict[tuple[str, PartClass], Decimal]


def price(tariff: Tariff, usage: Usage) -> Fare:
    """The fare of a ride: every part, capped by every MAX, at least zero, rounded half up.

    FIXED parts count even when nothing was used; whether to charge at all is the caller's decision.
    """
    lines: Lines = {}
    for part, amount in _charges(tariff, usage):
        key = (part.name or tariff.name, part.part_class)
        lines[key] = lines.get(key, ZERO) + amount
    fare = {key: amount for key, amount in lines.items() if key[1] == PartClass.FARE}
    lines |= _absorbed(fare, _capped_fare(tariff, usage) - sum(fare.values()))
    lines = _absorbed(lines, max(ZERO, -sum(lines.values(), ZERO)))
    return Fare(tariff.currency, tariff.vat_rate, tariff.vat_country, _as_lines(lines, tariff))


def ex_vat(amount: Decimal, vat_rate: Decimal | None, places: int = 3) -> Decimal | None:
    """The net of an amount; `vat_rate` is a percent of that net. None when the rate is unknown.

    Three decimals unless told, because unit prices need them (Entur: 3.125 is 2.500 at 25 %).
    """
    return None if vat_rate is None else _rounded(amount * 100 / (100 + vat_rate), places)


def is_final_by_nature(tariff: Tariff) -> bool:
    """Whether the fare is no estimate: only FIXED parts, none of which a scale or a pause decides."""
    return all(part.is_unconditional for part in tariff.parts)


def minor_units(currency: str) -> int:
    """The decimals of a currency (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD."""
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def normalise_touching(parts: Iterable[Part]) -> tuple[Part, ...]:
    """For importers: scales with inclusive ends, 0-59 and 60-, as scales that touch, 0-60 and 60-.

    TOMP's wiki page Fare-construction writes them so. An end moves only if another part of the same
    kind, class, state and scale type begins exactly one later.
    """

    def start(part: Part, at: Decimal | None) -> tuple[object, ...]:
        return part.type == PartType.MAX, part.kind, part.part_class, part.asset_state, part.scale_type, at

    parts = tuple(parts)
    starts = {start(part, part.scale_from) for part in parts}

    def touching(part: Part) -> Part:
        if part.scale_to is None or start(part, part.scale_to) in starts:
            return part
        following = part.scale_to + 1
        return replace(part, scale_to=following) if start(part, following) in starts else part

    return tuple(touching(part) for part in parts)


def _charges(tariff: Tariff, usage: Usage) -> list[tuple[Part, Decimal]]:
    """What each part but MAX adds, neither capped nor rounded; percents are of the DEFAULT fare."""
    parts = [part for part in tariff.parts if part.type != PartType.MAX]
    charges = [(part, _charge(part, tariff, usage)) for part in parts if not part.is_percentage]
    operand = (PartKind.DEFAULT, PartClass.FARE)
    base = sum((amount for part, amount in charges if (part.kind, part.part_class) == operand), ZERO)
    return charges + [(part, base * part.amount / 100) for part in parts if part.is_percentage]


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
    rounded = {key: _rounded(amount, places) for key, amount in lines.items()}
    if lines:
        largest = max(lines, key=lambda key: abs(lines[key]))
        rounded[largest] += _rounded(sum(lines.values(), ZERO), places) - sum(rounded.values())
    return tuple(Line(name, amount, of) for (name, of), amount in rounded.items() if amount)


def _plain(item: Any) -> dict[str, Any]:
    """A dataclass in JSON types, Decimals as strings: a JSON number may lose a cent."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(item), default=str))
    return plain


def _rounded(amount: Decimal, places: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
