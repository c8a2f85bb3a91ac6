"""A list needs as many queries for fifty rows as for one."""

import pytest
from django.contrib.admin.sites import site

from bookings.models import Note
from payments.models import JournalEntry
from tests.factories import CallbackFactory
from tests.fleet_factories import AssetFactory, StationFactory
from tests.trip_factories import (
    BOOKED_AT,
    BookingEventFactory,
    BookingFactory,
    ClaimFactory,
    CorrectionFactory,
    EvidenceFactory,
    InvoiceFactory,
    JournalEntryFactory,
    LegEventFactory,
    LegFactory,
    SupportRequestFactory,
)

PLAIN = 4  # session, user, count, rows
WITH_DAYS = PLAIN + 1  # the first and last day
EACH_LIST = {
    # address, what makes a row, queries
    "bookings": ("/admin/bookings/booking/", LegFactory, WITH_DAYS + 1),
    "legs": ("/admin/legs/leg/", LegFactory, PLAIN),
    "assets": ("/admin/fleet/asset/", lambda: AssetFactory(station=StationFactory()), PLAIN),
    "journal": ("/admin/payments/journalentry/", JournalEntryFactory, WITH_DAYS + 1),
    "claims": ("/admin/payments/claim/", ClaimFactory, PLAIN),
    "corrections": ("/admin/payments/correction/", CorrectionFactory, PLAIN),
    "invoices": ("/admin/payments/invoice/", InvoiceFactory, PLAIN),
    "support": (
        "/admin/support/supportrequest/",
        lambda: SupportRequestFactory(asset=AssetFactory()),
        WITH_DAYS + 1,
    ),
    "leg events": ("/admin/legs/legevent/", LegEventFactory, PLAIN),
}


@pytest.mark.parametrize("name", EACH_LIST)
@pytest.mark.parametrize("rows", [1, 20])
def test_a_list_needs_the_same_queries_for_any_number_of_rows(staff, django_assert_num_queries, name, rows):
    address, make, queries = EACH_LIST[name]
    for _row in range(rows):
        make()

    with django_assert_num_queries(queries):
        response = staff.get(address)

    assert response.context["cl"].result_count >= rows


@pytest.mark.parametrize("events", [1, 20])
def test_the_page_of_a_booking_needs_the_same_queries_for_any_story(staff, django_assert_num_queries, events):
    leg = LegFactory(booking__state="FINISHED")
    for number in range(events):
        BookingEventFactory(booking=leg.booking)
        LegEventFactory(leg=leg, event=f"EVENT_{number}")
        EvidenceFactory(leg=leg)
        JournalEntryFactory(booking=leg.booking, category="CREDIT", amount=-1)
        SupportRequestFactory(booking=leg.booking)
        CallbackFactory(booking_id=leg.booking_id, provider=leg.booking.provider)
        Note.objects.create(booking=leg.booking, text="Called back.", actor="rita", at=BOOKED_AT)

    address = f"/admin/bookings/booking/{leg.booking_id}/change/"
    staff.get(address)  # content types are read once per process

    with django_assert_num_queries(16):
        response = staff.get(address)

    assert len(response.context["timeline"]()) == 4 * events


def test_the_journal_adds_up_whatever_page_is_shown(staff, monkeypatch):
    monkeypatch.setattr(site._registry[JournalEntry], "list_per_page", 1)
    booking = BookingFactory(state="FINISHED")
    JournalEntryFactory(booking=booking, amount="3.500")
    JournalEntryFactory(booking=booking, amount="-2.000", category="CREDIT")
    JournalEntryFactory(amount="7.000", currency="NOK")

    everything = staff.get("/admin/payments/journalentry/").context["totals"]
    credits_only = staff.get("/admin/payments/journalentry/", {"category__exact": "CREDIT"}).context["totals"]

    assert everything == [{"sum": "1.50 EUR", "count": 2}, {"sum": "7.00 NOK", "count": 1}]
    assert credits_only == [{"sum": "-2.00 EUR", "count": 1}]
