"""A refusal has the protocol's number, says what to do, and gives nothing away."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from django.utils.translation import override
from rest_framework import exceptions, serializers
from rest_framework.authentication import BasicAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.throttling import BaseThrottle
from structlog.testing import capture_logs

from tests.client import MpClient, refused
from tests.factories import MaasProviderFactory
from tomp import errors, handlers
from tomp.serializers import Text, WholeNumber, WireSerializer
from tomp.versions import V1_5, V1_6
from tomp.views import TompViewSet

# Number, HTTP status and type of each (semantics §2.2).
ERRORS = {
    errors.TompError: (5, 500, "Technical issue"),
    errors.Missing: (1, 400, "Missing"),
    errors.Invalid: (2, 400, "Invalid"),
    errors.NothingToDo: (2, 400, "Invalid"),
    errors.TooLarge: (2, 413, "Invalid"),
    errors.UnsupportedContent: (2, 415, "Invalid"),
    errors.NotAcceptable: (2, 406, "Invalid"),
    errors.NoCredentials: (1, 401, "Missing"),
    errors.BadCredentials: (2, 401, "Invalid"),
    errors.IllegalOperation: (4, 403, "Illegal operation"),
    errors.AlreadyBooked: (4, 409, "Illegal operation"),
    errors.MethodNotAllowed: (4, 405, "Illegal operation"),
    errors.TemporaryFailure: (5, 503, "Technical issue"),
    errors.NoAccess: (6, 403, "Technical issue"),
    errors.RequestLimit: (7, 429, "Technical issue"),
    errors.UnsupportedVersion: (8, 400, "Illegal operation"),
    errors.PageTooBig: (9, 400, "Illegal operation"),
    errors.QuotaReached: (201, 403, "Maximum bookings per period reached"),
    errors.Expired: (202, 410, "Expired"),
    errors.TooLate: (202, 403, "Expired"),
    errors.NotPossible: (202, 406, "Expired"),
    errors.InUse: (203, 403, "In use"),
    errors.NotFound: (204, 404, "Not found"),
    errors.UserBlocked: (209, 428, "Booking"),
    errors.ReadOnly: (211, 400, "Read-only"),
}
OF_THEIR_OWN_MODULE = {errors.NoCredentials, errors.BadCredentials}


def all_errors(base=errors.TompError):
    yield base
    for error in base.__subclasses__():
        if error.__module__ == errors.__name__:
            yield from all_errors(error)


def test_the_table_above_is_complete():
    assert set(all_errors()) == ERRORS.keys()


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_each_has_its_number_status_and_type(kind):
    number, status, type_ = ERRORS[kind]

    body = errors.error_body(kind("Do this."), module=3, instance="that one")

    code = (7 if kind in OF_THEIR_OWN_MODULE else 3) * 1000 + number
    assert body == {
        "errorcode": code,
        "errorCode": code,
        "type": type_,
        "title": kind.title,
        "status": status,
        "detail": "Do this.",
        "instance": "that one",
    }


def test_an_error_may_know_its_module_better_than_the_view():
    assert errors.error_body(errors.NotFound("No.", module=8), module=3)["errorcode"] == 8204


def test_every_refusal_has_a_name_of_its_own():
    first, second = (errors.error_body(errors.NotFound("No."), module=3)["instance"] for _ in range(2))

    assert uuid.UUID(first) != uuid.UUID(second)


@pytest.mark.parametrize(("version", "status"), [(V1_5, 403), (V1_6, 428), (None, 428)])
def test_a_blocked_user_is_a_precondition_since_1_6(version, status):
    body = errors.error_body(errors.UserBlocked("No."), module=3, version=version)

    assert (body["status"], body["errorcode"]) == (status, 3209)


# What Django and REST framework raise


@pytest.mark.parametrize(
    ("raised", "meant"),
    [
        (exceptions.ParseError("The JSON is nested too deeply."), errors.Invalid),
        (exceptions.UnsupportedMediaType("text/plain"), errors.UnsupportedContent),
        (exceptions.MethodNotAllowed("PUT"), errors.MethodNotAllowed),
        (exceptions.NotAcceptable(), errors.NotAcceptable),
        (exceptions.Throttled(wait=3.2), errors.RequestLimit),
        (exceptions.NotFound(), errors.NotFound),
        (exceptions.PermissionDenied(), errors.NoAccess),
        (exceptions.NotAuthenticated(), errors.NoCredentials),
        (exceptions.AuthenticationFailed(), errors.NoCredentials),
        (exceptions.ValidationError("No."), errors.Invalid),
        (Http404(), errors.NotFound),
        (PermissionDenied(), errors.NoAccess),
        (RequestDataTooBig(), errors.TooLarge),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.__name__,
)
def test_foreign_errors_are_translated(raised, meant):
    assert type(errors.translate(raised)) is meant


@pytest.mark.parametrize("raised", [ValueError("secret"), KeyError("x"), exceptions.APIException("secret")])
def test_what_was_not_foreseen_is_not_translated(raised):
    assert errors.translate(raised) is None


@pytest.mark.parametrize(("wait", "seconds"), [(3.2, "4"), (0, "1"), (None, "1"), (60, "60")])
def test_a_throttled_caller_is_told_when_to_come_back(wait, seconds):
    assert errors.translate(exceptions.Throttled(wait=wait)).headers == {"Retry-After": seconds}


# Which field is at fault


class Inner(WireSerializer):
    number = WholeNumber(min_value=1)
    names = serializers.ListField(child=Text(max_length=3), required=False)


class Outer(WireSerializer):
    from_ = Inner()
    name = Text(required=False)

    def validate(self, data):
        if data.get("name") == "odd":
            raise serializers.ValidationError("These do not go together.")
        return data


@pytest.mark.parametrize(
    ("data", "kind", "detail"),
    [
        ({}, errors.Missing, "Field: from, Reason: This field is required."),
        (None, errors.Missing, "Field: from, Reason: This field is required."),
        ({"from": None}, errors.Missing, "Field: from, Reason: This field is required."),
        ({"from": {}}, errors.Missing, "Field: from.number, Reason: This field is required."),
        ({"from": {"number": None}}, errors.Missing, "Field: from.number, Reason: This field is required."),
        ({"from": {"number": "1"}}, errors.Invalid, "Field: from.number, Reason: A valid integer is required."),
        (
            {"from": {"number": 0}},
            errors.Invalid,
            "Field: from.number, Reason: Ensure this value is greater than or equal to 1.",
        ),
        (
            {"from": {"number": 1, "names": ["abc", "abcd"]}},
            errors.Invalid,
            "Field: from.names.1, Reason: Ensure this field has no more than 3 characters.",
        ),
        ({"from": []}, errors.Invalid, "Field: from, Reason: Invalid data. Expected a dictionary, but got list."),
        ([], errors.Invalid, "Field: body, Reason: Invalid data. Expected a dictionary, but got list."),
        ({"from": {"number": 1}, "name": "odd"}, errors.Invalid, "Field: body, Reason: These do not go together."),
    ],
)
def test_validation_names_the_first_field_at_fault(data, kind, detail):
    serializer = Outer(data=data)

    with pytest.raises(exceptions.ValidationError) as raised:
        serializer.is_valid(raise_exception=True)

    refusal = errors.translate(raised.value)
    assert (type(refusal), refusal.detail) == (kind, detail)


@pytest.mark.parametrize("nothing", [[], {}, {"x": []}, [[], {}]])
def test_an_error_that_says_nothing_is_a_refusal_all_the_same(nothing):
    assert type(errors.translate(exceptions.ValidationError(nothing))) is errors.Invalid


# In a view


class Never(BaseThrottle):
    def allow_request(self, request, view):
        return False

    def wait(self):
        return 7


class Act(TompViewSet):
    """Does what the test says."""

    module = 4
    authentication_classes = ()
    permission_classes = (AllowAny,)
    raises: Exception | None = None

    def act(self, request):
        if self.raises:
            raise self.raises
        return Response({"read": request.data})


def answer_of(method="post", body=b"{}", content_type="application/json", headers=None, **view):
    request = APIRequestFactory().generic(method.upper(), "/", body, content_type=content_type, headers=headers)
    return Act.as_view({"post": "act"}, **view)(request).render()


def test_a_refusal_is_json_in_the_language_and_version_of_the_caller():
    response = answer_of(raises=errors.TooLate("Sorry."), headers={"Api-Version": "1.6", "Accept-Language": "nl"})

    error = refused(response, 403, 4202)
    assert (error["title"], error["detail"]) == ("Niet meer beschikbaar", "Sorry.")
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Content-Language"] == "nl"
    assert response.headers["Api-Version"] == "1.6.1"


def test_providers_read_english_and_staff_their_language():
    refusal = errors.Invalid("%(amount)s cannot be given back, %(left)s is left.", field="amount", amount=2, left="1")

    with override("de"):
        body = errors.error_body(refusal, module=6)
        told = refusal.reason

    assert body["detail"] == "Field: amount, Reason: 2 cannot be given back, 1 is left."
    assert told == "2 kann nicht zurückgegeben werden, 1 ist übrig."
    assert refusal.reason == "2 cannot be given back, 1 is left."


def test_headers_of_the_error_are_sent():
    response = answer_of(raises=errors.TemporaryFailure("The lock is jammed.", headers={"Retry-After": "30"}))

    refused(response, 503, 4005)
    assert response.headers["Retry-After"] == "30"


def test_405_says_what_is_allowed():
    response = answer_of(method="put")

    refused(response, 405, 4004)
    assert response.headers["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize("accept", ["text/html", "application/xml;q=0.9"])
def test_only_json_is_answered(accept):
    refused(answer_of(headers={"Accept": accept}), 406, 4002)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_only_json_is_read(content_type):
    refused(answer_of(body=b"a=b", content_type=content_type), 415, 4002)


def test_a_body_that_is_no_json_is_invalid():
    assert refused(answer_of(body=b"{"), 400, 4002)["detail"].startswith("The body is not valid JSON")


def test_a_body_may_not_be_too_large(settings):
    settings.TOMP_MAX_BODY_BYTES = 20

    refused(answer_of(body=b'{"comment": "xxxxxx"}'), 413, 4002)


def test_too_many_requests_are_told_when_to_come_back():
    response = answer_of(throttle_classes=[Never])

    refused(response, 429, 4007)
    assert response.headers["Retry-After"] == "7"


def test_who_shows_nothing_is_challenged():
    response = answer_of(permission_classes=[IsAuthenticated], authentication_classes=[BasicAuthentication])

    refused(response, 401, 7001)
    assert response.headers["WWW-Authenticate"] == 'Basic realm="api"'


@pytest.mark.parametrize(("asked", "status", "code"), [("1.5", 404, 7204), (None, 404, 7204), ("1.6", 403, 4203)])
def test_what_came_with_1_6_is_not_there_before(asked, status, code):
    headers = {"Api-Version": asked} if asked else None

    refused(answer_of(since=V1_6, raises=errors.InUse("It is there."), headers=headers), status, code)


def test_an_unforeseen_error_is_logged_under_the_name_the_caller_gets_and_tells_nothing():
    secret = ValueError("password of psycopg at /srv/app/tomp.py")

    with capture_logs() as log:
        response = answer_of(raises=secret)

    error = refused(response, 500, 4005)
    assert error["detail"] == "Something went wrong on our side. Quote the instance when you contact support."
    assert error["title"] == "Internal technical problem, contact support"
    assert b"psycopg" not in response.content
    [line] = [line for line in log if line["event"] == "unexpected_error"]
    assert (line["instance"], line["exc_info"], line["view"]) == (error["instance"], secret, "Act")


@pytest.mark.parametrize(
    "error", [OperationalError("server at db.internal closed the connection"), InterfaceError("it is closed")], ids=str
)
def test_a_database_that_is_away_is_no_reason_to_give_up(error):
    with capture_logs() as log:
        response = answer_of(raises=error)

    told = refused(response, 503, 4005)
    assert response.headers["Retry-After"] == "5"
    assert (
        told["detail"]
        == "This is not possible at the moment. Try again, or quote the instance when you contact support."
    )
    assert b"db.internal" not in response.content
    [line] = [line for line in log if line["event"] == "unexpected_error"]
    assert (line["instance"], line["exc_info"]) == (told["instance"], error)


def test_a_foreseen_error_is_no_news():
    with capture_logs() as log:
        answer_of(raises=errors.NotFound("No."))

    assert log == []


# Where no view of ours is


@pytest.fixture
def anybody(db, api_version):
    return MpClient(MaasProviderFactory(), api_version)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/nothing", "/bookings/x/nothing", "/operator", "/%00", "/%ff%fe", "//", "/no/such/"])
def test_an_unknown_operation_is_a_404(anybody, method, path):
    refused(anybody.call(method, path, {}), 404, 7204)


def test_nobody_needs_credentials_to_learn_that_nothing_is_there(anybody):
    refused(anybody.get("/nothing", headers={"X-API-Key": None, "Api-Version": "9.9"}), 404, 7204)


@pytest.mark.parametrize("path", ["/tomp", "/tomp/"])
def test_the_bare_base_address_is_a_404_too(path):
    response = Client().get(path)

    refused(response, 404, 7204)
    assert response.headers["Content-Language"] == "en"


@pytest.mark.parametrize("host", ["evil.example", "bad host", "a@b", "[::1"])
def test_a_host_we_are_not_is_a_400(host):
    response = Client().get("/tomp/operator/ping", headers={"Host": host})

    assert "host" in refused(response, 400, 7002)["detail"]


def test_elsewhere_people_get_pages():
    assert Client().get("/nothing").headers["Content-Type"].startswith("text/html")
    assert Client().get("/docs/", headers={"Host": "evil.example"}).headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("handler", "status", "code"),
    [
        (handlers.bad_request, 400, 7002),
        (handlers.permission_denied, 403, 7006),
        (handlers.page_not_found, 404, 7204),
    ],
)
def test_handlers_speak_to_providers_and_to_people(handler, status, code):
    refusal = handler(RequestFactory().get("/tomp/x"), PermissionDenied("secret"))
    page = handler(RequestFactory().get("/admin/x"), PermissionDenied("secret"))

    refused(refusal, status, code)
    assert b"secret" not in refusal.content
    assert (page.status_code, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")


def test_a_failure_outside_views_is_logged_under_the_name_the_caller_gets(monkeypatch):
    def fail(self, request):
        raise ValueError("secret")

    monkeypatch.setattr("tomp.middleware.TrailingSlash.__call__", fail)

    with capture_logs() as log:
        response = Client(raise_request_exception=False).get("/tomp/bookings")

    error = refused(response, 500, 7005)
    assert b"secret" not in response.content
    [line] = [line for line in log if line["event"] == "unexpected_error"]
    assert (line["instance"], line["path"]) == (error["instance"], "/tomp/bookings")


@pytest.mark.parametrize("path", ["/tomp/bookings", "/gbfs/3.0/vehicle_status.json", "/docs/"])
def test_a_database_that_is_away_is_none_outside_views_either(monkeypatch, path):
    def fail(self, request):
        raise OperationalError("server at db.internal closed the connection")

    monkeypatch.setattr("tomp.middleware.TrailingSlash.__call__", fail)

    response = Client(raise_request_exception=False).get(path)

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert b"db.internal" not in response.content


def test_a_failure_elsewhere_is_a_page(monkeypatch):
    def fail(self, request):
        raise ValueError("secret")

    monkeypatch.setattr("tomp.middleware.TrailingSlash.__call__", fail)

    response = Client(raise_request_exception=False).get("/docs/")

    assert response.status_code == 500
    assert response.headers["Content-Type"].startswith("text/html")
    assert b"secret" not in response.content
