"""A support agent finds things by whatever the rider or the provider quotes."""

import uuid

import pytest

from fleet.models import Asset
from tests.fleet_factories import AssetFactory
from tests.trip_factories import (
    BookingEventFactory,
    BookingFactory,
    CustomerFactory,
    FormerPublicIdFactory,
    JournalEntryFactory,
    LegEventFactory,
    LegFactory,
    SupportRequestFactory,
)


def found(staff, address, term):
    return [row.pk for row in staff.get(address, {"q": term}).context["cl"].result_list]


@pytest.fixture
def leg(db):
    """One among others, in a booking of another id."""
    asset = AssetFactory(marked=True)
    former = FormerPublicIdFactory(asset=asset)
    booked_by = uuid.uuid4()
    FormerPublicIdFactory(asset=asset, public_id=booked_by)
    leg = LegFactory(id=uuid.uuid4(), asset=asset, asset_public_id=booked_by, booking=BookingFactory())
    leg.former = former
    LegFactory(), LegFactory(asset=AssetFactory(marked=True))
    return leg


KEYS = {
    "booking id": lambda leg: leg.booking_id,
    "booking id in capitals, without dashes": lambda leg: leg.booking.pk.hex.upper(),
    "beginning of the booking id": lambda leg: str(leg.booking_id)[:8],
    "leg id": lambda leg: leg.pk,
    "customer number": lambda leg: leg.booking.customer.external_id,
    "customer number in capitals": lambda leg: leg.booking.customer.external_id.upper(),
    "our id of the customer": lambda leg: leg.booking.customer.pk,
    "vehicle number": lambda leg: leg.asset.vehicle_number,
    "vehicle code": lambda leg: leg.asset.vehicle_code,
    "license plate": lambda leg: leg.asset.license_plate,
    "public id now": lambda leg: leg.asset.public_id,
    "public id it was booked by": lambda leg: leg.asset_public_id,
    "former public id": lambda leg: leg.former.pk,
    "with spaces around": lambda leg: f"  {leg.asset.vehicle_number} ",
}
OF_CUSTOMERS = ("customer number", "customer number in capitals", "our id of the customer")


@pytest.mark.parametrize("key", KEYS)
def test_finds_a_booking(staff, leg, key):
    assert found(staff, "/admin/bookings/booking/", KEYS[key](leg)) == [leg.booking_id]


@pytest.mark.parametrize("key", [key for key in KEYS if key not in OF_CUSTOMERS and "booking id" not in key])
def test_finds_a_leg(staff, leg, key):
    assert found(staff, "/admin/legs/leg/", KEYS[key](leg)) == [leg.pk]


@pytest.mark.parametrize(
    "key",
    ["vehicle_number", "vehicle_code", "license_plate", "name", "serial_number", "imei", "mac", "nfc_id", "public_id"],
)
def test_finds_a_vehicle(staff, leg, key):
    assert found(staff, "/admin/fleet/asset/", getattr(leg.asset, key)) == [leg.asset_id]


def test_finds_a_vehicle_by_a_former_public_id(staff, leg):
    assert found(staff, "/admin/fleet/asset/", leg.former.pk) == [leg.asset_id]


def test_finds_a_booking_once_however_often_it_fits(staff):
    asset = AssetFactory()
    booking = BookingFactory()
    for sequence in range(2):
        LegFactory(id=uuid.uuid4(), booking=booking, asset=asset, sequence=sequence)

    assert found(staff, "/admin/bookings/booking/", asset.vehicle_number) == [booking.pk]


def test_finds_an_offer_although_the_list_hides_offers(staff):
    offer = LegFactory(booking__state="NEW").booking

    assert found(staff, "/admin/bookings/booking/", offer.pk) == [offer.pk]


def test_finds_nothing_for_too_few_digits_of_an_id(staff, leg):
    assert found(staff, "/admin/bookings/booking/", str(leg.booking_id)[:7]) == []


def test_finds_what_belongs_to_a_booking(staff):
    entry, event, request = JournalEntryFactory(), BookingEventFactory(), SupportRequestFactory()
    JournalEntryFactory(), BookingEventFactory(), SupportRequestFactory()

    assert found(staff, "/admin/payments/journalentry/", entry.booking_id) == [entry.pk]
    assert found(staff, "/admin/bookings/bookingevent/", event.booking_id) == [event.pk]
    assert found(staff, "/admin/support/supportrequest/", request.booking_id) == [request.pk]


def test_finds_what_belongs_to_a_leg(staff):
    event = LegEventFactory()
    LegEventFactory()

    assert found(staff, "/admin/legs/legevent/", event.leg_id) == [event.pk]


