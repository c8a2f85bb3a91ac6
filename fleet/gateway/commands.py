"""Telling vehicles what to do. A command goes out before the transaction of what it is about, and is logged."""

import time
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from fleet.gateway.adapters import ADAPTERS, CommandFailed
from fleet.models import Asset, AssetType, Command, Gateway
from fleet.models.vehicles import HARD_TO_OPEN
from tomp.errors import IllegalOperation, TemporaryFailure

SECONDS = 5.0
FORGOTTEN_AFTER = timedelta(minutes=1)  # whoever sent it was killed
SANDBOX = Gateway(name="sandbox", kind=Gateway.Kind.SIMULATED)
_kept: dict[str, Any] = {"gateways": {}, "until": 0.0}


def gateways():
    """{asset type id: Gateway} of the types we open and close ourselves. May be a few seconds old."""
    if time.monotonic() > _kept["until"]:
        types = AssetType.objects.filter(gateway__isnull=False).values_list("pk", "gateway")
        of_type = dict(types)
        found = Gateway.objects.in_bulk(set(of_type.values())) if of_type else {}
        _kept["gateways"] = {pk: found[gateway] for pk, gateway in of_type.items()}
        _kept["until"] = time.monotonic() + SECONDS
    return _kept["gateways"]


def gateway_for(provider, *, asset_type_id, asset):
    """Through whom we work this vehicle (None: not known yet) for this provider; None where the user's app does.

    A supplier's gateway never hears of the sandbox: there, vehicles that are hard to open are worked by a simulation.
    """
    if not provider.is_sandbox:
        return gateways().get(asset_type_id)
    return SANDBOX if asset is not None and asset.script in HARD_TO_OPEN else None


def forget():
    """The next question reads the rows again."""
    _kept["until"] = 0.0


def send(kind, *, asset, gateway, now, leg_id=None, event="", event_at=None):
    """The vehicle did it. For an event that was answered before, nothing is sent again.

    Raises TemporaryFailure: it did not, or nobody knows; then only the log tells of it. Not to be called in a
    transaction: others would wait for the vehicle.
    """
    claim = {"leg_id": leg_id, "event": event, "event_at": event_at}
    command = _claimed(Command(kind=kind, asset=asset, at=now, **claim), now)
    if command.state == Command.State.DONE:
        return
    try:
        command.outcome = ADAPTERS[gateway.kind].send(command, gateway)
        command.state = Command.State.DONE
    except CommandFailed as failure:
        command.state, command.outcome = Command.State.FAILED, str(failure)[:300]
        raise _failure(f"The vehicle did not answer the command {kind}; nothing has changed.", seconds=5) from failure
    finally:
        if command.state == Command.State.SENT:
            command.state, command.outcome = Command.State.FAILED, "Something unforeseen; see the log."
        command.save(update_fields=["state", "outcome"])


def locate(*, asset_id, now):
    """The vehicle makes itself known: it reports where it is, or rings. Raises IllegalOperation, TemporaryFailure."""
    asset = Asset.objects.get(pk=asset_id)
    gateway = None if asset.is_virtual else gateways().get(asset.asset_type_id)
    if gateway is None:
        raise IllegalOperation(f"Vehicle {asset} cannot be told anything: it has no gateway.", module=4)
    send(Command.Kind.LOCATE, asset=asset, gateway=gateway, now=now)
    return asset


def give_up(sent, *, now):
    """Of these commands, those nobody waits for any more have failed as far as we know. Returns how many."""
    forgotten = sent.filter(state=Command.State.SENT, at__lt=now - FORGOTTEN_AFTER)
    return forgotten.update(state=Command.State.FAILED, outcome="Nobody waited for the answer.")


def forget_old(*, before):
    """Commands sent before this moment are gone; returns how many."""
    deleted, _by_model = Command.objects.filter(at__lt=before).delete()
    return deleted


def _claimed(command, now):
    """The command, written down, or the one done for the same event. Raises TemporaryFailure: it is on its way."""
    same = Command.objects.filter(leg_id=command.leg_id, event=command.event, event_at=command.event_at)
    give_up(same, now=now)
    try:
        with transaction.atomic():
            command.save(force_insert=True)
        return command
    except IntegrityError:
        before = same.filter(state=Command.State.DONE).first()
    if before is None:
        raise _failure("The vehicle is just being told; ask again.", seconds=1)
    return before


def _failure(detail, *, seconds):
    return TemporaryFailure(detail, headers={"Retry-After": str(seconds)})
