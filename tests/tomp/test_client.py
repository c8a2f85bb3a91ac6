"""The client of the tests finds what a document does not allow."""

import json

import pytest
from django.http import HttpResponse

from tests.client import MpClient, refused
from tests.contract import HAS_OFFICIAL_FILES, NO_OFFICIAL_FILES, Contract, official, ours
from tests.factories import MaasProviderFactory
from tomp.errors import Invalid, TooLate, error_body
from tomp.versions import VERSIONS

HEADERS = {"Content-Language": "nl"}
REGION = {"regionId": "centre", "name": "Centre"}
RING = [[[5.1, 52.1], [5.2, 52.1], [5.2, 52.2], [5.1, 52.1]]]
POLYGON = {"type": "Polygon", "coordinates": RING}
LEG = {"from": {"coordinates": {"lat": 52.1, "lng": -5.1}}, "assetType": {"id": "bike"}}

every_version = pytest.mark.parametrize("minor", VERSIONS)


def answer(body, status=200, content_type="application/json", **headers):
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value for name, value in (HEADERS | sent).items() if value is not None}
    return HttpResponse(json.dumps(body), status=status, content_type=content_type, headers=sent)


def judged(method, path, response, minor="1.6"):
    return ours(minor).violations(method, path, response)


def test_a_good_answer_is_good():
    assert judged("GET", "/operator/regions", answer([{**REGION, "serviceArea": POLYGON}])) == []
    assert (
        judged("GET", "/legs/1", answer({**LEG, "progressGeometry": {"type": "LineString", "coordinates": RING[0]}}))
        == []
    )


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (answer([{"regionId": "centre"}]), 'body 0: "name" is a required property'),
        (answer([{**REGION, "nmae": 1}]), "body 0: Additional properties are not allowed ('nmae' was unexpected)"),
        (answer([{**REGION, "type": "PARK"}]), 'body 0/type: "PARK" is not one of '),
        (answer([{**REGION, "typeUnit": None}]), "body 0/typeUnit: null is not"),
        (answer([{**REGION, "areaStartTime": "2026-06-01T12:00:00"}]), "body 0/areaStartTime: "),
        (answer([{**REGION, "serviceArea": RING}]), "body 0/serviceArea: "),
        (answer({}), "body (all of it): {} is not of type"),
        (answer([], status=204), "the status 204 is not declared for this operation"),
        (answer(error_body(Invalid("x"), module=1), status=409), "the status 409 is not declared for this operation"),
        (answer([], Content_Language=None), "the header Content-Language is missing"),
        (answer([], Content_Language="nl, en;q=0.5"), "Content-Language 'nl, en;q=0.5' is not one language tag"),
        (answer([], content_type="text/html"), "the body is 'text/html', not JSON"),
        (answer({"errorcode": 1002}, status=400), 'body (all of it): "errorCode" is a required property'),
    ],
)
def test_a_bad_answer_is_told_what_is_bad_about_it(response, problem):
    found = judged("GET", "/operator/regions", response)

    assert any(text.startswith(problem) for text in found), found


def test_each_version_has_its_own_geometry():
    bare = answer([{**REGION, "serviceArea": RING}])
    whole = answer([{**REGION, "serviceArea": POLYGON}])

    assert judged("GET", "/operator/regions", bare, "1.5") == []
    assert judged("GET", "/operator/regions", whole, "1.6") == []
    assert judged("GET", "/operator/regions", bare, "1.6") != []
    assert judged("GET", "/operator/regions", whole, "1.5") != []


@pytest.mark.parametrize(
    ("expires", "problems"),
    [
        ("Mon, 01 Jun 2026 12:00:00 GMT", []),
        (None, ["the header Expires is missing"]),
        ("2026-06-01T12:00:00Z", ["Expires '2026-06-01T12:00:00Z' is no HTTP date"]),
        ("soon GMT", ["Expires 'soon GMT' is no HTTP date"]),
    ],
)
def test_a_booking_says_when_it_expires(expires, problems):
    assert judged("POST", "/bookings", answer({"id": "1"}, status=201, Expires=expires)) == problems


@pytest.mark.parametrize(("minor", "problems"), [("1.5", []), ("1.6", ["the header Expires is missing"])])
def test_an_event_may_keep_it_to_itself_up_to_1_5(minor, problems):
    assert judged("POST", "/bookings/1/events", answer({"id": "1"}), minor) == problems


