"""Where a booking leads: told with the offer, with the booking, or by a change before it begins."""

from fleet import places
from planning.options import straight_m

FIELDS = ("to_place", "planned_distance_m")


def head_for(booking, legs, to_place):
    """Booking and waiting legs lead there, and are as long as the straight line if that is somewhere else than before.

    Nothing is saved; returns whether anything is new. Raises Invalid for a station we do not know.
    """
    to_place = places.located(to_place, field="to")
    if to_place is None or to_place == booking.to_place:
        return False
    is_elsewhere = to_place["coordinates"] != (booking.to_place or {}).get("coordinates")
    booking.to_place = to_place
    for leg in legs:
        if leg.is_waiting:
            leg.to_place = to_place
            leg.planned_distance_m = straight_m(leg.from_place, to_place) if is_elsewhere else leg.planned_distance_m
    return True
