"""What the clock does to trips. Each job is safe to run twice and on many workers."""

from datetime import datetime

import structlog
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from bookings.models import Party
from legs import services, vehicles
from legs.models import Leg
from tomp.errors import TompError

log = structlog.get_logger(__name__)


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="assign_before_departure")
def assign_before_departure(timestamp: int) -> int:
    """Every leg that departs soon has a vehicle, and its provider will hear which. Returns how many got one now.

    A leg for which none is free is tried again, and stops no other (semantics §7.4).
    """
    now = timezone.now()
    assigned = 0
    for leg_id in Leg.objects.to_assign(now).order_by("departs_at").values_list("id", flat=True):
        try:
            services.apply("ASSIGN_ASSET", leg_id=leg_id, at=now, now=now, asked_by=Party.TO)
            assigned += 1
        except TompError as refusal:
            log.warning("no_asset_assigned", leg_id=str(leg_id), reason=str(refusal.detail))
        except Exception:
            log.exception("no_asset_assigned", leg_id=str(leg_id))
    return assigned


@app.task(retry=RetryStrategy(max_attempts=6, exponential_wait=2))
def follow_vehicles(vehicles: list[dict]) -> None:
    """The trips are as far as their vehicles reported (fleet/gateway/happenings.py defers it).

    A vehicle that cannot be followed stops no other; what was done for those is done once, however often this is tried.
    """
    failures = []
    for vehicle in vehicles:
        told = [{**each, "at": datetime.fromisoformat(each["at"])} for each in vehicle["happenings"]]
        try:
            follow(vehicle["asset"], told)
        except Exception as failure:
            log.exception("vehicle_not_followed", asset=vehicle["asset"])
            failures.append(failure)
    if failures:
        raise failures[0]


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="begin_missed_rides")
def begin_missed_rides(timestamp: int) -> int:
    """Rides begin whose vehicle was taken out of its dock while the booking was being committed. Returns how many.

    One that cannot begin stops no other.
    """
    begun = 0
    for asset_id, departure in vehicles.missed_departures():
        try:
            follow(asset_id, [departure])
            begun += 1
        except Exception:
            log.exception("vehicle_not_followed", asset=asset_id)
    return begun


def follow(asset_id, happenings):
    vehicles.vehicle_told(asset_id=asset_id, happenings=happenings, now=timezone.now())
