"""Holding vehicles for trips and giving them back. Whoever calls holds the lock of the booking already.

Lock order: booking, then asset type or asset (docs/locking.md). A reservation exists exactly as long as
something is held.
"""

import uuid
from datetime import timedelta

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop as _

from fleet import places
from fleet.errors import AssetNotAvailable, NoAssetLeft
from fleet.models import Alert, Asset, AssetType, Reservation, RestrictedAsset
from fleet.models.vehicles import AssetState
from tomp import prepared, written
from tomp.compiled import compiled
from tomp.errors import NothingToDo
from tomp.sentences import Sentence

PLANNED_WITHOUT_ARRIVAL = timedelta(hours=2)
# What was held is free, and its vehicle tells why it is to leave service, if it is. It is locked, for staff may be
# deciding that just now. One statement for what every trip ends with (docs/performance.md, P3).
LET_GO = """
    WITH held AS (DELETE FROM fleet_reservation WHERE leg_id = %s RETURNING asset_id)
    SELECT out_after_trip FROM fleet_asset JOIN held ON asset_id = id FOR NO KEY UPDATE OF fleet_asset
"""
HAND_BACK = """
    WITH held AS (DELETE FROM fleet_reservation WHERE leg_id = %s RETURNING asset_id),
    former AS (
        INSERT INTO fleet_assetpublicid (public_id, asset_id, replaced_at)
        SELECT %s::uuid, asset_id, %s::timestamptz FROM held
    )
    SELECT out_after_trip FROM fleet_asset JOIN held ON asset_id = id FOR NO KEY UPDATE OF fleet_asset
"""
IN_SERVICE = (AssetState.AVAILABLE, AssetState.RESERVED, AssetState.IN_USE)


@compiled
def _available(asset_id, public_id, *, wait):
    known = Asset.objects.filter(pk=asset_id, public_id=public_id, state=AssetState.AVAILABLE)
    return known.order_by().select_for_update(skip_locked=not wait)


def reserve_asset(*, asset_id, public_id, leg_id, now, wait=True, store=written.store):
    """This vehicle is held for the leg from now on and until it is given back. Returns it.

    `store` may store that later in the same transaction: until then the vehicle is locked.

    Raises AssetNotAvailable, also when the public knows it by another id by now: it was ridden since. Then nothing
    is held. Without `wait` a vehicle that another booking is just taking counts as taken.
    """
    asset = _available.first(asset_id=asset_id, public_id=public_id, wait=wait)
    if asset is None:
        raise AssetNotAvailable()
    asset.reserve()
    reservation = written.new(
        Reservation,
        leg_id=leg_id,
        asset_type_id=asset.asset_type_id,
        asset=asset,
        station_id=asset.station_id,
        period=DateTimeTZRange(now, None),
        is_virtual=asset.is_virtual,
    )
    store(written.change(asset, ("state",)), written.insertion(reservation))
    return asset


def reserve_type(*, asset_type_id, station_id, is_virtual, leg_id, period, now):
    """One vehicle of the type is promised to the leg for the period; which one is decided later. Raises NoAssetLeft."""
    kind = {"asset_type_id": asset_type_id, "station_id": station_id, "is_virtual": is_virtual}
    _check_place_left(**kind, period=period, now=now)
    Reservation.objects.create(leg_id=leg_id, **kind, period=DateTimeTZRange(*period))


def _check_place_left(*, asset_type_id, **wanted):
    """Raises NoAssetLeft. The type's row is the queue in which competing bookings wait for each other."""
    AssetType.objects.select_for_update().get(pk=asset_type_id)
    if places_left(asset_type_id=asset_type_id, **wanted) < 1:
        raise NoAssetLeft()


def places_left(*, asset_type_id, station_id, is_virtual, period, now, besides=None):
    """How many more vehicles of the type can be promised at the station for the period, in the sandbox or outside it.

    A vehicle whose reservation has ended still counts as out: it is late, not back. What is held for the leg
    `besides` does not count.
    """
    fleet = _vehicles_of(asset_type_id, station_id, is_virtual).filter(stays_in_service(*period))
    held = Reservation.objects.filter(asset_type_id=asset_type_id, is_virtual=is_virtual).exclude(leg_id=besides)
    return _left(fleet, held, station_id, period, now)


def _left(fleet, held, station_id, period, now):
    """How many of these vehicles are neither promised nor out during the period; negative: promised too often."""
    promised = held.filter(asset=None, station_id=station_id, period__overlap=DateTimeTZRange(*period))
    out = held.filter(asset__in=fleet).filter(Q(period__overlap=DateTimeTZRange(*period)) | Q(period__endswith__lt=now))
    return fleet.count() - (promised | out).count()


def spare_without(assets, given_up, *, asset_type_id, station_id, is_virtual, period, now):
    """As places_left, were these vehicles not there and the promises to the legs `given_up` neither."""
    fleet = _vehicles_of(asset_type_id, station_id, is_virtual).filter(stays_in_service(*period))
    held = Reservation.objects.filter(asset_type_id=asset_type_id, is_virtual=is_virtual).exclude(leg_id__in=given_up)
    return _left(fleet.exclude(pk__in=assets.values("pk")), held, station_id, period, now)


