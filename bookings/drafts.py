"""Turns options into bookings and legs that are not saved yet: what an offer will be, and an inquiry only shows."""

import uuid

from bookings.models import Booking
from legs.models import Leg


def draft(option, *, provider, version, valid_until, now):
    """(Booking in state NEW, its Leg), unsaved, with tariff and conditions frozen. Both have one id."""
    booking_id = uuid.uuid4()
    shared = {
        "id": booking_id,
        "from_place": option.from_place,
        "to_place": option.to_place,
        "departs_at": option.departs_at,
        "arrives_at": option.arrives_at,
    }
    booking = Booking(
        **shared,
        provider=provider,
        api_version=version,
        valid_until=valid_until,
        response_minutes=option.asset_type.response_minutes,
        currency=option.tariff.currency,
        created_at=now,
    )
    leg = Leg(
        **shared,
        booking=booking,
        asset_type=option.asset_type,
        asset=option.asset,
        asset_public_id=option.asset.public_id if option.asset else None,
        station=option.station,
        tariff=option.tariff.as_json(),
        conditions=option.conditions,
        planned_distance_m=option.planned_distance_m,
    )
    booking.price = leg.price(now).total
    return booking, leg
