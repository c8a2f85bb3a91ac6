"""The picture of a QR code is the one that segno draws, module by module."""

import io

import pytest
import segno

from legs.access import qr


@pytest.mark.parametrize("said", ["1", "kJ8_x-Qw2ErTyUiO", "https://example.org/" + "x" * 60, "y" * 400])
def test_draws_what_segno_draws(said):
    code, expected = segno.make_qr(said, error="m", mask=qr.MASK), io.BytesIO()
    code.save(expected, kind="png", scale=qr.PIXELS, border=qr.QUIET)

    assert qr.png(code.matrix) == expected.getvalue()
