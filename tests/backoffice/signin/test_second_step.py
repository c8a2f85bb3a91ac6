"""Beside the password a code of the phone is asked for, where somebody set that up or everybody has to."""

import re
from base64 import b32decode

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

SET_UP, STEP = "/admin/second-step/set-up/", "/admin/second-step/"
NOON = "2026-05-04T12:00:00Z"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def codes(client, otto, sign_in, clock):
    """Otto's recovery codes, after he set it up; he is signed out again, and half a minute passed."""
    sign_in()
    page = client.get(SET_UP).content.decode()
    done = client.post(SET_UP, {"code": code_of(page_secret(page))}).content.decode()
    client.post("/admin/logout/")
    clock.shift(30)
    return re.findall(r"<li>([a-z2-7-]{19})</li>", done)


def page_secret(page):
    return b32decode(re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)[1].replace(" ", ""))


def code_of(secret):
    return f"{totp(secret):06d}"


def phone(user):
    return code_of(TOTPDevice.objects.get(user=user, confirmed=True).bin_key)


def wrong_for(user):
    return f"{(int(phone(user)) + 1) % 10**6:06d}"


def test_without_it_the_password_is_enough(client, otto, sign_in):
    assert sign_in().url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_it_is_not_on_before_a_code_was_typed(client, otto, sign_in):
    sign_in()
    page = client.get(SET_UP).content.decode()

    answer = client.post(SET_UP, {"code": "000000"})

    assert "This is not the code" in answer.content.decode()
    assert 'src="data:image/svg+xml' in page
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    assert Client().post("/admin/login/", {"username": "otto"}).status_code == 200


def test_setting_it_up_gives_ten_recovery_codes_and_stays_signed_in(client, otto, codes):
    assert len(set(codes)) == 10
    assert StaticToken.objects.count() == 10
    assert not StaticToken.objects.filter(token__in=[code.replace("-", "")[:16] for code in codes]).exists()
    assert LogEntry.objects.get().change_message == "Set up the second step of the sign-in"


def test_no_page_opens_before_the_code(client, otto, codes, sign_in):
    sign_in()

    for address in ("/admin/", "/admin/bookings/booking/", SET_UP, "/admin/password_change/", "/admin/map/moving/"):
        assert client.get(address).url.startswith("/admin/second-step/?next=%2Fadmin")
    assert client.get("/admin/search/?s=x", headers={"HX-Request": "true"})["HX-Redirect"] == STEP


def test_the_code_opens_the_page_that_was_asked_for_under_another_key(client, otto, codes, sign_in):
    sign_in()
    before = client.session.session_key

    answer = client.post(STEP, {"code": phone(otto), "next": "/admin/fleet/asset/"})

    assert answer.url == "/admin/fleet/asset/"
    assert client.session.session_key != before
    assert client.get("/admin/fleet/asset/").status_code == 200


def test_it_leads_nowhere_else(client, otto, codes, sign_in):
    sign_in()

    assert client.post(STEP, {"code": phone(otto), "next": "https://evil.example/"}).url == "/admin/"


def test_a_wrong_code_is_refused(client, otto, codes, sign_in):
    sign_in()

    answer = client.post(STEP, {"code": wrong_for(otto)})

    assert "This is not the code" in answer.content.decode()
    assert client.get("/admin/").status_code == 302


def test_after_one_wrong_code_the_next_is_looked_at_a_moment_later(client, otto, codes, sign_in, clock):
    sign_in()
    client.post(STEP, {"code": wrong_for(otto)})

    answer = client.post(STEP, {"code": phone(otto)})

    assert "Try again in 1 second." in answer.content.decode()
    clock.shift(2)
    client.post(STEP, {"code": phone(otto)})
    assert client.get("/admin/").status_code == 200


def test_guessing_codes_takes_longer_each_time(client, otto, codes, sign_in, clock):
    sign_in()
    for _guess in range(8):
        client.post(STEP, {"code": wrong_for(otto)})
        clock.shift(300)
    client.post(STEP, {"code": wrong_for(otto)})

    answer = client.post(STEP, {"code": phone(otto)})

    assert "Too many attempts failed. Try again in 5 minutes" in answer.content.decode()
    assert client.get("/admin/").status_code == 302


