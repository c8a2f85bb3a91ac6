"""Offers: options that can be booked. An offer is a booking in state NEW; it reserves nothing."""

from datetime import timedelta
from itertools import chain

from django.conf import settings

from bookings.drafts import draft, sum_up
from planning import options
from tomp import written


def inquire(*, provider, trip, version, now):
    """(valid until, [(booking, its legs), …]) of what we could offer; nothing is kept (POST /planning/inquiries)."""
    valid_until = now + timedelta(seconds=settings.TOMP_OFFER_TTL_SECONDS)
    found = options.find(trip, provider=provider, now=now)
    drafts = [draft(option, provider=provider, version=version, valid_until=valid_until, now=now) for option in found]
    for booking, legs in drafts:
        sum_up(booking, legs, now)
    return valid_until, drafts


def offer(*, provider, trip, version, now):
    """As inquire(), but the options can be booked until then (OpenAPI POST /planning/offers)."""
    valid_until, drafts = inquire(provider=provider, trip=trip, version=version, now=now)
    if drafts:
        bookings, legs = zip(*drafts, strict=True)
        written.store(written.insertion(*bookings), written.insertion(*chain.from_iterable(legs)))
    return valid_until, drafts
