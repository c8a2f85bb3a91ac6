"""manage.py create_maas_provider …"""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from maas.models import ApiKey, MaasProvider, OAuthClient, digest_of

pytestmark = pytest.mark.django_db


def create(*arguments):
    out = StringIO()
    call_command("create_maas_provider", *arguments, stdout=out)
    return out.getvalue()


def assert_nothing_is_there():
    assert not MaasProvider.objects.exists()
    assert not ApiKey.objects.exists()
    assert not OAuthClient.objects.exists()


def test_prints_one_json_object_and_nothing_else(capfd):
    call_command("create_maas_provider", "YAL:MaaS:1")

    printed = capfd.readouterr().out
    shown = json.loads(printed)
    assert printed.count("\n") == 1
    assert list(shown) == ["maasId", "apiKey", "clientId", "clientSecret"]
    assert (shown["maasId"], shown["clientId"]) == ("YAL:MaaS:1", "YAL:MaaS:1")
    assert ApiKey.objects.get().digest == digest_of(shown["apiKey"])
    assert OAuthClient.objects.get().client_secret.endswith(digest_of(shown["clientSecret"]))


def test_gives_the_usual_terms_to_whom_nothing_else_was_agreed():
    create("mp-1")

    terms = MaasProvider.objects.values(*TERMS).get()
    assert terms == {
        "name": "mp-1",
        "base_url": "",
        "auto_commit": False,
        "api_version": "1.6",
        "pending_minutes": 15,
        "bill_until": "FINISH",
        "release_asset_on": "FINISH",
        "pascal_case_types": False,
        "max_open_bookings": None,
        "access_code_in": ["COMMIT_EVENT", "PREPARE_EVENT", "ASSIGN_ASSET_EVENT", "GET_LEG"],
        "atomic_set_in_use": False,
        "location_required_on": [],
        "location_is_of_user": False,
        "is_sandbox": False,
    }


TERMS = ("name", "base_url", "auto_commit", "api_version", "pending_minutes", "bill_until", "release_asset_on")
TERMS += ("pascal_case_types", "max_open_bookings", "access_code_in", "atomic_set_in_use", "location_required_on")
TERMS += ("location_is_of_user", "is_sandbox")


def test_takes_every_term():
    create(
        *("mp-1", "--name", "First", "--base-url", "http://127.0.0.1:9009/mp", "--auto-commit"),
        *("--api-version", "1.5", "--pending-minutes", "5", "--bill-until", "START_FINISHING"),
        *("--release-asset-on", "START_FINISHING", "--pascal-case-types", "--max-open-bookings", "0"),
        *("--access-code-in", "GET_BOOKING", "BOOKING", "--atomic-set-in-use"),
        *("--location-required-on", "FINISH", "PAUSE", "--location-is-of-user", "--sandbox"),
    )

    assert MaasProvider.objects.values(*TERMS).get() == {
        "name": "First",
        "base_url": "http://127.0.0.1:9009/mp",
        "auto_commit": True,
        "api_version": "1.5",
        "pending_minutes": 5,
        "bill_until": "START_FINISHING",
        "release_asset_on": "START_FINISHING",
        "pascal_case_types": True,
        "max_open_bookings": 0,
        "access_code_in": ["BOOKING", "GET_BOOKING"],
        "atomic_set_in_use": True,
        "location_required_on": ["PAUSE", "FINISH"],
        "location_is_of_user": True,
        "is_sandbox": True,
    }


def test_refuses_a_maas_id_that_is_taken():
    create("mp-1")
    before = [list(model.objects.values()) for model in (MaasProvider, ApiKey, OAuthClient)]

    with pytest.raises(CommandError, match=r"^There is a MaaS provider mp-1 already\.$"):
        create("mp-1", "--auto-commit")

    assert [list(model.objects.values()) for model in (MaasProvider, ApiKey, OAuthClient)] == before


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("",),
        ("with space",),
        ("mp-1", "--api-version", "1.4"),
        ("mp-1", "--pending-minutes", "soon"),
        ("mp-1", "--pending-minutes", "-5"),
        ("mp-1", "--max-open-bookings", "-1"),
        ("mp-1", "--bill-until", "NEVER"),
        ("mp-1", "--base-url", "nowhere"),
    ],
)
def test_refuses_in_one_line_what_makes_no_sense(arguments):
    with pytest.raises(CommandError) as refused:
        create(*arguments)

    assert "\n" not in str(refused.value)
    assert_nothing_is_there()
