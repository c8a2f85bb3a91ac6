"""Telling a provider once more what it did not hear."""

from django.db import transaction
from django.utils.translation import gettext_noop as _

from bookings.errors import CallUnknown
from bookings.models import Booking, Party
from bookings.services.story import record
from maas import delivery
from maas.models import Callback


@transaction.atomic
def send_again(*, booking_id, callback_id, now, actor="", reason=""):
    """A call about the booking that was given up is owed once more, after all others about it. Returns the call.

    Raises CallUnknown for a call about something else, NotGivenUp.
    """
    booking = Booking.objects.locked(booking_id)
    if not Callback.objects.filter(pk=callback_id, booking_id=booking_id).exists():
        raise CallUnknown(_("There is no such call about this booking."))
    callback = delivery.send_again(callback_id=callback_id, now=now)
    record(booking, "SEND_AGAIN", Party.TO, now, actor, f"{callback.subject}: {reason}"[:300])
    return callback
