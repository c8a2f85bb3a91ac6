"""How often may somebody guess a password? Every attempt is counted before it is looked at, for all processes.

Counted are: this account from this address, this account from anywhere, this address for any account; the last two
lock at WIDER times as many. Who guesses from many addresses, or many accounts from one, is stopped, and a stranger who
mistypes the name of a colleague does not lock out the colleague. Names and addresses are kept as digests only.
Why no package does this: docs/decisions/0011-counting-sign-ins-ourselves.md.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

from backoffice.models import SignInCount

WIDER = 10
NETWORK_BITS = 64  # of an IPv6 address: what is behind it is one customer of a network


class LockedOut(Exception):
    """Too many attempts failed; the next one is looked at from `until` on."""

    def __init__(self, until: datetime):
        super().__init__(until)
        self.until = until


@dataclass(frozen=True)
class Attempt:
    """What is counted of an attempt: digests of the account and of the address."""

    account: str
    address: str

    @property
    def limits(self) -> dict[tuple[str, str], int]:
        """How many may fail of each count, in the order in which they are locked."""
        few = settings.TOMP_SIGN_IN_FAILURES
        return {("", self.address): few * WIDER, (self.account, ""): few * WIDER, (self.account, self.address): few}


def attempt(username: str, address: str) -> Attempt:
    return Attempt(_digest("account", username.casefold()), _digest("address", _network(address)))


def begin(made: Attempt, *, now: datetime) -> None:
    """The attempt is counted as failed, until `succeeded`. Raises LockedOut, and then counts nothing."""
    with transaction.atomic():
        counts = [_locked(account, address, now) for account, address in made.limits]
        full = [
            count.last_at + _period()
            for count, limit in zip(counts, made.limits.values(), strict=True)
            if count.failures >= limit
        ]
        if full:
            raise LockedOut(max(full))
        for count in counts:
            count.failures += 1
            count.last_at = now
            count.save(update_fields=["failures", "last_at"])


def succeeded(made: Attempt) -> None:
    """It was the right password: nothing is held against this account at this address, and one less elsewhere."""
    with transaction.atomic():
        for account, address in made.limits:
            count = SignInCount.objects.select_for_update().filter(account=account, address=address).first()
            if count is not None and account and address:
                count.delete()
            elif count is not None:
                count.failures = max(0, count.failures - 1)
                count.save(update_fields=["failures"])


def unlock(username: str) -> int:
    """Nothing is held against this account. Returns how many counts there were."""
    return SignInCount.objects.filter(account=_digest("account", username.casefold())).delete()[0]


def locked_until(username: str, *, now: datetime) -> datetime | None:
    """When the account can be tried again, from where it was tried most; None when it can be now."""
    few = settings.TOMP_SIGN_IN_FAILURES
    counts = SignInCount.objects.filter(account=_digest("account", username.casefold()), last_at__gt=now - _period())
    full = counts.filter(~Q(address="") & Q(failures__gte=few) | Q(failures__gte=few * WIDER))
    last = full.order_by("-last_at").values_list("last_at", flat=True).first()
    return last and last + _period()


def forget(*, now: datetime) -> int:
    """Counts that hold nothing up any more are gone. Returns how many."""
    return SignInCount.objects.filter(last_at__lt=now - _period()).delete()[0]


def _locked(account: str, address: str, now: datetime) -> SignInCount:
    """The count, locked; an old one begins anew."""
    SignInCount.objects.bulk_create(
        [SignInCount(account=account, address=address, failures=0, last_at=now)], ignore_conflicts=True
    )
    count = SignInCount.objects.select_for_update().get(account=account, address=address)
    if count.last_at <= now - _period():
        count.failures = 0
    return count


def _period() -> timedelta:
    return timedelta(minutes=settings.TOMP_SIGN_IN_LOCK_MINUTES)


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and not found.ipv4_mapped:
        return str(ipaddress.ip_network((found, NETWORK_BITS), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)


def _digest(kind: str, text: str) -> str:
    return salted_hmac(f"backoffice.signin.{kind}", text, algorithm="sha256").hexdigest()
