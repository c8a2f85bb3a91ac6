"""Turns options into bookings and legs that are not saved yet: what an offer will be, and an inquiry only shows."""

import uuid

from bookings.models import Booking
from legs.models import Leg
from tomp import written


def draft(option, *, provider, version, valid_until, now):
    """(Booking in state NEW, its legs), unsaved, with tariffs and conditions frozen; sum_up() says what it costs.

    A leg for each vehicle. A single one has the id of the booking; several have ids of their own.
    """
    booking = written.new(
        Booking,
        id=uuid.uuid4(),
        provider=provider,
        api_version=version,
        valid_until=valid_until,
        response_minutes=option.asset_type.response_minutes,
        departs_at=option.departs_at,
        arrives_at=option.arrives_at,
        created_at=now,
    )
    is_single = not option.beside
    legs = [
        draft_leg(vehicle, booking, id=booking.id if is_single else uuid.uuid4(), sequence=sequence)
        for sequence, vehicle in enumerate(option.vehicles)
    ]
    return booking, legs


def draft_leg(option, booking, *, id, sequence):
    """The leg of the booking with this one vehicle, or with one of this type."""
    return written.new(
        Leg,
        id=id,
        booking=booking,
        sequence=sequence,
        from_place=option.from_place,
        to_place=option.to_place,
        departs_at=option.departs_at,
        arrives_at=option.arrives_at,
        asset_type=option.asset_type,
        asset=option.asset,
        asset_public_id=option.asset.public_id if option.asset else None,
        station=option.station,
        tariff=option.tariff.as_json(),
        conditions=option.conditions,
        traveler_references=option.travelers,
        planned_distance_m=option.planned_distance_m,
    )


def sum_up(booking, legs, now):
    """The booking begins where its first leg does, and costs what they cost together."""
    fares = [leg.price(now) for leg in legs]
    booking.from_place, booking.to_place = legs[0].from_place, legs[0].to_place
    booking.price, booking.currency = sum(fare.total for fare in fares), fares[0].currency
