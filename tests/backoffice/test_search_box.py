"""The search box finds whatever a rider or a provider quotes, and shows nobody more than their lists do."""

import uuid

import pytest

from backoffice.search import find
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, StationFactory
from tests.trip_factories import (
    BookingFactory,
    CustomerFactory,
    FormerPublicIdFactory,
    InvoiceFactory,
    JournalEntryFactory,
    LegFactory,
    SupportRequestFactory,
)

ADA = {
    "firstName": "Ada", "lastName": "Lovelace", "email": "Ada@example.org", "phones": [{"number": "+31612345678"}],
}  # fmt: skip


def links(client, text, **more):
    html = client.get("/admin/search/", {"s": text, "extended": "1"}, **more).content.decode()
    return [part.split('"')[0] for part in html.split('href="')[1:]]


def page(model, row):
    return f"/admin/{model}/{row.pk}/change/"


@pytest.fixture
def leg(db):
    """A finished ride of Ada, among others."""
    asset = AssetFactory(marked=True)
    customer = CustomerFactory(external_id="Kunde-77", data=ADA)
    booking = BookingFactory(state="FINISHED", customer=customer, provider=customer.provider)
    leg = LegFactory(id=uuid.uuid4(), asset=asset, booking=booking, asset_public_id=uuid.uuid4())
    leg.former = FormerPublicIdFactory(asset=asset)
    LegFactory(asset=AssetFactory(marked=True)), CustomerFactory(data={"email": "ada@elsewhere.example"})
    return leg


VEHICLES = {
    "number": lambda leg: leg.asset.vehicle_number,
    "number in capitals": lambda leg: leg.asset.vehicle_number.upper(),
    "code": lambda leg: leg.asset.vehicle_code,
    "plate": lambda leg: leg.asset.license_plate,
    "plate in small letters": lambda leg: leg.asset.license_plate.lower(),
    "IMEI": lambda leg: leg.asset.imei,
    "MAC in small letters": lambda leg: leg.asset.mac.lower(),
    "NFC tag": lambda leg: leg.asset.nfc_id,
    "public id": lambda leg: str(leg.asset.public_id),
    "public id with the codespace": lambda leg: f"ENT:Vehicle:{leg.asset.public_id}",
    "public id without dashes, with spaces around": lambda leg: f"  {leg.asset.public_id.hex} ",
    "former public id": lambda leg: str(leg.former.pk),
}


@pytest.mark.parametrize("name", VEHICLES)
def test_finds_a_vehicle_and_its_trips(staff, leg, settings, name):
    settings.TOMP_CODESPACE = "ENT"

    found = links(staff, VEHICLES[name](leg))

    assert found[0] == page("fleet/asset", leg.asset)
    assert set(found[1:]) == {page("bookings/booking", leg.booking), page("legs/leg", leg)}


@pytest.mark.parametrize(
    "text", ["Kunde-77", "kunde-77", "ada@EXAMPLE.org", "+31612345678", "0031 6 12345678", "31612345678"]
)
def test_finds_a_customer_and_their_bookings(staff, leg, text):
    assert links(staff, text) == [
        page("customers/customer", leg.booking.customer),
        page("bookings/booking", leg.booking),
    ]


@pytest.mark.parametrize("write", [str, lambda pk: pk.hex.upper(), lambda pk: str(pk)[:13]])
def test_finds_a_booking_with_all_that_belongs_to_it(staff, leg, write):
    entry = JournalEntryFactory(booking=leg.booking)
    request = SupportRequestFactory(booking=leg.booking)

    found = links(staff, write(leg.booking_id))

    assert found[0] == page("bookings/booking", leg.booking)
    assert {page("payments/journalentry", entry), page("support/supportrequest", request)} <= set(found)


def test_finds_a_leg_and_its_booking(staff, leg):
    assert links(staff, str(leg.pk)) == [page("legs/leg", leg), page("bookings/booking", leg.booking)]


def test_finds_trips_by_the_id_the_vehicle_was_booked_by(staff, leg):
    assert page("bookings/booking", leg.booking) in links(staff, str(leg.asset_public_id))


def test_finds_invoices_entries_and_requests_by_their_numbers(staff):
    invoice, entry, request = (
        InvoiceFactory(number="2026-00042"),
        JournalEntryFactory(pk=981),
        SupportRequestFactory(pk=982),
    )

    assert links(staff, "2026-0004") == [page("payments/invoice", invoice)]
    assert links(staff, "981") == [page("payments/journalentry", entry)]
    assert links(staff, "982") == [page("support/supportrequest", request)]


