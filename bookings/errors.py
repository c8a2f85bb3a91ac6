"""What can go wrong with a booking."""

from tomp import errors

MODULE = 3


class BookingNotFound(errors.NotFound):
    module = MODULE


class OfferGone(errors.Expired):
    """410: the offer was known, but cannot be booked any more (TOMP issue 301)."""

    module = MODULE


class BookingLapsed(errors.TooLate):
    """403/3202: COMMIT of a booking whose time was over (reading 2)."""

    module = MODULE


class ExtensionRefused(errors.Expired):
    """410: no more time is granted (OpenAPI EXTEND_EXPIRY_TIME)."""

    module = MODULE


class BookingGone(errors.Expired):
    """410: the booking is over, nothing about it can be changed (OpenAPI PUT /bookings/{id})."""

    module = MODULE


class ChangeRefused(errors.Invalid):
    """400: the change is not acceptable (OpenAPI PUT /bookings/{id})."""

    module = MODULE


class NotOneOption(errors.NotPossible):
    """406: there is not exactly one way to do it (OpenAPI POST /bookings/one-stop)."""

    module = MODULE


class CallUnknown(errors.NotFound):
    """What staff want sent again is no call about this booking; only the back office asks."""

    module = MODULE


class NotServed(errors.UserBlocked):
    """403/3209: the operator does not serve this customer; one-stop and PUT declare no 428 (OpenAPI)."""

    module = MODULE

    def status_for(self, version):
        return 403
