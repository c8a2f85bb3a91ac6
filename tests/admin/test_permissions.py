"""Staff see and do what their permissions say, and nothing else."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.urls import reverse
from unfold.admin import ModelAdmin

from fleet.models import Asset
from fleet.models.vehicles import AssetState
from maas.models import ApiKey
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory
from tests.trip_factories import (
    BookingFactory,
    ClaimFactory,
    CorrectionFactory,
    CustomerFactory,
    JournalEntryFactory,
    LegFactory,
    SupportRequestFactory,
)

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
ANSWER = {"_form_submitted": "True", "reason": "Because", "label": "mine"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_visitors_are_asked_to_sign_in(client, db, model):
    response = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))

    assert response.status_code == 302
    assert response.url.startswith("/admin/login/")


def test_viewing_does_not_mean_moving_vehicles(signed_in):
    asset, client = AssetFactory(), signed_in("view_asset")

    assert client.post(f"/admin/fleet/asset/{asset.pk}/retire/", ANSWER).status_code == 403
    client.post("/admin/fleet/asset/", {"action": "retire_all", "_selected_action": [asset.pk], **ANSWER})

    assert Asset.objects.get(pk=asset.pk).state == AssetState.AVAILABLE


@pytest.mark.parametrize(
    ("permission", "make", "address"),
    [
        ("view_booking", BookingFactory, "bookings/booking/{}/cancel/"),
        ("view_booking", BookingFactory, "bookings/booking/{}/no-show/"),
        ("view_booking", BookingFactory, "bookings/booking/{}/claim-extra-costs/"),
        ("view_booking", BookingFactory, "bookings/booking/{}/refund/"),
        ("view_claim", ClaimFactory, "payments/claim/{}/approve/"),
        ("view_claim", ClaimFactory, "payments/claim/{}/reject/"),
        ("view_journalentry", JournalEntryFactory, "payments/journalentry/{}/correct/"),
        ("view_correction", CorrectionFactory, "payments/correction/{}/approve/"),
        ("view_correction", CorrectionFactory, "payments/correction/{}/refuse/"),
        ("view_customer", CustomerFactory, "customers/customer/{}/block/"),
        ("view_customer", CustomerFactory, "customers/customer/{}/approve/"),
        ("change_customer", CustomerFactory, "customers/customer/{}/erase/"),
        ("view_supportrequest", SupportRequestFactory, "support/supportrequest/{}/answer/"),
        ("view_maasprovider", MaasProviderFactory, "maas/maasprovider/{}/issue-api-key/"),
        ("view_maasprovider", MaasProviderFactory, "maas/maasprovider/{}/revoke-api-key/"),
        ("view_maasprovider", MaasProviderFactory, "maas/maasprovider/{}/rotate-client-secret/"),
    ],
)
def test_viewing_does_not_mean_deciding(signed_in, permission, make, address):
    row, client = make(), signed_in(permission)

    assert client.post(f"/admin/{address.format(row.pk)}", ANSWER).status_code == 403

    again = type(row).objects.get(pk=row.pk)
    assert (getattr(again, "state", None), getattr(again, "status", None)) == (
        getattr(row, "state", None), getattr(row, "status", None),
    )  # fmt: skip
    assert not ApiKey.objects.exists()


def test_who_may_change_bookings_may_cancel_them(signed_in):
    booking, client = BookingFactory(), signed_in("view_booking", "change_booking")

    client.post(f"/admin/bookings/booking/{booking.pk}/cancel/", ANSWER)

    booking = type(booking).objects.get(pk=booking.pk)
    assert booking.state == "CANCELLED"
    assert booking.events.get().actor == "ingrid"


def test_money_is_hidden_from_those_who_may_not_see_it(signed_in):
    entry = JournalEntryFactory(comment="Goodwill")
    address = f"/admin/bookings/booking/{entry.booking_id}/change/"

    hidden = signed_in("view_booking").get(address).content.decode()
    User.objects.filter(username="ingrid").delete()
    shown = signed_in("view_booking", "view_journalentry").get(address).content.decode()

    assert "Goodwill" not in hidden
    assert "Goodwill" in shown


@pytest.mark.parametrize(
    ("permission", "part"),
    [
        ("view_leg", 'id="leg-1"'),
        ("view_bookingevent", 'id="timeline"'),
        ("view_journalentry", 'id="journal"'),
        ("view_callback", 'id="callbacks"'),
        ("view_supportrequest", "Nobody asked for help."),
    ],
)
def test_a_part_of_the_page_of_a_booking_is_for_who_may_see_it(signed_in, permission, part):
    leg = LegFactory()
    address = f"/admin/bookings/booking/{leg.booking_id}/change/"

    hidden = signed_in("view_booking").get(address).content.decode()
    User.objects.filter(username="ingrid").delete()
    shown = signed_in("view_booking", permission).get(address).content.decode()

    assert part not in hidden
    assert part in shown


def test_the_sidebar_shows_what_one_may_see(signed_in):
    response = signed_in("view_station").get("/admin/")

    groups = response.context["sidebar_navigation"]
    assert [(str(group["title"]), [item["title"] for item in group["items"]]) for group in groups] == [
        ("Fleet", ["Stations"])
    ]


def test_only_superusers_make_superusers(signed_in):
    client = signed_in("view_user", "change_user")
    colleague = User.objects.create(username="otto", is_staff=True)
    form = {"username": "otto", "is_active": "on", "is_staff": "on", "is_superuser": "on"}

    response = client.post(f"/admin/auth/user/{colleague.pk}/change/", form)

    assert response.status_code == 302
    assert not User.objects.get(pk=colleague.pk).is_superuser


def test_the_account_of_a_superuser_is_closed_to_others(signed_in, superuser):
    client = signed_in("view_user", "change_user", "delete_user")

    assert client.post(f"/admin/auth/user/{superuser.pk}/change/", {"username": "mine"}).status_code == 403
    assert client.post(f"/admin/auth/user/{superuser.pk}/password/", {"password1": "x"}).status_code == 403
    assert client.post(f"/admin/auth/user/{superuser.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.get(pk=superuser.pk).username == "rita"


def test_who_did_something_is_not_deleted(staff, superuser):
    """Neither alone nor with others: what colleagues did stays told."""
    otto, new = (User.objects.create(username=name, is_staff=True) for name in ("otto", "new"))
    LogEntry.objects.log_actions(otto.pk, [superuser], CHANGE, single_object=True)
    page = f"/admin/auth/user/{otto.pk}/delete/"
    both = {"action": "delete_selected", "_selected_action": [otto.pk, new.pk]}
    said = "What otto did (entries of the log: 1). Make the user inactive instead."

    assert said in staff.get(page).content.decode()
    assert said in staff.post(page, {"post": "yes"}).content.decode()
    assert said in staff.post("/admin/auth/user/", both | {"post": "yes"}).content.decode()
    assert {"otto", "new"} <= set(User.objects.values_list("username", flat=True))
    assert LogEntry.objects.filter(user=otto).count() == 1
    assert staff.post(f"/admin/auth/user/{new.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(username="new").exists()


def test_tokens_are_nobodys_business():
    labels = {model._meta.label for model in MODELS}

    assert not labels & {
        "oauth2_provider.AccessToken", "oauth2_provider.RefreshToken", "oauth2_provider.Grant",
        "oauth2_provider.IDToken", "maas.OAuthClient", "maas.IdempotentRequest",
    }  # fmt: skip


def test_every_page_looks_like_the_others():
    assert all(isinstance(site, ModelAdmin) for site in admin.site._registry.values())
