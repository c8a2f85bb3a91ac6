"""A POST with an Idempotency-Key …"""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import path
from rest_framework.response import Response
from rest_framework.test import APIClient

from maas import services
from maas.models import ApiKey, IdempotentRequest
from maas.views import ProviderViewSet
from tests.factories import ApiKeyFactory
from tests.waiting import wait_until_somebody_waits
from tomp import errors

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

SECRET = "the-secret"


class WorkViewSet(ProviderViewSet):
    """Its work is one more key, labelled "work"; what happens after it is up to the test."""

    module = 3
    then = staticmethod(lambda: None)

    def create(self, request):
        with transaction.atomic():
            key, _ = services.issue_api_key(provider=self.provider, label="work")
        answer = type(self).then()
        return answer or Response({"id": key.pk, "price": 1.10}, status=201, headers={"Expires": "tomorrow"})

    def list(self, request):
        return self.create(request)


urlpatterns = [
    path("work", WorkViewSet.as_view({"post": "create", "get": "list"})),
    path("work/", WorkViewSet.as_view({"post": "create"})),
    path("other-work", WorkViewSet.as_view({"post": "create"})),
    path("no-post", WorkViewSet.as_view({"get": "list"})),
]


@pytest.fixture(autouse=True)
def provider():
    return ApiKeyFactory(secret=SECRET, provider__maas_id="first").provider


@pytest.fixture
def then(monkeypatch):
    def set_then(function):
        monkeypatch.setattr(WorkViewSet, "then", staticmethod(function))

    return set_then


def post(url="/work", body=None, key="k-1", method="post", maas_id="first", api_key=SECRET, **headers):
    headers |= {"maas-id": maas_id, "X-API-Key": api_key} | ({} if key is None else {"Idempotency-Key": key})
    return getattr(APIClient(raise_request_exception=False), method)(url, body or {}, headers=headers)


def work_done():
    return ApiKey.objects.filter(label="work").count()


def refuse(error):
    def then():
        raise error

    return then


# Replay


def test_is_done_once_and_answered_twice():
    first, again = post(), post()

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers == again.headers
    assert first.headers["Expires"] == "tomorrow"
    assert work_done() == 1


def test_costs_one_look_the_second_time():
    post()

    with CaptureQueriesContext(connection) as captured:
        post()

    assert sum("idempotentrequest" in query["sql"] for query in captured) == 1
    assert not any("insert" in query["sql"].lower() for query in captured)


def test_gets_the_first_refusal_again(then):
    then(refuse(errors.NotPossible("nothing is free")))
    first = post()
    then(lambda: None)

    again = post()

    assert (again.status_code, again.json()["errorcode"]) == (406, 3202)
    assert again.content == first.content
    assert work_done() == 1  # what the view left before it refused


def test_gets_an_empty_answer_again(then):
    then(lambda: Response(status=204))

    assert (post().status_code, post().status_code) == (204, 204)
    assert post().content == b""
    assert work_done() == 1


def test_keeps_its_answer_where_a_statement_failed_and_was_mended(then, provider):
    def collide():
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiKey.objects.create(provider=provider, digest=ApiKey.objects.first().digest)

    then(collide)

    assert (post().content, work_done()) == (post().content, 1)


def test_is_the_same_with_a_slash():
    assert post("/work").content == post("/work/").content
    assert work_done() == 1


# What is something else


def test_is_done_every_time_without_a_key():
    assert post(key=None).json() != post(key=None).json()
    assert work_done() == 2
    assert not IdempotentRequest.objects.exists()


def test_is_done_again_under_another_key():
    post(key="k-1")
    post(key="k-2")

    assert work_done() == 2


def test_is_done_again_for_another_provider():
    ApiKeyFactory(secret="other", provider__maas_id="second")

    first, other = post(), post(maas_id="second", api_key="other")

    assert first.content != other.content
    assert work_done() == 2


