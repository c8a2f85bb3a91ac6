"""What was agreed: the parts of a plan and how they are counted."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Self

from fleet.pricing.amounts import TariffError, convert, minor_units, plain, read
from fleet.pricing.parts import Part
from fleet.pricing.problems import Problem
from fleet.pricing.vocabulary import AssetState, PartKind


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
        convert(self)
        if not re.fullmatch("[A-Z]{3}", self.currency):
            raise TariffError(self, Problem.CURRENCY)
        if self.vat_rate is not None and self.vat_rate < 0:
            raise TariffError(self, Problem.VAT_BELOW_ZERO)

    @property
    def minor_units(self) -> int:
        return minor_units(self.currency)

    @property
    def has_pause_price(self) -> bool:
        """Whether a part says what a pause costs. A discount on a pause is not yet its price."""
        return any(p.asset_state == AssetState.PAUSED and p.kind == PartKind.DEFAULT for p in self.parts)

    @property
    def bills_pause_as_use(self) -> bool:
        """Whether IN_USE parts run during a pause."""
        return self.pause_billed_as_use and not self.has_pause_price

    def as_json(self) -> dict[str, Any]:
        """Everything; `from_json` gives an equal tariff back."""
        return plain(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return read(cls, data)


def is_final_by_nature(tariff: Tariff) -> bool:
    """Whether the fare is no estimate: only FIXED parts, none of which a scale or a pause decides.

    A percentage of such parts is as certain as they are.
    """
    return all(part.is_unconditional or part.is_percentage for part in tariff.parts)


def with_part(tariff: Tariff, part: Part) -> Tariff:
    """The tariff with this part besides: what a helmet costs, on top of the frozen tariff of a leg.

    A part of class ANCILLARY has a line of its own in every fare, and no MAX limits it. Two of one name share the line.
    """
    return replace(tariff, parts=(*tariff.parts, part))
