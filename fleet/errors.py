"""What can go wrong with vehicles and places."""

from django.utils.translation import gettext_noop as _

from tomp import errors

GONE = _("The vehicle is not available any more.")
NONE_LEFT = _("No vehicle of this type is left at that place and time.")


class AssetNotAvailable(errors.TooLate):
    """Somebody else has it, or it is not in service (semantics §5.2 ASSIGN_ASSET, x202)."""

    def __init__(self, detail=GONE, **details):
        super().__init__(detail, **details)


class NoAssetLeft(errors.TooLate):
    """None of the type is left there at that time."""

    def __init__(self, detail=NONE_LEFT, **details):
        super().__init__(detail, **details)


class NotPossible(errors.Invalid):
    """What staff asked for makes no sense, or not any more; only the back office asks."""


class NotAllowedHere(errors.TompError):
    """4500: the ride may not end at this place (own code, semantics §2.2)."""

    number, status, type = 500, 403, "Illegal operation"
    title = "Not at an allowed return location"
    module = 4
