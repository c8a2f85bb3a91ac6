"""State, money and history are read in the back office, and never written."""

import pytest
from django.contrib import admin
from django.urls import reverse

from bookings.models import Booking, BookingEvent, Notification
from customers.models import Customer
from fleet.models import Asset, AssetPublicId, Reservation
from fleet.models.vehicles import AssetState
from legs.models import Leg, LegEvent
from maas.models import ApiKey, MaasProvider
from payments.models import Claim, Invoice, JournalEntry
from support.models import SupportRequest, SupportStatus
from tests.fleet_factories import AssetFactory
from tests.trip_factories import FormerPublicIdFactory, LegFactory, SupportRequestFactory
from tomp.admin import Stacked

READ_ONLY = [
    Booking,
    BookingEvent,
    Claim,
    Customer,
    Invoice,
    JournalEntry,
    Leg,
    LegEvent,
    Notification,
    Reservation,
    SupportStatus,
]


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def fields_of(row):
    return type(row).objects.filter(pk=row.pk).values().get()


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model.__name__)
def test_a_superuser_cannot_change_add_or_delete(staff, everything, model):
    row = everything[model]
    before, count = fields_of(row), model.objects.count()
    form = dict.fromkeys(before, "CANCELLED") | {"state": "CANCELLED", "amount": "0", "_save": "Save"}

    answers = [
        staff.post(page(model, "change", row.pk), form),
        staff.post(page(model, "add"), form),
        staff.post(page(model, "delete", row.pk), {"post": "yes"}),
    ]
    staff.post(page(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert fields_of(row) == before
    assert model.objects.count() == count


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model.__name__)
def test_there_is_nothing_to_type(staff, everything, model):
    response = staff.get(page(model, "change", everything[model].pk))

    assert response.context["adminform"].form.fields == {}
    assert b'name="_save"' not in response.content


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model.__name__)
def test_no_row_has_more_than_two_fields_to_read(staff, everything, model):
    """A third one leaves no room for labels and moments side by side."""
    response = staff.get(page(model, "change", everything[model].pk))

    inlines = [inline for inline in response.context["inline_admin_formsets"] if isinstance(inline.opts, Stacked)]
    stacked = [form for inline in inlines for form in inline]
    rows = [row for form in [response.context["adminform"], *stacked] for fieldset in form for row in fieldset]
    assert [list(row.fields) for row in rows if len(row.fields) > 2] == []


def test_no_trip_is_moved_by_a_bare_transition():
    for model in (Booking, Leg, Asset):
        assert "FSMAdminMixin" not in {base.__name__ for base in type(admin.site._registry[model]).__mro__}


def asset_form(asset, **changes):
    """The form of the page of a vehicle, filled in as it is."""
    names = ("vehicle_number", "lat", "lon", "station_slot", "state_of_charge", "notes", "name", "serial_number")
    form = {name: "" if getattr(asset, name) is None else getattr(asset, name) for name in names}
    form |= {
        "asset_type": asset.asset_type_id,
        "vehicle_code": asset.vehicle_code or "",
        "station": "",
        "home_station": "",
    }
    for prefix in ("former_public_ids", "reservations", "known_damages", "maintenances"):
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return form | changes


def test_state_and_public_id_of_a_vehicle_are_not_on_its_form(staff, e_scooter):
    form = asset_form(
        e_scooter,
        state="RETIRED",
        state_reason="sold",
        public_id="3ad57a70-4f24-4da9-a7a2-a75d67f0a768",
        notes="new tyre",
    )

    response = staff.post(page(Asset, "change", e_scooter.pk), form)

    assert response.status_code == 302
    changed = Asset.objects.get(pk=e_scooter.pk)
    assert changed.notes == "new tyre"
    assert (changed.state, changed.state_reason) == (AssetState.AVAILABLE, "")
    assert changed.public_id == e_scooter.public_id


def test_a_vehicle_on_a_trip_keeps_its_place_and_type(staff):
    asset = AssetFactory(state=AssetState.IN_USE)
    other_type = AssetFactory().asset_type

    response = staff.post(
        page(Asset, "change", asset.pk), asset_form(asset, lat="1", lon="1", asset_type=other_type.pk, notes="loud")
    )

    assert response.status_code == 302
    changed = Asset.objects.get(pk=asset.pk)
    assert changed.notes == "loud"
    assert (changed.lat, changed.lon, changed.asset_type_id) == (asset.lat, asset.lon, asset.asset_type_id)


