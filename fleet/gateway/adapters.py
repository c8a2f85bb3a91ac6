"""How vehicles are told to do something: one class per kind of gateway."""

import json
from typing import Protocol

from fleet.models import Command, Gateway
from fleet.models.vehicles import Script
from tomp import egress


class CommandFailed(Exception):
    """The vehicle did not do it, or we do not know whether it did."""


class Adapter(Protocol):
    """Whoever can tell vehicles what to do."""

    def send(self, command: Command, gateway: Gateway) -> str:
        """The vehicle did it; what was answered, in short. Raises CommandFailed."""


class Simulated:
    """Vehicles that do what they are told, at once, but for those whose script says otherwise: demo and sandbox."""

    def send(self, command: Command, gateway: Gateway) -> str:
        """Raises CommandFailed."""
        if command.kind == Command.Kind.UNLOCK and not self._opens(command):
            raise CommandFailed("The virtual vehicle does not open.")
        return "simulated"

    def _opens(self, command: Command) -> bool:
        if command.asset.script == Script.OPENS_LATE:
            refused = Command.objects.filter(leg_id=command.leg_id, state=Command.State.FAILED)
            return refused.filter(kind=command.kind).exists()
        return command.asset.script != Script.NEVER_OPENS


class Http:
    """POST {"id", "command", "vehicle", "imei"?, "leg"?} to the gateway's address; any 2xx means that it is done."""

    def send(self, command: Command, gateway: Gateway) -> str:
        """What was answered, in short. Raises CommandFailed."""
        asset = command.asset
        told = {"id": str(command.pk), "command": command.kind, "vehicle": asset.vehicle_number, "imei": asset.imei}
        told["leg"] = str(command.leg_id) if command.leg_id else None
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(command.pk)}
        if gateway.secret:
            headers["Authorization"] = f"Bearer {gateway.secret}"
        body = json.dumps({name: value for name, value in told.items() if value is not None}).encode()
        try:
            answer = egress.call("POST", gateway.url, body=body, headers=headers, seconds=gateway.timeout_seconds)
        except (egress.Unreachable, egress.Forbidden) as failure:
            raise CommandFailed(str(failure)) from failure
        if not answer.is_success:
            raise CommandFailed(f"{answer.status}: {answer.body[:200].decode(errors='replace')}")
        return str(answer.status)


ADAPTERS: dict[str, Adapter] = {Gateway.Kind.SIMULATED: Simulated(), Gateway.Kind.HTTP: Http()}