def test_finds_stations_providers_and_pages_by_part_of_their_names(staff):
    station = StationFactory(station_id="st-1", name={"en": "Dom square", "nl": "Domplein"})
    provider = MaasProviderFactory(maas_id="wheels", name="Two Wheels Inc")

    assert links(staff, "domplein") == [page("fleet/station", station)]
    assert links(staff, "two wheels") == [page("maas/maasprovider", provider)]
    assert links(staff, "user gro") == ["/admin/fleet/usergroup/"]


def test_what_it_is_comes_before_what_begins_like_it(staff):
    for number in ("A-100", "A-10", "A-1", "A-1000"):
        AssetFactory(vehicle_number=number)

    hits = find(staff.get("/admin/").wsgi_request.user, "a-10")

    assert [(hit.title, hit.is_it) for hit in hits] == [("A-10", True), ("A-100", False), ("A-1000", False)]


def test_says_what_a_thing_is_and_how_it_stands(staff, leg):
    user = staff.get("/admin/").wsgi_request.user

    described = {hit.description.split(" · ")[0]: hit.description for hit in find(user, leg.asset.license_plate)}

    assert described["Vehicle"] == f"Vehicle · E-scooter · available · {leg.asset.license_plate}"
    assert described["Booking"] == f"Booking · finished · {leg.booking.provider.name} · 2026-05-04 12:00:00"
    assert find(user, str(leg.former.pk))[0].description.endswith("under a former public id")
    assert find(user, "Kunde-77")[0].description == "Customer · active · Kunde-77 · Ada@example.org"


def test_is_never_out_of_date(staff):
    asset = AssetFactory(vehicle_number="A-1")
    before = staff.get("/admin/search/", {"s": "A-1", "extended": "1"}).content.decode()
    type(asset).objects.update(state="MISSING")

    after = staff.get("/admin/search/", {"s": "A-1", "extended": "1"}).content.decode()

    assert ("available" in before, "available" in after, "missing" in after) == (True, False, True)


@pytest.mark.parametrize("text", ["ada@example.org", "Kunde-77", "+31612345678"])
def test_who_may_see_no_customers_finds_none_and_no_trip_of_theirs(signed_in, leg, text):
    client = signed_in("view_asset", "view_leg", "view_booking", "view_supportrequest", "view_journalentry")

    assert links(client, text) == []
    assert "Lovelace" not in client.get("/admin/search/", {"s": text, "extended": "1"}).content.decode()


def test_shows_of_a_vehicle_what_one_may_see(signed_in, leg):
    assert links(signed_in("view_asset"), leg.asset.vehicle_number) == [page("fleet/asset", leg.asset)]


def test_shows_visitors_nothing(client, leg):
    assert client.get("/admin/search/", {"s": leg.asset.vehicle_number}).status_code == 302


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a",
        "%",
        "_____",
        "\x00\x00\x00",
        "'; --",
        "9" * 30,
        "٣" * 9,
        "x" * 5000,
        "ABCDEF" * 6,
        "\U0010ffff" * 3,
    ],
)
def test_anything_may_be_typed(staff, leg, text):
    assert links(staff, text) == []


@pytest.mark.parametrize("rows", [1, 20])
def test_needs_the_same_statements_for_any_number_of_rows(signed_in, django_assert_max_num_queries, rows):
    term = "12345678"
    for number in range(rows):
        asset = AssetFactory(vehicle_number=term if number == 0 else f"{term}-{number}")
        customer = CustomerFactory(external_id=f"{term}{number}")
        booking = BookingFactory(
            id=f"12345678-0000-0000-0000-{number:012}", customer=customer, provider=customer.provider
        )
        leg = LegFactory(booking=booking, asset=asset)
        JournalEntryFactory(booking=booking), SupportRequestFactory(booking=leg.booking)
    client = signed_in(
        *("view_asset", "view_customer", "view_leg", "view_booking", "view_supportrequest", "view_journalentry"),
        *("view_invoice", "view_station", "view_maasprovider"),
    )

    with django_assert_max_num_queries(12):
        found = links(client, term)

    # Six of each of six kinds, and the leg of the vehicle that has this very number.
    assert len(found) == (6 if rows == 1 else 37)