def test_saving_a_form_leaves_what_happened_meanwhile(staff, e_scooter, monkeypatch):
    """A rider books the vehicle between the reading and the writing of its row."""
    site = admin.site._registry[Asset]
    save_form = site.save_form

    def booked_meanwhile(request, form, change):
        Asset.objects.filter(pk=e_scooter.pk).update(state=AssetState.RESERVED)
        return save_form(request, form, change)

    monkeypatch.setattr(site, "save_form", booked_meanwhile)

    staff.post(page(Asset, "change", e_scooter.pk), asset_form(e_scooter, notes="new tyre"))

    assert Asset.objects.values_list("state", "notes").get(pk=e_scooter.pk) == (AssetState.RESERVED, "new tyre")


def test_former_public_ids_stay(staff):
    former = FormerPublicIdFactory()
    prefix = "former_public_ids-0"
    form = asset_form(former.asset) | {
        "former_public_ids-TOTAL_FORMS": 1,
        "former_public_ids-INITIAL_FORMS": 1,
        f"{prefix}-public_id": former.pk,
        f"{prefix}-asset": former.asset_id,
        f"{prefix}-DELETE": "on",
    }

    staff.post(page(Asset, "change", former.asset_id), form)

    assert AssetPublicId.objects.filter(pk=former.pk, asset=former.asset).exists()


def test_the_secret_of_a_key_is_nowhere_to_be_read(staff, everything):
    provider = everything[MaasProvider]

    html = staff.get(page(MaasProvider, "change", provider.pk)).content.decode()

    key = ApiKey.objects.get(provider=provider)
    assert key.prefix in html
    assert key.digest not in html


def test_the_maas_id_of_a_provider_stays(staff, everything):
    provider = everything[MaasProvider]
    form = {
        "maas_id": "another", "name": "Renamed", "is_active": "on", "pending_minutes": 15, "max_extensions": 2,
        "quota_period": "DAY", "bill_until": "FINISH", "release_asset_on": "FINISH", "api_version": "1.6.1",
        "base_url": "", "unstarted": "CANCEL",
        "api_keys-TOTAL_FORMS": 0, "api_keys-INITIAL_FORMS": 0,
        "channel-TOTAL_FORMS": 0, "channel-INITIAL_FORMS": 0,
    }  # fmt: skip

    response = staff.post(page(MaasProvider, "change", provider.pk), form)

    assert response.status_code == 302
    changed = MaasProvider.objects.get(pk=provider.pk)
    assert (changed.maas_id, changed.name, changed.api_version) == (provider.maas_id, "Renamed", "1.6")


def test_of_a_support_request_only_urgency_and_vehicle_are_written(staff):
    request = SupportRequestFactory()
    asset = AssetFactory()
    form = {
        "status": "RESOLVED", "priority": "QUESTION", "resolution_minutes": 30, "asset": asset.pk,
        "comment": "Never mind", "contact": "nobody", "provider": "", "booking": "",
        "statuses-TOTAL_FORMS": 0, "statuses-INITIAL_FORMS": 0, "notes-TOTAL_FORMS": 0, "notes-INITIAL_FORMS": 0,
    }  # fmt: skip

    response = staff.post(page(SupportRequest, "change", request.pk), form)

    assert response.status_code == 302
    changed = SupportRequest.objects.get(pk=request.pk)
    assert (changed.priority, changed.asset) == ("QUESTION", asset)
    assert (changed.status, changed.resolution_minutes) == ("PROCESSING", None)
    assert (changed.comment, changed.booking_id) == (request.comment, request.booking_id)


def test_support_requests_are_asked_by_providers_and_kept(staff):
    request = SupportRequestFactory()

    assert staff.post(page(SupportRequest, "add"), {}).status_code == 403
    assert staff.post(page(SupportRequest, "delete", request.pk), {"post": "yes"}).status_code == 403
    assert SupportRequest.objects.filter(pk=request.pk).exists()


def test_a_former_version_is_not_brought_back(staff, e_scooter):
    version = e_scooter.history.latest()
    Asset.objects.filter(pk=e_scooter.pk).update(notes="later")

    response = staff.post(f"/admin/fleet/asset/{e_scooter.pk}/history/{version.pk}/", asset_form(e_scooter))

    assert response.status_code == 302
    assert Asset.objects.get(pk=e_scooter.pk).notes == "later"


def test_a_vehicle_with_trips_is_not_deleted(staff):
    leg = LegFactory()

    response = staff.post(page(Asset, "delete", leg.asset_id), {"post": "yes"})

    assert response.status_code == 200
    assert Asset.objects.filter(pk=leg.asset_id).exists()
