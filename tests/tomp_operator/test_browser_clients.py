"""An app in a browser …"""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client

from bookings.models import Booking
from tests.browser import in_a_browser
from tests.fleet_factories import AssetFactory
from tests.journey import HERE, at, mp_client, nothing_changes

APP = "https://app.example.com"


@pytest.fixture
def allowed(settings):
    settings.CORS_ALLOWED_ORIGINS = [APP]


def asks_first(path, method="POST", origin=APP):
    """What a browser asks before it sends what no plain form could send."""
    headers = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "maas-id"}
    return Client().options(path, headers=headers)


# What it may do


@pytest.mark.parametrize(
    "path", ["/tomp/bookings/one-stop", "/tomp/support/", "/gbfs/3.0/gbfs.json", "/schema/1.6", "/oauth/token"]
)
def test_is_told_without_credentials_that_it_may_call(allowed, path):
    answer = asks_first(path)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == APP
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "origin" in answer.headers["Vary"].lower()


def test_may_send_every_header_of_the_protocol_and_its_own_correlation_id(allowed):
    may_send = asks_first("/tomp/bookings").headers["Access-Control-Allow-Headers"].split(", ")

    assert may_send == [
        "accept",
        "authorization",
        "content-type",
        "x-api-key",
        "x-correlation-id",
        "accept-language",
        "api",
        "api-version",
        "maas-id",
        "addressed-to",
        "notification-url",
        "if-none-match",
        "idempotency-key",
    ]


@pytest.mark.parametrize("path", ["/tomp/operator/ping", "/tomp/bookings/unknown", "/tomp/unknown", "/schema/1.6"])
@pytest.mark.django_db
def test_may_read_every_answer_and_its_headers(allowed, path):
    answer = Client().get(path, headers={"Origin": APP})

    assert answer.headers["Access-Control-Allow-Origin"] == APP
    assert answer.headers["Access-Control-Expose-Headers"] == (
        "Api-Version, Content-Language, Deprecation, ETag, Expires, Retry-After"
    )
    assert "Access-Control-Allow-Credentials" not in answer.headers


# What it may not do


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/", "/docs/", "/oauth/introspect", "/tompx"])
@pytest.mark.django_db
def test_sees_nothing_but_the_api(settings, path):
    settings.CORS_ALLOW_ALL_ORIGINS = True

    answers = [Client().get(path, headers={"Origin": APP}), asks_first(path)]

    for answer in answers:
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("origin", ["https://app.example.com.evil", "http://app.example.com", "null", "https://[", "*"])
def test_is_not_let_in_from_another_site(allowed, origin):
    assert "Access-Control-Allow-Origin" not in asks_first("/tomp/bookings", origin=origin).headers


def test_is_not_let_in_where_nobody_is_named():
    assert "Access-Control-Allow-Origin" not in asks_first("/tomp/bookings").headers


def test_comes_from_anywhere_to_a_demo(settings):
    settings.CORS_ALLOW_ALL_ORIGINS = True

    answer = asks_first("/tomp/bookings")

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


# In a real browser

BOOK = """
async ({url, headers, body}) => {
    const answer = await fetch(url, {method: "POST", headers, body: JSON.stringify(body)});
    const readable = Object.fromEntries(answer.headers);
    return {status: answer.status, headers: readable, body: await answer.json()};
}
"""


@contextmanager
def another_site():
    """The address of a site with one empty page, on a port of its own: to a browser another origin."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>An app</title>")

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(chromium):
    """A page of another site."""
    with another_site() as origin:
        page = chromium.new_page()
        page.goto(origin)
        page.origin = origin
        yield page


def booking_of(asset, live_server):
    mp = mp_client()
    return {
        "url": f"{live_server.url}/tomp/bookings/one-stop",
        "headers": {**mp.headers, "Content-Type": "application/json", "Idempotency-Key": "one"},
        "body": json.loads(json.dumps({**at(HERE), "useAssets": [str(asset.public_id)]})),
    }


class TestFromAPage:
    pytestmark = in_a_browser

    def test_books_a_vehicle(self, page, live_server, settings):
        settings.CORS_ALLOWED_ORIGINS = [page.origin]

        answer = page.evaluate(BOOK, booking_of(AssetFactory(), live_server))

        assert answer["status"] == 201
        assert answer["body"]["state"] == Booking.objects.get().state == "PENDING"
        assert answer["headers"].keys() >= {"expires", "content-language", "api-version"}

    def test_books_nothing_unless_its_site_is_named(self, page, live_server, settings):
        settings.CORS_ALLOWED_ORIGINS = [APP]
        booking = booking_of(AssetFactory(), live_server)

        with nothing_changes(), pytest.raises(Exception, match="Failed to fetch"):
            page.evaluate(BOOK, booking)
