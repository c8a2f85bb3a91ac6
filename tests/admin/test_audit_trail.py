"""The audit trail tells who changed what, when and why, before and after, whatever it was."""

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.utils.timezone import localtime

from backoffice.trail.sources import COLUMNS, sources
from customers import services as customers
from fleet import information
from fleet.models import Station
from maas.models import CallbackChannel, MaasProvider
from tests.admin.test_forms import filled_in
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, DeviceGroupFactory, StationFactory
from tests.trip_factories import (
    BookingEventFactory,
    BookingFactory,
    CustomerFactory,
    JournalEntryFactory,
    LegEventFactory,
    SupportRequestFactory,
    SupportStatusFactory,
)

TRAIL = "/admin/trail/"
CHANGEABLE = sorted(
    (
        model
        for model, site in admin.site._registry.items()
        if not type(site).has_change_permission.__qualname__.startswith("ReadOnly")
    ),
    key=lambda model: model._meta.label,
)


def shown(client, **asked):
    return client.get(TRAIL, asked).context["changes"]


def exported(client, kind="csv", **asked):
    answer = client.get(f"{TRAIL}{kind}/", asked)
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def another(form):
    """A field of the form that can simply be typed into, and something else to type."""
    for name, field in form.fields.items():
        if isinstance(field.widget, forms.PasswordInput) or field.disabled:
            continue
        if isinstance(field, forms.BooleanField):
            return name, None if form.get_initial_for_field(field, name) else "on"
        if type(field) is forms.CharField and name not in ("lat", "lon"):
            return name, "Another 9"
        if isinstance(field, forms.IntegerField) and not isinstance(field, forms.DecimalField | forms.FloatField):
            return name, "7"
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            now = form.get_initial_for_field(field, name)
            return name, next(value for value, _text in field.choices if value not in ("", now))
    raise AssertionError(f"{form} has no field that this test knows how to change.")


def moments_of(form):
    """Dates and times are typed into two boxes."""
    moments = {
        name: localtime(value, information.zone())
        for name, field in form.fields.items()
        if isinstance(field, forms.SplitDateTimeField) and (value := form.get_initial_for_field(field, name))
    }
    return {f"{name}_0": f"{moment:%Y-%m-%d}" for name, moment in moments.items()} | {
        f"{name}_1": f"{moment:%H:%M:%S}" for name, moment in moments.items()
    }


@pytest.mark.parametrize("model", CHANGEABLE, ids=lambda model: model._meta.label)
def test_every_form_leaves_who_before_and_after(staff, superuser, everything, model):
    row = everything[model]
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/change/"
    page = staff.get(address).context
    form, parts = page["adminform"].form, [each.formset.prefix for each in page["inline_admin_formsets"]]
    name, value = another(form)
    data = filled_in(staff, address) | moments_of(form)
    data |= {f"{part}-{count}_FORMS": "0" for part in parts for count in ("TOTAL", "INITIAL")}
    data = data | {name: value} if value is not None else {key: data[key] for key in data if key != name}

    answer = staff.post(address, data)

    assert answer.status_code == 302, answer.context["errors"]
    told = [
        change
        for change in shown(staff, who="rita", model=model._meta.label_lower)
        if change.object_id == str(row.pk) and change.what == "changed"
    ]
    assert [change.actor for change in told] == ["rita"]
    assert [before != after for _field, before, after in told[0].differences] == [True]


def test_an_edit_is_told_once_with_both_values(staff):
    station = StationFactory(capacity=10)
    address = f"/admin/fleet/station/{station.pk}/change/"

    staff.post(address, filled_in(staff, address) | {"capacity": 12})

    (change,) = shown(staff, model="fleet.station", by="staff")
    assert (change.actor, change.what, change.object_id) == ("rita", "changed", str(station.pk))
    assert change.differences == [("Capacity", "10", "12")]
    assert change.link == address


def test_what_is_added_and_what_is_deleted_is_told(staff):
    station = StationFactory()
    pk = station.pk

    staff.post(f"/admin/fleet/station/{pk}/delete/", {"post": "yes"})

    told = shown(staff, model="fleet.station", object=str(pk))
    assert [(change.what, change.actor, change.link) for change in told] == [
        ("deleted", "rita", ""),
        ("added", "", f"/admin/fleet/station/{pk}/change/"),
    ]


