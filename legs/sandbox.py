"""What happens by itself in the sandbox: virtual vehicles follow their scripts, and somebody answers (docs/sandbox.md).

Nothing is remembered: an act has its moment, counted from the beginning of the ride, and the same event or report with
the same moment changes nothing a second time.
"""

import math
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from bookings import services as bookings
from bookings.models import Booking, Party
from fleet.gateway import reports
from fleet.models import Asset, VehicleAlert
from fleet.models.vehicles import AssetState, Script
from fleet.sandbox import FULL
from legs import services
from legs.models import RUNNING_STATES, WAITING_STATES, Leg, LegState

SECOND = timedelta(seconds=1)
LATE = 60 * SECOND  # an act that could not happen for so long does not happen any more
BETWEEN_REPORTS = 10
UNDOCKED_AFTER, DOCKED_AFTER, ANSWERED_AFTER = 10 * SECOND, 60 * SECOND, 10 * SECOND
LEAVES_AFTER, BACK_AFTER = 25 * SECOND, 65 * SECOND
LONGEST_RIDE = timedelta(hours=2)  # then the vehicle is for others
NEARLY_EMPTY = 4  # percent
CIRCLE_DEGREES = 0.0002  # about 20 metres
DENY, SILENT = "DENY", "SILENT"


# -- the rides


def rides():
    """Legs with virtual vehicles that are confirmed or ridden."""
    under_way = (Booking.State.CONFIRMED, Booking.State.STARTED)
    legs = Leg.objects.exclude(asset=None).exclude(asset__script="").filter(booking__state__in=under_way)
    return legs.filter(state__in=(*WAITING_STATES, *RUNNING_STATES))


def play(*, leg_id, now):
    """The vehicle of the leg did what its script says until now; False if there was nothing to do. Safe to repeat.

    Raises what legs.services.apply() raises: what the provider did meanwhile may not leave room for it.
    """
    leg = rides().for_trip().select_related("booking").filter(pk=leg_id).first()
    if leg is None:
        return False
    if leg.state in WAITING_STATES:
        return _leave_dock(leg, now)
    if now - leg.departed_at >= LONGEST_RIDE:
        return _event(leg, "FINISH", now, now)
    script, ridden = leg.asset.script, now - leg.departed_at
    acts = [(after, act) for after, act in SCRIPTS.get(script, ()) if after <= ridden < after + LATE]
    for after, act in acts:
        act(leg, leg.departed_at + after, now)
    _ride(leg, now)
    return bool(acts)


def _leave_dock(leg, now):
    is_due = leg.asset.script == Script.DOCKS and now - leg.booking.booked_at >= UNDOCKED_AFTER
    if not (is_due and leg.asset.is_docked and leg.booking.state == Booking.State.CONFIRMED):
        return False
    return _report(leg.asset, now, now, dock=None)


def _dock(leg, at, now):
    if leg.asset.is_docked is False and leg.station is not None:
        _report(leg.asset, now, now, dock={"stationId": leg.station.station_id, "slot": leg.asset.station_slot})


def _ride(leg, now):
    """In a small circle, so that it may be left wherever it is; one report in ten seconds."""
    if leg.asset.state != AssetState.IN_USE or leg.state != LegState.IN_USE or not _circles(leg, now):
        return
    seconds = int((now - leg.departed_at) / SECOND) // BETWEEN_REPORTS * BETWEEN_REPORTS
    angle = 2 * math.pi * seconds / 60
    _be_at(leg, leg.departed_at + seconds * SECOND, now, CIRCLE_DEGREES * (1 - math.cos(angle)), math.sin(angle))


def _circles(leg, now):
    """Not what is far away, and not what its dock speaks for."""
    is_far_away = leg.asset.script == Script.LEAVES_AREA and LEAVES_AFTER <= now - leg.departed_at < BACK_AFTER
    return not is_far_away and leg.asset.script != Script.DOCKS


