"""What a vehicle has to do before an event of its leg can be true: open, close, open its trunk.

The command goes out before the transaction, after a rehearsal that finds out whether the event is possible; when
the vehicle does not answer, the event is refused (503) and nothing has changed (docs/gateway.md).
"""

from django.db import transaction

from bookings.models import Party
from fleet.conditions import pauses_unlocked
from fleet.gateway import commands
from fleet.models import Command
from legs import services
from legs.models import Leg, LegEvent, LegState
from maas.models import Milestone

KINDS = {
    "SET_IN_USE": Command.Kind.UNLOCK,
    "PAUSE": Command.Kind.LOCK,
    "START_FINISHING": Command.Kind.LOCK,
    "FINISH": Command.Kind.LOCK,
    "OPEN_TRUNK": Command.Kind.OPEN_TRUNK,
}


def send_ahead(event, *, leg_id, at, provider, now, **more):
    """The vehicle of the leg did what this event of its provider needs, if we work it and the event is possible.

    A repeated event sends nothing. A leg without a vehicle has one afterwards: the one that was opened.
    Raises TemporaryFailure, and whatever legs.services.apply() would raise.
    """
    if event not in KINDS or not (provider.is_sandbox or commands.gateways()):
        return
    legs = Leg.objects.booked().for_provider(provider).for_trip().select_related("booking")
    leg = legs.filter(pk=leg_id).first()
    gateway = leg and commands.gateway_for(provider, asset_type_id=leg.asset_type_id, asset=leg.asset)
    if gateway is None or not _is_asked(event, leg, provider) or _is_known(event, leg_id, at):
        return
    rehearse(event, leg_id=leg_id, at=at, provider=provider, now=now, **more)
    if leg.asset_id is None:
        named = more.get("asset_ref")
        leg = services.apply("ASSIGN_ASSET", leg_id=leg_id, at=now, now=now, asked_by=Party.TO, asset_ref=named)
    told = {"asset": leg.asset, "gateway": gateway, "leg_id": leg_id}
    commands.send(KINDS[event], event=event, event_at=at, now=now, **told)


def rehearse(event, **request):
    """Returns only if the event is possible now; nothing has changed. Raises what apply() raises."""
    with transaction.atomic():
        services.apply(event, **request)
        transaction.set_rollback(True)


def _is_asked(event, leg, provider):
    """Whether the vehicle is to do anything. One that was given back is no affair of this leg any more."""
    if event == "SET_IN_USE":
        return leg.state != LegState.IN_USE
    if event == "PAUSE":
        return not pauses_unlocked(leg.conditions)
    if event == "START_FINISHING":
        return provider.release_asset_on == Milestone.START_FINISHING
    if event == "FINISH":
        return leg.state != LegState.FINISHED and not leg.is_given_back
    return True


def _is_known(event, leg_id, at):
    return LegEvent.objects.filter(leg=leg_id, event=event, at=at, asked_by=Party.MP).exists()
