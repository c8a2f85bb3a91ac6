"""What we tell a provider about its booking by calling it (TOMP POST {mp}/bookings/{id}/events and …/notifications)."""

from bookings.serializers import notification_json
from maas import outbox


def operation(booking, operation, now):
    """The provider will hear that we confirmed (COMMIT), denied or cancelled the booking."""
    _owe(booking, "events", {"operation": operation, "origin": "TO"}, now)


def notification(booking, notification, now):
    """The provider will get our message."""
    _owe(booking, "notifications", notification_json(notification), now)


def _owe(booking, what, body, now):
    outbox.owe(
        provider=booking.provider,
        booking_id=booking.pk,
        path=f"bookings/{booking.pk}/{what}",
        body=body,
        version=booking.api_version,
        callback_url=booking.callback_url,
        now=now,
    )
