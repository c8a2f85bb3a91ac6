"""How does a vehicle open? The methods of the protocol that we can serve, and what each must be told by the type."""

import re
import secrets
from base64 import b32encode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessMethod(models.TextChoices):
    """TOMP assetAccessMethods, without AZTEC and BARCODE: we can draw neither, so nothing of ours opens by them."""

    TOMP_API = "TOMP-API", _("we open it when the app asks")
    AXA_EKEY_OTP = "AXA-EKEY-OTP", _("the app opens it by Bluetooth with an e-key")
    DEEPLINK = "DEEPLINK", _("a link opens it")
    QR = "QR", _("a QR code is shown")
    PHYSICAL_KEY = "PHYSICAL-KEY", _("there is a key to fetch")
    PDF = "PDF", _("a document is shown")
    HTML = "HTML", _("a page is shown")
    OVC = "OVC", _("a public transport card opens it")
    EMV = "EMV", _("a bank card opens it")
    NONE = "NONE", _("nothing needs to be opened")


# These work the lock itself, so they are needed again whenever it is opened or closed; the others are shown.
WORKING_THE_LOCK = (AccessMethod.TOMP_API, AccessMethod.AXA_EKEY_OTP, AccessMethod.DEEPLINK)
BY_LINK = (AccessMethod.DEEPLINK, AccessMethod.PDF, AccessMethod.HTML)
CODE = "{code}"  # in a link, the code of the leg stands in its place
SIMULATED = "simulated"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")


def new_code():
    """What opens one vehicle for one leg, or proves that it may be opened: 96 bits that nobody guesses.

    They are 20 capitals and digits, because so many fit the smallest QR code; 0, 1 and 8 are none of them, which are
    read for letters.
    """
    return b32encode(secrets.token_bytes(12)).rstrip(b"=").decode()


def check(methods, details):
    """Raises ValidationError unless vehicles that open by these methods can be opened with these details.

    `details` is {method: {"url" | "text" | "supplier": …}}.
    """
    unknown = [str(method) for method in methods if method not in AccessMethod.values]
    if unknown:
        known = ", ".join(AccessMethod.values)
        raise ValidationError(
            {"access_methods": _("%(unknown)s cannot be served; known: %(known)s.")
             % {"unknown": ", ".join(unknown), "known": known}}
        )  # fmt: skip
    for method in methods:
        told = details.get(method, {}) if isinstance(details, dict) else None
        if problem := _problem(method, told):
            raise ValidationError({"access_details": f"{method}: {problem}"})


def _problem(method, told):
    if not isinstance(told, dict):
        return _("an object is expected: {…}.")
    if method in BY_LINK:
        url = told.get("url")
        if not isinstance(url, str) or not _SCHEME.match(url):
            return _('the "url" is missing, with its scheme.')
        return None if CODE in url else _('the "url" needs {code} where the code goes.')
    if method == AccessMethod.PHYSICAL_KEY and not told.get("text"):
        return _('the "text" that says where the key is, is missing: {"en": "…"}.')
    if method == AccessMethod.AXA_EKEY_OTP and told.get("supplier", SIMULATED) not in settings.TOMP_KEY_SUPPLIERS:
        return _('no such "supplier"; TOMP_KEY_SUPPLIERS names those that are installed.')
    return None
