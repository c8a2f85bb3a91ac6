"""An answer is sent as JSON …"""

from decimal import Decimal

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
