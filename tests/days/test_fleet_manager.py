"""The fleet manager …"""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from bookings.models import Booking
from fleet import tasks
from fleet.models import Asset, Damage, ImportBatch, Maintenance, Region
from tests.browser import in_a_browser
from tests.days.books import trail, violated
from tests.factories import MaasProviderFactory
from tests.fleet_factories import LAT, LON, AssetFactory, AssetTypeFactory, RegionFactory, SystemFactory
from tests.journey import NOW, given_booking, nothing_changes

pytestmark = in_a_browser
LIST = "number;type;soc\nF-1;scooter;35\nF-9;scooter;90\n"


@pytest.fixture
def fleet(office, clock):
    """F-1 and F-2 stand free in the operating area; F-3 is ridden."""
    SystemFactory()
    RegionFactory(region_id="city", name={"en": "City"})
    kind = AssetTypeFactory(type_id="scooter")
    for number in ("F-1", "F-2", "F-3"):
        AssetFactory(vehicle_number=number, asset_type=kind, state_of_charge=80)
    given_booking(MaasProviderFactory(maas_id="mp"), Asset.objects.get(vehicle_number="F-3"), state="STARTED")


def test_keeps_the_fleet_without_touching_a_trip(arrives, fleet, tmp_path):
    freya = arrives("freya", "Fleet manager")

    imports_a_list_and_takes_it_back(freya, tmp_path / "fleet.csv")
    takes_a_vehicle_out_of_service(freya)
    records_damage_and_maintenance(freya)
    draws_a_zone(freya)
    retires_a_vehicle(freya)
    may_not_see_trips(freya)
    may_not_retire_what_is_ridden(freya)

    batch = ImportBatch.objects.get().pk
    assert trail("freya") == [
        ("Asset", "added", f"import {batch}: fleet.csv"),
        ("Asset", "changed", "Brakes squeak"),
        ("Asset", "changed", "Worn out"),
        ("Asset", "changed", f"import {batch}: fleet.csv"),
        ("Asset", "changed", f"undo of import {batch}: fleet.csv"),
        ("Asset", "deleted", f"undo of import {batch}: fleet.csv"),
        ("Damage", "added", ""),
        ("Import", "added", ""),
        ("Import", "changed", "Asked to apply."),
        ("Import", "changed", "Asked to undo."),
        ("Import", "changed", "Said what the columns mean."),
        ("Maintenance", "added", ""),
        ("Region", "added", ""),
    ]
    assert violated(NOW) == set()


def work_off_imports():
    """As a worker would."""
    for job in ProcrastinateJob.objects.filter(task_name__endswith="_import", status="todo").order_by("pk"):
        getattr(tasks, job.task_name.rpartition(".")[2])(**job.args)
        ProcrastinateJob.objects.filter(pk=job.pk).update(status="succeeded")


def charges():
    return dict(Asset.objects.order_by("vehicle_number").values_list("vehicle_number", "state_of_charge"))


def imports_a_list_and_takes_it_back(freya, path):
    path.write_text(LIST)
    freya.goes_to("Assets")
    freya.follows("Import")
    freya.page.set_input_files("input[type=file]", path)
    freya.sends("Continue")
    freya.sends("Compare with the fleet")
    work_off_imports()
    freya.follows("New 1")
    freya.sends("Apply to 2 vehicles")
    work_off_imports()
    freya.sees("Undo …")
    assert charges() == {"F-1": 35, "F-2": 80, "F-3": 80, "F-9": 90}

    freya.page.get_by_text("Undo …").click()
    freya.sends("Undo the import")
    work_off_imports()
    freya.follows("Undone 2")

    assert charges() == {"F-1": 80, "F-2": 80, "F-3": 80}
    assert ImportBatch.objects.values_list("state", "imported_by__username").get() == ("UNDONE", "freya")


def opens(freya, number):
    freya.searches(number, choose=number)


def takes_a_vehicle_out_of_service(freya):
    opens(freya, "F-1")
    freya.presses("Take out of service", menu="Service")
    freya.says_why("Brakes squeak")
    freya.submits()
    freya.is_told("F-1: out of service.")

    asset = Asset.objects.get(vehicle_number="F-1")
    assert (asset.state, asset.state_reason) == ("OUT_OF_SERVICE", "Brakes squeak")
    assert asset.history.latest().history_user.username == "freya"


def records_damage_and_maintenance(freya):
    freya.follows("Report damage")
    freya.fills(part="FRONT", severity="SERIOUS", description="The front brake squeaks.")
    freya.sends("Save")
    freya.is_told("was added successfully")
    opens(freya, "F-1")
    freya.follows("Add maintenance")
    freya.fills(motive="New pads", place="Workshop", done="Pads replaced")
    freya.sends("Save")
    freya.is_told("was added successfully")

    damage = Damage.objects.values_list("asset__vehicle_number", "part", "reported_by", "reported_at").get()
    assert damage == ("F-1", "FRONT", "freya", NOW)
    care = Maintenance.objects.values_list("asset__vehicle_number", "motive", "done_by", "starts_at").get()
    assert care == ("F-1", "New pads", "freya", NOW)


def draws_a_zone(freya):
    freya.goes_to("Regions")
    freya.begins_a_new_one()
    freya.fills(region_id="quay", name__en="Quay", kind="NO_PARKING")
    freya.draws((-80, -60), (80, -60), (80, 60), (-80, 60))
    freya.sends("Save")
    freya.sees("Vehicles that stand where rides could no longer end")
    assert not Region.objects.filter(region_id="quay").exists()
    freya.sends("Save")
    freya.is_told("was added successfully")

    (ring,) = Region.objects.get(region_id="quay").area["coordinates"]
    assert len(ring) == 5
    assert min(lon for lon, _lat in ring) < LON < max(lon for lon, _lat in ring)
    assert min(lat for _lon, lat in ring) < LAT < max(lat for _lon, lat in ring)


def retires_a_vehicle(freya):
    opens(freya, "F-2")
    freya.presses("Retire", menu="Service")
    freya.says_why("Worn out")
    freya.submits()
    freya.is_told("F-2: retired.")

    assert Asset.objects.values_list("state", "state_reason").get(vehicle_number="F-2") == ("RETIRED", "Worn out")


def may_not_see_trips(freya):
    booking = Booking.objects.get()
    with nothing_changes():
        freya.is_refused("/admin/bookings/booking/")
        freya.is_refused(f"/admin/bookings/booking/{booking.pk}/change/")


def may_not_retire_what_is_ridden(freya):
    freya.opens("/admin/")
    opens(freya, "F-3")
    freya.presses("Retire", menu="Service")
    freya.says_why("Worn out")
    with nothing_changes():
        freya.submits()
        freya.is_told("F-3")

    assert Asset.objects.get(vehicle_number="F-3").state == "IN_USE"
