"""What variables of the environment stand for, or why they cannot."""

import ipaddress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(names: list[str]) -> list[Network]:
    """The networks with these names: `10.0.0.0/8`, or a single address."""
    try:
        return [ipaddress.ip_network(name) for name in names]
    except ValueError as error:
        raise ImproperlyConfigured(f"TOMP_METRICS_NETWORKS: {error}. 10.0.0.0/8 is expected, or an address.") from error


def shared_folder(name: str) -> bool:
    """Whether a folder is named, which then exists: prometheus-client reads the variable itself and needs it there."""
    try:
        if name:
            Path(name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"PROMETHEUS_MULTIPROC_DIR: cannot make {name} ({error.strerror}).") from error
    return bool(name)