def test_matters_to_no_other_method():
    post(method="get")
    post(method="get")

    assert work_done() == 2
    assert not IdempotentRequest.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"url": "/other-work"}, {"url": "/work?a=b"}, {"body": {"id": "x"}}, {"Api-Version": "1.6"}],
    ids=["path", "query", "body", "version"],
)
def test_is_refused_for_another_request_with_its_key(change):
    first = post()

    refused = post(**change)

    assert (refused.status_code, refused.json()["errorcode"]) == (400, 7002)
    assert "Idempotency-Key" in refused.json()["detail"]
    assert work_done() == 1
    assert post().content == first.content


@pytest.mark.parametrize("key", ["", "x" * 201, "a\0b", "\xff", "🚲", "a\tb", "\ud800"])
def test_is_refused_with_a_key_that_is_none(key):
    refused = post(key=key)

    assert (refused.status_code, refused.json()["errorcode"]) == (400, 7002)
    assert work_done() == 0
    assert not IdempotentRequest.objects.exists()


def test_takes_a_key_of_any_printable_characters():
    assert post(key='"8e03978e-40d5-43e8-bc93-6894a57f9324" ~!').status_code == 201
    assert post(key="x" * 200).status_code == 201


@pytest.mark.parametrize(("change", "status"), [({"api_key": "x"}, 401), ({"maas_id": "x"}, 403)])
def test_claims_nothing_for_a_stranger(change, status):
    assert post(**change).status_code == status
    assert not IdempotentRequest.objects.exists()


def test_is_still_refused_where_nothing_can_be_posted():
    assert post("/no-post").status_code == 405
    assert work_done() == 0


# What is to be tried again


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.AlreadyBooked("busy"), 409),
        (errors.RequestLimit("too many"), 429),
        (errors.TemporaryFailure("the lock is silent"), 503),
        (errors.TompError("broken"), 500),
        (RuntimeError("unforeseen"), 500),
        (IntegrityError("unforeseen"), 500),
    ],
)
def test_leaves_nothing_behind_when_it_is_to_be_tried_again(then, error, status):
    then(refuse(error))

    assert post().status_code == status
    assert work_done() == 0
    assert not IdempotentRequest.objects.exists()

    then(lambda: None)
    assert post().status_code == 201
    assert work_done() == 1


def test_leaves_nothing_behind_when_its_answer_cannot_be_written(then):
    then(lambda: Response({"what": object()}))

    assert post().status_code == 500
    assert work_done() == 0
    assert not IdempotentRequest.objects.exists()


def test_leaves_nothing_behind_when_the_transaction_is_spoilt(then):
    then(lambda: transaction.set_rollback(True))

    assert post().status_code == 500
    assert work_done() == 0
    assert not IdempotentRequest.objects.exists()


# At once


def in_thread(*args, **kwargs):
    try:
        return post(*args, **kwargs)
    finally:
        connection.close()


@pytest.fixture
def two_at_once(then):
    """Posts twice: the second while the first is at work, which ends with `last`."""

    def run(last):
        at_work, may_end = Event(), Event()

        def hold():
            at_work.set()
            assert may_end.wait(10)
            then(lambda: None)
            return last()

        then(hold)
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(in_thread)
            assert at_work.wait(10)
            second = pool.submit(in_thread)
            wait_until_somebody_waits()
            assert not second.done()
            may_end.set()
            return first.result(), second.result()

    return run


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_waits_for_the_first_and_gets_its_answer(two_at_once):
    first, second = two_at_once(lambda: None)

    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert work_done() == 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_waits_for_the_first_and_does_the_work_if_that_failed(two_at_once):
    first, second = two_at_once(refuse(errors.TemporaryFailure("the lock is silent")))

    assert (first.status_code, second.status_code) == (503, 201)
    assert work_done() == 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_waits_for_the_first_and_does_the_work_if_its_connection_died(two_at_once):
    first, second = two_at_once(lose_connection)

    assert (first.status_code, second.status_code) == (503, 201)
    assert work_done() == 1


def lose_connection():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_is_done_once_however_many_come_at_once():
    with ThreadPoolExecutor(8) as pool:
        answers = [future.result() for future in [pool.submit(in_thread) for _ in range(16)]]

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert work_done() == 1
