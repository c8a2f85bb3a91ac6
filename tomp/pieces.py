"""Bytes that are packed in pieces: who changes some of them packs these anew, and gets one gzip member all the same."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from tomp.sending import COMPRESSION

# RFC 1952: deflated, no name, no time, an unknown system; RFC 1951: a last block that is empty.
BEGIN, END = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", b"\x03\x00"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes, deflated so that they may stand between any others: it ends with a byte and refers to nothing before.

    `length` is that of the plain bytes, `crc` what their CRC-32 is beside that of as many zeros (both by XOR).
    """

    deflated: bytes
    length: int
    crc: int

    @classmethod
    def of(cls, text: str) -> "Piece":
        plain = text.encode()
        deflate = zlib.compressobj(COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
        deflated = deflate.compress(plain) + deflate.flush(zlib.Z_FULL_FLUSH)
        return cls(deflated, len(plain), zlib.crc32(plain) ^ zlib.crc32(bytes(len(plain))))


def joined(pieces: Sequence[Piece]) -> bytes:
    """What gunzip makes the plain bytes of all pieces of, one after the other."""
    zeros = memoryview(bytes(max(piece.length for piece in pieces)))
    crc = length = 0
    for piece in pieces:
        # A CRC is linear: that of AB is that of A with as many zeros as B is long, put right by what B is beside zeros.
        crc = zlib.crc32(zeros[: piece.length], crc) ^ piece.crc
        length += piece.length
    return b"".join((BEGIN, *(piece.deflated for piece in pieces), END, struct.pack("<LL", crc, length % 2**32)))
