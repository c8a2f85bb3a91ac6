"""Who takes part? The providers with their contracts and the key of the vehicles: made once, then found again."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from django.conf import settings

from demo import credentials
from fleet.gateway import credentials as devices
from fleet.models import DeviceGroup
from maas import services as maas
from maas.models import MaasProvider, Milestone

GROUP = "Simulated vehicles"
TERMS: dict[str, dict[str, Any]] = {
    "sim-city": {"name": "Simulated: city app", "api_version": "1.6", "pending_minutes": 1},
    "sim-classic": {"name": "Simulated: classic app", "api_version": "1.5", "pending_minutes": 1},
    "sim-instant": {
        "name": "Simulated: instant app",
        "api_version": "1.6",
        "auto_commit": True,
        "cancellation_fee": "1.00",
        "free_cancellation_minutes": 0,
    },
    "sim-rail": {  # the contract of the Entur profile
        "name": "Simulated: rail app",
        "api_version": "1.5",
        "auto_commit": True,
        "pascal_case_types": True,
        "bill_until": Milestone.START_FINISHING,
        "release_asset_on": Milestone.START_FINISHING,
    },
}


class Kept(TypedDict):
    """What is in the file."""

    port: int
    device_key: str
    api_keys: dict[str, str]


@dataclass(frozen=True)
class Account:
    """A provider as it calls the operator."""

    maas_id: str
    api_key: str
    api_version: str


def path() -> Path:
    return Path(settings.DATA_DIR) / "simulation.json"


def load() -> Kept:
    """What was kept, or nothing but the wish for any port."""
    try:
        return json.loads(path().read_text())
    except FileNotFoundError:
        return {"port": 0, "device_key": "", "api_keys": {}}


def open_accounts(*, port: int) -> tuple[list[Account], str]:
    """Providers whose server listens at this port, and the key of the vehicles; the secrets are kept for the next time.

    What is there already stays, and gets a new key where the old one was lost.
    """
    kept = load()
    keys = {maas_id: _provider(maas_id, kept["api_keys"].get(maas_id, ""), port) for maas_id in TERMS}
    device_key = _group(kept["device_key"])
    credentials.keep(path(), {"port": port, "device_key": device_key, "api_keys": keys})
    return [Account(maas_id, keys[maas_id], TERMS[maas_id]["api_version"]) for maas_id in TERMS], device_key


def _provider(maas_id: str, known_key: str, port: int) -> str:
    base_url = f"http://127.0.0.1:{port}/{maas_id}"
    provider = MaasProvider.objects.filter(maas_id=maas_id).first()
    if provider is None:
        return maas.create_provider(maas_id=maas_id, base_url=base_url, **TERMS[maas_id]).api_key_secret
    if provider.base_url != base_url:
        provider.base_url = base_url
        provider.save(update_fields=["base_url"])
    if known_key:
        return known_key
    _key, secret = maas.issue_api_key(provider=provider, label="simulation")
    return secret


def _group(known_key: str) -> str:
    group = DeviceGroup.objects.filter(name=GROUP).first()
    if group is None:
        _group, secret = devices.create_group(name=GROUP)
        return secret
    return known_key or devices.issue_key(group=group)
