"""Encrypting the few secrets that have to be read again: those we show when we call MaaS providers."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"tomp operator: secrets for outbound calls"


def encrypted(text):
    """The text, encrypted with the newest key."""
    return _keys().encrypt(text.encode()).decode()


def decrypted(locked):
    """The text again; raises cryptography.fernet.InvalidToken when none of the keys fits."""
    return _keys().decrypt(locked.encode()).decode()


def _keys():
    given = settings.TOMP_ENCRYPTION_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in given])


def _derived(key):
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