def test_the_groups_of_a_colleague_are_told(staff):
    colleague = User.objects.create(username="otto", is_staff=True)
    Group.objects.get_or_create(name="Finance")
    finance = Group.objects.get(name="Finance")
    address = f"/admin/auth/user/{colleague.pk}/change/"

    staff.post(address, filled_in(staff, address) | {"groups": [finance.pk]})

    (change,) = shown(staff, model="auth.user")
    assert (change.actor, change.object) == ("rita", "otto")
    assert change.differences == [("Groups", "", "Finance")]


def test_a_set_that_no_history_keeps_is_told(staff, e_scooter):
    group = DeviceGroupFactory()
    address = f"/admin/fleet/devicegroup/{group.pk}/change/"

    staff.post(address, filled_in(staff, address) | {"asset_types": [e_scooter.asset_type_id]})

    told = [change.differences for change in shown(staff, model="fleet.devicegroup", by="staff")]
    assert [("Asset types", "", str(e_scooter.asset_type))] in told


def test_a_secret_is_told_to_be_another_but_not_which(staff):
    provider = MaasProviderFactory()
    CallbackChannel.objects.create(provider=provider, auth="BEARER", secret="very secret")
    address = f"/admin/maas/maasprovider/{provider.pk}/change/"

    staff.post(address, filled_in(staff, address) | {"channel-0-secret": "another secret"})

    page = staff.get(TRAIL, {"model": "maas.maasprovider"}).content.decode()
    assert "•••" in page
    assert "another secret" not in page


def test_an_override_of_a_booking_is_told_with_its_reason(staff):
    booking = BookingFactory(state="CONFIRMED")
    form = {"_form_submitted": "True", "reason": "The bridge is closed"}

    staff.post(f"/admin/bookings/booking/{booking.pk}/cancel/", form)

    (change,) = shown(staff, model="bookings.bookingevent")
    assert (change.actor, change.what, change.why) == ("rita", "CANCEL", "The bridge is closed")
    assert change.differences == [("state", "", "CANCELLED")]
    assert change.link == f"/admin/bookings/booking/{booking.pk}/change/"


def test_that_a_colleague_noted_something_is_told_but_not_what(staff):
    """The note is on the page until the trip is forgotten; the trail forgets nothing."""
    request = SupportRequestFactory()
    notes = {
        f"/admin/bookings/booking/{request.booking_id}/add-note/": "Called back.",
        f"/admin/support/supportrequest/{request.pk}/note/": "The lock is at the garage.",
    }

    for address, text in notes.items():
        staff.post(address, {"_form_submitted": "True", "text": text})

    told = shown(staff, who="rita")
    assert sorted((change.model, change.actor, change.what, change.why) for change in told) == [
        ("Booking", "rita", "changed", "Wrote a note"),
        ("Support request", "rita", "changed", "Wrote a note"),
    ]


def test_what_came_before_is_told_of_the_same_trip(staff):
    booking = BookingFactory(state="CONFIRMED")
    BookingEventFactory(booking=booking, operation="COMMIT", state="CONFIRMED")
    BookingEventFactory(operation="COMMIT", state="PENDING")
    BookingEventFactory(booking=booking, operation="CANCEL", state="CANCELLED")

    told = [change.differences[0][1:] for change in shown(staff, object=str(booking.pk))]

    assert sorted(told) == [("", "CONFIRMED"), ("CONFIRMED", "CANCELLED")]


def test_what_a_provider_asked_for_is_its_own(staff):
    event = BookingEventFactory(operation="COMMIT", state="CONFIRMED")
    LegEventFactory(leg__booking__provider=event.booking.provider)
    asked = SupportRequestFactory(provider=event.booking.provider)
    SupportStatusFactory(request=asked)
    BookingEventFactory()  # of another provider
    maas_id = event.booking.provider.maas_id

    told = shown(staff, who=maas_id)

    assert {(change.provider, change.actor) for change in told} == {(maas_id, "")}
    assert {change.model for change in told} >= {"Booking", "Leg", "Support request"}


def test_a_customer_a_provider_changed_is_told_without_personal_data(staff):
    provider = MaasProviderFactory()
    data = {"externalId": "c-17", "firstName": "Noor", "email": "noor@example.com"}
    account = customers.register(provider=provider, data=data)

    told = shown(staff, model="customers.customer")

    page = staff.get(TRAIL, {"model": "customers.customer"}).content.decode()
    assert {(change.provider, change.object_id) for change in told} == {(provider.maas_id, str(account.pk))}
    assert not [word for word in ("Noor", "noor@", "c-17") if word in page]


