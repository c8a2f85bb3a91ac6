"""Where a booking leads: told with the offer, with the booking, or by a change before it begins."""

from fleet import places
from fleet.errors import NotAllowedHere
from planning.ends import check_end, straight_m
from tomp.errors import Invalid

FIELDS = ("to_place", "planned_distance_m")


def head_for(booking, legs, to_place):
    """Booking and waiting legs lead there, and are as long as the straight line if that is somewhere else than before.

    Nothing is saved; returns whether anything is new. Raises Invalid for a station we do not know, and for a place
    where the ride may not end.
    """
    to_place = places.located(to_place, field="to")
    if to_place is None or to_place == booking.to_place:
        return False
    is_elsewhere = to_place["coordinates"] != (booking.to_place or {}).get("coordinates")
    booking.to_place = to_place
    for leg in legs:
        if leg.is_waiting:
            leg.to_place = to_place
            if is_elsewhere:
                _check_end(leg)
                leg.planned_distance_m = straight_m(leg.from_place, to_place)
    return True


def _check_end(leg):
    try:
        check_end(
            leg.to_place,
            asset_type=leg.asset_type,
            start_station_id=leg.station_id,
            at=leg.arrives_at or leg.departs_at,
        )
    except NotAllowedHere as error:
        raise Invalid(f"Field: to, Reason: {error.detail}") from error
