"""What staff do from the back office goes through the services, and is refused as they refuse it."""

import re

import pytest
from django.contrib.admin.models import LogEntry

from bookings.models import Booking, BookingEvent, Party
from customers.models import Customer
from fleet.models import Asset
from fleet.models.vehicles import AssetState
from legs.models import LegState
from maas.models import ApiKey, MaasProvider, OAuthClient, digest_of
from support.models import SupportRequest
from tests.factories import ApiKeyFactory, MaasProviderFactory
from tests.fleet_factories import AssetFactory, ReservationFactory
from tests.trip_factories import BOOKED_AT, BookingFactory, CustomerFactory, LegFactory, SupportRequestFactory

MOVES = {
    "put_in_service": AssetState.AVAILABLE,
    "take_out_of_service": AssetState.OUT_OF_SERVICE,
    "store": AssetState.STORED,
    "report_missing": AssetState.MISSING,
    "retire": AssetState.RETIRED,
}
ON_A_TRIP = (AssetState.RESERVED, AssetState.IN_USE)


def press(client, address, **form):
    """Answers the dialog behind a button, as htmx does; the page that comes then."""
    response = client.post(address, {"_form_submitted": "True", **form}, headers={"HX-Current-URL": "/admin/"})
    assert response.headers.get("HX-Redirect") == "/admin/", "the dialog was not accepted"
    return [(message.level_tag, str(message)) for message in client.get("/admin/").context["messages"]]


def button(asset, move):
    return f"/admin/fleet/asset/{asset.pk}/{move.replace('_', '-')}/"


def choose(client, move, *assets, **form):
    """Runs an action of the list of vehicles."""
    chosen = {"action": f"{move}_all", "_selected_action": [asset.pk for asset in assets]}
    return client.post("/admin/fleet/asset/", chosen | form)


def state(asset):
    return Asset.objects.values_list("state", "state_reason").get(pk=asset.pk)


# One vehicle


@pytest.mark.parametrize(("move", "target"), MOVES.items())
def test_a_vehicle_changes_its_service_state(staff, move, target):
    asset = AssetFactory(state=AssetState.STORED, state_reason="winter")

    messages = press(staff, button(asset, move), reason="Brakes squeak")

    assert state(asset) == (target, "" if move == "put_in_service" else "Brakes squeak")
    assert messages == [("success", f"{asset}: {target.label}.")]


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("held", ON_A_TRIP)
def test_a_vehicle_on_a_trip_is_refused(staff, move, held):
    asset = AssetFactory(state=held)
    changes = asset.history.count()

    messages = press(staff, button(asset, move), reason="Brakes squeak")

    assert messages == [("error", f"Vehicle {asset} is {held.label}: end its trip first.")]
    assert state(asset) == (held, "")
    assert asset.history.count() == changes


@pytest.mark.parametrize(("move", "target"), MOVES.items())
def test_a_second_click_finds_nothing_to_do(staff, move, target):
    asset = AssetFactory(state=AssetState.STORED, state_reason="winter")
    press(staff, button(asset, move), reason="Brakes squeak")
    before, changes = state(asset), asset.history.count()

    messages = press(staff, button(asset, move), reason="Brakes squeak")

    assert messages == [("info", f"Vehicle {asset} is {target.label} already.")]
    assert state(asset) == before
    assert asset.history.count() == changes


def test_another_reason_is_written(staff, e_scooter):
    press(staff, button(e_scooter, "take_out_of_service"), reason="Brakes squeak")

    press(staff, button(e_scooter, "take_out_of_service"), reason="Brakes failed")

    assert state(e_scooter) == (AssetState.OUT_OF_SERVICE, "Brakes failed")


@pytest.mark.parametrize("move", [move for move in MOVES if move != "put_in_service"])
def test_a_reason_is_asked_for(staff, e_scooter, move):
    response = staff.post(button(e_scooter, move), {"_form_submitted": "True", "reason": " "})

    assert b"This field is required." in response.content
    assert state(e_scooter) == (AssetState.AVAILABLE, "")


def test_looking_at_a_dialog_changes_nothing(staff, e_scooter):
    for move in MOVES:
        assert staff.get(button(e_scooter, move)).status_code == 200

    assert state(e_scooter) == (AssetState.AVAILABLE, "")


