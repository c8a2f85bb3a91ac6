"""What can one part of a tariff say, and what can it not?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from fleet.pricing.amounts import INFINITY, ZERO, TariffError, convert
from fleet.pricing.vocabulary import BASE, METRES, AssetState, PartClass, PartKind, PartType, ScaleType, UnitType


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
        convert(self)
        if problems := [*_amount_problems(self), *_range_problems(self), *_unit_problems(self), *_scale_problems(self)]:
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


def _range_problems(part: Part) -> Iterator[str]:
    lower, upper = part.minimum_amount, part.maximum_amount
    if (lower, upper) == (None, None):
        return
    if part.is_percentage:
        yield "PERCENTAGE has no range to display"
    if (lower is not None and lower > part.amount) or (upper is not None and upper < part.amount):
        yield "the range to display must include the amount"
    if part.kind == PartKind.DISCOUNT and upper is not None and upper > 0:
        yield "the maximum_amount of a DISCOUNT cannot be positive"
    if part.kind != PartKind.DISCOUNT and lower is not None and lower < 0:
        yield "only the minimum_amount of a DISCOUNT can be negative"


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
