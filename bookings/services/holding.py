"""Holding what the legs of a booking need: all of it, or nothing.

What it means for a vehicle that it is held is handed to `store`, which stores it with the booking.
"""

from dataclasses import replace

from bookings.drafts import draft_leg
from fleet import services as fleet
from fleet.errors import AssetNotAvailable, NoAssetLeft
from planning.options import PLANNED_WITHOUT_ARRIVAL


def hold(legs, now, *, store):
    """Every vehicle, or the promise of one, is held. Raises AssetNotAvailable, NoAssetLeft."""
    for leg in in_lock_order(legs):
        _hold_one(leg, now, wait=True, store=store)


def hold_any(legs, instead, now, *, wait, store):
    """As hold(), but where a vehicle is gone the next of these options takes its place. Returns the legs held."""
    spare = iter(instead)
    held = [_hold_or_replace(leg, spare, now, wait=wait, store=store) for leg in in_lock_order(legs)]
    return sorted(held, key=lambda leg: leg.sequence)


def _hold_or_replace(leg, spare, now, **how):
    while True:
        try:
            _hold_one(leg, now, **how)
            return leg
        except (AssetNotAvailable, NoAssetLeft):
            option = next(spare, None)
            if option is None:
                raise
            option = replace(option, travelers=leg.traveler_references)
            leg = draft_leg(option, leg.booking, id=leg.id, sequence=leg.sequence)


def in_lock_order(legs):
    """By primary key of the vehicle, so that two who want the same vehicles never wait for each other."""
    return sorted(legs, key=lambda leg: (leg.asset_id or 0, leg.sequence))


def _hold_one(leg, now, *, wait, store):
    if leg.asset_id is not None:
        leg.asset = fleet.reserve_asset(
            asset_id=leg.asset_id, public_id=leg.asset_public_id, leg_id=leg.pk, now=now, wait=wait, store=store
        )
    else:
        fleet.reserve_type(
            asset_type_id=leg.asset_type_id,
            station_id=leg.station_id,
            is_virtual=leg.booking.provider.is_sandbox,
            leg_id=leg.pk,
            period=(leg.departs_at, leg.arrives_at or leg.departs_at + PLANNED_WITHOUT_ARRIVAL),
            now=now,
        )
