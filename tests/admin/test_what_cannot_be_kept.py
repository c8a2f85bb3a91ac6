"""What no database keeps is refused where it was typed, and nothing is written …"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fleet import information
from fleet.models import Asset, Region, Restriction
from tests.admin.test_forms import errors, filled_in
from tests.factories import ApiKeyFactory
from tests.fleet_factories import (
    AlertFactory,
    AssetFactory,
    AssetTypeFactory,
    CalendarPeriodFactory,
    DamageFactory,
    MaintenanceFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
)
from tests.trip_factories import BookingFactory, SupportRequestFactory

pytestmark = pytest.mark.django_db

NUL = "U+0000 is not a character."
HALF = "Half a surrogate pair is not a character."
DEEP = "It is nested too deeply."
ABYSS = "[" * 500 + "]" * 500


@pytest.mark.parametrize(
    ("make", "address", "typed", "told"),
    [
        (AssetFactory, "asset", {"tags": "a, b\x00c"}, NUL),
        (AssetFactory, "asset", {"notes": "b\x00c"}, "Null characters are not allowed."),
        (RegionFactory, "region", {"name__en": "b\x00c"}, NUL),
        (SystemFactory, "system", {"languages": "en, n\x00l"}, NUL),
        (SystemFactory, "system", {"rental_apps": r'{"ios": "b\u0000c"}'}, NUL),
        (SystemFactory, "system", {"rental_apps": r'{"ios": "\ud800"}'}, HALF),
        (SystemFactory, "system", {"rental_apps": f'{{"ios": {ABYSS}}}'}, DEEP),
        (SystemFactory, "system", {"rental_apps": '{"ios": 1e400}'}, "A number is out of range."),
        (SystemFactory, "system", {"rental_apps": '{"ios": NaN}'}, "NaN is not a JSON number."),
        (RegionFactory, "region", {"area": "[" * 500}, "This is not JSON. Line 1, column 501: Expecting value."),
        (RegionFactory, "region", {"area": ABYSS}, DEEP),
        (RegionFactory, "region", {"area": "[" * 100_000}, DEEP),
        (CalendarPeriodFactory, "calendarperiod", {"start_year": "9" * 30}, "There is no such day."),
        (CalendarPeriodFactory, "calendarperiod", {"start_day": "9" * 30}, "There is no such day."),
    ],
)
def test_on_a_form(staff, make, address, typed, told):
    row = make()
    page = f"/admin/fleet/{address}/{row.pk}/change/"
    before = type(row).objects.filter(pk=row.pk).values().get()

    response = staff.post(page, {**filled_in(staff, page), **typed})

    assert told in errors(response)
    assert type(row).objects.filter(pk=row.pk).values().get() == before


BEYOND = [("Europe/Amsterdam", "0001-01-01", "00:00:00"), ("America/New_York", "9999-12-31", "23:59:59")]


@pytest.fixture
def operator_in(db):
    def move(zone):
        SystemFactory(timezone=zone)
        information.forget()

    return move


@pytest.mark.parametrize(("zone", "day", "time"), BEYOND)
@pytest.mark.parametrize(
    ("make", "address", "field"),
    [(AlertFactory, "alert", "starts_at"), (DamageFactory, "damage", "reported_at"),
     (MaintenanceFactory, "maintenance", "starts_at"), (RegionFactory, "region", "ends_at")],
)  # fmt: skip
def test_as_a_moment_on_a_form(staff, operator_in, zone, day, time, make, address, field):
    """No year of UTC: nobody could read such a row any more."""
    operator_in(zone)
    row = make()
    page = f"/admin/fleet/{address}/{row.pk}/change/"
    before = type(row).objects.filter(pk=row.pk).values().get()

    response = staff.post(page, {**filled_in(staff, page), f"{field}_0": day, f"{field}_1": time, "_seen": "1"})

    assert response.context["adminform"].form.errors == {field: ["That is too far away."]}
    assert type(row).objects.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize(
    ("zone", "typed"),
    [*((zone, f"{day}T{time}") for zone, day, time in BEYOND), ("UTC", "9999-12-31T23:59:59-14:00")],
)
@pytest.mark.parametrize("field", ["starts_at", "ends_at"])
def test_as_a_moment_of_many_vehicles(staff, operator_in, zone, typed, field):
    operator_in(zone)
    moments = {"starts_at": "2026-06-01T12:00:00", "ends_at": "2026-07-01T12:00:00", field: typed}

    response = staff.post(
        "/admin/fleet/asset/",
        {"action": "restrict", "_selected_action": [AssetFactory().pk], "_form_submitted": "1", "reason": "Storm",
         "state": "STORED", **moments},
    )  # fmt: skip

    assert response.context["form"].errors == {field: ["That is too far away."]}
    assert not Restriction.objects.exists()


def test_in_a_file(staff):
    region = RegionFactory()
    page = f"/admin/fleet/region/{region.pk}/change/"

    file = SimpleUploadedFile("area.json", ABYSS.encode())
    response = staff.post(page, {**filled_in(staff, page), "area_file": file})

    assert DEEP in errors(response)
    assert Region.objects.get().area == region.area


def test_in_the_dialog_of_many_vehicles(staff):
    asset = AssetFactory(tags=["old"])

    response = staff.post(
        "/admin/fleet/asset/",
        {"action": "add_tags", "_selected_action": [asset.pk], "_form_submitted": "1", "tags": "b\x00c"},
    )

    assert response.context["form"].errors == {"tags": [NUL]}
    assert Asset.objects.get().tags == ["old"]


def test_in_what_the_page_remembers(staff):
    """It is not typed; a page that comes without it is saved as it is."""
    asset = AssetFactory()
    page = f"/admin/fleet/asset/{asset.pk}/change/"

    response = staff.post(page, {**filled_in(staff, page), "notes": "Scratched", "_opened": ABYSS})

    assert response.status_code == 302
    assert Asset.objects.get().notes == "Scratched"


@pytest.mark.parametrize(
    ("make", "address"),
    [
        (lambda: ApiKeyFactory().provider, "maas/maasprovider/{}/rotate-api-key/"),
        (lambda: ApiKeyFactory().provider, "maas/maasprovider/{}/revoke-api-key/"),
        (BookingFactory, "bookings/booking/{}/notify/"),
        (SupportRequestFactory, "support/supportrequest/{}/merge/"),
    ],
)
def test_as_the_id_of_a_row(staff, make, address):
    row = make()

    assert staff.get(f"/admin/{address.format(row.pk)}").status_code == 200
    for impossible in ("no-such-id", "%00", "1e400"):
        assert staff.get(f"/admin/{address.format(impossible)}").status_code == 200
        assert staff.post(f"/admin/{address.format(impossible)}", {"_form_submitted": "1"}).status_code in (200, 404)


@pytest.mark.parametrize("impossible", ["x", "", "1\x002", "1.5", "9" * 30])
@pytest.mark.parametrize("action", ["add_tags", "restrict", "retire_all", "export_csv", "delete_selected"])
def test_as_what_is_chosen_in_a_list(staff, action, impossible):
    asset = AssetFactory()
    chosen = {"action": action, "_selected_action": [impossible], "_form_submitted": "1", "tags": "x", "reason": "x"}

    response = staff.post("/admin/fleet/asset/", chosen, follow=True)

    [told] = response.context["messages"]
    assert str(told) == "Items must be selected in order to perform actions on them. No items have been changed."
    assert list(Asset.objects.values_list("pk", "state", "tags")) == [(asset.pk, "AVAILABLE", [])]


def test_as_what_is_chosen_in_a_list_beside_what_is_there(staff):
    asset = AssetFactory()
    chosen = {"action": "add_tags", "_selected_action": ["x", asset.pk], "_form_submitted": "1", "tags": "north"}

    response = staff.post("/admin/fleet/asset/", chosen, follow=True)

    assert [str(told) for told in response.context["messages"]] == ["1 vehicle was changed."]
    assert Asset.objects.get().tags == ["north"]


@pytest.mark.parametrize("impossible", ["no-such-id", "%00", "1e400"])
def test_as_the_id_of_a_history(staff, impossible):
    response = staff.get(f"/admin/fleet/assettype/{impossible}/history/", follow=True)

    [told] = response.context["messages"]
    assert "doesn’t exist. Perhaps it was deleted?" in str(told)


@pytest.mark.parametrize("query", [{"foo": "1"}, {"q": "a\x00b"}, {"id__in": "x"}, {"region__id__exact": "x"}])
@pytest.mark.parametrize("page", ["", "export/"])
def test_as_what_to_choose(staff, page, query):
    """An export of what nothing can choose is no export of everything."""
    StationFactory()

    response = staff.get(f"/admin/fleet/station/{page}", query, follow=True)

    assert (response.status_code, response.request["PATH_INFO"]) == (200, "/admin/fleet/station/")
    assert [str(told) for told in response.context["messages"]] == ["Nothing can be chosen so: this is the whole list."]


def test_as_what_to_choose_of_the_journal(staff):
    response = staff.get("/admin/payments/journalentry/export/", {"amount__gte": "much"}, follow=True)

    assert response.request["PATH_INFO"] == "/admin/payments/journalentry/"
    assert [str(told) for told in response.context["messages"]] == ["Nothing can be chosen so: this is the whole list."]


def test_as_more_rows_than_anybody_types(staff):
    made = AssetTypeFactory()
    page = f"/admin/fleet/assettype/{made.pk}/change/"

    response = staff.post(page, {**filled_in(staff, page), "conditions-TOTAL_FORMS": "9" * 10})

    told = [str(e) for inline in response.context["inline_admin_formsets"] for e in inline.formset.non_form_errors()]
    assert told == ["Please submit at most 100 forms."]
    assert made.conditions.count() == 0
