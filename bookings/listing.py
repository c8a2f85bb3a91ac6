"""What a list of bookings consists of besides them. As many statements for a thousand bookings as for one."""

from collections import defaultdict

from fleet import catalogue
from legs.models import Leg
from tomp.compiled import compiled


def legs_of(bookings):
    """{booking id: legs}, with all that an answer about the trip shows; their types are those of the catalogue.

    Legs and bookings do not refer to each other, as they would after prefetch_related: a long list is gone with
    its answer, and waits for no collection of garbage.
    """
    if not bookings:
        return {}
    found = _legs.all(booking_ids=[booking.pk for booking in bookings])
    types = catalogue.current(type_ids={leg.asset_type_id for leg in found}).types
    legs = defaultdict(list)
    for leg in found:
        leg.asset_type = types[leg.asset_type_id]
        legs[leg.booking_id].append(leg)
    return legs


@compiled
def _legs(booking_ids):
    return Leg.objects.select_related("asset").filter(booking__any_of=booking_ids).order_by("booking_id", "sequence")
