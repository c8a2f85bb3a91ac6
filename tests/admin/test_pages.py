"""Pages of the back office …"""

import re

import pytest

from tests.fleet_factories import AssetFactory
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
