"""The agreement with a MaaS provider: an offer, a booking, and all that happened to it."""

from bookings.models.booking import (
    ENDED_STATES,
    OPEN_STATES,
    WAITING_STATES,
    Booking,
    BookingManager,
    BookingQuerySet,
    BookingState,
    travelled,
)
from bookings.models.story import BookingEvent, Note, Notification, Party, Subscription, SubscriptionQuerySet

__all__ = [
    "ENDED_STATES",
    "OPEN_STATES",
    "WAITING_STATES",
    "Booking",
    "BookingEvent",
    "BookingManager",
    "BookingQuerySet",
    "BookingState",
    "Note",
    "Notification",
    "Party",
    "Subscription",
    "SubscriptionQuerySet",
    "travelled",
]
