"""Who changed what, and when, is told on the page of what was changed."""

from decimal import Decimal

from fleet.models import Asset, FarePart, Station
from tests.admin.test_forms import filled_in
from tests.fleet_factories import PricingPlanFactory, StationFactory


def test_an_edit_is_told_with_who_and_what(staff, superuser):
    station = StationFactory(capacity=10)
    address = f"/admin/fleet/station/{station.pk}/change/"

    staff.post(address, filled_in(staff, address) | {"capacity": 12})

    version = Station.objects.get().history.latest()
    html = staff.get(f"/admin/fleet/station/{station.pk}/history/").content.decode()
    assert (version.history_user, version.capacity) == (superuser, 12)
    assert "Capacity:" in html
    assert "10 → 12" in " ".join(html.split())
    assert "rita" in html


def test_a_changed_price_is_told_on_the_page_of_its_plan(staff):
    plan = PricingPlanFactory()
    address = f"/admin/fleet/pricingplan/{plan.pk}/change/"

    staff.post(address, filled_in(staff, address) | {"parts-1-amount": "0.30"})

    html = " ".join(staff.get(f"/admin/fleet/pricingplan/{plan.pk}/history/").content.decode().split())
    assert FarePart.objects.get(plan=plan, position=1).amount == Decimal("0.30")
    assert "Amount:</span> 0.2500 → 0.3000" in html


def test_a_removed_price_is_told_too(staff):
    plan = PricingPlanFactory()
    address = f"/admin/fleet/pricingplan/{plan.pk}/change/"

    staff.post(address, filled_in(staff, address) | {"parts-1-DELETE": "on"})

    html = " ".join(staff.get(f"/admin/fleet/pricingplan/{plan.pk}/history/").content.decode().split())
    assert plan.parts.count() == 1
    assert "Deleted: Per unit: 0.25" in html


def test_the_service_state_of_a_vehicle_is_part_of_its_history(staff, e_scooter):
    staff.post(f"/admin/fleet/asset/{e_scooter.pk}/retire/", {"_form_submitted": "True", "reason": "Sold"})

    html = staff.get(f"/admin/fleet/asset/{e_scooter.pk}/history/").content.decode()

    assert Asset.objects.get().state == "RETIRED"
    assert "retired (Sold)" in html


def test_what_nobody_changed_says_so(staff, e_scooter):
    e_scooter.history.all().delete()

    assert b"Nobody has changed this here." in staff.get(f"/admin/fleet/asset/{e_scooter.pk}/history/").content
