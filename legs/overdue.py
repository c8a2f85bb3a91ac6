"""Rides that somebody forgot: never finished, or going on for ever."""

from django.db import transaction

from bookings import messages
from bookings import services as bookings
from bookings.models import Booking, Notification, Party
from legs import services
from legs.models import Leg
from legs.services.docking import TIME_TO_LOCK

NOT_FINISHED = "Nobody finished the ride."
DOCK_FULL = "The dock is full; the vehicle stands next to it."
TOO_LONG = "The ride took longer than {hours} hours."


def finish(*, leg_id, now):
    """A ride that was about to end is FINISHED as of START_FINISHING, once the contract's patience is over.

    False if it ended, or went on, meanwhile.
    """
    return _finish(Leg.objects.left_finishing(now), leg_id, NOT_FINISHED, now)


def finish_beside_the_dock(*, leg_id, now):
    """The same where all docks were full, once there was time to lock the vehicle."""
    waiting = Leg.objects.finishing().filter(finishing_since__lte=now - TIME_TO_LOCK)
    return _finish(waiting, leg_id, DOCK_FULL, now)


@transaction.atomic
def _finish(legs, leg_id, why, now):
    Booking.objects.locked_by_leg(leg_id)
    leg = legs.for_trip().filter(pk=leg_id).first()
    if leg is None:
        return False
    services.apply(
        "FINISH", leg_id=leg_id, at=leg.finishing_since, now=now, asked_by=Party.TO,
        location=None if leg.is_given_back else leg.position, comment=why,
    )  # fmt: skip
    return True


@transaction.atomic
def report(*, leg_id, now):
    """The provider will hear, once, that a ride takes very long, and staff find it; by contract it is ended now.

    False if it ended meanwhile, or all that was done before.
    """
    booking = Booking.objects.locked_by_leg(leg_id)
    leg = Leg.objects.ridden_too_long(now).filter(pk=leg_id, overdue_at=None).first()
    if leg is None:
        return False
    leg.overdue_at = now
    leg.save(update_fields=["overdue_at"])
    hours = booking.provider.longest_ride_hours
    bookings.notify(
        booking_id=booking.pk, type=Notification.Type.OTHER, minutes=None,
        comment=messages.ridden_too_long(hours=hours), leg_id=str(leg_id), asset=None, sent_by=Party.TO, now=now,
    )  # fmt: skip
    if booking.provider.end_longest_ride:
        services.apply(
            "FINISH", leg_id=leg_id, at=now, now=now, asked_by=Party.TO, comment=TOO_LONG.format(hours=hours)
        )  # fmt: skip
    return True
