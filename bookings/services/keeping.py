"""What is kept with a booking, and what is forgotten."""

from django.db import transaction

from bookings import callbacks
from bookings.models import Booking, Notification, Party


def notify(*, booking_id, type, minutes, comment, leg_id, asset, sent_by, now):
    """The message is kept with the booking, for both sides to read; ours is sent as well (TOMP notifications)."""
    with transaction.atomic():
        notification = Notification.objects.create(
            booking_id=booking_id,
            type=type,
            minutes=minutes,
            comment=comment,
            leg_id=leg_id,
            asset=asset,
            sent_by=sent_by,
            at=now,
        )
        if sent_by == Party.TO:
            callbacks.notification(notification.booking, notification, now)
        return notification


def forget_offers(*, before):
    """Offers that nobody booked and that lapsed before this moment are gone; returns how many."""
    _deleted, by_model = Booking.objects.stale_offers(before).delete()
    return by_model.get(Booking._meta.label, 0)