def _vehicles_of(asset_type_id, station_id, is_virtual):
    """The vehicles in service that promises of the type at this station can be kept with."""
    vehicles = Asset.objects.virtual() if is_virtual else Asset.objects.real()
    vehicles = vehicles.filter(asset_type_id=asset_type_id, state__in=IN_SERVICE)
    if station_id is None:
        return vehicles
    return vehicles.filter(Q(home_station_id=station_id) | Q(home_station__isnull=True, station_id=station_id))


def stays_in_service(begins, ends, *, path="pk"):
    """A condition on rows whose vehicle is at `path`: no restriction (fleet/restricting.py) of it touches this time."""
    return ~Exists(RestrictedAsset.objects.in_force(begins, ends).filter(asset=OuterRef(path)))


def reschedule(*, leg_id, departs_at, ends_at, now):
    """What is held for the leg is held for this period. Raises AssetNotAvailable, NoAssetLeft: promised to others.

    A vehicle is held from when it was reserved or assigned; one that is held until its ride ends stays so.
    """
    reservation = Reservation.objects.get(leg_id=leg_id)
    held = reservation.period
    if held.upper is None:
        return
    if ends_at > held.upper:
        _check_not_promised(reservation, (max(held.upper, departs_at), ends_at), now)
    reservation.period = DateTimeTZRange(departs_at if reservation.asset_id is None else held.lower, ends_at)
    reservation.save(update_fields=["period"])


def _check_not_promised(reservation, added, now):
    """Raises AssetNotAvailable or NoAssetLeft unless the reservation can cover the added period, too."""
    kind = reservation.kind
    if reservation.asset_id is not None:
        others = Reservation.objects.filter(asset=reservation.asset_id).exclude(pk=reservation.pk)
        if others.filter(period__overlap=DateTimeTZRange(*added)).exists():
            raise AssetNotAvailable(_("The vehicle is promised to somebody else by then."))
        if not _vehicles_of(**kind).filter(pk=reservation.asset_id).exists():
            return  # others were promised those that are there, not this one
    _check_place_left(**kind, period=added, now=now, besides=reservation.leg_id)


def pickable_assets(*, asset_type_id, station_id, is_virtual):
    """The vehicles from which one can be assigned to a leg of this type at this station, in the sandbox or outside."""
    assets = Asset.objects.virtual() if is_virtual else Asset.objects.real()
    assets = assets.free().filter(asset_type_id=asset_type_id)
    return assets.filter(station_id=station_id) if station_id is not None else assets


def assign(*, leg_id, asset_public_id=None, now):
    """The leg's promise becomes this vehicle (or any free one) and holds from now. Returns the vehicle.

    Raises AssetNotAvailable or NoAssetLeft; then the promise is as it was. A vehicle that another
    booking is just taking is passed over, not waited for. What is promised to others until then is left to them.
    """
    reservation = Reservation.objects.get(leg_id=leg_id)
    if now < reservation.period.lower:
        _check_place_left(**reservation.kind, period=(now, reservation.period.lower), now=now)
    candidates = _pickable_until_the_end(reservation, now)
    if asset_public_id is not None:
        candidates = candidates.filter(public_id=asset_public_id)
    asset = candidates.select_for_update(of=["self"], skip_locked=True).order_by("vehicle_number").first()
    if asset is None:
        raise NoAssetLeft(_("No free vehicle is left.")) if asset_public_id is None else AssetNotAvailable()
    _hold(asset)
    _keep(reservation, asset, now)
    return asset


def _keep(reservation, asset, now):
    """It holds this vehicle from now on."""
    reservation.asset = asset
    ends_at = reservation.period.upper
    # Whoever comes after the planned end keeps the vehicle until the ride ends, like everybody who books now.
    reservation.period = DateTimeTZRange(now, ends_at if ends_at and ends_at > now else None)
    reservation.save(update_fields=["asset", "period"])


def _pickable_until_the_end(reservation, now):
    """As pickable_assets, but for those that staff take out of service meanwhile."""
    return pickable_assets(**reservation.kind).filter(
        stays_in_service(now, reservation.period.upper or now + PLANNED_WITHOUT_ARRIVAL)
    )


