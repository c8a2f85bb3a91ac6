"""A connection is looked at before each request, and asked now and then."""

import pytest
from django.db import OperationalError, connection, connections

from tomp_operator.database import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(monkeypatch):
    """A list that grows by the answer of the server whenever it is asked whether the connection works."""
    answers = []
    ask = base.DatabaseWrapper.is_usable
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda self: answers.append(ask(self)) or answers[-1])
    connection.close()
    return answers


@pytest.fixture
def other():
    """Another connection."""
    made = connections["default"].copy()
    yield made
    made.close()


def request():
    """What Django does with a connection around a request that asks for its process."""
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [process] = cursor.fetchone()
    connection.close_if_unusable_or_obsolete()
    return process


def end(process, other):
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [process])
        assert cursor.fetchone() == (True,)


def test_is_asked_once_in_a_while(asked, monkeypatch):
    first = request()
    processes = {request() for _time in range(10)}
    assert (processes, asked) == ({first}, [])

    monkeypatch.setattr(base, "ASKED_EVERY", 0)
    assert (request(), asked) == (first, [True])

    monkeypatch.setattr(base, "ASKED_EVERY", 60)
    assert (request(), asked) == (first, [True])


def test_one_that_the_server_ended_is_replaced_at_once(asked, other):
    former = request()
    end(former, other)

    now = request()

    assert now != former
    assert asked == [False]
    assert request() == now


def test_one_that_vanished_without_a_word_is_found_out_by_asking(asked, other, monkeypatch):
    former = request()
    end(former, other)
    monkeypatch.setattr(base.DatabaseWrapper, "_is_quiet", lambda self: True)
    monkeypatch.setattr(base, "ASKED_EVERY", 0)

    assert request() != former
    assert asked == [False]


def test_one_that_failed_during_a_request_is_asked_before_the_next(asked, other):
    former = request()
    with connection.cursor() as cursor:
        end(former, other)
        with pytest.raises(OperationalError):
            cursor.execute("SELECT 1")

    assert request() != former
    assert asked == [False]
