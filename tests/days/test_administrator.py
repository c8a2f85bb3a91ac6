"""The administrator …"""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from maas.models import ApiKey
from tests.browser import in_a_browser
from tests.days.books import trail, violated
from tests.days.conftest import PASSWORD
from tests.fleet_factories import SystemFactory
from tests.journey import NOW

pytestmark = in_a_browser
NEWCOMER = "nora"


@pytest.fixture
def empty(office):
    SystemFactory()


def test_lets_a_provider_and_a_colleague_in(arrives, empty):
    ada = arrives("ada", "Administrator")

    secret = makes_a_provider(ada)
    replaces_its_key(ada, secret)
    makes_a_colleague(ada)
    may_not_make_a_superuser(ada)
    finds_it_all_in_the_trail(ada)

    first, second = (prefix for (prefix,) in ApiKey.objects.order_by("pk").values_list("prefix"))
    assert trail("ada") == [
        ("MaaS provider", "added", ""),
        ("MaaS provider", "changed", f"Issued API key {first}…"),
        ("MaaS provider", "changed", "Made a new OAuth2 client secret"),
        ("MaaS provider", "changed", f"Replaced API key {first}… by {second}…"),
        ("User", "added", ""),
        ("User", "changed", ""),
        ("User", "changed", ""),
    ]
    assert violated(NOW) == set()


def secret_shown(ada):
    """The API key of the message on top."""
    return ada.page.locator("code").first.inner_text()


def answered(secret):
    """What the API says to who calls with this key."""
    caller = {"maas-id": "bike-app", "X-API-Key": secret, "Api": "TOMP", "Api-Version": "1.6.1"}
    return Client().get("/tomp/bookings", headers={**caller, "Accept-Language": "en"}).status_code


def makes_a_provider(ada):
    ada.goes_to("MaaS providers")
    ada.begins_a_new_one()
    ada.fills(maas_id="bike-app", name="Bike app")
    ada.sends("Save")
    ada.is_told("New API key, shown only this once:")
    secret = secret_shown(ada)
    ada.follows("Bike app")
    assert secret not in ada.page.content()

    assert ApiKey.objects.values_list("prefix", "made_by").get() == (secret[:8], "ada")
    assert answered(secret) == 200
    return secret


def replaces_its_key(ada, first):
    ada.presses("Replace API key", menu="Credentials")
    ada.fills(key=str(ApiKey.objects.get().pk), hours="0")
    ada.submits()
    ada.is_told("New API key, shown only this once:")
    second = secret_shown(ada)

    assert ApiKey.objects.filter(revoked_at=NOW).get().prefix == first[:8]
    assert ApiKey.objects.filter(revoked_at=None).get().prefix == second[:8]
    assert (answered(first), answered(second)) == (401, 200)


def makes_a_colleague(ada):
    ada.goes_to("Users")
    ada.begins_a_new_one()
    ada.fills(username=NEWCOMER, password1=PASSWORD, password2=PASSWORD)
    ada.sends("Save")
    support = Group.objects.get(name="Support agent")
    ada.fills(is_staff=True)
    ada.page.locator("select[name=groups] + .select2").click()
    ada.page.locator(".select2-results__option", has_text="Support agent").click()
    ada.sends("Save")
    ada.is_told("was changed successfully")

    nora = User.objects.get(username=NEWCOMER)
    assert (nora.is_staff, nora.is_superuser, list(nora.groups.all())) == (True, False, [support])


def may_not_make_a_superuser(ada):
    nora = User.objects.get(username=NEWCOMER)
    ada.opens(f"/admin/auth/user/{nora.pk}/change/")
    assert ada.page.locator("input[name=is_superuser]").count() == 0

    ada.sends_by_hand(
        f"/admin/auth/user/{nora.pk}/change/", username=NEWCOMER, is_active="on", is_staff="on", is_superuser="on"
    )

    assert not User.objects.get(username=NEWCOMER).is_superuser
    rita = User.objects.create_superuser("rita")
    ada.opens(f"/admin/auth/user/{rita.pk}/change/")
    ada.is_not_offered("Save", "Delete")


def finds_it_all_in_the_trail(ada):
    ada.goes_to("Audit trail")
    for what in ("Issued API key", "Replaced API key", NEWCOMER):
        ada.sees(what)