def replace(*, leg_id, former, now, asset_public_id=None):
    """The leg holds this free vehicle of the same kind, or the one nearest to the former, which is free. Returns it.

    Raises AssetNotAvailable or NoAssetLeft; then the former is still held. One that another booking is just taking is
    passed over. Of several at one place, as at a station, the first by number is taken.
    """
    reservation = Reservation.objects.get(leg_id=leg_id)
    # First of all: whoever waited for it with the other one in hand might be waited for, too.
    former.out_after_trip = Asset.objects.select_for_update().values_list("out_after_trip", flat=True).get(pk=former.pk)
    others = _pickable_until_the_end(reservation, now)
    if asset_public_id is not None:
        others = others.filter(public_id=asset_public_id)
    nearest_first = others.nearest_first(former.lat, former.lon)
    asset = nearest_first.select_for_update(of=["self"], skip_locked=True).first()
    if asset is None:
        raise NoAssetLeft(_("No other vehicle is free.")) if asset_public_id is None else AssetNotAvailable()
    _give_back(former)
    _hold(asset)
    _keep(reservation, asset, now)
    return asset


# A vehicle that a leg holds is guarded by the lock of its booking; only what staff decide about it meanwhile is not.
# `store` is handed what changes of the vehicle, where a function takes one: it may be stored later, with the leg.


def take(*, asset, store=written.store):
    """The held vehicle is in use."""
    asset.take()
    _save(asset, "state", "station", "station_slot", "lock_state", store=store)


def turn_lock(*, asset, lock_state, store=written.store):
    """The lock of a vehicle that we open and close ourselves is in this state."""
    if asset.follow_lock(lock_state):
        _save(asset, "lock_state", store=store)


def release(*, leg_id, asset):
    """What was held for the leg (`asset`, or None for a promise) and never ridden is free again, if anything was."""
    if _freed(asset, LET_GO, [leg_id]):
        _give_back(asset)


def _give_back(asset):
    """The vehicle that was held and not ridden is free again, or leaves service if that is due."""
    asset.give_back()
    _save_at_the_end(asset, "state")


def end_use(*, leg_id, asset, place, now, store=written.store):
    """The ridden vehicle is free again, stands at `place` ((lat, lon) or None) and has a new public id.

    Nothing happens when it was given back before, at an earlier event of the same leg.
    """
    if not _freed(asset, HAND_BACK, [leg_id, asset.public_id, now]):
        return
    asset.end_use(public_id=uuid.uuid4())
    if place is not None:
        asset.lat, asset.lon = place
    # Without a place it stands where it last reported, perhaps since we read it.
    moved = ("lat", "lon") if place is not None else ()
    asset.station = _station_at(asset)
    _save_at_the_end(asset, "state", "public_id", *moved, "station", "lock_state", store=store)


def stand_in_dock(*, asset_id, station_id, slot, at):
    """The vehicle that was docked at this moment stands at this station and slot, if it said nothing newer since."""
    docked = Asset.objects.filter(pk=asset_id, is_docked=True, dock_reported_at=at).exclude(state=AssetState.IN_USE)
    docked.update(station_id=station_id, station_slot=slot)


def _freed(asset, statement, values):
    """Whether that freed the vehicle. Then it knows whether it is to leave service; nobody decides that meanwhile."""
    freed, _count = prepared.send(connection, statement, values)
    if freed:
        [[asset.out_after_trip]] = freed
    return bool(freed)


def _station_at(asset):
    """The station the vehicle now belongs to; a free-floating one merely stands beside it."""
    if asset.asset_type.return_rule == AssetType.ReturnRule.FREE_FLOATING or asset.lat is None:
        return None
    return next(iter(places.stations_at(asset.lat, asset.lon)), None)


def _hold(asset):
    asset.reserve()
    _save(asset, "state")


def _save_at_the_end(asset, *fields, store=written.store):
    """What staff decided during the trip happens now, and has its row in the history."""
    if asset.leave_service_if_due():
        asset.save(update_fields=(*fields, "state_reason", "out_after_trip"))
    else:
        _save(asset, *fields, store=store)


def _save(asset, *fields, store=written.store):
    # Without a row in the history: a trip has its own append-only events, which would be said twice.
    store(written.change(asset, fields))


@transaction.atomic
def change_service_state(*, asset_id, move, reason, now):
    """Staff take a vehicle out of or into service; `move` names the transition. Returns it.

    Raises AssetNotAvailable when a booking holds it, NothingToDo when it is there already, for this reason.
    """
    asset = Asset.objects.select_for_update().get(pk=asset_id)
    if asset.is_on_a_trip:
        state = Sentence.label(asset.get_state_display)
        raise AssetNotAvailable(
            _("Vehicle %(vehicle)s is %(state)s: end its trip first."), vehicle=str(asset), state=state
        )
    before = asset.state, asset.state_reason
    if move == "put_in_service":
        asset.put_in_service()
    else:
        getattr(asset, move)(reason=reason)
    if (asset.state, asset.state_reason) == before:
        state = Sentence.label(asset.get_state_display)
        raise NothingToDo(_("Vehicle %(vehicle)s is %(state)s already."), vehicle=str(asset), state=state)
    asset.save(update_fields=["state", "state_reason"])
    return asset


def forget_alerts(*, before):
    """Alerts that ended before this moment are gone, their history stays; returns how many."""
    _deleted, by_model = Alert.objects.filter(ends_at__lt=before).delete()
    return by_model.get(Alert._meta.label, 0)