def test_a_code_works_once(client, otto, codes, sign_in):
    sign_in()
    code = phone(otto)
    client.post(STEP, {"code": code})
    other = Client()
    sign_in(browser=other)

    other.post(STEP, {"code": code})

    assert other.get("/admin/").status_code == 302


def test_a_recovery_code_works_once(client, otto, codes, sign_in):
    for expected in (302, 200):
        sign_in()
        assert client.post(STEP, {"code": codes[3].upper()}).status_code == expected
        client.post("/admin/logout/")
    assert StaticToken.objects.count() == 9


def test_new_recovery_codes_make_the_old_ones_worthless(client, otto, codes, sign_in, clock):
    sign_in()
    client.post(STEP, {"code": phone(otto)})
    clock.shift(30)

    client.post(SET_UP, {"code": phone(otto)})

    client.post("/admin/logout/")
    sign_in()
    assert StaticToken.objects.count() == 10
    assert client.post(STEP, {"code": codes[0]}).status_code == 200


def test_it_is_removed_with_a_code(client, otto, codes, sign_in, clock):
    sign_in()
    client.post(STEP, {"code": phone(otto)})

    client.post(SET_UP, {"code": "000000", "remove": ""})
    assert TOTPDevice.objects.count() == 1
    clock.shift(60)
    client.post(SET_UP, {"code": phone(otto), "remove": ""})

    assert not TOTPDevice.objects.exists()
    client.post("/admin/logout/")
    sign_in()
    assert client.get("/admin/").status_code == 200


def test_a_browser_that_was_signed_in_before_is_asked_too(client, otto, sign_in):
    other = Client()
    sign_in(browser=other)
    sign_in()
    client.post(SET_UP, {"code": code_of(page_secret(client.get(SET_UP).content.decode()))})

    assert client.get("/admin/").status_code == 200
    assert other.get("/admin/").url.startswith(STEP)


class TestWhenEverybodyMustHaveIt:
    @pytest.fixture(autouse=True)
    def required(self, settings):
        settings.TOMP_SECOND_STEP_REQUIRED = True

    def test_who_has_none_is_led_to_setting_it_up(self, client, otto, sign_in):
        sign_in()

        assert client.get("/admin/fleet/asset/").url == f"{SET_UP}?next=%2Fadmin%2Ffleet%2Fasset%2F"
        assert client.get(SET_UP).status_code == 200

    def test_it_cannot_be_removed(self, client, otto, codes, sign_in):
        sign_in()
        client.post(STEP, {"code": phone(otto)})

        client.post(SET_UP, {"code": codes[0], "remove": ""})

        assert TOTPDevice.objects.filter(confirmed=True).count() == 1


class TestWhoLostThePhone:
    def test_is_helped_by_a_colleague_with_a_reason(self, client, otto, codes, sign_in):
        rita = User.objects.create_superuser("rita")
        colleague = Client()
        colleague.force_login(rita)
        form = {"_form_submitted": "True", "reason": "Called from a known number"}

        colleague.post(f"/admin/auth/user/{otto.pk}/remove-second-step/", form)

        assert not TOTPDevice.objects.exists()
        assert not StaticToken.objects.exists()
        entry = LogEntry.objects.filter(user=rita).get()
        assert entry.change_message == "Removed the second step of the sign-in: Called from a known number"
        sign_in()
        assert client.get("/admin/").status_code == 200

    def test_is_not_helped_by_who_may_not_edit_superusers(self, otto, codes):
        ingrid = User.objects.create(username="ingrid", is_staff=True)
        ingrid.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
        colleague = Client()
        colleague.force_login(ingrid)
        form = {"_form_submitted": "True", "reason": "Mine"}

        assert colleague.post(f"/admin/auth/user/{otto.pk}/remove-second-step/", form).status_code == 403
        assert colleague.post(f"/admin/auth/user/{otto.pk}/unlock/", form).status_code == 403

        assert TOTPDevice.objects.filter(confirmed=True).count() == 1

    def test_is_helped_from_the_shell(self, otto, codes):
        call_command("staff", "remove-second-step", "otto")

        assert not TOTPDevice.objects.exists()
        with pytest.raises(CommandError, match="otto has no second step"):
            call_command("staff", "remove-second-step", "otto")
