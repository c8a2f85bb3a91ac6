"""Every page of the back office …"""

from copy import deepcopy

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse

from fleet.models import Asset
from tests.admin.everything import one_of_each

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.fixture(scope="module")
def office(shared_world):
    return one_of_each(User.objects.create(username="rita", is_staff=True, is_superuser=True))


@pytest.fixture
def everything(office, db):
    """Rows of the test's own: what it does to them nobody else sees."""
    return deepcopy(office)


@pytest.fixture
def superuser(everything):
    return everything[User]


@pytest.fixture(params=MODELS, ids=lambda model: model._meta.label)
def model(request):
    return request.param


def test_shows_the_list(staff, everything, model):
    response = staff.get(page(model, "changelist"))

    assert response.status_code == 200
    assert response.context["cl"].result_count >= 1


def test_shows_the_list_when_something_is_searched_for(staff, everything, model):
    for term in ("nothing is called so", "3ad57a70-4f24-4da9-a7a2-a75d67f0a768", "3ad57a70", "%'\"\\"):
        assert staff.get(page(model, "changelist"), {"q": term}).status_code == 200


def test_shows_each_row(staff, everything, model):
    response = staff.get(page(model, "change", everything[model].pk))

    assert response.status_code == 200


def test_shows_the_form_for_a_new_one_where_staff_may_add(staff, superuser, rf, model):
    request = rf.get("/")
    request.user = superuser
    expected = 200 if admin.site._registry[model].has_add_permission(request) else 403

    assert staff.get(page(model, "add")).status_code == expected


def test_shows_the_history(staff, everything, model):
    assert staff.get(page(model, "history", everything[model].pk)).status_code == 200


def test_answers_unknown_ids_without_an_error(staff, everything, model):
    response = staff.get(page(model, "change", "no-such-id"))

    assert response.status_code == 302


def test_shows_the_groups_of_pages_on_the_first_page(staff, everything):
    response = staff.get("/admin/")

    titles = [str(group["title"]) for group in response.context["sidebar_navigation"]]
    assert titles == ["Trips", "Fleet", "Prices", "Providers", "Money", "Support", "Staff"]


def test_has_a_page_for_every_model_in_the_sidebar(staff, everything):
    response = staff.get("/admin/")

    links = {item["link"] for group in response.context["sidebar_navigation"] for item in group["items"]}
    assert links == {*(page(model, "changelist") for model in MODELS), "/admin/map/", "/admin/trail/"}


def test_asks_no_other_host(staff, everything):
    html = staff.get(page(Asset, "change", everything[Asset].pk)).content.decode()

    assert 'src="http' not in html
    assert 'rel="stylesheet" href="http' not in html


def test_does_not_open_without_permission(signed_in, everything, model):
    client, prefix = signed_in(), f"admin:{model._meta.app_label}_{model._meta.model_name}"

    for address in (
        reverse(f"{prefix}_changelist"),
        reverse(f"{prefix}_add"),
        reverse(f"{prefix}_change", args=[everything[model].pk]),
        reverse(f"{prefix}_history", args=[everything[model].pk]),
    ):
        assert client.get(address).status_code == 403
