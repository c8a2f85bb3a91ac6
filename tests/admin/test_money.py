"""What staff charge, give back, decide and invoice goes through the services, with who and why."""

import csv
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine

from bookings.models import Booking
from fleet import information
from payments.models import Claim, Invoice, JournalEntry
from tests.admin.test_actions import press
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, SystemFactory
from tests.journey import NOW, given_booking, minutes, report
from tests.trip_factories import BOOKED_AT, BookingFactory, ClaimFactory, InvoiceFactory, JournalEntryFactory


@pytest.fixture
def ridden(clock):
    """10 minutes for 3.50."""
    booking = given_booking(MaasProviderFactory(), AssetFactory(), state="STARTED")
    report("FINISH")(booking.pk, NOW + minutes(10))
    return booking


def button(booking, name):
    return f"/admin/bookings/booking/{booking.pk}/{name}/"


def table(response):
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(response.getvalue().decode().splitlines()))


# On the page of a booking


def test_extra_costs_are_claimed(staff, ridden):
    form = {"category": "FINE", "amount": "20", "vat_rate": "21", "description": "Wrong parking", "reason": "Tow truck"}

    messages = press(staff, button(ridden, "claim-extra-costs"), **form)

    entry = JournalEntry.objects.latest("id")
    assert messages == [("success", "Written: fine 20.00 EUR.")]
    assert (entry.category, entry.amount, entry.amount_ex_vat) == ("FINE", Decimal(20), Decimal("16.53"))
    assert (entry.description, entry.actor, entry.reason) == ("Wrong parking", "rita", "Tow truck")
    assert Booking.objects.get().price == Decimal("23.5")
    assert "Wrong parking" in staff.get(f"/admin/bookings/booking/{ridden.pk}/change/").content.decode()


def test_an_entry_is_refunded(staff, ridden):
    fare = JournalEntry.objects.get()
    offered = staff.get(button(ridden, "refund")).content.decode()

    messages = press(
        staff, button(ridden, "refund"), entry=fare.pk, amount="1.50", description="Sorry", reason="Brakes"
    )

    entry = JournalEntry.objects.latest("id")
    assert "the whole booking, 3.50 EUR left" in offered
    assert "1: fare, 3.50 EUR left" in offered
    assert messages == [("success", "Written: refund -1.50 EUR.")]
    assert (entry.refers_to, entry.amount, entry.actor, entry.reason) == (fare, Decimal("-1.5"), "rita", "Brakes")


def test_more_than_was_charged_is_not_refunded(staff, ridden):
    messages = press(staff, button(ridden, "refund"), entry="", amount="3.51", description="Sorry", reason="Rain")

    assert messages == [("error", "3.51 EUR cannot be given back, 3.50 is left.")]
    assert JournalEntry.objects.count() == 1


@pytest.mark.parametrize("name", ["claim-extra-costs", "refund", "no-show"])
def test_a_reason_is_asked_for(staff, name):
    booking = BookingFactory()
    form = {"_form_submitted": "True", "category": "FINE", "amount": "1", "description": "x", "reason": " "}

    response = staff.post(button(booking, name), form)

    assert b"This field is required." in response.content
    assert not JournalEntry.objects.exists()
    assert Booking.objects.get().state == "CONFIRMED"


def test_nobody_came(staff, clock):
    booking = given_booking(MaasProviderFactory(no_show_fee=5), AssetFactory(), state="CONFIRMED")

    messages = press(staff, button(booking, "no-show"), reason="Waited ten minutes")

    assert messages == [("success", "The booking is cancelled.")]
    assert Booking.objects.get().state == "CANCELLED"
    assert JournalEntry.objects.get().amount == 5
    assert booking.events.latest("id").actor == "rita"


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("NEW", set()),
        ("PENDING", {"claim-extra-costs", "refund", "cancel"}),
        ("CONFIRMED", {"claim-extra-costs", "refund", "cancel", "no-show"}),
        ("FINISHED", {"claim-extra-costs", "refund"}),
    ],
)
def test_buttons_are_offered_where_they_are_possible(staff, state, offered):
    booking = BookingFactory(state=state)

    html = staff.get(f"/admin/bookings/booking/{booking.pk}/change/").content.decode()

    names = ("claim-extra-costs", "refund", "cancel", "no-show")
    assert {name for name in names if button(booking, name) in html} == offered


# The journal


def test_an_entry_is_taken_back(staff, ridden):
    fare = JournalEntry.objects.get()

    messages = press(staff, f"/admin/payments/journalentry/{fare.pk}/correct/", reason="Wrong tariff")

    entry = JournalEntry.objects.latest("id")
    assert messages == [("success", "Written: credit -3.50 EUR.")]
    assert (entry.refers_to, entry.actor, entry.reason) == (fare, "rita", "Wrong tariff")


def test_the_filtered_journal_is_exported(staff):
    ride = JournalEntryFactory(
        vat_rate=Decimal(21), vat_country="NL", amount_ex_vat=Decimal("2.89"), used_s=600, distance_m=1500
    )
    credit = JournalEntryFactory(
        category="CREDIT", amount=-1, comment="=cmd|' /C calc'!A0", details={"description": "@x"}
    )

    everything = table(staff.get("/admin/payments/journalentry/export/"))
    credits_only = table(staff.get("/admin/payments/journalentry/export/", {"category__exact": "CREDIT"}))

    assert [row["booking_id"] for row in everything] == [str(ride.booking_id), str(credit.booking_id)]
    assert everything[0] == {
        "booking_id": str(ride.booking_id),
        "sequence": str(ride.sequence),
        "leg_id": "",
        "provider": ride.provider.maas_id,
        "created_at": "2026-05-04T12:00:00Z",
        "category": "FARE",
        "description": "",
        "comment": "",
        "refers_to": "",
        "corrects_invoice": "",
        "amount": "3.500",
        "amount_ex_vat": "2.890",
        "vat": "0.610",
        "vat_rate": "21.00",
        "vat_country": "NL",
        "currency": "EUR",
        "used_s": "600",
        "distance_km": "1.5",
        "state": "TO_INVOICE",
        "invoice_number": "",
        "invoiced_at": "",
    }
    [row] = credits_only
    assert (row["amount"], row["comment"], row["description"]) == ("-1.000", "'=cmd|' /C calc'!A0", "'@x")


