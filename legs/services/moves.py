"""What each event does, once it is possible: one function per event."""

from django.utils.translation import gettext_noop as _

from bookings import services as bookings
from bookings.models import Booking, Party
from fleet import places, pricing
from fleet import services as fleet
from fleet.access import new_code
from fleet.conditions import pauses_unlocked, return_areas
from fleet.errors import AssetNotAvailable
from fleet.ids import as_public_id
from fleet.models.vehicles import LockState
from legs.errors import AssetMissing, IllegalEvent, LockOpen, PickingNotAllowed
from legs.models import Evidence, LegState
from legs.services.demands import check_evidence
from legs.services.docking import advise_if_full
from legs.services.step import names
from legs.services.times import extend, postpone
from maas.models import Milestone
from payments import services as payments
from tomp import written


def _prepare(step):
    if step.leg.is_waiting:
        step.leg.prepare()


def _assign_asset(step):
    """The user or the operator picks (TOMP ASSIGN_ASSET); naming the assigned one again refreshes the access data only.

    The operator may leave it to chance: any free vehicle. The user may pick another one instead.
    """
    leg = step.leg
    if step.asset_ref is None and step.asked_by == Party.MP:
        raise AssetMissing("Field: asset.id, Reason: ASSIGN_ASSET names the asset to assign.")
    if leg.asset_id is None:
        _assign(step)
    elif step.asset_ref is None or not names(step.asset_ref, leg):
        _pick_another(step)


def _assign(step):
    """The leg has the named vehicle, or any free one if none is named, under the id it has now."""
    public_id = None if step.asset_ref is None else _picked(step)
    _give(step.leg, fleet.assign(leg_id=step.leg.pk, asset_public_id=public_id, now=step.now))


def _pick_another(step):
    """The leg has the named vehicle, with a code of its own; the one its user picked before is free.

    Raises PickingNotAllowed once the ride began, or where it was us who assigned.
    """
    leg = step.leg
    if step.asked_by != Party.MP or not leg.is_waiting or not leg.was_picked():
        raise PickingNotAllowed(_("A vehicle is assigned already."))
    _give(leg, fleet.replace(leg_id=leg.pk, former=leg.asset, asset_public_id=_picked(step), now=step.now))
    leg.access_code = new_code()


def _picked(step):
    """The public id of the named vehicle. Raises PickingNotAllowed, AssetNotAvailable."""
    if step.asked_by == Party.MP and not step.leg.asset_type.user_may_pick:
        raise PickingNotAllowed("The operator assigns the vehicle.")
    public_id = as_public_id(step.asset_ref)
    if public_id is None:
        raise AssetNotAvailable(_("There is no vehicle %(number)s."), number=repr(step.asset_ref[:80]))
    return public_id


def _give(leg, asset):
    leg.asset, leg.asset_public_id = asset, asset.public_id
    asset.asset_type = leg.asset_type


def _set_in_use(step):
    """The ride begins, or goes on after a pause."""
    leg, booking = step.leg, step.booking
    if leg.state == LegState.IN_USE:
        return
    begins = leg.is_waiting
    if begins and leg.asset_id is None:
        _assign(step)
    leg.set_in_use(at=step.at)
    if not begins:
        fleet.turn_lock(asset=leg.asset, lock_state=LockState.OPEN, store=step.progress)
    else:
        _begin_track(step)
        fleet.take(asset=leg.asset, store=step.progress)
        if booking.state == Booking.State.CONFIRMED:
            booking.start(at=step.at)
            step.progress.append(booking.progress())


def _begin_track(step):
    """The way begins where the vehicle is said to be, else where we know it to be."""
    place = step.asset_location or step.leg.position
    if place is not None:
        lat, lon = place
        step.leg.follow(lat=lat, lon=lon, at=step.at)


def _pause(step):
    step.leg.pause(at=step.at)
    if not pauses_unlocked(step.leg.conditions):
        fleet.turn_lock(asset=step.leg.asset, lock_state=LockState.CLOSED, store=step.progress)


def _open_trunk(step):
    """Opens the trunk and nothing else (TOMP issue 488)."""
    if not step.leg.asset_type.has_trunk:
        raise IllegalEvent("OPEN_TRUNK is not possible: this vehicle has no trunk.")


def _start_finishing(step):
    """The user brings the ride to an end; by contract the meter may stop and the vehicle be free already.

    What a dock takes back is free when the dock has it: until then nobody could take it out of one.
    """
    leg = step.leg
    gives_back = step.terms.release_asset_on == Milestone.START_FINISHING and not leg.asset_type.docks_report
    if gives_back and step.asked_by == Party.MP:
        _check_place(step)
        _check_lock(step)
    if step.terms.bill_until == Milestone.START_FINISHING:
        leg.conclude(at=step.at, fare=_fare(leg, step.at))
    leg.start_finishing()
    advise_if_full(step)
    if gives_back:
        _give_back(step)


