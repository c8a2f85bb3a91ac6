"""Two colleagues have the same form open …"""

import pytest
from django.urls import reverse

from fleet.models import Asset, FarePart, PricingPlan
from tests.admin.test_forms import errors, filled_in
from tests.fleet_factories import AssetFactory, AssetTypeFactory, PricingPlanFactory, UserGroupFactory


def address_of(obj):
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])


def opens(client, obj):
    """What the browser of a colleague would send back unchanged."""
    page = client.get(address_of(obj))
    return filled_in(client, address_of(obj)) | {"_opened": page.context["opened"]}


@pytest.fixture
def vehicle(db):
    return AssetFactory(vehicle_number="S-1", license_plate="AB-1", lat=52.09, lon=5.12, notes="")


def stored():
    return Asset.objects.values_list("license_plate", "lat", "notes").get()


def test_what_the_other_one_saved_is_kept(staff, vehicle):
    mine, theirs = opens(staff, vehicle), opens(staff, vehicle)
    staff.post(address_of(vehicle), theirs | {"license_plate": "XY-9"})

    answer = staff.post(address_of(vehicle), mine | {"notes": "Squeaks"})

    assert answer.status_code == 302
    assert stored() == ("XY-9", 52.09, "Squeaks")


def test_what_the_vehicle_reported_is_kept(staff, vehicle):
    mine = opens(staff, vehicle)
    Asset.objects.update(lat=52.1)

    staff.post(address_of(vehicle), mine | {"notes": "Squeaks"})

    assert stored() == ("AB-1", 52.1, "Squeaks")


def test_what_both_changed_is_refused_and_told(staff, vehicle):
    mine, theirs = opens(staff, vehicle), opens(staff, vehicle)
    staff.post(address_of(vehicle), theirs | {"license_plate": "XY-9"})

    answer = staff.post(address_of(vehicle), mine | {"license_plate": "QQ-5", "notes": "Squeaks"})

    assert errors(answer) == "Meanwhile it became “XY-9”. Save again if what stands here is to hold."
    assert stored() == ("XY-9", 52.09, "")


def test_who_has_seen_what_it_became_may_change_it(staff, vehicle):
    mine, theirs = opens(staff, vehicle), opens(staff, vehicle)
    staff.post(address_of(vehicle), theirs | {"license_plate": "XY-9", "notes": "Lock is stiff"})
    answer = staff.post(address_of(vehicle), mine | {"license_plate": "QQ-5"})

    again = staff.post(address_of(vehicle), mine | {"license_plate": "QQ-5", "_opened": answer.context["opened"]})

    assert again.status_code == 302
    assert stored() == ("QQ-5", 52.09, "Lock is stiff")


def test_who_wants_the_same_is_not_refused(staff, vehicle):
    mine, theirs = opens(staff, vehicle), opens(staff, vehicle)
    staff.post(address_of(vehicle), theirs | {"license_plate": "XY-9"})

    assert staff.post(address_of(vehicle), mine | {"license_plate": "XY-9"}).status_code == 302


def test_rows_of_the_page_are_kept_as_well(staff, db):
    plan = PricingPlanFactory()
    part = plan.parts.first()
    mine, theirs = opens(staff, plan), opens(staff, plan)
    staff.post(address_of(plan), theirs | {"parts-0-amount": "7"})

    staff.post(address_of(plan), mine | {"parts-0-name": "Ride"})

    assert FarePart.objects.filter(pk=part.pk).values_list("amount", "name").get() == (7, "Ride")


def test_choices_of_several_rows_are_kept(staff, db):
    kind, group = AssetTypeFactory(), UserGroupFactory()
    mine, theirs = opens(staff, kind), opens(staff, kind)
    staff.post(address_of(kind), theirs | {"user_groups": [group.pk]})

    staff.post(address_of(kind), mine | {"max_speed_kmh": "20"})

    assert list(kind.user_groups.all()) == [group]


def test_texts_in_several_languages_are_told_as_texts(staff, db):
    plan = PricingPlanFactory(name={"en": "Old"})
    mine, theirs = opens(staff, plan), opens(staff, plan)
    staff.post(address_of(plan), theirs | {"name__en": "Theirs"})

    answer = staff.post(address_of(plan), mine | {"name__en": "Mine"})

    assert errors(answer).startswith("Meanwhile it became “Theirs”.")
    assert PricingPlan.objects.get().name == {"en": "Theirs"}


@pytest.mark.parametrize("opened", ["", "[]", "{", '{"license_plate": 5}'])
def test_a_form_that_comes_without_is_saved_as_it_is(staff, vehicle, opened):
    mine = opens(staff, vehicle)

    staff.post(address_of(vehicle), mine | {"license_plate": "QQ-5", "_opened": opened})

    assert stored() == ("QQ-5", 52.09, "")
