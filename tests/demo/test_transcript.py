"""A call on the terminal …"""

from decimal import Decimal

from demo.client import Call
from demo.transcript import Transcript


def call(**changes):
    usual = {
        "method": "GET",
        "path": "/operator/stations",
        "body": None,
        "status": 200,
        "reason": "OK",
        "headers": {"Content-Language": "en", "Server": "x"},
        "answer": [],
    }
    return Call(**usual | changes)


def shown(**changes):
    return list(Transcript().lines(call(**changes)))


def test_names_the_headers_that_matter():
    assert shown() == ["→ GET /operator/stations", "← 200 OK   Content-Language: en", "    []", ""]


def test_shows_what_was_sent():
    assert shown(method="POST", body={"operation": "COMMIT"}, answer=None) == [
        "→ POST /operator/stations",
        '    {"operation": "COMMIT"}',
        "← 200 OK   Content-Language: en",
        "",
    ]


def test_cuts_long_lists():
    assert shown(answer=list(range(400)))[2] == '    [0, 1, "… and 398 more"]'
    assert shown(answer=[1, 2, 3, 4])[2] == "    [1, 2, 3, 4]"


def test_writes_amounts_as_numbers():
    assert shown(answer={"amount": Decimal("1.25")})[2] == '    {"amount": 1.25}'


def test_breaks_only_what_does_not_fit_on_a_line():
    name = "x" * 60
    assert shown(answer={"parts": [{"amount": 1, "name": name}, {"amount": 2, "name": name}]})[2:] == [
        "    {",
        '        "parts": [',
        f'            {{"amount": 1, "name": "{name}"}},',
        f'            {{"amount": 2, "name": "{name}"}}',
        "        ]",
        "    }",
        "",
    ]


def test_mentions_only_what_was_said_before():
    transcript = Transcript()
    leg = {"state": "IN_USE", "asset": {"id": "x" * 100}}
    before = list(transcript.lines(call(answer=leg)))
    after = list(transcript.lines(call(answer={**leg, "state": "PAUSED"})))

    assert "x" * 100 in "".join(before)
    assert after[2] == '    {"state": "PAUSED", "asset": "… as before"}'


def test_shows_every_request_in_full():
    transcript = Transcript()
    asset = {"asset": {"id": "x" * 100}}

    assert [list(transcript.lines(call(body=asset)))[1:-3] for _time in range(2)] == [
        ["    {", '        "asset": {', f'            "id": "{"x" * 100}"', "        }", "    }"]
    ] * 2
