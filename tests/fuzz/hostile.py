"""What nobody in their right mind would send, for hypothesis to choose from."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

EXAMPLES = os.environ.get("TOMP_FUZZ_EXAMPLES")
NASTY_TEXTS = (
    "", " ", "0", "-1", "null", "\x00", "a\x00b", "\x7f", "ÿ", "é" * 40, "٣", "１２", "%00", "%", "%zz", "../..", "'",
    '"', "\\", "{}", "[]", "NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "-" + "9" * 25, "2147483648",
    "9223372036854775808", "x" * 3000, "00000000-0000-0000-0000-000000000000", "true", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2026-02-30T12:00:00Z", "2026-06-01T12:00:00", "2026-06-01T24:00:00Z", "T" * 30,
    "Basic", "Basic :", "Basic //", "Bearer", "Bearer \x00", "Basic Og==", "Basic w7/Dvw==", "en;q=x", "*", ",,,;;;=",
    "en-" + "a" * 500, "1.6,1.5", "v1.6", "999999999999999999.0", "¹.6", "1.٦", "application/json; charset=nonsense",
    "multipart/form-data; boundary=", "http://[::1", "http://mp.example.org:99999", "\u202e", "\ud7ff",
)  # fmt: skip
NASTY_NUMBERS = (
    0, -1, 1, 2**31 - 1, 2**31, 2**32, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30, 10**300, -(10**300), 1e308,
    -1e308, 5e-324, 1.5, 90.0000001, 180.0000001, -0.0,
)  # fmt: skip

scalars = (
    st.none()
    | st.booleans()
    | st.sampled_from(NASTY_NUMBERS)
    | st.sampled_from(NASTY_TEXTS)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


def often(times):
    """So many examples, the same each time; TOMP_FUZZ_EXAMPLES says more, and then they differ each time.

    What fails is printed as a whole.
    """
    return settings(
        max_examples=int(EXAMPLES or times),
        derandomize=EXAMPLES is None,
        deadline=20_000,  # milliseconds for one
        database=None,
        phases=[Phase.generate],
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


def places_in(body, path=()):
    """The path of everything in it, itself included."""
    yield path
    members = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, member in members:
        yield from places_in(member, (*path, key))


def with_value(body, path, value):
    """A copy that has this value at this place."""
    if not path:
        return value
    key, *rest = path
    copy = body.copy()
    copy[key] = with_value(body[key], rest, value)
    return copy


@st.composite
def spoiled(draw, body):
    """The body with one to three values that do not belong there."""
    for _ in range(draw(st.integers(1, 3))):
        body = with_value(body, draw(st.sampled_from(list(places_in(body)))), draw(values))
    return body
