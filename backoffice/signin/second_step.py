"""The second step: a code of the phone (TOTP), or one of the recovery codes written down before.

A recovery code works once and is kept as a digest. Whoever guesses waits longer after each wrong code.
"""

import base64
import hashlib
import secrets
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES = 10
DIGITS = 6
DIGEST_LENGTH = 16  # as much as django-otp keeps
NAME = "phone"


class TryLater(Exception):
    """After wrong codes the next one is looked at from `until` on."""

    def __init__(self, until: datetime):
        super().__init__(until)
        self.until = until


def verify(user: User, code: str) -> Device | None:
    """The device this code is of; a code works once. None when it is of none. Raises TryLater."""
    code = code.replace(" ", "").replace("-", "").lower()
    is_of_phone = len(code) == DIGITS and code.isascii() and code.isdigit()
    model = TOTPDevice if is_of_phone else StaticDevice
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device is None:
            return None
        _refuse_too_early(device)
        return device if device.verify_token(code if is_of_phone else _digest(code)) else None


def begin(user: User) -> TOTPDevice:
    """The phone that is being set up; it counts for nothing until a code of it was confirmed."""
    return TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": NAME})[0]


def confirm(user: User, code: str) -> TOTPDevice | None:
    """The phone that was begun is in use from now on; None when the code is not of it. Raises TryLater."""
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        if device is None:
            return None
        _refuse_too_early(device)
        if not device.verify_token(code.replace(" ", "")):
            return None
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        return device


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """The only ones that work from now on."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes", confirmed=True)
    codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(code)) for code in codes)
    return ["-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in codes]


def recovery_codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


@transaction.atomic
def forget(user: User) -> bool:
    """Nothing but the password is asked for any more. Returns whether there was a second step."""
    StaticDevice.objects.filter(user=user).delete()
    return bool(TOTPDevice.objects.filter(user=user).delete()[0])


def _refuse_too_early(device: Device) -> None:
    allowed, why = device.verify_is_allowed()
    if not allowed:
        raise TryLater(why["locked_until"])


def _digest(code: str) -> str:
    """Codes are long and random: their digest needs no salt."""
    return hashlib.sha256(code.encode()).hexdigest()[:DIGEST_LENGTH]