def test_a_customer_blocked_from_the_shell_is_told_with_who_and_why(staff, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "erik")
    CustomerFactory(external_id="c-17")

    call_command("operate", "block", "c-17", "--reason", "Broke three bikes", stdout=io.StringIO())

    change = shown(staff, model="customers.customer")[0]
    assert change.why == "shell, erik: Broke three bikes"
    assert ("Status", "active", "blocked") in change.differences


def test_money_that_staff_wrote_is_told(staff):
    JournalEntryFactory(actor="otto", category="CREDIT", amount="-2.500", reason="Goodwill")

    (change,) = shown(staff, who="otto")

    assert (change.what, change.why, change.differences[0][2]) == ("CREDIT", "Goodwill", "-2.500 EUR")


def test_is_narrowed_by_day(staff):
    event = BookingEventFactory(at=datetime(2026, 5, 4, 23, 59, tzinfo=UTC))
    BookingEventFactory(at=datetime(2026, 5, 5, 0, 0, tzinfo=UTC))

    told = shown(staff, **{"from": "2026-05-04", "to": "2026-05-04"})

    assert [change.object_id for change in told] == [str(event.booking_id)]
    everything = shown(staff)
    for nonsense in ("tomorrow", "0001-01-01", "9999-12-31"):
        assert shown(staff, **{"from": nonsense, "to": nonsense}) == everything


def test_a_vehicle_is_found_by_its_number(staff):
    AssetFactory(vehicle_number="EB-0004")
    AssetFactory(vehicle_number="EB-0005")

    assert {change.object for change in shown(staff, object="eb-0004")} == {"EB-0004"}


def test_the_newest_is_first_and_the_rest_on_further_pages(staff):
    start = datetime(2026, 5, 4, tzinfo=UTC)
    events = [BookingEventFactory(at=start + timedelta(minutes=minute)) for minute in range(60)]
    asked = {"model": "bookings.bookingevent"}

    first, second = shown(staff, **asked), shown(staff, page=2, **asked)

    told = [change.object_id for change in [*first, *second]]
    assert told == [str(event.booking_id) for event in reversed(events)]
    assert (len(first), len(second)) == (50, 10)


def test_needs_the_same_statements_for_any_number_of_changes(staff, everything, django_assert_num_queries):
    staff.get(TRAIL)  # content types are read once per process
    with django_assert_num_queries(4):  # session, user, changes, names of the providers
        few = shown(staff)
    for _row in range(30):
        StationFactory()
        AssetFactory()
        LegEventFactory()

    with django_assert_num_queries(4):
        many = shown(staff)

    assert len(few) < len(many) == 50


def test_the_file_has_all_rows_as_filtered(staff):
    events = [BookingEventFactory() for _row in range(120)]
    StationFactory()

    rows = exported(staff, model="bookings.bookingevent")

    assert {row["id"] for row in rows} == {str(event.booking_id) for event in events}
    assert rows[0]["provider"].startswith(events[-1].booking.provider.maas_id[:3])


def test_the_spreadsheet_is_one(staff):
    StationFactory()

    answer = staff.get(f"{TRAIL}xlsx/", {"model": "fleet.station"})

    sheet = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row>") == 2
    assert staff.get(f"{TRAIL}pdf/").status_code == 404


def test_nobody_reads_of_what_they_may_not_view(client, everything):
    StationFactory()
    ingrid = User.objects.create(username="ingrid", is_staff=True)
    ingrid.user_permissions.set(Permission.objects.filter(codename__in=["view_trail", "view_station"]))
    client.force_login(ingrid)

    told = shown(client)

    assert {change.model for change in told} == {"Station"}
    assert {row["model"] for row in exported(client)} == {"Station"}


def test_without_permission_it_does_not_open(signed_in):
    client = signed_in("view_station")

    assert client.get(TRAIL).status_code == 403
    assert client.get(f"{TRAIL}csv/").status_code == 403


def test_every_source_has_the_same_columns(superuser, everything):
    for source in sources(superuser):
        assert all(len(row) == len(COLUMNS) for row in source.rows()[:3]), source.name


def test_the_models_of_the_test_are_those_that_may_be_changed():
    assert Station in CHANGEABLE
    assert MaasProvider in CHANGEABLE
    assert len(CHANGEABLE) > 15