def _give_back(step):
    """The vehicle is free where it is, and the leg leads there; what was given back before has gone on since."""
    leg = step.leg
    if leg.is_given_back:
        return
    fleet.end_use(leg_id=leg.pk, asset=leg.asset, place=step.asset_location, now=step.now, store=step.progress)
    point = step.asset_location or leg.position
    if point is not None:
        leg.lead_to(point, leg.asset.station)


def _finish(step):
    """The ride is over: price final, vehicle free under a new id, fare owed."""
    leg, booking = step.leg, step.booking
    if leg.state == LegState.FINISHED:
        return
    if step.asked_by == Party.MP:
        _check_place(step)
        _check_lock(step)
        check_evidence(step)
    fare = leg.price(step.at)
    leg.finish(at=step.at, fare=fare)
    _give_back(step)
    bookings.withdraw_advice(leg)
    payments.record_fare(booking=booking, leg=leg, fare=fare, now=step.now, count=leg.entries, store=step.progress)
    _finish_booking(step)


def _fare(leg, at):
    return pricing.price(pricing.Tariff.from_json(leg.tariff), leg.usage(at))


def _finish_booking(step):
    """What the leg cost is part of the booking's total; with the last open one the booking is over."""
    booking, leg = step.booking, step.leg
    others = _others(leg)
    booking.price = booking.total_of([leg, *others], step.now)
    if all(other.is_done for other in others):
        booking.finish(at=max(done.arrived_at for done in (leg, *others) if done.arrived_at))
        _tell(step, "FINISH")
    step.progress.append(booking.progress())


def _tell(step, operation):
    """The story of the booking goes on with this."""
    told = bookings.event(step.booking, operation, step.asked_by, step.now, step.actor)
    step.progress.append(written.insertion(told))


def _check_place(step):
    """Raises NotAllowedHere. A vehicle given back at START_FINISHING was checked by nobody but is gone already."""
    if step.location is None or step.leg.is_given_back:
        return
    lat, lon = step.location
    places.check_may_end(
        asset_type=step.leg.asset_type,
        start_station_id=step.leg.station_id,
        lat=lat,
        lon=lon,
        now=step.now,
        areas=return_areas(step.leg.conditions),
    )


def _check_lock(step):
    """Raises LockOpen. What we lock ourselves will be locked; of what is given back already we know no more."""
    leg = step.leg
    by_hand = leg.asset_type.must_be_locked and not leg.asset_type.is_locked_remotely
    if by_hand and not leg.is_given_back and leg.asset.lock_state == LockState.OPEN:
        raise LockOpen("Lock the vehicle, then end the ride.")


def _others(leg):
    """The other legs of its booking; expects locked_for()."""
    return list(leg.booking.legs.exclude(pk=leg.pk)) if leg.has_company else []


def keep_evidence(step):
    """Photos may come with START_FINISHING or FINISH (semantics §10.2)."""
    if step.urls and step.event in ("START_FINISHING", "FINISH"):
        Evidence.objects.bulk_create(
            [Evidence(leg=step.leg, url=url, received_at=step.now) for url in dict.fromkeys(step.urls)],
            ignore_conflicts=True,
        )


def _cancel(step):
    """The leg will not take place. With the last open one the booking is over: FINISHED if others were ridden."""
    leg, booking = step.leg, step.booking
    leg.cancel()
    fleet.release(leg_id=leg.pk, asset=leg.asset)
    bookings.withdraw_advice(leg)
    others, fee = _others(leg), None
    if all(other.is_done for other in others):
        if booking.state == Booking.State.STARTED:
            booking.finish(at=max(other.arrived_at for other in others if other.arrived_at))
        else:
            booking.cancel()
            fee = payments.cancellation_fee(booking, [leg], asked_by=step.asked_by, now=step.now)
    booking.price = booking.total_of(others, step.now)
    payments.close(booking, [leg], fee=fee, now=step.now)
    if not booking.is_open:
        _tell(step, "CANCEL")
    step.progress.append(booking.progress())


HANDLERS = {
    "PREPARE": _prepare,
    "ASSIGN_ASSET": _assign_asset,
    "SET_IN_USE": _set_in_use,
    "PAUSE": _pause,
    "START_FINISHING": _start_finishing,
    "FINISH": _finish,
    "CANCEL": _cancel,
    "OPEN_TRUNK": _open_trunk,
    "TIME_EXTEND": extend,
    "TIME_POSTPONE": postpone,
}
