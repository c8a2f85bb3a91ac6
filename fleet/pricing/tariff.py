"""What was agreed: the parts of a plan and how they are counted."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from fleet.pricing.amounts import TariffError, convert, minor_units, plain
from fleet.pricing.parts import Part
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
        return plain(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**data | {"parts": tuple(Part(**part) for part in data["parts"])})


def is_final_by_nature(tariff: Tariff) -> bool:
    """Whether the fare is no estimate: only FIXED parts, none of which a scale or a pause decides."""
    return all(part.is_unconditional for part in tariff.parts)
