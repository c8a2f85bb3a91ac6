"""What every service of a booking needs: its legs, and one more line in its story."""

from operator import attrgetter

from bookings.models import BookingEvent
from tomp.errors import IllegalOperation


def legs_of(booking):
    """The legs of the booking, ready for an answer; read after the lock."""
    # Few as they are, ordering them in SQL costs a join and a quarter of the processor time of the query.
    legs = sorted(booking.legs.for_trip().order_by(), key=attrgetter("sequence"))
    for leg in legs:
        leg.booking = booking
    return legs


def record(booking, operation, asked_by, now, actor="", reason=""):
    """One more line in the story of the booking, with the state it has now."""
    event(booking, operation, asked_by, now, actor, reason).save()


def event(booking, operation, asked_by, now, actor="", reason=""):
    """That line, unsaved."""
    return BookingEvent(
        booking=booking,
        operation=operation,
        state=booking.state,
        asked_by=asked_by,
        actor=actor,
        reason=reason,
        at=now,
    )


def illegal(operation, booking):
    """The refusal of what does not fit the state of the booking."""
    return IllegalOperation(f"{operation} is not possible: booking {booking.id} is {booking.state}.", module=3)
