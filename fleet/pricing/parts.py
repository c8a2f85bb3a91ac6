"""What can one part of a tariff say, and what can it not?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from fleet.pricing.amounts import INFINITY, ZERO, TariffError, convert
from fleet.pricing.problems import Problem
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
            raise TariffError(self, *problems, about=f"{self.type} part {self.name!r}: ")

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


def _amount_problems(part: Part) -> Iterator[Problem]:
    if part.kind == PartKind.DISCOUNT and part.amount > 0:
        yield Problem.DISCOUNT_ABOVE_ZERO
    if part.kind != PartKind.DISCOUNT and part.amount < 0:
        yield Problem.BELOW_ZERO
    if part.type == PartType.MAX:
        if part.kind != PartKind.DEFAULT:
            yield Problem.CAP_OF_A_KIND
        if part.part_class != PartClass.FARE:
            yield Problem.CAP_OF_ANCILLARIES


def _range_problems(part: Part) -> Iterator[Problem]:
    lower, upper = part.minimum_amount, part.maximum_amount
    if (lower, upper) == (None, None):
        return
    if part.is_percentage:
        yield Problem.RANGE_OF_A_PERCENTAGE
    if (lower is not None and lower > part.amount) or (upper is not None and upper < part.amount):
        yield Problem.RANGE_WITHOUT_THE_AMOUNT
    if part.kind == PartKind.DISCOUNT and upper is not None and upper > 0:
        yield Problem.RANGE_ABOVE_ZERO
    if part.kind != PartKind.DISCOUNT and lower is not None and lower < 0:
        yield Problem.RANGE_BELOW_ZERO


def _unit_problems(part: Part) -> Iterator[Problem]:
    if part.type != PartType.FLEX:
        if part.unit_type is not None or part.units is not None:
            yield Problem.UNITS_OF_NOTHING
    elif part.is_percentage:
        if part.kind == PartKind.DEFAULT:
            yield Problem.PERCENTAGE_OF_NO_KIND
        if part.units not in (None, 1):
            yield Problem.PERCENTAGE_WITH_UNITS
    elif part.unit_type is None or part.units is None or part.units <= 0:
        yield Problem.UNITS_MISSING
    if part.asset_state == AssetState.PAUSED:
        if part.is_of_distance:
            yield Problem.DISTANCE_IN_A_PAUSE
        if part.is_percentage or part.type == PartType.MAX:
            yield Problem.PAUSES_ALONE


def _scale_problems(part: Part) -> Iterator[Problem]:
    lower, upper = part.bounds
    if lower < 0 or lower >= upper:
        yield Problem.SCALE_BACKWARDS
    if part.scale_type is None:
        if (part.scale_from, part.scale_to) != (None, None):
            yield Problem.SCALE_WITHOUT_TYPE
    elif part.is_percentage:
        yield Problem.SCALE_OF_A_PERCENTAGE
    elif part.type == PartType.FLEX and (part.scale_type in METRES) != (part.unit_type in METRES):
        yield Problem.SCALE_OF_SOMETHING_ELSE
    elif part.type == PartType.MAX and (part.scale_type in METRES or upper - lower < 60):
        yield Problem.CAP_WITHOUT_WINDOW


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
