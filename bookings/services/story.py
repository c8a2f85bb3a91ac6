"""What every service of a booking needs: its legs, and one more line in its story."""

from django.utils.translation import gettext_noop as _

from bookings.models import BookingEvent
from legs.models import Leg
from tomp import written
from tomp.compiled import compiled
from tomp.errors import IllegalOperation


@compiled
def _legs(booking_id):
    return Leg.objects.for_trip().filter(booking=booking_id).order_by("sequence")


def legs_of(booking):
    """The legs of the booking, ready for an answer; read after the lock."""
    legs = _legs.all(booking_id=booking.pk)
    for leg in legs:
        leg.booking = booking
    return legs


def record(booking, operation, asked_by, now, actor="", reason=""):
    """One more line in the story of the booking, with the state it has now."""
    written.insert(event(booking, operation, asked_by, now, actor, reason))


def event(booking, operation, asked_by, now, actor="", reason=""):
    """That line, unsaved."""
    return written.new(
        BookingEvent,
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
    return IllegalOperation(
        _("%(event)s is not possible: booking %(booking)s is %(state)s."),
        module=3, event=operation, booking=booking.id, state=booking.state,
    )  # fmt: skip