@pytest.mark.parametrize("spelling", ["conditionDeposit", "ConditionDeposit"])
@every_version
def test_an_error_is_told_of_the_condition_that_was_meant(minor, spelling):
    good = {"conditionType": spelling, "amount": 50, "currencyCode": "EUR"}
    bad = {**good, "currencyCode": "EURO"}

    assert judged("GET", "/legs/1", answer({**LEG, "conditions": [good]}), minor) == []
    [problem] = judged("GET", "/legs/1", answer({**LEG, "conditions": [bad]}), minor)
    assert problem == 'body conditions/0/currencyCode: "EURO" is longer than 3 characters'


def test_literal_paths_win_over_parameters():
    assert ours("1.6").template("POST", "/bookings/one-stop") == "/bookings/one-stop"
    assert ours("1.6").template("GET", "/bookings/one-stop") == "/bookings/{id}"
    assert ours("1.6").template("GET", "/bookings/1?x=/y") == "/bookings/{id}"
    assert ours("1.6").template("POST", "/support") == "/support/"
    assert ours("1.6").template("GET", "/nothing") is None


@pytest.mark.skipif(not HAS_OFFICIAL_FILES, reason=NO_OFFICIAL_FILES)
@every_version
def test_the_official_files_are_relaxed_where_the_readings_say(minor):
    booking_data = {"conditionType": "conditionRequireBookingData", "requiredFields": ["NAME"]}
    leg = {
        **LEG,
        "asset": {"id": "1", "maxRange": 45_000},
        "pricing": {"estimated": True, "parts": [{"amount": -1, "amountExVat": -0.8, "kind": "DISCOUNT"}]},
        "conditions": [booking_data],
    }

    assert official(minor).violations("GET", "/legs/1", answer(leg)) == []
    booking_data["requiredFields"] = ["LAST_NAME", "MIDDLE_NAME"]
    problems = official(minor).violations("GET", "/legs/1", answer(leg))
    assert (problems == []) == (minor == "1.6")


@pytest.mark.skipif(not HAS_OFFICIAL_FILES, reason=NO_OFFICIAL_FILES)
def test_the_official_files_are_judged_as_they_are_otherwise():
    contract = official("1.6")

    assert isinstance(contract, Contract)
    assert contract.violations("GET", "/operator/regions", answer([{**REGION, "more": 1}])) == []
    assert contract.violations("GET", "/operator/regions", answer([{"name": "x"}])) != []
    assert contract.violations("GET", "/operator/regions", answer([], status=429)) == []
    assert contract.violations("GET", "/operator/regions", answer([], status=409)) != []
    assert contract.violations("GET", "/no/such", answer([])) != []


# In a test


@pytest.fixture
def mp(db, api_version):
    return MpClient(MaasProviderFactory(maas_id="mp"), api_version)


def test_it_sends_what_providers_send(mp):
    request = mp.get("/bookings", headers={"Accept-Language": "nl"}).wsgi_request

    assert request.path == "/tomp/bookings"
    assert request.headers["maas-id"] == "mp"
    assert request.headers["Api"] == "TOMP"
    assert request.headers["Api-Version"] == mp.version.full
    assert request.headers["Accept-Language"] == "nl"
    assert "X-API-Key" in request.headers
    assert "X-API-Key" not in mp.get("/bookings", headers={"X-API-Key": None}).wsgi_request.headers


def test_a_bad_answer_fails_the_test_with_all_that_is_bad(mp, monkeypatch):
    monkeypatch.setattr("bookings.views.BookingViewSet.list", lambda self, request: HttpResponse(b"oops"))

    with pytest.raises(pytest.fail.Exception) as failed:
        mp.get("/bookings")

    message = str(failed.value)
    assert message.startswith("GET /bookings → 200")
    assert f"not what we publish for {mp.version.full}: the body is 'text/html; charset=utf-8', not JSON" in message
    assert message.endswith("oops")
    assert mp.get("/bookings", check=False).content == b"oops"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"errorCode": 1}, "errorcode and errorCode differ"),
        ({"status": 500}, "status 500 differs from HTTP's"),
        ({"detail": ""}, "detail is empty"),
        ({"instance": ""}, "instance is empty"),
    ],
)
def test_a_refusal_must_be_whole(mp, change, problem):
    body = error_body(TooLate("x"), module=3) | change

    with pytest.raises(pytest.fail.Exception, match=problem):
        mp.check("POST", "/bookings", answer(body, status=403))


def test_a_refusal_is_expected_by_status_and_code(mp):
    response = mp.get("/bookings/unknown")

    assert refused(response, 404, 3204)["type"] == "Not found"
    with pytest.raises(AssertionError):
        refused(response, 403, 3204)
    with pytest.raises(AssertionError):
        refused(response, 404, 3202)
