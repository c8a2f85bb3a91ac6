"""A session ends by itself, when its user says so, and when the password changes."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from backoffice.tasks import forget_sign_ins
from tests.backoffice.signin.conftest import PASSWORD

NOON = "2026-05-04T12:00:00Z"
IDLE, HOURS = 60 * 60, 12 * 3600
NEW = "a lantern under the bridge"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def is_signed_in(client):
    return client.get("/admin/").status_code == 200


def test_ends_when_nothing_was_asked_for_an_hour(client, otto, sign_in, clock):
    sign_in()
    clock.shift(IDLE - 1)
    assert is_signed_in(client)
    clock.shift(IDLE)

    assert client.get("/admin/").url.startswith("/admin/login/")


def test_ends_after_twelve_hours_however_busy_somebody_is(client, otto, sign_in, clock):
    sign_in()
    for _half_an_hour in range(23):
        clock.shift(1800)
        assert is_signed_in(client)

    clock.shift(1800)

    assert not is_signed_in(client)


def test_the_hours_begin_anew_with_the_next_sign_in(client, otto, sign_in, clock):
    sign_in()
    clock.shift(1800)
    sign_in()

    assert Session.objects.latest("expire_date").expire_date == datetime(2026, 5, 4, 13, 30, tzinfo=UTC)


def test_being_there_is_written_down_once_a_minute_at_most(client, otto, sign_in, clock, django_assert_num_queries):
    sign_in()
    client.get("/admin/second-step/set-up/")
    first = Session.objects.get().expire_date
    clock.shift(59)
    client.get("/admin/second-step/set-up/")
    soon = Session.objects.get().expire_date
    clock.shift(1)
    client.get("/admin/second-step/set-up/")

    assert soon == first == datetime(2026, 5, 4, 13, 0, tzinfo=UTC)
    assert Session.objects.get().expire_date == datetime(2026, 5, 4, 13, 1, tzinfo=UTC)


def test_the_times_are_settings(client, otto, sign_in, clock, settings):
    settings.TOMP_SESSION_IDLE_MINUTES = 5
    sign_in()
    clock.shift(5 * 60)

    assert not is_signed_in(client)


def test_signing_in_makes_another_key(client, otto, sign_in):
    client.get("/admin/login/")
    session = client.session
    session["before"] = True
    session.save()
    client.cookies["sessionid"] = before = session.session_key

    sign_in()

    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(pk=before).exists()


def test_cookies_are_for_our_pages_alone(client, otto, sign_in):
    cookie = sign_in().cookies["sessionid"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_who_opened_the_sign_in_itself_comes_to_the_first_page(client, otto):
    answer = client.post("/admin/login/", {"username": "otto", "password": PASSWORD})

    assert answer.url == "/admin/"


def test_signing_out_ends_it(client, otto, sign_in):
    sign_in()
    key = client.session.session_key

    client.post("/admin/logout/")

    assert not Session.objects.filter(pk=key).exists()
    assert not is_signed_in(client)


def test_a_new_password_signs_out_all_other_browsers(client, otto, sign_in):
    other = Client()
    sign_in(browser=other)
    sign_in()
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    client.post("/admin/password_change/", form)

    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_somebody_who_left_is_signed_out(client, otto, sign_in):
    sign_in()
    otto.is_active = False
    otto.save()

    assert not is_signed_in(client)


def test_what_is_over_is_removed(client, otto, sign_in, clock):
    sign_in()
    sign_in(browser=Client())
    clock.shift(1800)
    is_signed_in(client)
    clock.shift(1801)

    forget_sign_ins(0)

    assert [session.session_key for session in Session.objects.all()] == [client.session.session_key]
