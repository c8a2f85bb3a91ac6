"""What a restriction does to bookings: which ones it hits, and what becomes of them."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce

from bookings import services as bookings
from bookings.models import OPEN_STATES, Party
from fleet import restricting
from fleet import services as fleet
from fleet.models import Asset, Reservation, Restriction
from fleet.services import PLANNED_WITHOUT_ARRIVAL
from legs import asking
from legs.models import WAITING_STATES, Leg
from tomp.errors import TompError
from tomp.words import in_english

LEAVE, MOVE = Restriction.Bookings.LEAVE, Restriction.Bookings.MOVE


@dataclass(frozen=True)
class Hit:
    """A leg that cannot be kept as it was promised; `asset` is its vehicle, None if it was promised one of a type."""

    leg: Leg
    asset: Asset | None


def hits(restriction, *, now):
    """The legs not begun whose vehicle is restricted while they need it, and the promises that exceed what is left.

    Whoever was promised last is hit first. Rides that go on are not hit: their vehicles are taken out afterwards.
    """
    chosen = Asset.objects.filter(restrictions__restriction=restriction)
    planned_end = Coalesce("arrives_at", F("departs_at") + PLANNED_WITHOUT_ARRIVAL)
    waiting = Leg.objects.filter(state__in=WAITING_STATES, booking__state__in=OPEN_STATES)
    waiting = waiting.annotate(planned_end=planned_end).filter(planned_end__gt=max(restriction.starts_at, now))
    if restriction.ends_at is not None:
        waiting = waiting.filter(departs_at__lt=restriction.ends_at)
    assigned = waiting.filter(asset__in=chosen).select_related("asset", "asset_type", "booking__provider")
    found = [Hit(leg, leg.asset) for leg in assigned.order_by("departs_at")]
    return found + _broken_promises(restriction, chosen, waiting, now)


def _broken_promises(restriction, chosen, waiting, now):
    kinds = chosen.filter(asset_type__booked_by="TYPE").values_list(
        "asset_type_id", "home_station_id", "station_id", "asset_type__return_rule", "script"
    )
    broken: list[Hit] = []
    places = {
        (type_pk, None if rule == "free_floating" else home or station, bool(script))
        for type_pk, home, station, rule, script in kinds.distinct()
    }
    for type_pk, station_pk, is_virtual in sorted(places, key=str):
        kind = {"asset_type_id": type_pk, "station_id": station_pk, "is_virtual": is_virtual}
        promised = Reservation.objects.filter(asset=None, **kind).order_by("-pk")
        short = _too_many(list(promised), kind, chosen, restriction, now)
        legs = waiting.filter(pk__in=short).select_related("asset_type", "booking__provider")
        broken += [Hit(leg, None) for leg in legs.order_by("departs_at")]
    return broken


def _too_many(promised, kind, chosen, restriction, now):
    """The legs of these promises, latest first, that the vehicles left cannot keep."""
    given_up: list[Any] = []
    for promise in promised:
        begins, ends = promise.period.lower, promise.period.upper
        touches = (restriction.ends_at is None or begins < restriction.ends_at) and ends > restriction.starts_at
        if not touches:
            continue
        if fleet.spare_without(chosen, given_up, **kind, period=(begins, ends), now=now) < 0:
            given_up.append(promise.leg_id)
    return given_up


def settle(restriction_id, *, actor, now):
    """The bookings hit are left, moved or cancelled, as decided; what was done and what not is kept by booking."""
    restriction = Restriction.objects.get(pk=restriction_id)
    if restriction.bookings == LEAVE or restriction.settled:
        return
    found = sorted(hits(restriction, now=now), key=lambda hit: str(hit.leg.booking_id))
    settled = []
    for booking_id, of_booking in groupby(found, key=lambda hit: hit.leg.booking_id):
        settled += [
            {"booking": str(booking_id), **done} for done in _settle_one(restriction, list(of_booking), actor, now)
        ]
    restriction.settled = settled
    restriction.save(update_fields=["settled"])


def _settle_one(restriction, found, actor, now):
    reason = in_english(lambda: f"{restriction.get_state_display()}: {restriction.reason}")[:200]
    if restriction.bookings != MOVE:
        booking_id = found[0].leg.booking_id
        done = _done(
            lambda: bookings.cancel(booking_id=booking_id, now=now, asked_by=Party.TO, actor=actor, reason=reason),
            "cancelled",
        )
        return [done]
    return [_move(hit, actor, reason, now) for hit in found]


def _move(hit, actor, reason, now):
    if hit.asset is None:
        return {"done": False, "text": "left: a promise of the type, for which there is no vehicle to spare"}
    return _done(lambda: asking.replace_asset(leg_id=hit.leg.pk, now=now, actor=actor, reason=reason), "moved")


def _done(do, text):
    try:
        do()
    except TompError as refusal:
        return {"done": False, "text": f"left: {refusal.detail}"}
    return {"done": True, "text": text}


def carry_out(restriction_id, *, actor, now):
    """A restriction that was decided has begun where it is due, and its bookings are settled."""
    restricting.carry_out(restriction_id=restriction_id, now=now)
    settle(restriction_id, actor=actor, now=now)
    restricting.carry_out(restriction_id=restriction_id, now=now)  # vehicles that were given back meanwhile
