"""The words of the TOMP farePart, and how long a unit is in seconds or metres."""

from decimal import Decimal
from enum import StrEnum

METRES = {"KM": Decimal(1000), "MILE": Decimal("1609.344")}
BASE = METRES | {"SECOND": Decimal(1), "MINUTE": Decimal(60), "HOUR": Decimal(3600)}


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
