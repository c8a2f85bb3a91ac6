"""What can go wrong with vehicles and places."""

from tomp import errors


class AssetNotAvailable(errors.TooLate):
    """Somebody else has it, or it is not in service (semantics §5.2 ASSIGN_ASSET, x202)."""

    def __init__(self, detail="The vehicle is not available any more."):
        super().__init__(detail)


class NoAssetLeft(errors.TooLate):
    """None of the type is left there at that time."""

    def __init__(self, detail="No vehicle of this type is left at that place and time."):
        super().__init__(detail)


class NotPossible(errors.Invalid):
    """What staff asked for makes no sense, or not any more; only the back office asks."""


class NotAllowedHere(errors.TompError):
    """4500: the ride may not end at this place (own code, semantics §2.2)."""

    number, status, type = 500, 403, "Illegal operation"
    title = "Not at an allowed return location"
    module = 4
