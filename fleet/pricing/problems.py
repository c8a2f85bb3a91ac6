"""What can be wrong with a tariff, in the words of programs."""

from enum import StrEnum


class Problem(StrEnum):
    """The fields of the part or tariff stand in its braces."""

    DISCOUNT_ABOVE_ZERO = "the amount of a DISCOUNT cannot be positive"
    BELOW_ZERO = "only the amount of a DISCOUNT can be negative"
    CAP_OF_A_KIND = "a MAX is neither a discount nor a surge"
    CAP_OF_ANCILLARIES = "a MAX caps the class FARE only"
    RANGE_OF_A_PERCENTAGE = "PERCENTAGE has no range to display"
    RANGE_WITHOUT_THE_AMOUNT = "the range to display must include the amount"
    RANGE_ABOVE_ZERO = "the maximum_amount of a DISCOUNT cannot be positive"
    RANGE_BELOW_ZERO = "only the minimum_amount of a DISCOUNT can be negative"
    UNITS_OF_NOTHING = "only FLEX has a unit_type and units"
    PERCENTAGE_OF_NO_KIND = "PERCENTAGE needs the kind DISCOUNT or SURGE"
    PERCENTAGE_WITH_UNITS = "PERCENTAGE has no units"
    UNITS_MISSING = "FLEX needs a unit_type and units above 0"
    DISTANCE_IN_A_PAUSE = "a PAUSED asset covers no distance"
    PAUSES_ALONE = "PERCENTAGE and MAX cannot be limited to PAUSED"
    SCALE_BACKWARDS = "scale_from must be at least 0 and below scale_to"
    SCALE_WITHOUT_TYPE = "a scale needs a scale_type"
    SCALE_OF_A_PERCENTAGE = "PERCENTAGE has no scale"
    SCALE_OF_SOMETHING_ELSE = "a scale in {scale_type} cannot measure units of {unit_type}"
    CAP_WITHOUT_WINDOW = "the scale of a MAX is a window of time, at least a minute"
    CURRENCY = "currency must be three capitals (ISO 4217), not {currency!r}"
    VAT_BELOW_ZERO = "vat_rate must be at least 0, not {vat_rate}"
