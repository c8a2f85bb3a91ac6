"""What stands in a price, in the words of staff."""

from django.utils.translation import gettext_lazy as _

from fleet.pricing import Problem, TariffError

WORDS = {
    "FIXED": _("a fixed amount"),
    "FLEX": _("per unit"),
    "MAX": _("at most"),
    "DEFAULT": _("ordinary"),
    "DISCOUNT": _("discount"),
    "SURGE": _("surge"),
    "KM": _("km"),
    "MILE": _("mile"),
    "PERCENTAGE": _("percent"),
    "SECOND": _("second"),
    "MINUTE": _("minute"),
    "HOUR": _("hour"),
    "IN_USE": _("in use"),
    "PAUSED": _("paused"),
    "FARE": _("fare"),
    "ANCILLARY": _("ancillary"),
}

REFUSED = {
    Problem.DISCOUNT_ABOVE_ZERO: _("The amount of a discount is not above zero."),
    Problem.BELOW_ZERO: _("Only the amount of a discount may be below zero."),
    Problem.CAP_OF_A_KIND: _("“At most” is neither a discount nor a surge."),
    Problem.CAP_OF_ANCILLARIES: _("“At most” is for fares only, not for ancillaries."),
    Problem.RANGE_OF_A_PERCENTAGE: _("A percentage has no range to display."),
    Problem.RANGE_WITHOUT_THE_AMOUNT: _("The range to display includes the amount."),
    Problem.RANGE_ABOVE_ZERO: _("The maximum amount of a discount is not above zero."),
    Problem.RANGE_BELOW_ZERO: _("Only the minimum amount of a discount may be below zero."),
    Problem.UNITS_OF_NOTHING: _("Only what is charged per unit has a unit type and units."),
    Problem.PERCENTAGE_OF_NO_KIND: _("A percentage is a discount or a surge."),
    Problem.PERCENTAGE_WITH_UNITS: _("A percentage has no units."),
    Problem.UNITS_MISSING: _("What is charged per unit has a unit type, and units above zero."),
    Problem.DISTANCE_IN_A_PAUSE: _("A paused vehicle covers no distance."),
    Problem.PAUSES_ALONE: _("A percentage and “at most” cannot be for pauses alone."),
    Problem.SCALE_BACKWARDS: _("The scale begins at zero or above, and ends above its beginning."),
    Problem.SCALE_WITHOUT_TYPE: _("A scale has a scale type."),
    Problem.SCALE_OF_A_PERCENTAGE: _("A percentage has no scale."),
    Problem.SCALE_OF_SOMETHING_ELSE: _(
        "A scale of time is for what is charged per time, one of distance for what is charged per distance."
    ),
    Problem.CAP_WITHOUT_WINDOW: _("The scale of “at most” is a window of time, a minute or longer."),
    Problem.CURRENCY: _("The currency has three capital letters, such as EUR."),
    Problem.VAT_BELOW_ZERO: _("The rate of VAT is not below zero."),
}


def refused(error: TariffError) -> list[str]:
    """What is wrong with a tariff or a part of one, a sentence each."""
    return [str(REFUSED[problem]) for problem in error.problems] or [str(error)]
