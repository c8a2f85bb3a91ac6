"""Another end, or another departure, than was planned (TOMP TIME_EXTEND, TIME_POSTPONE), asked for or decided by us.

The `time` of these events is what is asked for, not when something happened.
"""

from django.db import transaction
from django.utils.translation import gettext_noop as _

from bookings.models import Booking, Party
from fleet import services as fleet
from fleet.errors import AssetNotAvailable, NoAssetLeft
from fleet.schedule import Schedule
from legs import callbacks
from legs.errors import IllegalEvent
from legs.events import RULES
from legs.models import LegEvent, LegState
from legs.services.step import Step, keep_price, locked
from planning.options import LONGEST_TRIP, PLANNED_WITHOUT_ARRIVAL
from tomp.sentences import Sentence


@transaction.atomic
def change_times(*, leg_id, departs_at, arrives_at, now, actor, reason):
    """The leg departs and ends as staff decided, and its provider will have the changed leg. Returns the leg.

    `arrives_at` None: the planned end, as TIME_POSTPONE treats it. What the provider may not ask for is refused here
    too: raises LegNotFound, IllegalEvent, and nothing has changed (TOMP PUT {mp}/legs/{id}, semantics §5.3).
    """
    leg, booking = locked(leg_id, None)
    arrives_at = arrives_at or leg.arrives_at
    wanted = {"TIME_POSTPONE": (departs_at, leg.departs_at), "TIME_EXTEND": (arrives_at, leg.arrives_at)}
    changed = {event: new for event, (new, planned) in wanted.items() if new != planned}
    if not changed:
        raise IllegalEvent(_("These are the planned times already."))
    for event, moment in changed.items():
        step = Step(event=event, leg=leg, booking=booking, at=moment, now=now, asked_by=Party.TO)
        _check_state(step)
        if event == "TIME_POSTPONE":
            _check_departure(step)
        else:
            _check_end(step, leg.departed_at or departs_at)
    _plan(step, departs_at=departs_at, arrives_at=_end_after(leg, departs_at, arrives_at))
    leg.save(update_fields=["departs_at", "arrives_at"])
    for event, moment in changed.items():
        LegEvent.objects.create(
            leg=leg, event=event, at=moment, state=leg.state, asked_by=Party.TO, actor=actor, comment=reason,
            received_at=now,
        )  # fmt: skip
    callbacks.changed(leg, now=now)
    return leg


def extend(step):
    """The user keeps the vehicle until `time`. Raises IllegalEvent when somebody else was promised it, or too long."""
    leg = step.leg
    _check_end(step, leg.departed_at or leg.departs_at)
    _plan(step, departs_at=leg.departs_at, arrives_at=step.at)


def postpone(step):
    """The user departs at `time`. The planned end stays, unless the departure reaches it: then the duration does.

    Raises IllegalEvent: earlier than planned, later than the type allows, closed then, or promised to somebody else.
    """
    _check_departure(step)
    _plan(step, departs_at=step.at, arrives_at=_end_after(step.leg, step.at, step.leg.arrives_at))


def _check_state(step):
    leg, booking = step.leg, step.booking
    if booking.state not in (Booking.State.CONFIRMED, Booking.State.STARTED):
        raise _refused(step, f"booking {booking.id} is {booking.state}.")
    if not RULES[step.event].allows(leg.state):
        raise _refused(step, f"leg {leg.id} is {leg.state}.")


def _check_end(step, begins_at):
    leg, until = step.leg, step.at
    if until <= max(step.now, begins_at):
        raise _refused(step, _("that end is in the past, or before the departure."))
    if leg.arrives_at is not None and until < leg.arrives_at:
        raise _refused(step, _("that is before the planned end."))
    if until - begins_at > LONGEST_TRIP:
        raise _refused(step, _("a trip takes %(days)s days at the most."), days=LONGEST_TRIP.days)


def _check_departure(step):
    leg, departs_at = step.leg, step.at
    if departs_at < max(step.now, leg.departs_at):
        raise _refused(step, _("that is in the past, or before the planned departure."))
    if departs_at > leg.latest_departure(step.now):
        raise _refused(step, _("that is later than a vehicle can be kept for you."))
    if not leg.is_open_at(departs_at, Schedule.load()):
        raise _refused(step, _("the service is closed then."))


def _end_after(leg, departs_at, arrives_at):
    """This end, unless the departure reaches it: then the trip takes as long as planned."""
    if arrives_at is not None and departs_at >= arrives_at:
        return departs_at + (leg.arrives_at - leg.departs_at)
    return arrives_at


def _plan(step, *, departs_at, arrives_at):
    """Leg, booking, reservation and expected price follow."""
    leg, booking = step.leg, step.booking
    ends_at = arrives_at or departs_at + PLANNED_WITHOUT_ARRIVAL
    try:
        fleet.reschedule(leg_id=leg.pk, departs_at=departs_at, ends_at=ends_at, now=step.now)
    except (AssetNotAvailable, NoAssetLeft) as promised:
        raise _refused(step, promised.sentence) from promised
    leg.departs_at, leg.arrives_at = departs_at, arrives_at
    legs = [each for each in keep_price(booking, leg, step.now) if each.state != LegState.CANCELLED]
    booking.departs_at = min(each.departs_at for each in legs)
    booking.arrives_at = max((each.arrives_at for each in legs if each.arrives_at), default=None)
    booking.save_progress()


def _refused(step, why, **details):
    return IllegalEvent(_("%(event)s is not possible: %(why)s"), event=step.event, why=Sentence(why, **details))
