"""The picture of a QR code, made fast: a leg is shown with its own when it is booked and when it is committed."""

import base64
import zlib
from functools import lru_cache
from struct import pack

import segno

MASK = 0  # of the eight that a QR code can have
PIXELS = 4  # wide and high is a module; a phone shows the code as wide as its screen, and each pixel costs time
QUIET = 4  # modules around it (ISO/IEC 18004)
DIGITS = bytes.maketrans(b"\0\1", b"f0")  # PIXELS of a module are a hexadecimal digit: 1 is white, 0 black
AS_IT_IS, AS_ABOVE = b"\0", b"\2"  # how a line of a PNG is written (https://www.w3.org/TR/png/#9-table91)
GREY_OF_ONE_BIT = pack(">5B", 1, 0, 0, 0, 0)


@lru_cache(maxsize=1000)
def code(said: str) -> tuple[str, str]:
    """A PNG in base64 of the QR code that says this, and its version. Kept, because each answer about the leg has it.

    Every reader undoes every mask. To look for the one that pleases readers most is three quarters of the work.
    """
    made = segno.make_qr(said, error="m", mask=MASK)
    return base64.b64encode(png(made.matrix)).decode("ascii"), str(made.version)


def png(matrix: tuple[bytearray, ...]) -> bytes:
    """The picture of these modules, the very bytes that segno would write; it looks at pixels one by one."""
    width = len(matrix) + 2 * QUIET
    line = (width * PIXELS + 7) // 8
    above = (AS_ABOVE + bytes(line)) * (PIXELS - 1)
    white = (AS_IT_IS + _line(b"f" * width)) * (PIXELS * QUIET)
    edge = b"f" * QUIET
    drawn = [AS_IT_IS + _line(edge + row.translate(DIGITS) + edge) + above for row in matrix]
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
