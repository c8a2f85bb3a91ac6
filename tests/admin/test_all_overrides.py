"""What staff do that changes something …"""

from django.contrib import admin
from django.contrib.auth.models import User
from django.test import RequestFactory
from django.urls import resolve

from fleet.admin.imports import STEPS
from tests.admin import (
    test_desk_overrides,
    test_device_overrides,
    test_fleet_overrides,
    test_import_overrides,
    test_money_overrides,
    test_overrides,
    test_place_overrides,
    test_price_overrides,
    test_provider_overrides,
    test_schedule_overrides,
    test_staff_overrides,
    test_trip_overrides,
)
from tests.permissions.routes import routes

FILES = (
    test_desk_overrides, test_device_overrides, test_fleet_overrides, test_import_overrides, test_place_overrides,
    test_price_overrides, test_provider_overrides, test_schedule_overrides, test_staff_overrides, test_trip_overrides,
)  # fmt: skip


class Anything:
    """A town in which whatever is asked for is called 1: where something is done there makes no difference."""

    def __getattr__(self, name):
        return self

    def __getitem__(self, name):
        return self

    def __call__(self, *args):
        return self

    def __str__(self):
        return "1"


def addresses():
    """{address, and of a list which action} of all acts that are tried."""
    town = Anything()
    for file in FILES:
        for act in file.ACTS.values():
            address = act.address(town)
            action = act.form(town)["action"] if address.count("/") == 4 else ""
            yield address.partition("?")[0], action
    for act in test_overrides.OVERRIDES.values():
        yield test_overrides.address(act, "1"), ""
    for act in test_money_overrides.OVERRIDES.values():
        yield f"/admin/payments/{act.address.format(1)}/", ""


def lists_and_forms():
    """The list of each model, and the forms and pages of one that the back office gives nobody."""
    request = RequestFactory().get("/")
    request.user = User(is_staff=True, is_superuser=True)
    for model, site in admin.site._registry.items():
        place = f"admin/{model._meta.app_label}/{model._meta.model_name}/"
        one = f"{place}<path:object_id>/"
        yield from (place, one, f"{one}history/", f"{place}<object_id>/history/<version>/")
        if not site.has_add_permission(request):
            yield f"{place}add/"
        if not site.has_change_permission(request):
            yield f"{one}change/"
        if not site.has_delete_permission(request):
            yield f"{one}delete/"


def shown():
    """The addresses that only show something, or lead to where something is done."""
    return {"admin/", "admin/<app_label>/", "admin/<url>", *lists_and_forms(), *ONLY_SHOW, *OF_ONESELF, *TELL_NOBODY}


OF_ONESELF = {  # tests/backoffice/signin, tests/backoffice/test_languages.py
    "admin/language/", "admin/login/", "admin/logout/", "admin/password_change/", "admin/password_change/done/",
    "admin/second-step/", "admin/second-step/set-up/",
}  # fmt: skip
TELL_NOBODY = {"admin/maas/maasprovider/<path:object_id>/test-call/"}  # tests/admin/test_callbacks.py
ONLY_SHOW = {
    "admin/autocomplete/",
    "admin/fleet/asset/ export_csv",
    "admin/fleet/asset/ export_xlsx",
    "admin/fleet/asset/ qr_sheet",
    "admin/fleet/asset/<path:object_id>/maintain/",
    "admin/fleet/asset/<path:object_id>/offered-to/",
    "admin/fleet/asset/<path:object_id>/report-damage/",
    "admin/fleet/asset/import/",
    "admin/fleet/assettype/export/",
    "admin/fleet/assettype/import/",
    "admin/fleet/damage/<int:damage_id>/photo/<int:photo_id>/",
    "admin/fleet/importbatch/<int:pk>/failed/",
    "admin/fleet/importbatch/<int:pk>/progress/",
    "admin/fleet/importbatch/start/",
    "admin/fleet/importbatch/template/",
    "admin/fleet/importbatch/template/xlsx/",
    "admin/fleet/pricingplan/calculate/",
    "admin/fleet/pricingplan/export/",
    "admin/fleet/pricingplan/import/",
    "admin/fleet/region/<path:object_id>/former/",
    "admin/fleet/region/sketch/",
    "admin/fleet/station/export/",
    "admin/fleet/station/import/",
    "admin/jsi18n/",
    "admin/legs/leg/<uuid:leg_id>/photo/<int:photo_id>/",
    "admin/maas/maasprovider/<path:object_id>/conformance/",
    "admin/map/",
    "admin/map/moving/",
    "admin/map/standing/",
    "admin/map/vehicle/<path:text>/",
    "admin/payments/invoice/ export_entries",
    "admin/payments/invoice/ export_entries_xlsx",
    "admin/payments/invoice/<path:object_id>/export-xlsx/",
    "admin/payments/invoice/<path:object_id>/export/",
    "admin/payments/invoice/open-run/",
    "admin/payments/journalentry/adds-up/",
    "admin/payments/journalentry/export/",
    "admin/payments/journalentry/reconciliation/",
    "admin/r/<path:content_type_id>/<path:object_id>/",
    "admin/search/",
    "admin/trail/",
    "admin/trail/<str:kind>/",
}


def test_is_tried_for_what_everybody_is_told_afterwards(db):
    there = {route.pattern for route in routes() if route.pattern.startswith("admin/")}
    tried = {f"{resolve(address).route} {action}".strip() for address, action in addresses()}

    assert there - tried == shown() & there
    assert tried <= there
    assert there >= ONLY_SHOW | OF_ONESELF | TELL_NOBODY, "something of these is not there any more"


def test_is_tried_at_each_step_of_an_import():
    steps = {resolve(address).kwargs.get("step") for address, _action in addresses()}

    assert steps - {None} == set(STEPS)
