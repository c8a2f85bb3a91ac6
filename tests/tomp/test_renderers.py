"""An answer is sent as JSON …"""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils.functional import lazystr
from rest_framework.renderers import JSONRenderer

from fleet.models.vehicles import AssetState
from tomp.renderers import TompJSONRenderer, joined, merged, written


def test_in_which_characters_stand_for_themselves():
    assert written({"name": "Gare de l’Est"}) == '{"name":"Gare de l’Est"}'.encode()


def test_with_lines_that_javascript_can_read():
    assert written(["a\u2028b"]) == b'["a\\u2028b"]'


def test_as_it_is_if_it_was_written_already():
    text = written({"amount": Decimal("1.5")})

    assert TompJSONRenderer().render(text) is text


def test_put_together_from_parts_that_were_written_before():
    one, other = written({"id": "a", "assets": []}), written({"nrAvailable": 2})

    assert joined([merged(one, other), other]) == b'[{"id":"a","assets":[],"nrAvailable":2},{"nrAvailable":2}]'
    assert joined([]) == b"[]"


@pytest.mark.parametrize(
    "data",
    [
        {"number": 2**70, "other": -(2**63)},
        {"text": lazystr("later")},
        {"at": datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC)},
        {"amount": Decimal("1.50")},
        {"state": AssetState.AVAILABLE},
        {1: "one"},
        [0.1, 1e16, 5.0, True, None, ("a", "b")],
        [[[]]] * 3,
        {"text": '\u2029 \\ " \x1f / é 🚲'},
        None,
    ],
    ids=str,
)
def test_as_the_framework_writes_it(data):
    assert written(data) == JSONRenderer().render(data)


def test_with_indents_for_who_asks_for_them():
    assert TompJSONRenderer().render({"a": 1}, "application/json; indent=2") == b'{\n  "a": 1\n}'


def test_with_numbers_that_are_what_they_were():
    numbers = [52.123457, -0.0000001, 1e-7, 1.7976931348623157e308, 2**63]

    assert json.loads(written(numbers)) == numbers


def test_only_if_it_is_text():
    with pytest.raises(UnicodeEncodeError):
        written({"text": "\ud800"})
