"""Pages of the back office …"""

import re

import pytest

from fleet.models import Asset, AssetType, Region, Station
from tests.fleet_factories import AssetFactory, AssetTypeFactory, RegionFactory, StationFactory
from tests.trip_factories import BookingFactory, LegFactory


def test_hides_offers_nobody_booked(staff):
    offer = LegFactory(booking__state="NEW").booking
    booked = LegFactory(booking__state="PENDING").booking

    for address in ("/admin/bookings/booking/", "/admin/legs/leg/"):
        assert [row.pk for row in staff.get(address).context["cl"].result_list] == [booked.pk]
        everything = staff.get(address, {"state": "all"}).context["cl"].result_list
        assert {row.pk for row in everything} == {offer.pk, booked.pk}


@pytest.mark.parametrize(("state", "found"), [("open", {"STARTED", "PENDING"}), ("FINISHED", {"FINISHED"})])
def test_filters_bookings_by_state(staff, state, found):
    for each in ("STARTED", "PENDING", "FINISHED", "NEW"):
        BookingFactory(state=each)

    shown = staff.get("/admin/bookings/booking/", {"state": state}).context["cl"].result_list

    assert {booking.state for booking in shown} == found


def test_tells_where_one_is_without_the_name_of_the_app(staff):
    asset = AssetFactory(vehicle_number="EB-7")

    page = staff.get(f"/admin/fleet/asset/{asset.pk}/change/").content.decode()

    crumbs = re.findall(r'class="crumb(?: is-here)?" title="([^"]*)"', page)
    assert crumbs == ["Assets", "EB-7"]


def test_what_goes_with_a_row_is_told_before_it_is_deleted(staff):
    region = RegionFactory(name={"en": "Old town"})
    region.asset_types.add(AssetTypeFactory())
    station = StationFactory(region=region, name={"en": "Quay"})

    page = staff.get(f"/admin/fleet/region/{region.pk}/delete/", headers={"Accept-Language": "nl"}).content.decode()

    assert "wordt verwijderd. Dat kan niet ongedaan worden gemaakt." in page
    assert "relationship" not in page
    assert Region.objects.filter(pk=region.pk).exists()
    assert Station.objects.filter(pk=station.pk).exists()


def test_what_needs_a_row_is_told_by_kind_and_nothing_is_deleted(staff):
    kind = AssetTypeFactory()
    vehicles = [AssetFactory(asset_type=kind, vehicle_number=f"EB-{number:04}") for number in range(21)]

    address = f"/admin/fleet/assettype/{kind.pk}/delete/"
    page = staff.get(address).content.decode()
    staff.post(address, {"post": "yes"})

    assert "is not deleted, for this needs it:" in page
    assert ">Assets: 21</strong>" in page
    assert f'<a href="/admin/fleet/asset/{vehicles[0].pk}/change/" class="text-link">EB-0000</a>, ' in page
    assert "EB-0020" not in page
    assert "… and 1 more" in page
    assert AssetType.objects.filter(pk=kind.pk).exists()


def test_rows_chosen_in_a_list_are_named_and_then_deleted(staff):
    vehicles = [AssetFactory(vehicle_number=number) for number in ("EB-1", "EB-2")]
    chosen = {"action": "delete_selected", "_selected_action": [asset.pk for asset in vehicles]}

    page = staff.post("/admin/fleet/asset/", chosen).content.decode()
    there = Asset.objects.count()
    staff.post("/admin/fleet/asset/", {**chosen, "post": "yes"})

    assert "These are deleted. It cannot be undone." in page
    assert ">EB-1</a>, " in page
    assert (there, Asset.objects.count()) == (2, 0)
