"""What it comes to: lines that add up to a total."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from fleet.pricing.amounts import ZERO, convert, ex_vat, minor_units, plain, read, rounded
from fleet.pricing.parts import Part
from fleet.pricing.vocabulary import PartClass


@dataclass(frozen=True, slots=True)
class Line:
    """What the parts of one name and class contributed, after caps, in whole minor units."""

    name: str
    amount: Decimal
    part_class: PartClass = PartClass.FARE

    def __post_init__(self) -> None:
        convert(self)


@dataclass(frozen=True, slots=True)
class Item:
    """What one part adds before caps and rounding. `count` is the units charged; None where none are."""

    part: Part
    count: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How a fare came about. The items, what caps took off, the floor at zero and the rounding are the total."""

    items: tuple[Item, ...]
    capped: Decimal
    floor: Decimal
    rounding: Decimal
    fare: "Fare"


@dataclass(frozen=True, slots=True)
class Fare:
    """What a ride costs. The lines add up to the total, exactly."""

    currency: str
    vat_rate: Decimal | None
    vat_country: str
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        convert(self)

    @property
    def total(self) -> Decimal:
        """Including VAT, rounded half up to the minor unit of the currency."""
        return rounded(sum((line.amount for line in self.lines), ZERO), minor_units(self.currency))

    @property
    def total_ex_vat(self) -> Decimal | None:
        return ex_vat(self.total, self.vat_rate, minor_units(self.currency))

    @property
    def nets(self) -> tuple[Decimal | None, ...]:
        """Each line excluding VAT, in minor units; what rounding moves goes to the largest, so they add up too."""
        whole = self.total_ex_vat
        if len(self.lines) == 1:
            return (whole,)
        places = minor_units(self.currency)
        nets = [ex_vat(line.amount, self.vat_rate, places) for line in self.lines]
        if nets and whole is not None:
            largest = max(range(len(nets)), key=lambda place: abs(self.lines[place].amount))
            others = sum((net for place, net in enumerate(nets) if place != largest and net is not None), ZERO)
            nets[largest] = whole - others
        return tuple(nets)

    def as_json(self) -> dict[str, Any]:
        """Everything; `from_json` gives an equal fare back."""
        return plain(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return read(cls, data)
