"""Booking, COMMIT and SET_IN_USE in one go, for providers whose contract says so (ATOMIC_BOOKING_SET_IN_USE).

For all others, and for what cannot begin at once, a booking is made as usual: what staff confirm first
(POSTPONED_COMMIT excludes it, semantics §3), what departs later, and what takes another event first by its agreed
steps (SEND_PREPARE, SEND_ASSIGN_ASSET).
"""

from django.db import transaction

from bookings import services
from bookings.errors import NotOneOption, OfferGone
from bookings.models import BookingState
from fleet.errors import AssetNotAvailable, NoAssetLeft
from fleet.gateway import commands
from legs import services as legs_services
from tomp.errors import TemporaryFailure


def book(**wanted):
    """As services.book(); under such a contract the booking is STARTED and its first leg IN_USE.

    Raises what booking and SET_IN_USE raise, and OfferGone if the lock fails or none of the promised type is there;
    after any of it nothing is booked.
    """
    return _all_at_once(services.book, OfferGone, **wanted)


def book_one_stop(**wanted):
    """As services.book_one_stop(), and as book(), but with NotOneOption."""
    return _all_at_once(services.book_one_stop, NotOneOption, **wanted)


def _all_at_once(make, refusal, *, provider, now, **wanted):
    if not provider.atomic_set_in_use:
        return make(provider=provider, now=now, **wanted)
    with transaction.atomic():
        booking, legs = make(provider=provider, now=now, **wanted)
        if booking.departs_at > now or _has_to_wait(booking, legs[0]):
            return booking, legs
        try:
            return _begun(booking, legs[0], provider, now)
        except TemporaryFailure as failure:  # the protocol has no 503 here
            raise refusal(f"The vehicle cannot be opened. {failure.detail}") from failure
        except (AssetNotAvailable, NoAssetLeft) as error:
            raise refusal(error.detail) from error


def _has_to_wait(booking, leg):
    """For staff, for what the steps demand first, or for a vehicle that cannot be asked within a transaction."""
    gateway = commands.gateway_for(booking.provider, asset_type_id=leg.asset_type_id, asset=leg.asset)
    return booking.response_minutes is not None or legs_services.demanded_first(leg) or gateway is not None


def _begun(booking, leg, provider, now):
    if booking.state == BookingState.PENDING:
        services.commit(booking_id=booking.pk, now=now)
    leg = legs_services.apply("SET_IN_USE", leg_id=leg.pk, at=now, now=now, provider=provider)
    return leg.booking, [leg, *(other for other in services.legs_of(leg.booking) if other.pk != leg.pk)]