def _be_at(leg, at, now, north, east=0.0):
    """Where the ride began, and so many degrees to the north and circles to the east."""
    start = leg.from_place["coordinates"]
    lat = start["lat"] + (north if start["lat"] < 80 else -north)
    _report(leg.asset, at, now, position={"lat": lat, "lng": start["lng"] + east * CIRCLE_DEGREES})


def _leave_area(leg, at, now):
    _be_at(leg, at, now, 1.0)


def _come_back(leg, at, now):
    _be_at(leg, at, now, 0.0)


def _run_empty(leg, at, now):
    _report(leg.asset, at, now, stateOfCharge=NEARLY_EMPTY)


def _lock(leg, at, now):
    if leg.state == LegState.IN_USE:
        _event(leg, "PAUSE", at, now, "The vehicle was locked by hand.")


def _unlock(leg, at, now):
    if leg.state == LegState.PAUSED:
        _event(leg, "SET_IN_USE", at, now, "The vehicle was unlocked by hand.")


def _end(leg, at, now):
    _event(leg, "FINISH", at, now, "The operator ended the ride.")


SCRIPTS = {  # so long after the ride began this happens; never when the next report of the way is due
    Script.RUNS_EMPTY: [(25 * SECOND, _run_empty)],
    Script.LEAVES_AREA: [(LEAVES_AFTER, _leave_area), (BACK_AFTER, _come_back)],
    Script.LOCKED_BY_HAND: [(25 * SECOND, _lock), (45 * SECOND, _unlock)],
    Script.ENDED_BY_US: [(65 * SECOND, _end)],
    Script.DOCKS: [(DOCKED_AFTER, _dock)],
}


def _event(leg, event, at, now, comment="The sandbox does not wait longer."):
    services.apply(event, leg_id=leg.pk, at=at, now=now, asked_by=Party.TO, comment=comment)
    return True


def _report(asset, at, now, **facts):
    told = {"vehicle": asset.vehicle_number, "at": at.isoformat(), **facts}
    reports.take_in(vehicles=Asset.objects.virtual(), reports=[told], now=now)
    return True


# -- between the rides


def tired():
    """Virtual vehicles nobody rides that are no longer as they were made."""
    strays = VehicleAlert.objects.open().filter(asset=OuterRef("pk"), kind=VehicleAlert.Kind.OUTSIDE_AREA)
    resting = Asset.objects.virtual().filter(state=AssetState.AVAILABLE)
    return resting.filter(Q(state_of_charge__lt=FULL) | Exists(strays))


def refresh(*, asset_id, now):
    """The vehicle is charged, and back where its last ride began; False if somebody has booked it meanwhile."""
    asset = tired().filter(pk=asset_id).first()
    if asset is None:
        return False
    facts = {"stateOfCharge": FULL} if asset.state_of_charge is not None else {}
    last = Leg.objects.filter(asset=asset).exclude(departed_at=None).order_by("-departed_at").first()
    if last is not None:
        facts["position"] = last.from_place["coordinates"]
    return _report(asset, now, now, **facts)


# -- who has to answer


def unanswered(now):
    """Bookings of the sandbox that wait for our word, and were told to expect one."""
    waiting = Booking.objects.filter(provider__is_sandbox=True, state=Booking.State.CONDITIONAL_CONFIRMED)
    return waiting.filter(expires_at__gt=now).exclude(extra_info__sandbox=SILENT)


def answer(*, booking_id, now):
    """The booking is confirmed ten seconds after COMMIT, or denied if its extraInfo says {"sandbox": "DENY"}."""
    booking = unanswered(now).get(pk=booking_id)
    committed_at = booking.expires_at - timedelta(minutes=booking.response_minutes)
    if now < committed_at + ANSWERED_AFTER:
        return False
    wish = (booking.extra_info or {}).get("sandbox")
    decide = bookings.deny if wish == DENY else bookings.confirm
    decide(booking_id=booking_id, now=now, actor="sandbox", reason="The sandbox answers by itself.")
    return True
