"""Damages and maintenance of vehicles, as staff keep them …"""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fleet.models import Asset, Damage, DamagePhoto, Maintenance
from fleet.models import care as models
from fleet.models.vehicles import AssetState
from tests.admin.test_actions import press
from tests.admin.test_forms import filled_in
from tests.fleet_factories import AssetFactory, DamageFactory, MaintenanceFactory

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20
PHOTOS = {
    "photos-TOTAL_FORMS": "0",
    "photos-INITIAL_FORMS": "0",
    "photos-MIN_NUM_FORMS": "0",
    "photos-MAX_NUM_FORMS": "9",
}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def add(client, asset, photo=None, **fields):
    """Fills in the form of a new damage."""
    form = {
        "asset": asset.pk, "part": "TIRE", "severity": "SERIOUS", "description": "Flat", "reported_by": "rita",
        "reported_at_0": "2026-06-01", "reported_at_1": "12:00:00",
    }  # fmt: skip
    if photo is not None:
        form |= {"photos-TOTAL_FORMS": "1", "photos-0-file": photo}
    return client.post("/admin/fleet/damage/add/", PHOTOS | form | fields)


def state(asset):
    return Asset.objects.values_list("state", "state_reason", "out_after_trip").get(pk=asset.pk)


def photo(content=JPEG, name="wheel.jpg"):
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def test_a_damage_is_kept_with_its_photo(staff, tmp_path, e_scooter):
    assert add(staff, e_scooter, photo()).status_code == 302

    damage = Damage.objects.get()
    kept = damage.photos.get()
    assert (damage.asset, damage.severity, damage.reported_by) == (e_scooter, "SERIOUS", "rita")
    assert (tmp_path / kept.file.name).read_bytes() == JPEG
    assert state(e_scooter) == ("AVAILABLE", "", "")


@pytest.mark.parametrize("fields", [{"severity": "UNSAFE"}, {"takes_out_of_service": "on"}])
def test_the_vehicle_leaves_service_in_the_same_step(staff, e_scooter, fields):
    add(staff, e_scooter, **fields)

    assert state(e_scooter) == ("OUT_OF_SERVICE", "tyre: Flat", "")


def test_a_vehicle_on_a_trip_leaves_service_when_it_ends(staff):
    asset = AssetFactory(state=AssetState.IN_USE)

    add(staff, asset, severity="UNSAFE")

    assert state(asset) == ("IN_USE", "", "tyre: Flat")


def test_a_retired_vehicle_stays_retired(staff):
    asset = AssetFactory(state=AssetState.RETIRED, state_reason="Sold")

    add(staff, asset, severity="UNSAFE")

    assert state(asset) == ("RETIRED", "Sold", "")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"<svg onload=alert(1)>", "neither a JPEG nor a PNG"), (JPEG + b"\0" * 100, "at most")],
)
def test_only_photos_are_taken_and_no_huge_ones(staff, e_scooter, monkeypatch, content, refusal):
    monkeypatch.setattr(models, "LARGEST_PHOTO", 100)

    answer = add(staff, e_scooter, photo(content))

    assert refusal in answer.content.decode()
    assert not Damage.objects.exists()
    assert not DamagePhoto.objects.exists()


def test_photos_are_for_those_who_may_see_damages(staff, e_scooter, client, signed_in):
    add(staff, e_scooter, photo())
    kept = DamagePhoto.objects.get()
    address = f"/admin/fleet/damage/{kept.damage_id}/photo/{kept.pk}/"

    shown = staff.get(address)
    assert (b"".join(shown.streaming_content), shown["Content-Type"]) == (JPEG, "image/jpeg")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert signed_in("view_asset").get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302
    assert client.get(f"/media/{kept.file.name}").status_code == 404


def test_a_photo_whose_file_is_not_there_is_not_found(staff, e_scooter):
    add(staff, e_scooter, photo())
    kept = DamagePhoto.objects.get()
    Path(kept.file.path).unlink()

    assert staff.get(f"/admin/fleet/damage/{kept.damage_id}/photo/{kept.pk}/").status_code == 404


def test_the_page_of_a_damage_shows_its_photos_and_its_request(staff, e_scooter):
    add(staff, e_scooter, photo())
    kept = DamagePhoto.objects.get()
    Damage.objects.update(request_id=7)

    shown = staff.get(f"/admin/fleet/damage/{kept.damage_id}/change/").content.decode()

    assert f'src="/admin/fleet/damage/{kept.damage_id}/photo/{kept.pk}/"' in shown
    assert 'href="/admin/support/supportrequest/7/change/"' in shown


def test_more_photos_are_added_later(staff, e_scooter):
    add(staff, e_scooter, photo())
    address = f"/admin/fleet/damage/{Damage.objects.get().pk}/change/"

    form = filled_in(staff, address) | {"reported_at_0": "2026-06-01", "reported_at_1": "12:00:00"}
    staff.post(address, form | {"photos-TOTAL_FORMS": "1", "photos-0-file": photo(name="brake.jpg")})

    assert Damage.objects.get().photos.count() == 2


def test_whoever_may_report_damages_may_show_them(signed_in, e_scooter):
    add(signed_in("add_damage", "view_asset"), e_scooter, photo())

    assert Damage.objects.get().photos.count() == 1


def test_a_damage_is_repaired_once(staff):
    damage = DamageFactory()

    first = press(staff, f"/admin/fleet/damage/{damage.pk}/repaired/")
    again = press(staff, f"/admin/fleet/damage/{damage.pk}/repaired/")

    assert (first, again) == ([("success", "Repaired.")], [("error", "It was repaired already.")])
    assert Damage.objects.get().repaired_by == "rita"


def test_nothing_is_deleted(staff):
    damage, maintenance = DamageFactory(), MaintenanceFactory()

    assert staff.post(f"/admin/fleet/damage/{damage.pk}/delete/", {"post": "yes"}).status_code == 403
    assert staff.post(f"/admin/fleet/maintenance/{maintenance.pk}/delete/", {"post": "yes"}).status_code == 403
    assert (Damage.objects.count(), Maintenance.objects.count()) == (1, 1)


def test_the_page_of_a_vehicle_has_its_damages_and_maintenance(staff):
    damage = DamageFactory()
    maintenance = MaintenanceFactory(asset=damage.asset)
    DamageFactory(description="Of another vehicle")

    shown = staff.get(f"/admin/fleet/asset/{damage.asset_id}/change/").content.decode()

    assert f"/admin/fleet/damage/{damage.pk}/change/" in shown
    assert f"/admin/fleet/maintenance/{maintenance.pk}/change/" in shown
    assert "Of another vehicle" not in shown
    assert staff.get(f"/admin/fleet/asset/{damage.asset_id}/report-damage/").url.endswith(f"?asset={damage.asset_id}")


def test_what_was_written_has_a_history(staff):
    maintenance = MaintenanceFactory()
    form = {
        "motive": "Recall", "starts_at_0": "2026-06-01", "starts_at_1": "12:00:00", "ends_at_0": "", "ends_at_1": "",
    }  # fmt: skip

    staff.post(f"/admin/fleet/maintenance/{maintenance.pk}/change/", form)

    assert list(maintenance.history.values_list("motive", flat=True)) == ["Recall", "Yearly inspection"]


def test_who_may_only_look_reports_nothing(signed_in, e_scooter):
    client = signed_in("view_asset", "view_damage")

    assert add(client, e_scooter).status_code == 403
    assert client.get(f"/admin/fleet/asset/{e_scooter.pk}/report-damage/").status_code == 403
    assert not Damage.objects.exists()