def test_finds_a_customer(staff):
    customer = CustomerFactory(data={"firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.org"})
    CustomerFactory(data={"firstName": "Ada", "lastName": "Byron", "email": "byron@example.org"})

    for term in (customer.external_id, customer.pk, "ada lovelace", "ADA@example.org"):
        assert found(staff, "/admin/customers/customer/", term) == [customer.pk]


def test_one_search_finds_all_kinds(staff, leg):
    html = staff.get("/admin/search/", {"s": leg.asset.vehicle_number, "extended": "1"}).content.decode()

    for address in (
        f"/admin/fleet/asset/{leg.asset_id}/change/",
        f"/admin/bookings/booking/{leg.booking_id}/change/",
        f"/admin/legs/leg/{leg.pk}/change/",
    ):
        assert address in html


def test_one_search_shows_only_what_one_may_see(signed_in, leg):
    client = signed_in("view_asset")

    html = client.get("/admin/search/", {"s": leg.asset.vehicle_number, "extended": "1"}).content.decode()

    assert f"/admin/fleet/asset/{leg.asset_id}/change/" in html
    assert "/admin/bookings/booking/" not in html


def test_offers_vehicles_while_one_types(staff, leg):
    query = {"app_label": "support", "model_name": "supportrequest", "field_name": "asset", "term": "vehicle"}

    results = staff.get("/admin/autocomplete/", query).json()["results"]

    assert len(results) == Asset.objects.count()


FILTERS = {
    "/admin/fleet/asset/": [{"state": "IN_USE"}, {"charge": "20"}, {"charge": "unknown"}, {"charge": "nonsense"}],
    "/admin/payments/journalentry/": [
        {"category__exact": "FARE"}, {"state__exact": "INVOICED"}, {"created_at_from": "2026-05-04"},
        {"created_at_to": "nonsense"},
    ],
    "/admin/support/supportrequest/": [{"status": "RESOLVED"}, {"priority": "QUESTION"}],
    "/admin/legs/legevent/": [{"event": "FINISH"}, {"received_at_from": "2026-05-04"}],
    "/admin/bookings/bookingevent/": [{"operation": "COMMIT"}, {"at_to": "2026-05-04"}],
    "/admin/legs/leg/": [{"state": "running"}, {"state": "FINISHED"}, {"state": "nonsense"}],
}  # fmt: skip


@pytest.mark.parametrize(("address", "query"), [(address, query) for address in FILTERS for query in FILTERS[address]])
def test_filters_without_an_error(staff, everything, address, query):
    assert staff.get(address, query).status_code == 200


def test_leads_from_a_vehicle_and_a_customer_to_their_trips(staff, leg):
    for address, target in (
        (f"/admin/fleet/asset/{leg.asset_id}/change/", f"/admin/legs/leg/?asset__id__exact={leg.asset_id}"),
        (
            f"/admin/customers/customer/{leg.booking.customer_id}/change/",
            f"/admin/bookings/booking/?customer__id__exact={leg.booking.customer_id}&state=all",
        ),
    ):
        assert target.replace("&", "&amp;") in staff.get(address).content.decode()
        assert [row.pk for row in staff.get(target).context["cl"].result_list] in ([leg.pk], [leg.booking_id])


def test_shows_vehicles_with_little_charge(staff):
    low = AssetFactory(state_of_charge=9)
    AssetFactory(state_of_charge=20), AssetFactory(state_of_charge=None)

    shown = staff.get("/admin/fleet/asset/", {"charge": "20"}).context["cl"].result_list

    assert [asset.pk for asset in shown] == [low.pk]


@pytest.mark.parametrize(
    ("sandbox", "found"), [("", ["real"]), ("virtual", ["virtual"]), ("both", ["real", "virtual"])]
)
def test_shows_virtual_vehicles_to_who_asks_for_them(staff, sandbox, found):
    AssetFactory(vehicle_number="real"), AssetFactory(vehicle_number="virtual", script="WORKS")

    shown = staff.get("/admin/fleet/asset/", {"sandbox": sandbox}).context["cl"].result_list

    assert [asset.vehicle_number for asset in shown] == found


def test_journal_of_a_day_includes_its_last_second(staff):
    entry = JournalEntryFactory(created_at="2026-05-04T23:59:59Z")
    JournalEntryFactory(created_at="2026-05-05T00:00:00Z")
    JournalEntryFactory(created_at="2026-05-03T23:59:59Z")

    shown = staff.get(
        "/admin/payments/journalentry/", {"created_at_from": "2026-05-04", "created_at_to": "2026-05-04"}
    ).context["cl"]

    assert [row.pk for row in shown.result_list] == [entry.pk]
