"""What can go wrong during a trip. Own numbers (4500 and up) as semantics §2.2."""

from tomp import errors

MODULE = 4


class LegNotFound(errors.NotFound):
    module = MODULE


class IllegalEvent(errors.IllegalOperation):
    """403/4004: the event does not fit the state of the leg or its booking."""

    module = MODULE


class LegInUse(errors.InUse):
    """403/4203: too late to cancel."""

    module = MODULE


class OtherAsset(errors.Invalid):
    """403/4002: the event is about another vehicle than the one of the leg."""

    status = 403
    module = MODULE


class AssetMissing(errors.Missing):
    """400/4001: ASSIGN_ASSET has to name the vehicle."""

    module = MODULE


class LocationMissing(errors.Missing):
    """400/4001: by contract this event has to say where it happens."""

    module = MODULE


class LockOpen(errors.TompError):
    """403/4501: the user has to lock the vehicle, and its lock is open."""

    number, status, type = 501, 403, "Illegal operation"
    title = "The lock is not closed"
    module = MODULE


class EvidenceMissing(errors.TompError):
    """400/4502: the off-boarding steps demand a photo."""

    number, status, type = 502, 400, "Missing"
    title = "Evidence required"
    module = MODULE


class PickingNotAllowed(errors.NoAccess):
    """403/4006: the user may not choose, or a vehicle is assigned already (OpenAPI /legs/{id}/available-assets)."""

    module = MODULE


class NotForTheOperator(errors.NoAccess):
    """403/4006: an operation that is offered by MaaS providers, not by us (semantics §5.3)."""

    module = MODULE


class AncillaryNotFound(errors.NotFound):
    """404/4204: we have nothing of this category and number, or the leg does not have it."""

    module = MODULE
