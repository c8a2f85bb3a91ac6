"""A feed over HTTP …"""

import gzip
import json

import pytest
from django.test import Client

from fleet.models import Asset
from gbfs import store
from tests.fleet_factories import AssetFactory, SystemFactory
from tests.gbfs.feeds import get
from tomp.sending import accepts_gzip

PATH = "3.0/vehicle_status.json"


@pytest.fixture(autouse=True)
def one_vehicle():
    SystemFactory()
    AssetFactory()


def test_is_json_for_everybody_and_may_be_kept_until_the_next_is_due(clock):
    answer = get(PATH)
    clock.shift(4)
    later = get(PATH)

    assert dict(answer.headers) | {"ETag": "…"} == {
        "Content-Type": "application/json",
        "Content-Length": str(len(answer.content)),
        "ETag": "…",
        "Last-Modified": "Mon, 01 Jun 2026 12:00:00 GMT",
        "Cache-Control": "public, max-age=10",
        "Vary": "Accept-Encoding",
        "Access-Control-Allow-Origin": "*",
    } | {name: answer.headers[name] for name in SECURITY}
    assert answer.cookies == {}
    assert later.headers["Cache-Control"] == "public, max-age=6"
    assert later.content == answer.content


SECURITY = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
)


@pytest.mark.parametrize(("name", "seconds"), [("vehicle_status", 10), ("system_alerts", 60), ("vehicle_types", 300)])
def test_says_how_long_it_holds(name, seconds):
    answer = get(f"3.0/{name}.json")

    assert json.loads(answer.content)["ttl"] == seconds
    assert answer.headers["Cache-Control"] == f"public, max-age={seconds}"


def test_is_packed_for_who_can_unpack_it():
    plain, packed = get(PATH), get(PATH, **{"Accept-Encoding": "gzip, br"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("", False),
        ("gzip", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("*", True),
        ("*;q=0", False),
        ("identity", False),
        ("gzip;q=0, *", False),
    ],
)
def test_knows_who_can_unpack_it(header, accepted):
    assert accepts_gzip(header) is accepted


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("known", ["{}", '"another", {}', "W/{}", "*"])
def test_is_not_sent_again_to_who_has_it(known, encoding):
    first = get(PATH, **{"Accept-Encoding": encoding})

    again = get(PATH, **{"Accept-Encoding": encoding, "If-None-Match": known.format(first.headers["ETag"])})

    assert (again.status_code, again.content) == (304, b"")
    kept = ("ETag", "Cache-Control", "Vary", "Last-Modified", "Access-Control-Allow-Origin")
    assert {name: again.headers[name] for name in kept} == {name: first.headers[name] for name in kept}


def test_is_not_sent_again_to_who_has_that_of_this_moment():
    assert get(PATH, **{"If-Modified-Since": "Mon, 01 Jun 2026 12:00:00 GMT"}).status_code == 304
    assert get(PATH, **{"If-Modified-Since": "Mon, 01 Jun 2026 11:59:59 GMT"}).status_code == 200
    assert get(PATH, **{"If-Modified-Since": "yesterday"}).status_code == 200


def test_is_sent_to_who_has_another():
    answer = get(PATH, **{"If-None-Match": '"another"', "If-Modified-Since": "Mon, 01 Jun 2026 12:00:00 GMT"})

    assert answer.status_code == 200


def test_is_measured_by_head():
    whole, head = get(PATH), Client().head(f"/gbfs/{PATH}")

    assert (head.status_code, head.content) == (200, b"")
    names = ("Content-Length", "ETag", "Cache-Control", "Content-Type")
    assert {name: head.headers[name] for name in names} == {name: whole.headers[name] for name in names}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_cannot_be_changed(method):
    assert getattr(Client(), method)(f"/gbfs/{PATH}").status_code == 405


def test_speaks_no_language_of_its_reader():
    dutch = get("3.0/vehicle_types.json", **{"Accept-Language": "nl"})

    assert "Content-Language" not in dutch.headers
    assert "Accept-Language" not in dutch.headers["Vary"]


def test_is_open_to_the_pages_of_every_site(settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://console.example"]

    assert get(PATH, Origin="https://elsewhere.example").headers["Access-Control-Allow-Origin"] == "*"
    assert (
        get(PATH, Origin="https://console.example").headers["Access-Control-Allow-Origin"] == "https://console.example"
    )


def test_is_new_when_it_is_due_and_not_before(clock):
    first = get(PATH)
    Asset.objects.update(state="RETIRED")
    clock.shift(9)
    store.forget()
    same = get(PATH)
    clock.shift(1)

    new = get(PATH)

    assert same.content == first.content
    assert json.loads(new.content)["data"] == {"vehicles": []}
    assert json.loads(new.content)["last_updated"] == "2026-06-01T12:00:10Z"


def test_says_that_it_is_of_now_even_if_nothing_changed(clock):
    first = get(PATH)
    clock.shift(10)

    second = get(PATH)

    assert json.loads(first.content)["data"] == json.loads(second.content)["data"]
    assert json.loads(second.content)["last_updated"] == "2026-06-01T12:00:10Z"
    assert first.headers["ETag"] != second.headers["ETag"]
