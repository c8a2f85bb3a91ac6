"""What was answered a moment ago is sent again before Django looks at it, and …"""

import gzip
import json
import logging

import pytest
import time_machine
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import RequestFactory
from prometheus_client import REGISTRY

from fleet import information
from fleet.models import Asset
from gbfs import store
from maas.pace import pace
from tests.fleet_factories import AssetFactory, SystemFactory
from tests.journey import NOW
from tomp_operator import repeating
from tomp_operator.repeating import Repeating

PATH = "/gbfs/3.0/vehicle_status.json"


class Site:
    """What granian serves; `answered` are the paths that came as far as Django."""

    def __init__(self):
        self.django, self.answered = get_wsgi_application(), []
        self.application = Repeating(self._django)

    def _django(self, environ, start_response):
        self.answered.append(environ["PATH_INFO"])
        return self.django(environ, start_response)

    def ask(self, path=PATH, method="get", **headers):
        """(status, headers, body)"""
        said = []
        environ = getattr(RequestFactory(), method)(path, headers=headers).environ
        response = self.application(environ, lambda status, headers: said.extend((status, dict(headers))))
        body = b"".join(response)
        if hasattr(response, "close"):
            response.close()
        return *said, body


@pytest.fixture
def moment(monkeypatch):
    """The clock of the process, which only `moment.seconds` moves."""

    class Moment:
        seconds = 1000.0

    monkeypatch.setattr("time.monotonic", lambda: Moment.seconds)
    return Moment


@pytest.fixture
def clock(db, moment):
    information.forget()
    store.forget()
    pace.forget()
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock
    information.forget()
    store.forget()
    pace.forget()


@pytest.fixture
def site(clock):
    SystemFactory()
    AssetFactory()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # the test goes on with this one
    yield Site()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "gzip"}], ids=["plain", "gzip"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_is_the_same_in_every_header_and_byte(site, method, headers):
    first = site.ask(method=method, **headers)

    again = site.ask(method=method, **headers)

    assert again == first
    assert first[0] == "200 OK"
    assert site.answered == [PATH]


def test_depends_on_nothing_that_is_not_looked_at(site):
    _status, headers, _body = site.ask()

    varying = {f"HTTP_{name.strip().upper().replace('-', '_')}" for name in headers["Vary"].split(",")}
    assert varying <= set(repeating.ASKED)


def test_is_not_sent_to_who_asks_something_else(site):
    plain = site.ask()
    packed = site.ask(**{"Accept-Encoding": "gzip"})
    known = site.ask(**{"If-None-Match": plain[1]["ETag"]})
    other_site = site.ask(Origin="https://console.example")
    in_2_3 = site.ask("/gbfs/2.3/free_bike_status.json")

    assert gzip.decompress(packed[2]) == plain[2]
    assert (known[0], known[2]) == ("304 Not Modified", b"")
    assert other_site[0] == "200 OK"
    assert json.loads(in_2_3[2])["version"] == "2.3"
    assert len(site.answered) == 5
    assert site.ask(**{"If-None-Match": plain[1]["ETag"]}) == known
    assert len(site.answered) == 5


def test_is_as_old_as_what_a_process_remembers_and_no_older(site, clock, moment):
    site.ask()
    Asset.objects.update(state="RETIRED")

    moment.seconds += 0.9
    clock.shift(0.9)
    site.ask()
    assert site.answered == [PATH]

    moment.seconds += 0.1
    clock.shift(9.1)
    assert json.loads(site.ask()[2])["data"] == {"vehicles": []}
    assert site.answered == [PATH, PATH]


def test_never_says_too_long_an_age(site, clock, moment):
    clock.shift(0.25)
    assert site.ask()[1]["Cache-Control"] == "public, max-age=10"
    clock.shift(0.5)
    store.forget()
    assert site.ask("/gbfs/3.0/station_status.json")[1]["Cache-Control"] == "public, max-age=10"

    clock.shift(0.6)
    moment.seconds += 0.6

    assert site.ask("/gbfs/3.0/station_status.json")[1]["Cache-Control"] == "public, max-age=9"


@pytest.mark.parametrize(
    ("path", "method"),
    [("/gbfs/3.0/nothing.json", "get"), (PATH, "post"), (PATH, "options"), ("/tomp/operator/ping", "get")],
)
def test_is_never_a_refusal_or_anything_but_a_feed(site, path, method):
    first, second = site.ask(path, method), site.ask(path, method)

    assert first[0] == second[0]
    assert site.answered == [path, path]


def test_a_feed_that_is_overdue_is_asked_for_each_time(site, clock, moment, monkeypatch):
    site.ask()
    monkeypatch.setattr(store, "refresh", lambda *args, **kwargs: False)  # somebody else is building it
    clock.shift(11)
    moment.seconds += 11

    assert [site.ask()[1]["Cache-Control"] for _time in range(2)] == ["public, max-age=0"] * 2
    assert len(site.answered) == 3


def test_counts_as_an_answer(site):
    labels = {"method": "GET", "route": "/gbfs/{version}/{name}.json", "status": "200"}
    site.ask()
    before = REGISTRY.get_sample_value("tomp_http_requests_total", labels)

    site.ask()

    assert REGISTRY.get_sample_value("tomp_http_requests_total", labels) == before + 1
    assert len(site.answered) == 1


def test_leaves_one_line_in_the_log_with_how_often(site, clock, moment, caplog):
    for _time in range(3):
        site.ask()
    moment.seconds += 1
    clock.shift(1)
    with caplog.at_level(logging.INFO):
        site.ask()
        moment.seconds += 1
        clock.shift(1)
        site.ask()

    lines = [record.msg for record in caplog.records if record.name == "tomp_operator.repeating"]
    assert [(line["event"], line["code"], line["request"], line["times"]) for line in lines] == [
        ("request_repeated", 200, f"GET {PATH}", 2)
    ]


def test_is_refused_to_who_asks_too_often(site, settings):
    settings.TOMP_ANONYMOUS_CALLS_PER_MINUTE = 3

    answers = [site.ask() for _time in range(5)]

    assert [status for status, _headers, _body in answers] == ["200 OK"] * 3 + ["429 Too Many Requests"] * 2
    assert answers[3][1]["Retry-After"] == "60"
    assert len(site.answered) == 3  # the first, and the refusals


def test_forgets_what_may_not_be_sent_again(site, clock, moment, monkeypatch):
    monkeypatch.setattr(repeating, "MOST", 2)
    for number in range(4):
        site.ask(**{"If-None-Match": f'"{number}"'})
    assert len(site.application.kept) == 2

    moment.seconds += 1
    site.ask()

    assert len(site.application.kept) == 1