def test_the_export_is_linked_with_its_filters(staff):
    JournalEntryFactory(category="CREDIT", amount=-1)

    html = staff.get("/admin/payments/journalentry/", {"category__exact": "CREDIT"}).content.decode()

    assert "/admin/payments/journalentry/export/?category__exact=CREDIT" in html


def test_the_export_is_for_those_who_may_see_the_journal(signed_in):
    assert signed_in("view_booking").get("/admin/payments/journalentry/export/").status_code == 403


# Claims


@pytest.mark.parametrize(("name", "state", "entries"), [("approve", "APPROVED", 1), ("reject", "REJECTED", 0)])
def test_a_claim_is_decided(staff, name, state, entries):
    claim = ClaimFactory(category="CREDIT")

    press(staff, f"/admin/payments/claim/{claim.pk}/{name}/", reason="Photo")

    decided = Claim.objects.get()
    assert (decided.state, decided.decided_by, decided.reason) == (state, "rita", "Photo")
    assert JournalEntry.objects.count() == entries
    html = staff.get(f"/admin/payments/claim/{claim.pk}/change/").content.decode()
    assert "/approve/" not in html


def test_claims_under_review_come_first(staff):
    rejected = ClaimFactory(state="REJECTED", decided_at=BOOKED_AT)
    open_ones = [ClaimFactory(created_at=BOOKED_AT + minutes(delay)) for delay in (1, 2)]

    rows = staff.get("/admin/payments/claim/").context["cl"].result_list

    assert [row.pk for row in rows] == [*(claim.pk for claim in open_ones), rejected.pk]


# Invoices


def test_an_invoice_is_made_and_exported(staff):
    entry = JournalEntryFactory(created_at=datetime(2026, 5, 31, 12, 0, tzinfo=UTC))
    form = {"provider": entry.provider_id, "first": "2026-05-01", "last": "2026-05-31"}

    with time_machine.travel(datetime(2026, 6, 2, 9, 0, tzinfo=UTC)):
        messages = press(staff, "/admin/payments/invoice/make/", **form)

    invoice = Invoice.objects.get()
    assert messages == [("success", f"Made: {invoice.number} (3.50 EUR).")]
    assert (invoice.made_by, invoice.total) == ("rita", Decimal("3.5"))
    [row] = table(staff.get(f"/admin/payments/invoice/{invoice.pk}/export/"))
    assert (row["booking_id"], row["invoice_number"]) == (str(entry.booking_id), "2026-00001")


def test_an_invoice_tells_net_and_vat_by_rate(staff):
    invoice = InvoiceFactory(currency="EUR")
    on_it = {"state": "INVOICED", "invoice_number": invoice.number, "invoiced_at": invoice.made_at}
    at_rates = ((121, 100, 21), (109, 100, 9), (5, None, None))
    for amount, net, rate in at_rates:
        JournalEntryFactory(amount=amount, amount_ex_vat=net, vat_rate=rate, vat_country="NL" if rate else "", **on_it)

    html = staff.get(f"/admin/payments/invoice/{invoice.pk}/change/").content.decode()

    assert (
        "21 % NL: net 100.00 EUR, VAT 21.00 EUR, together 121.00 EUR<br>"
        "9 % NL: net 100.00 EUR, VAT 9.00 EUR, together 109.00 EUR<br>"
        "no rate stated: net –, VAT –, together 5.00 EUR"
    ) in html.replace("\u00a0", " ")


def test_an_invoice_of_nothing_is_not_made(staff):
    form = {"provider": MaasProviderFactory().pk, "first": "2026-05-01", "last": "2026-05-31"}

    with time_machine.travel(datetime(2026, 6, 2, 9, 0, tzinfo=UTC)):
        assert press(staff, "/admin/payments/invoice/make/", **form) == [("success", "There is nothing to invoice.")]

    assert not Invoice.objects.exists()


@pytest.mark.parametrize(("first", "last"), [("0001-01-01", "2026-05-31"), ("2026-05-01", "9999-12-31")])
def test_an_invoice_of_days_that_no_clock_tells_is_not_made(staff, first, last):
    SystemFactory(timezone="Europe/Amsterdam")
    information.forget()
    entry = JournalEntryFactory(created_at=datetime(2026, 5, 31, 12, 0, tzinfo=UTC))
    form = {"_form_submitted": "True", "provider": entry.provider_id, "first": first, "last": last}

    with time_machine.travel(datetime(2026, 6, 2, 9, 0, tzinfo=UTC)):
        response = staff.post("/admin/payments/invoice/make/", form)

    assert "That is too far away." in response.content.decode()
    assert not Invoice.objects.exists()
    assert JournalEntry.objects.get().state == "TO_INVOICE"


def test_making_invoices_is_for_those_who_may(signed_in):
    InvoiceFactory()

    assert signed_in("view_invoice").post("/admin/payments/invoice/make/", {}).status_code == 403
