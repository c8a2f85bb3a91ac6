"""What is built into a vehicle and identifies it: how the numbers are written, however somebody typed them. Pure."""

import re

from django.utils.translation import gettext_noop as _

from tomp.sentences import Refusal, Sentence

IMEI = Sentence.name("imei", _("IMEI"))
MAC = Sentence.name("mac", _("Bluetooth address"))
NFC_ID = Sentence.name("nfc_id", _("NFC tag"))
IMEI_DIGITS = 15


class Unfit(Refusal):
    """It is no such number."""


def imei(written: str) -> str:
    """15 digits whose last one fits the others; 14, 16 and 17 are what other systems export. Raises Unfit."""
    digits = re.sub(r"[\s./-]", "", written)
    if not re.fullmatch(r"[0-9]{14,17}", digits):
        raise Unfit(_("%(column)s %(cell)s does not have 15 digits"), column=IMEI, cell=written)
    if len(digits) == IMEI_DIGITS and not _fits_luhn(digits):
        raise Unfit(
            _("%(column)s %(cell)s has a typing error: its check digit does not fit"), column=IMEI, cell=written
        )
    return digits


def mac(written: str) -> str:
    """AA:BB:CC:DD:EE:FF. Raises Unfit."""
    digits = re.sub(r"[\s:.-]", "", written).upper()
    if not re.fullmatch(r"[0-9A-F]{12}", digits):
        raise Unfit(_("%(column)s %(cell)s is not six pairs of hexadecimal digits"), column=MAC, cell=written)
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))


def nfc_id(written: str) -> str:
    """Hexadecimal digits in capitals. Raises Unfit."""
    digits = re.sub(r"[\s:.-]", "", written).upper()
    if not re.fullmatch(r"[0-9A-F]{8,32}", digits):
        raise Unfit(_("%(column)s %(cell)s is not 8 to 32 hexadecimal digits"), column=NFC_ID, cell=written)
    return digits


def _fits_luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
