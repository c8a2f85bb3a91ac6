"""What vehicles report, as events of the trips they are on: undocked, docked, locked by hand, on the way.

A report is looked at under the lock of the booking, and counts for the leg as it is then: what the provider did
meanwhile is never undone, what was reported before it happened to the leg is never taken for something new.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F

from bookings import services as bookings
from bookings.models import Booking, Notification, Party
from fleet import services as fleet
from fleet.gateway.happenings import DOCKED, LOCKED, LOW_CHARGE, OUTSIDE_AREA, POSITION, UNDOCKED, UNLOCKED
from fleet.models import Station
from legs import services
from legs.models import RUNNING_STATES, WAITING_STATES, Leg, LegState
from tomp.errors import TompError

log = structlog.get_logger(__name__)

UNDER_WAY = (Booking.State.CONFIRMED, Booking.State.STARTED)


@dataclass(frozen=True)
class Happening:
    """One thing a vehicle told: `what` it was, `at` which moment, and what else belongs to it."""

    asset_id: int
    what: str
    at: datetime
    lat: float | None = None
    lon: float | None = None
    station: int | None = None
    slot: str = ""
    details: str = ""


def vehicle_told(*, asset_id, happenings, now):
    """The vehicle's trip is as far as these happenings say, taken in the order given. Safe to repeat."""
    positions = []
    for each in (Happening(asset_id=asset_id, **happening) for happening in happenings):
        if each.what == POSITION:
            positions.append((each.at, each.lat, each.lon))
            continue
        _track(asset_id, positions)
        positions = []
        MEANINGS[each.what](each, now)
    _track(asset_id, positions)


def _track(asset_id, positions):
    if positions:
        services.track(asset_id=asset_id, positions=positions)


def _undocked(happening, now):
    """The ride of whoever booked it in its dock begins; undocked before it was booked, it was not theirs."""
    waiting = _holding(happening.asset_id).filter(
        state__in=WAITING_STATES, station__isnull=False, booking__booked_at__lte=happening.at
    )
    _event("SET_IN_USE", waiting, happening, now)


def missed_departures():
    """What undocked vehicles told before their bookings were committed: happenings that can be told again now."""
    waiting = Leg.objects.filter(
        state__in=WAITING_STATES, booking__state__in=UNDER_WAY, station__isnull=False, asset_type__docks_report=True,
        asset__is_docked=False, asset__dock_reported_at__gte=F("booking__booked_at"),
        asset__public_id=F("asset_public_id"),
    )  # fmt: skip
    for asset_id, at in waiting.values_list("asset", "asset__dock_reported_at"):
        yield asset_id, {"what": UNDOCKED, "at": at}


def _docked(happening, now):
    """Whatever ride it was on ends at the station, also one that gave the vehicle back when it began to end."""
    rides = Leg.objects.filter(asset=happening.asset_id, state__in=RUNNING_STATES, departed_at__lt=happening.at)
    place = Station.objects.filter(pk=happening.station).values_list("lat", "lon").first()
    for leg_id in list(rides.order_by("departed_at").values_list("pk", flat=True)):
        _event("FINISH", rides.filter(pk=leg_id), happening, now, location=place)
    if happening.station is not None:
        fleet.stand_in_dock(
            asset_id=happening.asset_id, station_id=happening.station, slot=happening.slot, at=happening.at
        )


def _locked(happening, now):
    _event("PAUSE", _metered(happening, LegState.IN_USE), happening, now)


def _unlocked(happening, now):
    """A lock that we work is opened because the ride goes on, not the other way round."""
    paused = _metered(happening, LegState.PAUSED)
    leg = paused.for_trip().first()
    if leg is not None and not leg.asset_type.is_locked_remotely:
        _event("SET_IN_USE", paused, happening, now)


def _warned(happening, now):
    """Whoever rides the vehicle is told by the provider, once; the message bears the moment of the alert."""
    riding = _holding(happening.asset_id).filter(state__in=RUNNING_STATES, departed_at__lte=happening.at)
    leg_id = riding.values_list("pk", flat=True).first()
    if leg_id is None:
        return
    kind, comment = WARNINGS[happening.what]
    with transaction.atomic():
        booking = Booking.objects.locked_by_leg(leg_id)
        message = {"type": kind, "leg_id": str(leg_id), "sent_by": Party.TO}
        is_told = Notification.objects.filter(booking=booking, at=happening.at, **message).exists()
        if riding.filter(pk=leg_id).exists() and not is_told:
            bookings.notify(
                booking_id=booking.pk, minutes=None, comment=comment.format(happening.details), asset=None,
                now=happening.at, **message,
            )  # fmt: skip


WARNINGS = {
    LOW_CHARGE: (
        Notification.Type.MESSAGE_TO_END_USER,
        "The battery of the vehicle is low ({}). Please end the ride soon.",
    ),
    OUTSIDE_AREA: (
        Notification.Type.USER_OUT_OF_LIMITS,
        "The vehicle is outside the area where it may be ({}). Please return.",
    ),
}
MEANINGS = {
    UNDOCKED: _undocked,
    DOCKED: _docked,
    LOCKED: _locked,
    UNLOCKED: _unlocked,
    LOW_CHARGE: _warned,
    OUTSIDE_AREA: _warned,
}


def _holding(asset_id):
    """Legs of confirmed bookings that hold the vehicle now; one that gave it back knows it by a former id."""
    legs = Leg.objects.filter(asset=asset_id, booking__state__in=UNDER_WAY)
    return legs.filter(asset__public_id=F("asset_public_id"))


def _metered(happening, state):
    """The leg is in this state since before it was told: what was told earlier had its effect, or never will."""
    return _holding(happening.asset_id).filter(state=state, metered_since__lt=happening.at)


def _event(event, legs, happening, now, location=None):
    """The leg, if there is one, gets the event; whether there is one is seen again under the lock of its booking."""
    leg_id = legs.values_list("pk", flat=True).first()
    if leg_id is None:
        return
    try:
        with transaction.atomic():
            Booking.objects.locked_by_leg(leg_id)
            if legs.filter(pk=leg_id).exists():
                services.apply(
                    event, leg_id=leg_id, at=happening.at, now=now, asked_by=Party.TO, location=location,
                    comment=COMMENTS[happening.what],
                )  # fmt: skip
    except TompError as refusal:
        log.warning("report_not_applied", leg_id=str(leg_id), told=happening.what, reason=str(refusal.detail))


COMMENTS = {
    UNDOCKED: "The vehicle left its dock.",
    DOCKED: "The vehicle was docked.",
    LOCKED: "The vehicle was locked by hand.",
    UNLOCKED: "The vehicle was unlocked by hand.",
}
