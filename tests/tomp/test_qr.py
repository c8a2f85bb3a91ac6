"""The picture of a QR code says what it should, to whoever reads it."""

import zlib
from base64 import b64decode
from struct import unpack

import pytest
import zxingcpp

from tomp import qr


def pixels_of(png):
    """The picture as a reader sees it, a byte for each pixel."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, chunks = 8, {}
    while at < len(png):
        size, name = unpack(">I4s", png[at : at + 8])
        content = png[at + 8 : at + 8 + size]
        assert unpack(">I", png[at + 8 + size : at + 12 + size])[0] == zlib.crc32(name + content)
        chunks[name], at = content, at + 12 + size
    width, height, bits, *_rest = unpack(">2I5B", chunks[b"IHDR"])
    assert bits == 1
    lines, size, above, seen = zlib.decompress(chunks[b"IDAT"]), (width + 7) // 8 + 1, b"", []
    for line in (lines[at : at + size] for at in range(0, len(lines), size)):
        above = line[1:] if line[0] == 0 else above
        seen.append(bytes(255 * int(bit) for byte in above for bit in f"{byte:08b}")[:width])
    assert len(seen) == height
    return memoryview(b"".join(seen)).cast("B", (height, width))


@pytest.mark.parametrize(
    ("said", "version"),
    [("1", "1"), ("JBSWY3DPEHPK3PXPABCD", "1"), ("kJ8_x-Qw2ErTyUiO", "2"), ("https://example.org/" + "x" * 60, "5")],
)
def test_a_reader_reads_it(said, version):
    picture, told = qr.picture(said)

    [read] = zxingcpp.read_barcodes(pixels_of(b64decode(picture)))
    assert (read.text, read.format, read.ec_level) == (said, zxingcpp.BarcodeFormat.QRCode, "M")
    assert told == version


def test_there_is_white_around_it_and_a_module_is_four_pixels_wide():
    picture, _version = qr.picture("1")

    pixels = pixels_of(b64decode(picture))
    assert pixels.shape == ((21 + 2 * 4) * 4, (21 + 2 * 4) * 4)
    assert {pixels[16, x] for x in range(16)} == {pixels[15, x] for x in range(116)} == {255}
    assert [pixels[16, x] for x in (15, 16, 43, 44)] == [255, 0, 0, 255]  # the edge of a finder is 7 modules


def test_what_is_printed_is_as_large_as_its_place():
    drawn = qr.drawing("A-7&<")

    assert drawn.startswith('<svg viewBox="0 0 29 29" version="1.1" xmlns="http://www.w3.org/2000/svg">')
    assert "A-7" not in drawn
