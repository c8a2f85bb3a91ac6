"""Whose a trip was is forgotten; that it was made, what it cost and what became of it stays."""

from django.db.models import Q

from bookings.models import Booking, Note, Notification
from legs.models import Evidence, Leg, LegEvent, LegState
from maas.models import Callback, CallbackState
from payments.models import Claim


def forget_persons(booking_ids):
    """Nobody can tell any more from these bookings who travelled.

    Gone are what came with them, the ways and where they ended, addresses and photos, the texts of messages, events
    and claims, our notes, and the calls we made; calls that are owed stay. An account keeps its bookings.
    Belongs into a transaction.
    """
    legs = Leg.objects.filter(booking__in=booking_ids)
    legs.update(track=[])
    legs.filter(state=LegState.FINISHED).update(to_place=None)  # where it ended, not where it was to lead
    LegEvent.objects.filter(leg__booking__in=booking_ids).update(lat=None, lon=None, comment="")
    Evidence.objects.filter(leg__booking__in=booking_ids).delete()
    Note.objects.filter(booking__in=booking_ids).delete()
    Notification.objects.filter(booking__in=booking_ids).update(comment="", asset=None)
    Claim.objects.filter(booking__in=booking_ids).update(description="", details={})
    Callback.objects.filter(booking_id__in=booking_ids).exclude(state=CallbackState.OWED).delete()
    bookings = Booking.objects.filter(pk__in=booking_ids)
    bookings.update(customer_data=None, extra_info=None)
    for planned in (*_with_address(bookings), *_with_address(legs)):
        for place in (planned.from_place, planned.to_place or {}):
            place.pop("address", None)
        planned.save(update_fields=["from_place", "to_place"])


def _with_address(planned):
    return planned.filter(Q(from_place__has_key="address") | Q(to_place__has_key="address"))
