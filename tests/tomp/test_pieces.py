"""Bytes that are packed in pieces …"""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tomp.pieces import Piece, joined

TEXTS = st.lists(st.text("ab{}é€\n", max_size=400), min_size=1, max_size=8)


@given(TEXTS)
def test_are_one_gzip_member_of_what_was_packed(texts):
    pieces = [Piece.of(text) for text in texts]

    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)  # gzip, checksum and length included

    assert stream.decompress(joined(pieces)).decode() == "".join(texts)
    assert (stream.eof, stream.unused_data) == (True, b"")


@given(TEXTS, st.randoms())
def test_may_stand_in_any_order(texts, chance):
    pairs = [(text, Piece.of(text)) for text in texts]
    chance.shuffle(pairs)

    assert gzip.decompress(joined([piece for _text, piece in pairs])).decode() == "".join(
        text for text, _piece in pairs
    )


def test_longer_than_the_window_do_not_refer_to_each_other():
    text = "".join(f"{number:05}" for number in range(20_000))

    assert gzip.decompress(joined([Piece.of(text)] * 3)).decode() == text * 3


def test_that_were_damaged_are_noticed():
    whole, broken = Piece.of("a vehicle"), Piece.of("a bicycle")

    with pytest.raises(gzip.BadGzipFile, match="CRC"):
        gzip.decompress(joined([Piece(broken.deflated, whole.length, whole.crc), whole]))