def test_a_dialog_that_is_opened_by_its_address_says_what_it_is_about(staff, e_scooter):
    page = staff.get(button(e_scooter, "take_out_of_service")).content.decode()

    assert f"Take out of service | {e_scooter} | TOMP Transport Operator</title>" in page
    assert f'<a href="/admin/fleet/asset/{e_scooter.pk}/change/" class="crumb is-here"' in page
    assert "Welcome" not in page


def test_a_move_is_remembered_with_who_and_why(staff, superuser, e_scooter):
    press(staff, button(e_scooter, "retire"), reason="Sold")

    version = Asset.objects.get(pk=e_scooter.pk).history.latest()
    assert (version.history_user, version.state, version.state_reason) == (superuser, "RETIRED", "Sold")


def test_an_unknown_vehicle_is_not_found(staff):
    for address in ("/admin/fleet/asset/0/retire/", "/admin/fleet/asset/nonsense/retire/"):
        assert staff.post(address, {"_form_submitted": "True", "reason": "Sold"}).status_code == 404


# Many vehicles


@pytest.mark.parametrize(("move", "target"), MOVES.items())
def test_many_vehicles_move_and_those_on_a_trip_stay(staff, move, target):
    first, second = AssetFactory(state=AssetState.STORED), AssetFactory(state=AssetState.MISSING)
    riding, held = AssetFactory(state=AssetState.IN_USE), AssetFactory(state=AssetState.RESERVED)

    asked = choose(staff, move, first, second, riding, held)
    assert {state(asset)[0] for asset in (first, second)} == {AssetState.STORED, AssetState.MISSING}
    choose(staff, move, first, second, riding, held, _form_submitted="True", reason="Winter")

    assert (asked.context["moving"]["count"], asked.context["refused"]["count"]) == (2, 2)
    assert {state(asset)[0] for asset in (first, second)} == {target}
    assert (state(riding), state(held)) == ((AssetState.IN_USE, ""), (AssetState.RESERVED, ""))
    messages = sorted(str(message) for message in staff.get("/admin/").context["messages"])
    assert [text for text in messages if "end its trip first" in text] == sorted(
        [f"Vehicle {riding} is in use: end its trip first.", f"Vehicle {held} is reserved: end its trip first."]
    )


def test_of_many_vehicles_those_that_are_there_already_are_counted(staff, e_scooter):
    stored = AssetFactory(state=AssetState.STORED, state_reason="winter")
    changes = stored.history.count()

    choose(staff, "store", e_scooter, stored, _form_submitted="True", reason="winter")

    told = [str(message) for message in staff.get("/admin/").context["messages"]]
    assert told == ["Store: 1 vehicle.", "1 vehicle was so already."]
    assert stored.history.count() == changes


def test_the_whole_filtered_list_can_be_moved(staff):
    assets = AssetFactory.create_batch(3, state_of_charge=5)
    full = AssetFactory(state_of_charge=100)
    form = {"action": "store_all", "_selected_action": [assets[0].pk], "select_across": "1"}

    asked = staff.post("/admin/fleet/asset/?charge=10", form)
    staff.post("/admin/fleet/asset/?charge=10", form | {"_form_submitted": "True", "reason": "Empty"})

    assert asked.context["moving"]["count"] == 3
    assert {state(asset) for asset in assets} == {(AssetState.STORED, "Empty")}
    assert state(full) == (AssetState.AVAILABLE, "")


def test_many_vehicles_need_a_reason_too(staff, e_scooter):
    response = choose(staff, "retire", e_scooter, _form_submitted="True", reason="")

    assert b"This field is required." in response.content
    assert state(e_scooter) == (AssetState.AVAILABLE, "")


# Bookings


@pytest.fixture
def held_booking(db):
    """Confirmed, with its vehicle held."""
    leg = LegFactory(asset__state=AssetState.RESERVED)
    ReservationFactory(leg_id=leg.pk, asset=leg.asset, asset_type=leg.asset_type, period=(BOOKED_AT, None))
    return leg.booking


