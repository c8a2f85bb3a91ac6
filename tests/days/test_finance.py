"""The bookkeeper …"""

import csv
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from bookings.models import Booking
from maas.models import MaasProvider
from payments import services as payments
from payments.models import Claim, Invoice, JournalEntry
from tests.browser import in_a_browser
from tests.days.books import journal, owed, trail, violated
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory, SystemFactory
from tests.journey import NOW, given_booking, minutes, nothing_changes, pause_plan, report
from tests.trip_factories import ClaimFactory

pytestmark = in_a_browser
DONE = [
    ("Claim", "REFUND", "They sent a photo."),
    ("Invoice", "added", ""),
    ("Invoice", "added", ""),
    ("Journal entry", "CREDIT", "It was another bike."),
    ("Journal entry", "REFUND", "They sent a photo."),
]
MAY = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def month(office, clock):
    """Two rides of ten minutes in May, 3.00 each, of two providers; one was fined and claims something back."""
    SystemFactory()
    kind = AssetTypeFactory(type_id="scooter", default_plan=pause_plan(plan_id="standard"))
    found = {}
    clock.move_to(MAY)
    for maas_id in ("bike-app", "train-app"):
        provider = MaasProviderFactory(maas_id=maas_id, name=maas_id.title())
        booking = given_booking(provider, AssetFactory(asset_type=kind), state="STARTED", now=MAY)
        report("FINISH")(booking.pk, MAY + minutes(10))
        found[maas_id] = Booking.objects.get(pk=booking.pk)
    payments.claim(
        booking_id=found["bike-app"].pk, category="FINE", amount=Decimal(20), vat_rate=Decimal(21),
        description="Parking", now=MAY + minutes(20), actor="sam", reason="The city wrote.",
    )  # fmt: skip
    for amount in ("-1.000", "-0.500"):
        ClaimFactory(booking=found["train-app"], amount=Decimal(amount), created_at=MAY + minutes(30))
    clock.move_to(NOW)
    MaasProvider.objects.update(base_url="https://mp.example.org/tomp")  # what they are told from now on is owed
    return found


def test_closes_the_month(arrives, month):
    finn = arrives("finn", "Finance")

    reconciles(finn)
    takes_an_entry_back(finn, month["bike-app"])
    decides_a_claim(finn, month["train-app"])
    makes_the_invoices(finn)
    reads_an_invoice_as_files(finn)
    tries_out_a_price(finn)
    may_not_cancel(finn, month["bike-app"])
    is_too_late_to_decide(finn)

    assert trail("finn") == DONE
    assert violated(NOW) == set()


def reconciles(finn):
    finn.goes_to("Journal")
    finn.follows("Reconciliation")
    finn.sees("23.00 EUR")
    finn.follows("Bike-App")
    finn.sees("Each invoice is the sum of its entries")


def takes_an_entry_back(finn, booking):
    fine = JournalEntry.objects.get(category="FINE")
    finn.opens(f"/admin/payments/journalentry/{fine.pk}/change/")
    finn.presses("Take back")
    finn.says_why("It was another bike.")
    finn.submits()
    finn.is_told("Written: ")

    assert journal(booking) == [
        ("FARE", Decimal(3), ""), ("FINE", Decimal(20), "sam"), ("CREDIT", Decimal(-20), "finn"),
    ]  # fmt: skip
    assert JournalEntry.objects.get(category="CREDIT").refers_to == fine
    assert Booking.objects.get(pk=booking.pk).price == 3
    assert owed(booking) == ["CREDIT"]


def decides_a_claim(finn, booking):
    finn.opens("/admin/")
    finn.follows("Claims to decide")
    finn.follows("2026-05-20 14:30")
    finn.presses("Approve")
    finn.says_why("They sent a photo.")
    finn.submits()
    finn.is_told("The claim is approved.")

    assert Claim.objects.filter(state="APPROVED").values_list("decided_by", "reason").get() == (
        "finn", "They sent a photo.",
    )  # fmt: skip
    approved = Claim.objects.get(state="APPROVED")
    assert journal(booking)[1:] == [("REFUND", approved.amount, "finn")]


def makes_the_invoices(finn):
    finn.goes_to("Invoices")
    finn.follows("Invoice run")
    finn.sees("Make these invoices")
    finn.sends("Make these invoices")
    finn.is_told("Nothing is left to invoice in this period.")

    made = Invoice.objects.order_by("number").values_list("number", "provider__maas_id", "total")
    assert list(made) == [("2026-00001", "bike-app", Decimal(23)), ("2026-00002", "train-app", Decimal(3))]


def reads_an_invoice_as_files(finn):
    finn.goes_to("Invoices")
    finn.follows("2026-00001")
    finn.sees("2026-05-01 – 2026-05-31")
    with finn.downloads("Export (CSV)").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    sheet = CalamineWorkbook.from_path(finn.downloads("Export (XLSX)")).get_sheet_by_index(0).to_python()

    assert [(line["category"], line["amount"]) for line in lines] == [("FARE", "3.000"), ("FINE", "20.000")]
    assert [row[sheet[0].index("category")] for row in sheet[1:]] == ["FARE", "FINE"]


def tries_out_a_price(finn):
    finn.goes_to("Pricing plans")
    finn.follows("Standard")
    finn.fills(**{"calc-minutes": "30"})
    finn.sees("7.00 EUR")


def may_not_cancel(finn, booking):
    finn.opens(f"/admin/bookings/booking/{booking.pk}/change/")
    finn.is_not_offered("Cancel (as operator)", "End the ride", "Write a note")
    with nothing_changes():
        finn.is_refused(f"/admin/bookings/booking/{booking.pk}/cancel/")


def is_too_late_to_decide(finn):
    """A colleague rejects the claim while the dialog is open."""
    claim = Claim.objects.get(state="PROPOSED")
    finn.opens(f"/admin/payments/claim/{claim.pk}/change/")
    finn.presses("Approve")
    finn.says_why("They sent a photo.")
    payments.reject(claim_id=claim.pk, now=NOW, actor="fay", reason="There is no photo.")

    with nothing_changes():
        finn.submits()
        finn.is_told("by fay already.")

    assert Claim.objects.values_list("state", "decided_by").get(pk=claim.pk) == ("REJECTED", "fay")
