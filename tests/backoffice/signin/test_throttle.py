"""Guessing a password is stopped, and whoever knows it gets in."""

import threading
from io import StringIO

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from backoffice.models import SignInCount
from backoffice.signin import throttle
from backoffice.tasks import forget_sign_ins

NOON = "2026-05-04T12:00:00Z"


def guess(sign_in, times, **how):
    return [sign_in(password=f"wrong {number}", **how).status_code for number in range(times)]


def test_the_sixth_attempt_after_five_wrong_ones_is_refused_even_with_the_right_password(client, otto, sign_in):
    with time_machine.travel(NOON, tick=False):
        wrong = guess(sign_in, 5)
        refused = sign_in()

    assert wrong == [200] * 5
    assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    assert "Try again in 15 minutes (2026-05-04 12:15:00)" in refused.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_quarter_of_an_hour_later_the_password_is_looked_at_again(otto, sign_in):
    with time_machine.travel(NOON, tick=False) as clock:
        guess(sign_in, 5)
        clock.shift(14 * 60 + 59)
        early = sign_in()
        clock.shift(1)
        late = sign_in()

    assert (early.status_code, early["Retry-After"]) == (429, "1")
    assert (late.status_code, late.url) == (302, "/admin/")


def test_being_refused_does_not_make_it_longer(otto, sign_in):
    with time_machine.travel(NOON, tick=False) as clock:
        guess(sign_in, 5)
        clock.shift(10 * 60)
        guess(sign_in, 3)
        clock.shift(5 * 60)

        assert sign_in().status_code == 302


def test_the_right_password_clears_what_was_wrong_before(client, otto, sign_in):
    guess(sign_in, 4)
    sign_in()

    assert guess(sign_in, 5) == [200] * 5


def test_a_name_nobody_has_is_refused_alike(otto, sign_in):
    guess(sign_in, 5, username="nobody")

    assert sign_in("nobody").status_code == 429


def test_capitals_make_no_other_account(otto, sign_in):
    guess(sign_in, 5, username="OTTO")

    assert sign_in("otto").status_code == 429


def test_a_stranger_who_guesses_elsewhere_does_not_lock_out_the_colleague(otto, sign_in):
    guess(sign_in, 9, REMOTE_ADDR="203.0.113.7")

    assert sign_in(REMOTE_ADDR="198.51.100.4").status_code == 302


def test_guessing_one_account_from_many_addresses_is_stopped(otto, sign_in):
    for number in range(50):
        guess(sign_in, 1, REMOTE_ADDR=f"203.0.113.{number}")

    assert sign_in(REMOTE_ADDR="198.51.100.4").status_code == 429


def test_guessing_many_accounts_from_one_address_is_stopped(otto, sign_in):
    for number in range(50):
        guess(sign_in, 1, username=f"name{number}", REMOTE_ADDR="203.0.113.7")

    assert sign_in(REMOTE_ADDR="203.0.113.7").status_code == 429
    assert sign_in(REMOTE_ADDR="198.51.100.4").status_code == 302


def test_the_addresses_of_one_network_of_ipv6_are_one(otto, sign_in):
    for number in range(5):
        guess(sign_in, 1, REMOTE_ADDR=f"2001:db8:0:7::{number}")

    assert sign_in(REMOTE_ADDR="2001:db8:0:7:ffff::1").status_code == 429
    assert sign_in(REMOTE_ADDR="2001:db8:0:8::1").status_code == 302


def test_without_a_proxy_nobody_says_where_they_call_from(otto, sign_in):
    for number in range(5):
        guess(sign_in, 1, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")

    assert sign_in(HTTP_X_FORWARDED_FOR="198.51.100.4").status_code == 429


def test_behind_a_proxy_what_it_wrote_last_counts(otto, sign_in, settings):
    settings.BEHIND_PROXY = True
    for number in range(5):
        guess(sign_in, 1, HTTP_X_FORWARDED_FOR=f"192.0.2.{number}, 203.0.113.7")

    assert sign_in(HTTP_X_FORWARDED_FOR="192.0.2.99, 203.0.113.7").status_code == 429
    assert sign_in(HTTP_X_FORWARDED_FOR="198.51.100.4").status_code == 302


def test_neither_names_nor_addresses_are_kept(otto, sign_in):
    guess(sign_in, 1, REMOTE_ADDR="203.0.113.7")

    kept = str(list(SignInCount.objects.values_list("account", "address")))
    assert SignInCount.objects.count() == 3
    assert "otto" not in kept
    assert "203.0.113" not in kept


def test_the_limits_are_settings(otto, sign_in, settings):
    settings.TOMP_SIGN_IN_FAILURES, settings.TOMP_SIGN_IN_LOCK_MINUTES = 2, 1
    guess(sign_in, 2)

    refused = sign_in()

    assert refused.status_code == 429
    assert 50 < int(refused["Retry-After"]) <= 60


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
def test_guessing_at_the_same_time_on_many_processes_gains_nothing(settings):
    User.objects.create_superuser("otto", password="x")
    answers, start = [], threading.Barrier(12)

    def one(number):
        form = {"username": "otto", "password": f"wrong {number}"}
        start.wait()
        answers.append(Client().post("/admin/login/", form).status_code)
        connection.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200] * 5 + [429] * 7


def test_a_colleague_unlocks_it_on_the_page_of_the_user(otto, sign_in):
    rita = User.objects.create_superuser("rita")
    colleague = Client()
    colleague.force_login(rita)
    address = f"/admin/auth/user/{otto.pk}/"
    guess(sign_in, 5)

    locked = colleague.get(f"{address}change/").content.decode()
    colleague.post(f"{address}unlock/", {"_form_submitted": "True"})

    assert "locked until" in locked
    assert "locked until" not in colleague.get(f"{address}change/").content.decode()
    assert sign_in().status_code == 302
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr, entry.change_message) == (rita, "otto", "Unlocked the sign-in")


def test_it_is_unlocked_from_the_shell(otto, sign_in):
    guess(sign_in, 5)
    out = StringIO()

    call_command("staff", "unlock", "otto", stdout=out)

    assert out.getvalue() == "otto can sign in again.\n"
    assert sign_in().status_code == 302


def test_a_name_nobody_has_is_not_unlocked(otto, sign_in):
    guess(sign_in, 5)

    with pytest.raises(CommandError, match="There is no user nobody"):
        call_command("staff", "unlock", "nobody")

    assert sign_in().status_code == 429


def test_old_counts_are_forgotten(db):
    with time_machine.travel(NOON, tick=False) as clock:
        made = throttle.attempt("otto", "203.0.113.7")
        throttle.begin(made, now=timezone.now())
        clock.shift(15 * 60)
        throttle.begin(throttle.attempt("rita", "198.51.100.4"), now=timezone.now())
        clock.shift(1)

        forget_sign_ins(0)

    assert SignInCount.objects.count() == 3
