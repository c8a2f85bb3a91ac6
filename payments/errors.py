"""What can go wrong with money."""

from tomp import errors

MODULE = 6


class BookingUnknown(errors.NotFound):
    """404/6204: there is nothing to charge for (semantics §11)."""

    module = MODULE


class ClaimImpossible(errors.Invalid):
    """400/6002: such an amount cannot be owed for this booking."""

    module = MODULE


class ClaimDecided(errors.IllegalOperation):
    """403/6004: what was decided about a claim stays."""

    module = MODULE


class CapReached(errors.IllegalOperation):
    """403/6004: this month the customer was given back as much as a colleague may give."""

    module = MODULE


class CorrectionDecided(errors.IllegalOperation):
    """403/6004: what was decided about a correction stays, and what waits already is not proposed again."""

    module = MODULE


class OwnCorrection(errors.IllegalOperation):
    """403/6004: it takes a second person."""

    module = MODULE


class PeriodImpossible(errors.Invalid):
    """400/6002: an invoice is of a period that is over."""

    module = MODULE


class PeriodChanged(errors.IllegalOperation):
    """403/6004: what is due is not what was shown."""

    module = MODULE
