"""OPTIONS tells which methods an address has, to whoever may ask there, and …"""

import pytest
from django.test import Client

from tests.client import refused
from tests.journey import mp_client, nothing_changes

SOMETHING = "5f0c2f0e-0000-4000-8000-000000000000"
ADDRESSES = {
    "/operator/ping": "GET, HEAD, OPTIONS",
    "/planning/offers": "POST, OPTIONS",
    "/bookings": "GET, POST, HEAD, OPTIONS",
    "/bookings/one-stop": "POST, OPTIONS",
    f"/bookings/{SOMETHING}": "GET, PUT, HEAD, OPTIONS",
    f"/bookings/{SOMETHING}/subscription": "POST, DELETE, OPTIONS",
    f"/legs/{SOMETHING}/events": "POST, OPTIONS",
    "/customers": "POST, OPTIONS",
    "/support/": "POST, OPTIONS",
}


@pytest.fixture
def mp(clock):
    return mp_client(maas_id="mp")


@pytest.mark.parametrize("path", ADDRESSES)
def test_does_nothing_else(mp, path):
    with nothing_changes():
        answer = mp.call("OPTIONS", path, check=False)  # no operation of the protocol

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Allow"] == ADDRESSES[path]
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("path", [path for path in ADDRESSES if not path.startswith("/operator")])
def test_is_refused_to_strangers_as_everything_is(mp, path):
    refused(mp.call("OPTIONS", path, headers={"X-API-Key": None}), 401, 7001)
    refused(mp.call("OPTIONS", path, headers={"X-API-Key": "a guess"}), 401, 7002)


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_there_is_nothing_to_tell_where_nothing_is_served(mp, method):
    answer = mp.call(method, "/no/such")

    refused(answer, 404, 7204)
    assert "Allow" not in answer.headers


@pytest.mark.parametrize("path", ["/oauth/token", "/telemetry/"])
def test_is_not_named_where_it_is_refused(db, path):
    answer = Client().options(path)

    assert answer.status_code in (401, 405)
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_feed_names_what_can_be_done_with_it(db, method):
    answer = getattr(Client(enforce_csrf_checks=True), method)("/gbfs/3.0/gbfs.json")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
