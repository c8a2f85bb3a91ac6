"""What we tell a provider about its booking by calling it (TOMP POST {mp}/bookings/{id}/events and …/notifications)."""

from bookings.models import Subscription
from bookings.serializers import notification_json
from legs import callbacks as legs_callbacks
from maas import outbox


def operation(booking, operation, now):
    """The provider will hear that we confirmed (COMMIT), denied or cancelled the booking."""
    _owe(booking, "events", {"operation": operation, "origin": "TO"}, now)


def notification(booking, notification, now, *, kind=""):
    """The provider will get our message."""
    _owe(booking, "notifications", notification_json(notification), now, kind)


def over(booking, legs, *, is_told, now):
    """Whoever subscribed to the booking will hear of each leg that it does not take place.

    `is_told`: the provider hears of it anyway, so only a webhook of its own is still owed that.
    """
    subscription = Subscription.objects.answered().filter(booking=booking).first()
    if subscription is None or (is_told and not subscription.webhook):
        return
    for leg in legs:
        legs_callbacks.echo(leg, "CANCEL", at=now, webhook=subscription.webhook, now=now)


def _owe(booking, what, body, now, kind=""):
    outbox.owe_about(booking, path=f"bookings/{booking.pk}/{what}", body=body, now=now, kind=kind)
