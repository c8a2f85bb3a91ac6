"""Moving what was promised to another time. Whoever calls holds the lock of the booking already."""

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from fleet.errors import NoAssetLeft
from fleet.models import AssetType, Reservation
from fleet.services import places_left, reserve_type


def move(*, periods, now):
    """What is promised to each of these legs is promised for its period; a vehicle that was assigned stays theirs.

    Raises NoAssetLeft; then the caller's transaction must be undone. A vehicle booked as such is held until the ride
    ends anyway.
    """
    held = list(Reservation.objects.filter(leg_id__in=periods).order_by("leg_id"))
    promises = [reservation for reservation in held if reservation.asset_id is None]
    Reservation.objects.filter(pk__in=[promise.pk for promise in promises]).delete()
    for promise in promises:
        reserve_type(**promise.kind, leg_id=promise.leg_id, period=periods[promise.leg_id], now=now)
    for reservation in held:
        if reservation.asset_id is not None and reservation.period.upper is not None:
            _end_at(reservation, periods[reservation.leg_id][1], now)


def _end_at(reservation, ends_at, now):
    """The assigned vehicle is expected back then; nobody else was promised it in between."""
    known = reservation.period.upper
    if ends_at > known:
        AssetType.objects.select_for_update().get(pk=reservation.asset_type_id)
        if places_left(**reservation.kind, period=(known, ends_at), now=now) < 1:
            raise NoAssetLeft()
    reservation.period = DateTimeTZRange(reservation.period.lower, ends_at)
    reservation.save(update_fields=["period"])