def test_a_booking_is_cancelled_by_the_operator(staff, held_booking):
    messages = press(staff, f"/admin/bookings/booking/{held_booking.pk}/cancel/", reason="Flat tyre")

    booking = Booking.objects.get(pk=held_booking.pk)
    leg = booking.legs.get()
    event = BookingEvent.objects.get(booking=booking)
    assert messages == [("success", "The booking is cancelled.")]
    assert (booking.state, leg.state, leg.asset.state) == ("CANCELLED", LegState.CANCELLED, AssetState.AVAILABLE)
    assert (event.operation, event.asked_by, event.actor, event.reason) == ("CANCEL", Party.TO, "rita", "Flat tyre")


def test_a_booking_that_began_is_not_cancelled(staff):
    leg = LegFactory(booking__state="STARTED", asset__state=AssetState.IN_USE)

    messages = press(staff, f"/admin/bookings/booking/{leg.booking_id}/cancel/", reason="Flat tyre")

    assert messages == [("error", f"Booking {leg.booking_id} has started.")]
    assert Booking.objects.get(pk=leg.booking_id).state == "STARTED"
    assert state(leg.asset)[0] == AssetState.IN_USE
    assert not BookingEvent.objects.exists()


@pytest.mark.parametrize(
    ("state_of_booking", "offered"),
    [
        ("PENDING", True), ("CONDITIONAL_CONFIRMED", True), ("CONFIRMED", True),
        ("NEW", False), ("STARTED", False), ("FINISHED", False),
    ],
)  # fmt: skip
def test_cancelling_is_offered_where_it_is_possible(staff, state_of_booking, offered):
    booking = BookingFactory(state=state_of_booking)

    html = staff.get(f"/admin/bookings/booking/{booking.pk}/change/").content.decode()

    assert (f"/admin/bookings/booking/{booking.pk}/cancel/" in html) is offered


# Providers


def test_an_api_key_is_shown_once(staff, superuser):
    provider = MaasProviderFactory()

    [(level, text)] = press(staff, f"/admin/maas/maasprovider/{provider.pk}/issue-api-key/", label="staging")

    secret = re.search("<code[^>]*>([^<]+)</code>", text)[1]
    key = ApiKey.objects.get(provider=provider)
    assert level == "success"
    assert (key.digest, key.label, key.revoked_at) == (digest_of(secret), "staging", None)
    page = staff.get(f"/admin/maas/maasprovider/{provider.pk}/change/").content.decode()
    assert secret not in page
    assert key.prefix in page
    log = LogEntry.objects.get()
    assert (log.user, secret in log.change_message) == (superuser, False)


def test_an_api_key_is_revoked(staff):
    key, other = ApiKeyFactory(), ApiKeyFactory()
    address = f"/admin/maas/maasprovider/{key.provider_id}/revoke-api-key/"

    press(staff, address, key=key.pk)

    assert ApiKey.objects.get(pk=key.pk).revoked_at is not None
    assert staff.post(address, {"_form_submitted": "True", "key": other.pk}).status_code == 200
    assert ApiKey.objects.get(pk=other.pk).revoked_at is None


def test_a_client_secret_is_replaced(staff):
    provider = MaasProviderFactory()

    _done, (_level, text) = press(staff, f"/admin/maas/maasprovider/{provider.pk}/rotate-client-secret/", hours=0)

    client = OAuthClient.objects.get(provider=provider)
    assert client.client_id == provider.maas_id
    assert client.client_secret not in text


def test_a_new_provider_can_book_at_once(staff):
    form = {
        "maas_id": "entur", "name": "Entur", "is_active": "on", "pending_minutes": 15, "max_extensions": 2,
        "quota_period": "DAY", "bill_until": "FINISH", "release_asset_on": "FINISH", "api_version": "1.6",
        "base_url": "mp.example.org/tomp", "unstarted": "CANCEL", "lapse_warning_minutes": 5,
        "finish_after_minutes": 60, "longest_ride_hours": 24,
    }  # fmt: skip

    response = staff.post("/admin/maas/maasprovider/add/", form)

    assert response.status_code == 302
    provider = MaasProvider.objects.get(maas_id="entur")
    assert provider.base_url == "https://mp.example.org/tomp"
    assert (provider.api_keys.count(), provider.oauth_client.client_id) == (1, "entur")
    texts = " ".join(str(message) for message in staff.get("/admin/").context["messages"])
    assert len(re.findall("<code", texts)) == 2


# Customers


