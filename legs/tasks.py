"""What the clock does to trips. Each job is safe to run twice and on many workers."""

from datetime import datetime

import structlog
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from bookings.models import Party
from fleet.sandbox import furnish
from legs import asking, overdue, sandbox, services, vehicles
from legs.models import Leg
from maas.models import MaasProvider
from tomp.jobs import do_each

log = structlog.get_logger(__name__)


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="assign_before_departure")
def assign_before_departure(timestamp: int) -> int:
    """Every leg that departs soon has a vehicle, and its provider will hear which. Returns how many got one now.

    A leg for which none is free is tried again, and stops no other (semantics §7.4).
    """
    now = timezone.now()
    return do_each(
        Leg.objects.to_assign(now).order_by("departs_at").values_list("id", flat=True),
        lambda pk: services.apply("ASSIGN_ASSET", leg_id=pk, at=now, now=now, asked_by=Party.TO),
        failure="no_asset_assigned",
    )


@app.periodic(cron="* * * * * 15")
@app.task(queueing_lock="finish_forgotten")
def finish_forgotten(timestamp: int) -> int:
    """Every ride that was about to end and was forgotten is FINISHED. Returns how many now."""
    now = timezone.now()
    forgotten = Leg.objects.left_finishing(now).values_list("id", flat=True)
    return do_each(forgotten, lambda pk: overdue.finish(leg_id=pk, now=now), failure="ride_not_finished")


@app.periodic(cron="* * * * * 45")
@app.task(queueing_lock="report_long_rides")
def report_long_rides(timestamp: int) -> int:
    """Of every ride that takes too long provider and staff know. Returns how many are new."""
    now = timezone.now()
    too_long = Leg.objects.ridden_too_long(now).filter(overdue_at=None).values_list("id", flat=True)
    return do_each(too_long, lambda pk: overdue.report(leg_id=pk, now=now), failure="long_ride_not_reported")


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
    """Rides begin whose vehicle was taken out of its dock while the booking was being committed. Returns how many."""
    missed = dict(vehicles.missed_departures())
    return do_each(missed, lambda asset_id: follow(asset_id, [missed[asset_id]]), failure="vehicle_not_followed")


def follow(asset_id, happenings):
    vehicles.vehicle_told(asset_id=asset_id, happenings=happenings, now=timezone.now())


@app.task
def finish_beside_the_dock(leg_id: str) -> None:
    """The ride is FINISHED, unless it ended or went on since its user found all docks full."""
    overdue.finish_beside_the_dock(leg_id=leg_id, now=timezone.now())


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="play_sandbox")
def play_sandbox(timestamp: int) -> int:
    """Where there is a provider to try things out, the sandbox lives. Returns how much happened in it."""
    if not MaasProvider.objects.filter(is_sandbox=True, is_active=True).exists():
        return 0
    now = timezone.now()
    made = furnish(now=now)
    rides = sandbox.rides().values_list("pk", flat=True)
    tired = sandbox.tired().values_list("pk", flat=True)
    waiting = sandbox.unanswered(now).values_list("pk", flat=True)
    return made + sum(
        (
            do_each(rides, lambda pk: sandbox.play(leg_id=pk, now=now), failure="script_not_played"),
            do_each(tired, lambda pk: sandbox.refresh(asset_id=pk, now=now), failure="virtual_vehicle_not_refreshed"),
            do_each(waiting, lambda pk: sandbox.answer(booking_id=pk, now=now), failure="sandbox_did_not_answer"),
        )
    )


@app.task
def hear_answer(callback_id: int) -> None:
    """What a provider answered to our question is known, and done if it agreed."""
    asking.hear(callback_id=callback_id, now=timezone.now())
