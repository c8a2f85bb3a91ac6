"""Keys for Bluetooth locks: what every supplier of them can do, and the one that needs no lock (docs/access.md)."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

PASSKEYS = 8


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock on a vehicle: its Bluetooth address, and the name it advertises."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class EKey:
    """A certificate for a lock, and the one-time pass keys that go with it, in the order of their use."""

    key: str
    passkey: str


class KeySupplier(Protocol):
    """Whoever makes the keys for a kind of lock."""

    def issue(self, *, leg_id: UUID, secret: str, lock: Lock, until: datetime) -> EKey:
        """The key that opens this lock for this leg until then; asked again, the same or a fresher one.

        `secret` is known to us alone and gone when the leg ends. Called while an answer is written, so it must not
        wait for another host: a supplier who does keeps its keys before they are needed.
        """


class SimulatedKeys:
    """Keys that open no real lock: for the demo, and for the tests of apps.

    They follow from the leg, the lock, the time and the secret key of the service, so nothing has to be kept, and a key
    for one vehicle says nothing about that of another.
    """

    def issue(self, *, leg_id: UUID, secret: str, lock: Lock, until: datetime) -> EKey:
        seed = f"{leg_id} {secret} {lock.address} {until.isoformat()}"
        passkeys = (_derived("passkey", f"{number} {seed}")[:16] for number in range(PASSKEYS))
        return EKey(key=_derived("key", seed), passkey="-".join(passkeys))


def _derived(purpose: str, seed: str) -> str:
    return salted_hmac(f"legs.access.keys {purpose}", seed, algorithm="sha256").hexdigest()


@cache
def supplier(name: str) -> KeySupplier:
    """The supplier that the setting TOMP_KEY_SUPPLIERS has under this name."""
    return import_string(settings.TOMP_KEY_SUPPLIERS[name])()
