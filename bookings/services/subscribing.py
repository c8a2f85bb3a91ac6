"""Who wants to be told of every step of a booking (TOMP /bookings/{id}/subscription, semantics §12)."""

from django.db import transaction

from bookings.errors import BookingGone
from bookings.models import Booking, Subscription
from maas import outbox


@transaction.atomic
def subscribe(*, booking_id, webhook, now):
    """The booking is subscribed to, at this webhook or, without one, where it was or where the provider is called.

    Subscribing again keeps the first moment, unless a 410 had ended the subscription. Raises BookingGone when there is
    nothing left to tell, and Invalid for a webhook on a host that is not registered for the provider.
    """
    booking = Booking.objects.locked(booking_id)
    if not booking.is_open or booking.has_lapsed(now):
        raise BookingGone(f"Booking {booking.id} is {booking.state}; there is nothing to tell any more.")
    outbox.check_address(booking.provider, webhook, field="webhook", module=3)
    subscription, is_new = Subscription.objects.get_or_create(
        booking=booking, defaults={"webhook": webhook, "since": now}
    )
    if not is_new:
        subscription.webhook = webhook or subscription.webhook
        if not Subscription.objects.in_force().filter(pk=subscription.pk).exists():
            subscription.since = now
        subscription.save()
    return subscription


@transaction.atomic
def unsubscribe(*, booking_id):
    """Nobody is subscribed to the booking, whether or not somebody was."""
    Booking.objects.locked(booking_id)
    Subscription.objects.filter(booking=booking_id).delete()
