"""Another end, or another departure, than was planned (TOMP TIME_EXTEND, TIME_POSTPONE).

The `time` of these events is what is asked for, not when something happened.
"""

from fleet import services as fleet
from fleet.errors import AssetNotAvailable, NoAssetLeft
from fleet.schedule import Schedule
from legs.errors import IllegalEvent
from legs.models import LegState
from legs.services.step import keep_price
from planning.options import LONGEST_TRIP, PLANNED_WITHOUT_ARRIVAL


def extend(step):
    """The user keeps the vehicle until `time`. Raises IllegalEvent when somebody else was promised it, or too long."""
    leg, until = step.leg, step.at
    begins_at = leg.departed_at or leg.departs_at
    if until <= max(step.now, begins_at):
        raise _refused(step, "that end is in the past, or before the departure.")
    if leg.arrives_at is not None and until < leg.arrives_at:
        raise _refused(step, "that is before the planned end.")
    if until - begins_at > LONGEST_TRIP:
        raise _refused(step, f"a trip takes {LONGEST_TRIP.days} days at the most.")
    _plan(step, departs_at=leg.departs_at, arrives_at=until)


def postpone(step):
    """The user departs at `time`. The planned end stays, unless the departure reaches it: then the duration does.

    Raises IllegalEvent: earlier than planned, later than the type allows, closed then, or promised to somebody else.
    """
    leg, departs_at = step.leg, step.at
    if departs_at < max(step.now, leg.departs_at):
        raise _refused(step, "that is in the past, or before the planned departure.")
    if departs_at > leg.latest_departure(step.now):
        raise _refused(step, "that is later than a vehicle can be kept for you.")
    if not leg.is_open_at(departs_at, Schedule.load()):
        raise _refused(step, "the service is closed then.")
    arrives_at = leg.arrives_at
    if arrives_at is not None and departs_at >= arrives_at:
        arrives_at = departs_at + (leg.arrives_at - leg.departs_at)
    _plan(step, departs_at=departs_at, arrives_at=arrives_at)


def _plan(step, *, departs_at, arrives_at):
    """Leg, booking, reservation and expected price follow."""
    leg, booking = step.leg, step.booking
    ends_at = arrives_at or departs_at + PLANNED_WITHOUT_ARRIVAL
    try:
        fleet.reschedule(leg_id=leg.pk, departs_at=departs_at, ends_at=ends_at, now=step.now)
    except (AssetNotAvailable, NoAssetLeft) as promised:
        raise _refused(step, promised.detail) from promised
    leg.departs_at, leg.arrives_at = departs_at, arrives_at
    legs = [each for each in keep_price(booking, leg, step.now) if each.state != LegState.CANCELLED]
    booking.departs_at = min(each.departs_at for each in legs)
    booking.arrives_at = max((each.arrives_at for each in legs if each.arrives_at), default=None)
    booking.save()


def _refused(step, why):
    return IllegalEvent(f"{step.event} is not possible: {why}")
