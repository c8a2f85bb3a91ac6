"""QR codes: as a picture for a traveller's phone, made fast for it is in answers, and as a drawing to be printed."""

import base64
import re
import zlib
from functools import lru_cache
from math import isqrt
from struct import pack
from typing import Any

import zxingcpp

PIXELS = 4  # wide and high is a module; a phone shows the code as wide as its screen, and each pixel costs time
QUIET = 4  # modules around it (ISO/IEC 18004)
MASK = 1  # to find the best of the eight is four fifths of the work; phones read random codes as well with any of them
DIGITS = bytes.maketrans(b"\xff\0", b"f0")  # PIXELS of a module are a hexadecimal digit: 1 is white, 0 black
AS_IT_IS, AS_ABOVE = b"\0", b"\2"  # how a line of a PNG is written (https://www.w3.org/TR/png/#9-table91)
SIZE = re.compile(r'<svg width="(\d+)" height="\1"')
GREY_OF_ONE_BIT = pack(">5B", 1, 0, 0, 0, 0)


@lru_cache(maxsize=1000)
def picture(said: str) -> tuple[str, str]:
    """A PNG in base64 of the QR code that says this, and its version; kept, for each answer about a leg has it.

    15 % of it may be unreadable (level M). Its mask is always the same, MASK.
    """
    code = _code(said, "M", data_mask=MASK)
    image: Any = zxingcpp.write_barcode_to_image(code, add_quiet_zones=False)  # its types hide the buffer
    pixels = memoryview(image).tobytes()  # one for each module: 0 is black, 255 white
    width = isqrt(len(pixels))
    rows = [pixels[begin : begin + width] for begin in range(0, len(pixels), width)]
    return base64.b64encode(_png(rows)).decode("ascii"), str((width - 17) // 4)


def drawing(said: str) -> str:
    """The QR code that says this as SVG, as large as its place; a quarter of it may be scratched (level Q)."""
    drawn = zxingcpp.write_barcode_to_svg(_code(said, "Q"))
    return SIZE.sub(r'<svg viewBox="0 0 \1 \1"', drawn[drawn.index("<svg") :], count=1)


def _code(said: str, level: str, **more: int) -> Any:
    return zxingcpp.create_barcode(said, zxingcpp.BarcodeFormat.QRCode, ec_level=level, **more)


def _png(rows: list[bytes]) -> bytes:
    """The picture of these modules, each a square of PIXELS with white around them all; one bit for a pixel."""
    width = len(rows) + 2 * QUIET
    line = (width * PIXELS + 7) // 8
    above = (AS_ABOVE + bytes(line)) * (PIXELS - 1)
    white = (AS_IT_IS + _line(b"f" * width)) * (PIXELS * QUIET)
    edge = b"f" * QUIET
    drawn = [AS_IT_IS + _line(edge + row.translate(DIGITS) + edge) + above for row in rows]
    size = width * PIXELS
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", pack(">2I", size, size) + GREY_OF_ONE_BIT),
            _chunk(b"IDAT", zlib.compress(b"".join([white, *drawn, white]), 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _line(digits: bytes) -> bytes:
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _chunk(name: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))
