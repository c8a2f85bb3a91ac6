"""What happens to a trip when an event is reported: by the provider, by a vehicle, by staff.

One entry, apply(); one function per event. The booking is locked first, the leg is read after the lock
(docs/locking.md); an event that was reported before changes nothing again.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists

from bookings import services as bookings
from bookings.models import Booking, Party
from fleet import places, pricing
from fleet import services as fleet
from fleet.conditions import demands_parking_photo
from fleet.errors import AssetNotAvailable
from fleet.ids import as_public_id, bare_id
from fleet.models import AssetPublicId
from legs.errors import (
    AssetMissing,
    EvidenceMissing,
    IllegalEvent,
    LegInUse,
    LegNotFound,
    OtherAsset,
    PickingNotAllowed,
)
from legs.events import RULES
from legs.models import Evidence, Leg, LegEvent, LegState
from maas.models import Milestone
from payments import services as payments

CLOCK_DRIFT = timedelta(seconds=60)
LATEST_REPORT = timedelta(minutes=10)


@dataclass
class Step:
    """One event on its way through: what was reported, and the locked rows it is about."""

    event: str
    leg: Leg
    booking: Booking
    at: datetime
    now: datetime
    asked_by: Party = Party.MP
    asset_ref: str | None = None
    location: tuple | None = None
    urls: list = field(default_factory=list)

    @property
    def terms(self):
        """The contract of the provider."""
        return self.booking.provider


def apply(
    event, *, leg_id, at, now, provider=None, asked_by=Party.MP, actor="",
    asset_ref=None, location=None, urls=(), comment="",
):  # fmt: skip
    """The leg after the event. The same event with the same `at` is answered again and changes nothing.

    `at` is when it happened at the vehicle; `location` is (lat, lon) of the vehicle; `provider` is who asks, where
    it matters whose leg it is. Raises LegNotFound,
    IllegalEvent, LegInUse, OtherAsset, AssetMissing, EvidenceMissing, NotAllowedHere, AssetNotAvailable,
    NoAssetLeft; after any of them nothing has changed (TOMP 1.6.1 POST /legs/{id}/events, semantics §5.2).
    """
    with transaction.atomic():
        same_report = LegEvent.objects.filter(leg=leg_id, event=event, at=at, asked_by=asked_by)
        leg, booking = _locked(leg_id, provider, is_repeated=Exists(same_report))
        if leg.is_repeated:
            return leg
        step = Step(
            event=event,
            leg=leg,
            booking=booking,
            at=_believable(at, leg, now),
            now=now,
            asked_by=asked_by,
            asset_ref=asset_ref,
            location=location,
            urls=list(urls),
        )
        _check_possible(step)
        _check_asset(step)
        HANDLERS[event](step)
        _keep_evidence(step)
        leg.save()
        lat, lon = location or (None, None)
        LegEvent.objects.create(
            leg=leg, event=event, at=at, state=leg.state, asked_by=asked_by, actor=actor,
            lat=lat, lon=lon, comment=comment, received_at=now,
        )  # fmt: skip
        return leg


def _locked(leg_id, provider, **questions):
    bookings = Booking.objects.booked() if provider is None else Booking.objects.booked().for_provider(provider)
    try:
        booking = bookings.locked_by_leg(leg_id)
    except Booking.DoesNotExist:
        raise LegNotFound(f"Leg {leg_id} not found.") from None
    if provider is not None:
        booking.provider = provider
    leg = Leg.objects.for_trip().annotate(**questions).get(pk=leg_id)
    leg.booking = booking
    return leg, booking


def _believable(at, leg, now):
    """When it happened. A clock that runs ahead, a time before what is known already, or one long past is not believed.

    The provider pays by these times, so a report that comes late counts from when it came (semantics §5.2: use
    server time if absurd).
    """
    known = leg.metered_since or leg.arrived_at or leg.departed_at or leg.booking.booked_at
    if at > now + CLOCK_DRIFT or at < max(known, now - LATEST_REPORT):
        return max(now, known)
    return min(at, now)


def _check_possible(step):
    leg, booking, rule = step.leg, step.booking, RULES[step.event]
    if step.event == "CANCEL" and leg.is_running:
        raise LegInUse(f"Leg {leg.id} is {leg.state}; end the ride instead.")
    if not rule.moves and not rule.stays:
        raise IllegalEvent(f"{step.event} is not offered for this vehicle.")
    over = booking.state == Booking.State.FINISHED and step.event == "FINISH"
    if booking.state not in (Booking.State.CONFIRMED, Booking.State.STARTED) and not over:
        raise IllegalEvent(f"{step.event} is not possible: booking {booking.id} is {booking.state}.")
    if not rule.allows(leg.state):
        raise IllegalEvent(f"{step.event} is not possible: leg {leg.id} is {leg.state}.")
    if step.event in ("SET_IN_USE", "PAUSE") and leg.is_given_back:
        raise IllegalEvent(f"{step.event} is not possible: the vehicle was given back.")
    if step.event == "FINISH" and step.asked_by == Party.MP and leg.asset_type.docks_report and not over:
        raise IllegalEvent("This vehicle's ride ends when its dock reports it.")


def _check_asset(step):
    """The named vehicle is the vehicle of the leg, under whatever id it had (semantics §5.2)."""
    leg, named = step.leg, step.asset_ref
    if named is None or (step.event in ("ASSIGN_ASSET", "SET_IN_USE") and leg.asset_id is None):
        return
    if leg.asset_id is None or not _names(named, leg):
        wrong = OtherAsset(f"Leg {leg.id} is not about asset {named}.")
        raise PickingNotAllowed("A vehicle is assigned already.") if step.event == "ASSIGN_ASSET" else wrong


def _names(named, leg):
    public_id = as_public_id(named)
    return (
        bare_id(named) == leg.asset.vehicle_code
        or public_id in (leg.asset_public_id, leg.asset.public_id)
        or AssetPublicId.objects.filter(public_id=public_id, asset_id=leg.asset_id).exists()
    )


def _prepare(step):
    if step.leg.is_waiting:
        step.leg.prepare()


def _assign_asset(step):
    """The user picks (TOMP ASSIGN_ASSET); naming the assigned one again refreshes the access data only."""
    leg = step.leg
    if step.asset_ref is None:
        raise AssetMissing("Field: asset.id, Reason: ASSIGN_ASSET names the asset to assign.")
    if leg.asset_id is None:
        _assign(step)


def _assign(step):
    """The leg has the named vehicle, or any free one if none is named, under the id it has now."""
    leg, public_id = step.leg, None
    if step.asset_ref is not None:
        if step.asked_by == Party.MP and not leg.asset_type.user_may_pick:
            raise PickingNotAllowed("The operator assigns the vehicle.")
        public_id = as_public_id(step.asset_ref)
        if public_id is None:
            raise AssetNotAvailable(f"There is no vehicle {step.asset_ref[:80]!r}.")
    leg.asset = fleet.assign(leg_id=leg.pk, asset_public_id=public_id, now=step.now)
    leg.asset_public_id = leg.asset.public_id


def _set_in_use(step):
    """The ride begins, or goes on after a pause."""
    leg, booking = step.leg, step.booking
    if leg.state == LegState.IN_USE:
        return
    begins = leg.is_waiting
    if begins and leg.asset_id is None:
        _assign(step)
    leg.set_in_use(at=step.at)
    if begins:
        fleet.take(asset=leg.asset)
        if booking.state == Booking.State.CONFIRMED:
            booking.start(at=step.at)
            booking.save()


def _pause(step):
    step.leg.pause(at=step.at)


def _start_finishing(step):
    """The user brings the ride to an end; by contract the meter may stop and the vehicle be free already."""
    leg = step.leg
    if step.terms.release_asset_on == Milestone.START_FINISHING and step.asked_by == Party.MP:
        _check_place(step)
    if step.terms.bill_until == Milestone.START_FINISHING:
        leg.conclude(at=step.at, fare=_fare(leg, step.at))
    leg.start_finishing()
    if step.terms.release_asset_on == Milestone.START_FINISHING:
        fleet.end_use(leg_id=leg.pk, asset=leg.asset, place=step.location, now=step.now)


def _finish(step):
    """The ride is over: price final, vehicle free under a new id, fare owed."""
    leg, booking = step.leg, step.booking
    if leg.state == LegState.FINISHED:
        return
    if step.asked_by == Party.MP:
        _check_place(step)
        _check_evidence(step)
    fare = leg.price(step.at) if leg.is_concluded else _fare(leg, step.at)
    leg.finish(at=step.at, fare=fare)
    fleet.end_use(leg_id=leg.pk, asset=leg.asset, place=step.location, now=step.now)
    payments.record_fare(booking=booking, leg=leg, fare=fare, now=step.now)
    _finish_booking(step, fare)


def _fare(leg, at):
    return pricing.price(pricing.Tariff.from_json(leg.tariff), leg.usage(at))


def _finish_booking(step, fare):
    booking, leg = step.booking, step.leg
    others = list(booking.legs.exclude(pk=leg.pk))
    if all(other.is_done for other in others):
        booking.finish(at=leg.arrived_at)
        booking.price = fare.total + sum(other.price(step.now).total for other in others)
        bookings.record(booking, "FINISH", step.asked_by, step.now)
        booking.save()


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
    )


def _check_evidence(step):
    demanded = demands_parking_photo(step.leg.conditions)
    if demanded and not step.urls and not Evidence.objects.filter(leg=step.leg).exists():
        raise EvidenceMissing("Send the address of a photo of the parked vehicle in `url`.")


def _keep_evidence(step):
    """Photos may come with START_FINISHING or FINISH (semantics §10.2)."""
    if step.urls and step.event in ("START_FINISHING", "FINISH"):
        Evidence.objects.bulk_create(
            [Evidence(leg=step.leg, url=url, received_at=step.now) for url in dict.fromkeys(step.urls)],
            ignore_conflicts=True,
        )


def _cancel(step):
    """The leg will not take place; with the last leg the booking is CANCELLED."""
    leg, booking = step.leg, step.booking
    leg.cancel()
    fleet.release(leg_id=leg.pk, asset=leg.asset)
    if all(other.is_done for other in booking.legs.exclude(pk=leg.pk)):
        if booking.state == Booking.State.STARTED:
            booking.finish(at=step.now)
        else:
            booking.cancel()
        bookings.record(booking, "CANCEL", step.asked_by, step.now)
        booking.save()


HANDLERS = {
    "PREPARE": _prepare,
    "ASSIGN_ASSET": _assign_asset,
    "SET_IN_USE": _set_in_use,
    "PAUSE": _pause,
    "START_FINISHING": _start_finishing,
    "FINISH": _finish,
    "CANCEL": _cancel,
}
