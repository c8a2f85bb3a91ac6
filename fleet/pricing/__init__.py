"""What does this ride cost? Reads a tariff and a usage; touches no database and no clock.

The rules are those of the TOMP farePart as read in semantics.md section 9; docs/pricing.md says them
in plain words with worked examples. Amounts are Decimals in major currency units, VAT included;
time is in seconds, distance in metres.
"""

from fleet.pricing.amounts import TariffError, ex_vat, minor_units
from fleet.pricing.charging import breakdown, price
from fleet.pricing.fare import Breakdown, Fare, Item, Line
from fleet.pricing.parts import Part, normalise_touching
from fleet.pricing.problems import Problem
from fleet.pricing.publishing import published
from fleet.pricing.tariff import Tariff, is_final_by_nature, with_part
from fleet.pricing.usage import Segment, Usage
from fleet.pricing.vocabulary import AssetState, PartClass, PartKind, PartType, ScaleType, UnitType

__all__ = [
    "AssetState",
    "Breakdown",
    "Fare",
    "Item",
    "Line",
    "Part",
    "PartClass",
    "PartKind",
    "PartType",
    "Problem",
    "ScaleType",
    "Segment",
    "Tariff",
    "TariffError",
    "UnitType",
    "Usage",
    "breakdown",
    "ex_vat",
    "is_final_by_nature",
    "minor_units",
    "normalise_touching",
    "price",
    "published",
    "with_part",
]
