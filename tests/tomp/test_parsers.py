"""A body is read strictly, within bounds, and without an exception of the parser's own."""

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from tests.client import MpClient, refused
from tests.factories import MaasProviderFactory
from tomp.errors import TooLarge
from tomp.parsers import MergePatchParser, TompJSONParser
from tomp.strict import MAX_DEPTH


def read(body):
    return TompJSONParser().parse(io.BytesIO(body))


def nested(depth, opening=b"[", closing=b"]"):
    return opening * depth + closing * depth


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, 2.5, true, null, "x"]}', {"a": [1, 2.5, True, None, "x"]}),
        (b" 5 ", 5),
        (b"1e3", 1000.0),
        (b"-0", 0),
        ('{"name": "Dömplein 🛴 \u202e"}'.encode(), {"name": "Dömplein 🛴 \u202e"}),
        (rb'{"emoji": "\ud83d\udef4"}', {"emoji": "🛴"}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"9" * 300, int("9" * 300)),
        (nested(MAX_DEPTH), json.loads(nested(MAX_DEPTH))),
        (b"[" + b"[]," * 5000 + b"[]]", [[]] * 5001),
    ],
    ids=lambda value: str(value)[:30],
)
def test_json_is_read(body, value):
    assert read(body) == value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"hello", "not valid JSON"),
        (b'{"a":1,}', "not valid JSON"),
        (b"{'a':1}", "not valid JSON"),
        (b'{"a":1} x', "not valid JSON"),
        (b'"line\nbreak"', "not valid JSON"),
        (b'{"id":"\xff\xfe"}', "not valid JSON"),
        ('{"id":"x"}'.encode("utf-16"), "not valid JSON"),
        (b'\xef\xbb\xbf{"id":"x"}', "BOM"),
        (b"NaN", "NaN is not a JSON number"),
        (b"[-Infinity]", "-Infinity is not a JSON number"),
        (b"1e400", "a number is out of range"),
        (b"-1e400", "a number is out of range"),
        (b"9" * 309, "a number is out of range"),
        (b"-" + b"9" * 5000, "a number is out of range"),
        (rb'{"id":"\ud800"}', "not valid JSON"),
        (rb'{"\udfff":1}', "not valid JSON"),
        (rb'{"id":["a\u0000b"]}', "U+0000 is not a character"),
        (rb'{"a\u0000b":1}', "U+0000 is not a character"),
        (nested(MAX_DEPTH + 2), "nested too deeply"),
        (nested(50_000), "nested too deeply"),
        (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "nested too deeply"),
        (b'{"a":' * (MAX_DEPTH + 2) + b"1" + b"}" * (MAX_DEPTH + 2), "nested too deeply"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_json_is_refused_with_a_reason(body, reason):
    with pytest.raises(ParseError) as refused:
        read(body)

    assert reason in str(refused.value.detail)
    assert len(str(refused.value.detail)) <= 200


def test_a_body_has_a_greatest_size(settings):
    settings.TOMP_MAX_BODY_BYTES = 10

    assert read(b'"12345678"') == "12345678"
    with pytest.raises(TooLarge):
        read(b'"123456789"')


def test_no_more_is_read_than_the_greatest_size(settings):
    settings.TOMP_MAX_BODY_BYTES = 10
    stream = io.BytesIO(b"x" * 1000)

    with pytest.raises(TooLarge):
        TompJSONParser().parse(stream)

    assert stream.tell() == 11


def test_a_merge_patch_is_read_alike():
    assert MergePatchParser.media_type == "application/merge-patch+json"
    assert MergePatchParser().parse(io.BytesIO(b'{"email": null}')) == {"email": None}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_parse_error(body):
    with contextlib.suppress(ParseError):
        read(body)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    # What a database cannot keep is refused, see above.
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_characters="\0", codec="utf-8")), inner)
    ),
)


@given(json_values)
def test_any_value_is_read_as_it_was_written(value):
    assert read(json.dumps(value).encode()) == value


# Through the stack

WRITES = [("/planning/offers", 2002), ("/bookings", 3002), ("/bookings/one-stop", 3002), ("/support/", 5002)]


@pytest.fixture
def mp(db, api_version):
    return MpClient(MaasProviderFactory(), api_version)


@pytest.mark.parametrize(("path", "code"), WRITES)
@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"5", b"true", b"[" * 50_000, b'{"from": {"a": 1e400}}'])
def test_a_malformed_body_is_a_400(mp, path, code, body):
    refused(mp.post(path, body), 400, code)


@pytest.mark.parametrize(("path", "code"), WRITES)
def test_a_body_may_be_sent_with_a_charset(mp, path, code):
    response = mp.post(path, b"5", **{"Content-Type": "application/json; charset=utf-8"})

    refused(response, 400, code)


@pytest.mark.parametrize(("path", "code"), WRITES)
@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_another_kind_of_body_is_a_415(mp, path, code, content_type):
    refused(mp.post(path, b"a=b", **{"Content-Type": content_type}), 415, code)


@pytest.mark.parametrize(("path", "code"), WRITES)
def test_a_huge_body_is_a_413(mp, settings, path, code):
    settings.TOMP_MAX_BODY_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    refused(mp.post(path, {"comment": "x" * 100}), 413, code)
    refused(mp.post(path, {"comment": "x" * 100}, **{"Idempotency-Key": "once"}), 413, code)


def test_a_deep_body_can_be_kept_and_given_back(mp):
    deep = json.loads(b'{"a":' * (MAX_DEPTH - 3) + b"1" + b"}" * (MAX_DEPTH - 3))
    place = {"coordinates": {"lat": 52.1, "lng": 5.1}, "extraInfo": deep}

    assert mp.offers(**{"from": place}).status_code == 201
    refused(mp.offers(**{"from": {**place, "extraInfo": {"a": {"b": {"c": deep}}}}}), 400, 2002)
