"""Changing what was agreed, before it begins (TOMP PUT /bookings/{id}, semantics §4.5)."""

from datetime import timedelta

from django.db import transaction

from bookings.errors import BookingGone, ChangeRefused, NotServed
from bookings.models import Booking, BookingState, Party
from bookings.services import heading
from bookings.services.heading import head_for
from bookings.services.making import check_data
from bookings.services.story import legs_of, record
from customers import services as customers
from fleet import rescheduling
from fleet.errors import NoAssetLeft
from fleet.schedule import Schedule
from planning.options import LONGEST_TRIP, PLANNED_WITHOUT_ARRIVAL
from tomp.errors import InUse, UserBlocked

WIRE_NAMES = {"departs_at": "departureTime", "arrives_at": "arrivalTime"}
BEGUN = (BookingState.STARTED, BookingState.FINISHED)


def change(*, booking_id, departs_at, arrives_at, to_place, customer_data, now):
    """The open booking has these times, destination and customer; what is None stays. Price and reservation follow.

    Raises BookingGone, InUse, ChangeRefused, NotServed, Missing; after any of them nothing has changed.
    """
    with transaction.atomic():
        booking = Booking.objects.locked(booking_id)
        check_changeable(booking, now)
        legs = legs_of(booking)
        changed = [
            *_take_times(booking, legs, departs_at, arrives_at, now),
            *_take_destination(booking, legs, to_place),
            *_take_customer(booking, customer_data),
        ]
        if changed:
            check_data(booking, legs)
            booking.price = booking.total_of(legs, now)
            for leg in legs:
                leg.save(update_fields=["departs_at", "arrives_at", *heading.FIELDS])
            record(booking, "CHANGE", Party.MP, now, reason=", ".join(changed))
            booking.save()
        return booking, legs


def check_changeable(booking, now):
    """Raises InUse once the trip began, BookingGone when the booking is over."""
    if booking.state in BEGUN:
        raise InUse(f"Booking {booking.id} has started.", module=3)
    if not booking.is_open or booking.has_lapsed(now):
        raise BookingGone(f"Booking {booking.id} is {booking.state}; it cannot be changed any more.")


def _take_times(booking, legs, departs_at, arrives_at, now):
    departs_at, arrives_at = departs_at or booking.departs_at, arrives_at or booking.arrives_at
    wanted = {
        **({"departs_at": departs_at} if departs_at != booking.departs_at else {}),
        **({"arrives_at": arrives_at} if arrives_at != booking.arrives_at else {}),
    }
    if not wanted:
        return []
    _check_times(booking, departs_at, arrives_at, now)
    waiting, schedule = [leg for leg in legs if leg.is_waiting], Schedule.load()
    for planned in (booking, *waiting):
        for name, moment in wanted.items():
            setattr(planned, name, moment)
    for leg in waiting:
        _check_departure(leg, schedule, now)
    changed = [WIRE_NAMES[name] for name in wanted]
    try:
        rescheduling.move(
            periods={
                leg.pk: (leg.departs_at, leg.arrives_at or leg.departs_at + PLANNED_WITHOUT_ARRIVAL) for leg in waiting
            },
            now=now,
        )
    except NoAssetLeft as error:
        raise ChangeRefused(f"Field: {changed[0]}, Reason: {error.detail}") from error
    return changed


def _check_times(booking, departs_at, arrives_at, now):
    if departs_at != booking.departs_at and departs_at < now:
        raise ChangeRefused("Field: departureTime, Reason: it is past.")
    if arrives_at is not None and not timedelta(0) < arrives_at - max(departs_at, now) <= LONGEST_TRIP:
        raise ChangeRefused("Field: arrivalTime, Reason: the trip would end before it begins, or last too long.")
    if booking.state == BookingState.CONFIRMED and booking.response_minutes is not None:
        raise ChangeRefused("The operator has confirmed these times; cancel and book again.")


def _check_departure(leg, schedule, now):
    """Raises ChangeRefused unless the leg, with its new times, could be offered."""
    if leg.arrives_at is not None and leg.arrives_at <= leg.departs_at:
        raise ChangeRefused(f"Field: arrivalTime, Reason: leg {leg.pk} would end before it begins.")
    if leg.departs_at > leg.latest_departure(now):
        raise ChangeRefused("Field: departureTime, Reason: that is too far ahead.")
    if not leg.is_open_at(leg.departs_at, schedule):
        raise ChangeRefused("Field: departureTime, Reason: it is closed then.")


def _take_destination(booking, legs, to_place):
    if not head_for(booking, legs, to_place):
        return []
    if booking.state == BookingState.CONFIRMED and booking.response_minutes is not None:
        raise ChangeRefused("The operator has confirmed this destination; cancel and book again.")
    return ["to"]


def _take_customer(booking, customer_data):
    if customer_data is None or customer_data == booking.customer_data:
        return []
    try:
        booking.customer = customers.identify(provider=booking.provider, data=customer_data) or booking.customer
    except UserBlocked as error:
        raise NotServed(error.detail) from error
    booking.customer_data = customer_data
    return ["customer"]
