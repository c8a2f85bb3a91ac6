"""What a user adds to a ride, and takes off again: a helmet, a child seat (TOMP /legs/{id}/ancillaries)."""

from dataclasses import replace

from django.db import transaction

from bookings import services as bookings
from bookings.models import Booking, Party
from fleet.models import Ancillary
from fleet.pricing import Tariff
from legs.errors import AncillaryNotFound, IllegalEvent
from legs.events import STARTED
from legs.models import WAITING_STATES
from legs.services.step import keep_price, locked


def add_ancillary(*, leg_id, provider, category, number, now):
    """The leg has one more of it, and its tariff one more part. Returns the leg.

    Raises LegNotFound, AncillaryNotFound; IllegalEvent when the ride is over or ending, when it cannot be had with
    this type of vehicle, or when the leg has as many as it may.
    """
    with transaction.atomic():
        leg, booking = locked(leg_id, provider)
        ancillary = _known(category, number)
        _check_open(leg, booking, (*WAITING_STATES, *STARTED))
        if not ancillary.asset_types.filter(pk=leg.asset_type_id).exists():
            raise IllegalEvent(f"{ancillary} cannot be had with this vehicle.")
        if len(_of_kind(leg, category, number)) >= ancillary.max_per_leg:
            raise IllegalEvent(f"{ancillary}: {ancillary.max_per_leg} at the most.")
        tariff = Tariff.from_json(leg.tariff)
        leg.tariff = replace(tariff, parts=(*tariff.parts, ancillary.part())).as_json()
        added = {"category": category, "number": number, "part": leg.tariff["parts"][-1]}
        leg.ancillaries = [*leg.ancillaries, added]
        return _keep(leg, booking, "ADD_ANCILLARY", str(ancillary), now)


def remove_ancillary(*, leg_id, provider, category, number, now):
    """The leg has one less of it, and costs so much less. Returns the leg.

    Raises LegNotFound, AncillaryNotFound; IllegalEvent once the ride has begun: it was taken along.
    """
    with transaction.atomic():
        leg, booking = locked(leg_id, provider)
        ancillary = _known(category, number)
        _check_open(leg, booking, WAITING_STATES)
        found = _of_kind(leg, category, number)
        if not found:
            raise AncillaryNotFound(f"Leg {leg.id} has no {ancillary}.")
        leg.ancillaries = _without(leg.ancillaries, found[-1])
        leg.tariff = {**leg.tariff, "parts": _without(leg.tariff["parts"], found[-1]["part"])}
        return _keep(leg, booking, "REMOVE_ANCILLARY", str(ancillary), now)


def _known(category, number):
    ancillary = Ancillary.objects.filter(category=category, number=number).first()
    if ancillary is None:
        raise AncillaryNotFound(f"There is no ancillary {category[:20]!r} {number[:20]!r}.")
    return ancillary


def _check_open(leg, booking, states):
    if booking.state not in (Booking.State.CONFIRMED, Booking.State.STARTED):
        raise IllegalEvent(f"Ancillaries cannot be changed: booking {booking.id} is {booking.state}.")
    if leg.state not in states:
        raise IllegalEvent(f"Ancillaries cannot be changed like this: leg {leg.id} is {leg.state}.")


def _of_kind(leg, category, number):
    return [each for each in leg.ancillaries if (each["category"], each["number"]) == (category, number)]


def _without(items, last):
    """The list without the last item that is equal to this one."""
    at = len(items) - 1 - items[::-1].index(last)
    return [*items[:at], *items[at + 1 :]]


def _keep(leg, booking, operation, name, now):
    leg.save()
    keep_price(booking, leg, now)
    booking.save()
    bookings.record(booking, operation, Party.MP, now, reason=name)
    return leg
