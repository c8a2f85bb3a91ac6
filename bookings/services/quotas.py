"""How many bookings does the contract allow, at a time and per period?"""

from datetime import timedelta

from bookings.models import Booking, BookingState
from fleet import information
from legs.models import Leg
from maas.models import MaasProvider, QuotaPeriod
from tomp.errors import QuotaReached

CAME_TO_NOTHING = (BookingState.NEW, BookingState.RELEASED, BookingState.EXPIRED, BookingState.REJECTED)


def check(provider, *, vehicles, now):
    """Raises QuotaReached when the contract does not allow one more booking, of so many vehicles.

    Whoever limits is locked until the transaction ends, so that they are counted one after the other.
    """
    if provider.max_open_bookings is None and provider.max_bookings is None:
        return
    MaasProvider.objects.select_for_update(no_key=True).get(pk=provider.pk)
    _check_open(provider, now)
    _check_period(provider, vehicles, now)


def _check_open(provider, now):
    """What lapsed is over, noticed or not."""
    limit = provider.max_open_bookings
    if limit is not None and Booking.objects.for_provider(provider).open().not_lapsed(now).count() >= limit:
        raise QuotaReached(f"Your contract allows {limit} open bookings at the same time.", module=3)


def _check_period(provider, vehicles, now):
    """A booking that was released, lapsed or rejected does not count; one that was cancelled does."""
    limit = provider.max_bookings
    if limit is None:
        return
    booked = Booking.objects.for_provider(provider).filter(booked_at__gte=began_at(provider.quota_period, now))
    counted = booked.exclude(state__in=CAME_TO_NOTHING).not_lapsed(now)
    if Leg.objects.filter(booking__in=counted).count() + vehicles > limit:
        period = QuotaPeriod(provider.quota_period).name.lower()
        raise QuotaReached(f"Your contract allows you to book {limit} assets per {period}.", module=3)


def began_at(period, now):
    """When the current hour, day, week (on Monday) or month began on the operator's clocks."""
    hour = information.local(now).replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0)
    match period:
        case QuotaPeriod.HOUR:
            return hour
        case QuotaPeriod.DAY:
            return day
        case QuotaPeriod.WEEK:
            return day - timedelta(days=day.weekday())
        case _:
            return day.replace(day=1)
