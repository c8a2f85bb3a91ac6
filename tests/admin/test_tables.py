"""Stations, types and plans go out as CSV and come in again."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fleet.models import AssetType, PricingPlan, Station
from tests.fleet_factories import AssetTypeFactory, PricingPlanFactory, RegionFactory, StationFactory, SystemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def system():
    SystemFactory()


def exported(client, model):
    response = client.post(f"/admin/fleet/{model}/export/", {"format": "0", "resource": ""})
    assert response["Content-Type"].startswith("text/csv"), response.context["form"].errors
    return response.content.decode()


def imported(client, model, text):
    """The page after the preview was confirmed."""
    file = SimpleUploadedFile("table.csv", text.encode())
    page = client.post(f"/admin/fleet/{model}/import/", {"import_file": file, "format": "0"})
    confirm = page.context.get("confirm_form")
    if confirm is None:
        return page
    return client.post(f"/admin/fleet/{model}/process_import/", confirm.initial)


@pytest.mark.parametrize(
    ("model", "make"),
    [("station", StationFactory), ("assettype", AssetTypeFactory), ("pricingplan", PricingPlanFactory)],
)
def test_what_goes_out_comes_in_without_a_change(staff, model, make):
    row = make()
    before = list(type(row).objects.values())

    response = imported(staff, model, exported(staff, model))

    assert response.status_code == 302
    assert list(type(row).objects.values()) == before
    assert row.history.count() == 1


def test_stations_are_made_and_changed_by_their_id(staff, superuser):
    RegionFactory(region_id="centre")
    StationFactory(station_id="market", capacity=10, city="Utrecht")

    imported(
        staff,
        "station",
        "station_id,name,lat,lon,capacity,region\nmarket,Market,52.1,5.1,20,centre\nquay,Quay,52.2,5.2,,\n",
    )

    market, quay = Station.objects.order_by("station_id")
    assert (market.capacity, market.city, market.region.region_id, market.name) == (
        20, "Utrecht", "centre", {"en": "Market"},
    )  # fmt: skip
    assert (quay.lat, quay.capacity, quay.name) == (52.2, None, {"en": "Quay"})
    assert quay.history.get().history_user == superuser


@pytest.mark.parametrize(
    ("model", "text", "rows"),
    [
        ("station", "station_id,name,lat,lon\nquay,Quay,252.2,5.2\n", Station.objects),
        ("pricingplan", "plan_id,name,currency\nday,Day,euro\n", PricingPlan.objects),
        ("assettype", "type_id,name,default_plan\nkite,Kite,none\n", AssetType.objects),
    ],
)
def test_a_wrong_row_stops_the_import(staff, model, text, rows):
    response = imported(staff, model, text)

    assert response.status_code == 200
    assert not rows.exists()


def test_a_formula_is_not_calculated_by_whoever_opens_the_export(staff):
    StationFactory(station_id="=1+1", city="=cmd|' /C calc'!A0")

    [row] = csv.DictReader(io.StringIO(exported(staff, "station")))

    assert (row["station_id"], row["city"]) == ("1+1", "cmd|' /C calc'!A0")


def test_who_may_only_look_exports_and_does_not_import(signed_in):
    client = signed_in("view_station")

    assert client.get("/admin/fleet/station/export/").status_code == 200
    assert client.get("/admin/fleet/station/import/").status_code == 403
