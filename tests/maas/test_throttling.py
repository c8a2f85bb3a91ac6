"""Whoever calls too often is asked to come back, by 429 and Retry-After …"""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from maas import services
from maas.models import PaceCount
from maas.pace import Pace, of_address, pace
from tests.client import refused
from tests.journey import mp_client

NOW = datetime(2026, 6, 1, 12, 0, 20, tzinfo=UTC)
MINUTE = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(db):
    pace.forget()
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock
    pace.forget()


@pytest.fixture
def limited(settings):
    settings.TOMP_CALLS_PER_MINUTE = 3
    settings.TOMP_ANONYMOUS_CALLS_PER_MINUTE = 2
    return settings


@pytest.fixture
def mp(db):
    return mp_client(maas_id="hasty")


def statuses(call, times):
    return [call().status_code for _time in range(times)]


def test_a_provider_at_its_limit_until_the_next_minute(limited, mp, clock):
    assert statuses(lambda: mp.get("/bookings"), 3) == [200, 200, 200]

    answer = mp.get("/bookings")
    refused(answer, 429, 3007)
    assert answer.headers["Retry-After"] == "40"

    clock.shift(timedelta(seconds=40))
    assert mp.get("/bookings").status_code == 200


def test_a_booking_that_came_too_soon_is_not_made_and_not_remembered(limited, mp, clock):
    statuses(lambda: mp.get("/bookings"), 3)

    refused(mp.post("/bookings/one-stop", {}, **{"Idempotency-Key": "k"}), 429, 3007)

    clock.shift(timedelta(seconds=40))
    refused(mp.post("/bookings/one-stop", {}, **{"Idempotency-Key": "k"}), 400, 3001)


def test_no_provider_for_what_another_does(limited, mp):
    other = mp_client(maas_id="calm")
    statuses(lambda: mp.get("/bookings"), 9)

    assert other.get("/bookings").status_code == 200


def test_an_address_that_guesses_keys(limited, mp):
    guess = {"X-API-Key": "a guess"}

    answers = statuses(lambda: mp.get("/bookings", headers=guess), 3)

    assert answers == [401, 401, 429]
    assert mp.get("/bookings").status_code == 200


@pytest.mark.parametrize("path", ["/gbfs/3.0/gbfs.json", "/r/5f0c2f0e-0000-4000-8000-000000000000", "/oauth/token"])
def test_an_address_where_anybody_may_ask(limited, path):
    known = statuses(lambda: Client().get(path), 2)
    answer = Client().get(path)

    assert 429 not in known
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "40")
    assert answer.json()["error"] == "too_many_requests"


def test_an_address_that_asks_for_our_operations(limited):
    meta = lambda: Client().get("/tomp/operator/meta")  # noqa: E731

    assert statuses(meta, 3) == [200, 200, 429]


def test_each_address_by_itself_as_our_proxy_saw_it(limited):
    limited.BEHIND_PROXY = True

    def ask(address):
        return Client().get("/tomp/operator/meta", headers={"X-Forwarded-For": f"10.0.0.1, {address}"}).status_code

    assert [ask("192.0.2.1") for _time in range(3)] == [200, 200, 429]
    assert ask("192.0.2.2") == 200


def test_nobody_where_there_is_no_limit(settings, mp):
    settings.TOMP_CALLS_PER_MINUTE = settings.TOMP_ANONYMOUS_CALLS_PER_MINUTE = 0

    assert set(statuses(lambda: mp.get("/bookings"), 20)) == {200}
    assert not PaceCount.objects.exists()


class TestTheCount:
    """… is that of all processes."""

    @pytest.fixture(autouse=True)
    def told_at_once(self, monkeypatch):
        monkeypatch.setattr("maas.pace.SECONDS_BETWEEN_SUMS", 0)

    def test_adds_up_what_each_process_was_asked(self, db):
        first, second = Pace(), Pace()

        waits = [each.wait_for("caller", 4, NOW) for each in (first, second, first, second, first)]

        assert waits == [0, 0, 0, 0, 40]
        assert PaceCount.objects.get().calls == 5

    def test_costs_one_statement_for_all_callers(self, db, django_assert_num_queries):
        one = Pace(summed_at=float("inf"))
        for caller in ("a", "b", "c"):
            one.wait_for(caller, 100, NOW)

        one.summed_at = 0.0
        with django_assert_num_queries(1):
            one.wait_for("a", 100, NOW)

        assert dict(PaceCount.objects.values_list("caller", "calls")) == {"a": 2, "b": 1, "c": 1}

    def test_leaves_out_who_makes_less_than_a_hundredth(self, db):
        one = Pace()

        for _call in range(9):
            one.wait_for("seldom", 1000, NOW)
        assert not PaceCount.objects.exists()

        one.wait_for("seldom", 1000, NOW)
        assert PaceCount.objects.get().calls == 10

    def test_begins_again_each_minute(self, db):
        one = Pace()
        one.wait_for("caller", 1, NOW)
        assert one.wait_for("caller", 1, NOW) == 40

        assert one.wait_for("caller", 1, NOW + timedelta(minutes=1)) == 0
        assert list(PaceCount.objects.order_by("minute").values_list("minute", "calls")) == [
            (MINUTE, 2),
            (MINUTE + timedelta(minutes=1), 1),
        ]

    def test_goes_on_without_the_database(self, db, monkeypatch, caplog):
        monkeypatch.setattr("maas.pace.ADD_UP", "SELECT no_such_column WHERE %s IS NULL OR %s IS NULL OR %s IS NULL")
        one = Pace()

        connection.needs_rollback = False
        sid = connection.savepoint()
        waits = [one.wait_for("caller", 1, NOW)]
        connection.savepoint_rollback(sid)
        one.summed_at = float("inf")
        waits.append(one.wait_for("caller", 1, NOW))

        assert waits == [0, 40]
        assert "calls_not_added_up" in caplog.text

    def test_is_forgotten_with_what_expired(self, db):
        PaceCount.objects.create(minute=MINUTE - timedelta(minutes=11), caller="then", calls=1)
        PaceCount.objects.create(minute=MINUTE, caller="now", calls=1)

        services.forget_expired(now=NOW)

        assert PaceCount.objects.get().caller == "now"

    def test_holds_no_address(self, db):
        assert "192.0.2.7" not in of_address("192.0.2.7")
        assert of_address("192.0.2.7") != of_address("192.0.2.8")