def test_a_customer_is_approved(staff, superuser):
    customer = CustomerFactory(status="TO_PENDING_VALIDATION")

    messages = press(staff, f"/admin/customers/customer/{customer.pk}/approve/", reason="Passport seen")

    assert Customer.objects.get().status == "ACTIVE"
    assert messages == [("success", f"Approved: {customer.external_id}.")]
    log = LogEntry.objects.get()
    assert (log.user, log.change_message) == (superuser, "Approved: Passport seen")
    assert press(staff, f"/admin/customers/customer/{customer.pk}/approve/", reason="Again") == [
        ("error", f"Customer {customer.external_id} is active already.")
    ]


def test_a_customer_is_erased(staff):
    customer = CustomerFactory(data={"firstName": "Ada"})
    BookingFactory(customer=customer, state="FINISHED", customer_data={"firstName": "Ada"})

    messages = press(staff, f"/admin/customers/customer/{customer.pk}/erase/", reason="Asked for by letter")

    erased = Customer.objects.get()
    assert (erased.external_id, erased.data, erased.is_blocked) == (None, {}, False)
    assert Booking.objects.get().customer_data is None
    assert messages == [("success", f"Erased: {customer.pk}.")]
    assert LogEntry.objects.get().change_message == "Erased: Asked for by letter"


def test_a_customer_with_an_active_booking_is_not_erased(staff):
    customer = BookingFactory(state="CONFIRMED", customer__data={"firstName": "Ada"}).customer

    messages = press(staff, f"/admin/customers/customer/{customer.pk}/erase/", reason="Asked for by letter")

    assert messages == [("error", "The customer has an active booking: end it first.")]
    assert Customer.objects.get().data == {"firstName": "Ada"}
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("fields", "offered"),
    [
        ({"status": "ACTIVE"}, ["block", "erase"]),
        ({"status": "TO_PENDING_VALIDATION"}, ["approve", "block", "erase"]),
        ({"status": "BLOCKED"}, ["unblock", "erase"]),
        ({"status": "BLOCKED", "erased_at": BOOKED_AT}, ["unblock"]),
        ({"status": "ACTIVE", "erased_at": BOOKED_AT, "external_id": None}, []),
    ],
    ids=str,
)
def test_of_a_customer_is_offered_what_makes_a_difference(staff, fields, offered):
    customer = CustomerFactory(**fields)

    html = staff.get(f"/admin/customers/customer/{customer.pk}/change/").content.decode()

    every = ("approve", "block", "unblock", "erase")
    assert [name for name in every if f"/admin/customers/customer/{customer.pk}/{name}/" in html] == offered


def test_the_number_of_somebody_erased_goes_with_the_block(staff):
    customer = CustomerFactory(status="BLOCKED", erased_at=BOOKED_AT)

    press(staff, f"/admin/customers/customer/{customer.pk}/unblock/")

    assert (Customer.objects.get().status, Customer.objects.get().external_id) == ("ACTIVE", None)


def test_a_customer_is_blocked_and_served_again(staff):
    customer = CustomerFactory()
    other = CustomerFactory(external_id=customer.external_id)

    press(staff, f"/admin/customers/customer/{customer.pk}/block/", reason="Left it in the canal")
    blocked = Customer.objects.get(pk=customer.pk)
    press(staff, f"/admin/customers/customer/{customer.pk}/unblock/")

    assert (blocked.status, blocked.blocked_reason) == ("BLOCKED", "Left it in the canal")
    assert Customer.objects.get(pk=customer.pk).status == "ACTIVE"
    assert Customer.objects.get(pk=other.pk).status == "ACTIVE"
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Blocked: Left it in the canal", "Unblocked",
    ]  # fmt: skip


# Support


def test_a_support_request_is_answered(staff, superuser):
    request = SupportRequestFactory()
    address = f"/admin/support/supportrequest/{request.pk}/answer/"

    messages = press(staff, address, status="UPDATE_REQUESTED", comment="Sent a van", resolution_minutes="20")

    request = SupportRequest.objects.get()
    said = request.statuses.get()
    assert messages == [("success", "Answered: update requested.")]
    assert (request.status, request.resolution_minutes) == ("UPDATE_REQUESTED", 20)
    assert (said.comment, said.resolution_minutes, said.actor) == ("Sent a van", 20, "rita")
    assert said.status == "UPDATE_REQUESTED"
    assert LogEntry.objects.get().change_message == "Answered: UPDATE_REQUESTED"
