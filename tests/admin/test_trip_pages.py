"""A support agent sees everything about a trip on one page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.html import strip_tags

from bookings.models import Party
from legs.models import Evidence
from payments.admin.journal import JournalShown
from payments.models import JournalEntry
from tests.fleet_factories import AssetFactory, FarePartFactory, PricingPlanFactory
from tests.trip_factories import (
    BOOKED_AT,
    BookingEventFactory,
    BookingFactory,
    EvidenceFactory,
    JournalEntryFactory,
    LegEventFactory,
    LegFactory,
    NotificationFactory,
    SupportRequestFactory,
)


def after(minutes):
    return BOOKED_AT + timedelta(minutes=minutes)


@pytest.fixture
def told(db):
    """A finished ride of ten minutes with a pause, a message, a photo, a credit and a complaint."""
    parts = [FarePartFactory.build(name="Unlock"), FarePartFactory.build(per_minute=True, name="Ride", position=1)]
    asset = AssetFactory(asset_type__default_plan=PricingPlanFactory(parts=parts), vehicle_number="SC-7")
    leg = LegFactory(
        booking__state="FINISHED", asset=asset, distance_m=2300, segments=[["IN_USE", 420], ["PAUSED", 180]]
    )
    booking = leg.booking
    BookingEventFactory(booking=booking, operation="BOOK", state="PENDING", at=after(-2))
    BookingEventFactory(booking=booking, operation="COMMIT", at=after(-1))
    LegEventFactory(leg=leg, at=after(0))
    NotificationFactory(booking=booking, at=after(3), comment="I wait at the north entrance.")
    LegEventFactory(leg=leg, event="PAUSE", state="PAUSED", at=after(7), received_at=after(9), comment="Tunnel")
    EvidenceFactory(leg=leg, received_at=after(10), url="https://mp.example.org/photos/1.jpg")
    LegEventFactory(leg=leg, event="FINISH", state="FINISHED", at=after(10), asked_by=Party.TO, actor="ingrid")
    JournalEntryFactory(booking=booking, leg=leg, sequence=1)
    JournalEntryFactory(booking=booking, sequence=2, category="CREDIT", amount="-1.25", comment="Brakes squeaked")
    SupportRequestFactory(booking=booking, asset=asset)
    return booking


@pytest.fixture
def page(staff, told):
    return staff.get(f"/admin/bookings/booking/{told.pk}/change/")


def test_the_timeline_is_in_order(page):
    entries = page.context["timeline"]()

    assert [entry.what for entry in entries] == [
        "BOOK", "COMMIT", "SET_IN_USE", "message to the driver", "PAUSE", "FINISH", "photo",
    ]  # fmt: skip
    assert [entry.led_to for entry in entries if entry.kind == "leg"] == ["in use", "paused", "finished"]
    assert [entry.late for entry in entries if entry.late] == ["2 min"]
    assert [(entry.asked_by, entry.actor) for entry in entries if entry.actor] == [("operator", "ingrid")]


def test_what_is_told_in_whole_seconds_does_not_come_before_the_booking(staff):
    booked_at = BOOKED_AT.replace(microsecond=638_000)
    leg = LegFactory()
    BookingEventFactory(booking=leg.booking, operation="BOOK", state="CONFIRMED", at=booked_at)
    LegEventFactory(leg=leg, at=BOOKED_AT, received_at=booked_at + timedelta(milliseconds=60))

    page = staff.get(f"/admin/bookings/booking/{leg.booking_id}/change/")

    assert [entry.what for entry in page.context["timeline"]()] == ["BOOK", "SET_IN_USE"]


SAID = (
    "finished", "3.50 EUR", "SC-7", "in use 7 min, paused 3 min · 2.3 km", "Central Station",
    "1.00 EUR to start, 0.25 EUR per minute, pauses cost the same, 21 % VAT included",
    "Unlock 1.00 + Ride 2.50 = 3.50 EUR",
    "I wait at the north entrance.", "received 2 min later", "Tunnel", "(ingrid)", "https://mp.example.org/photos/1.jpg",
    "-1.25 EUR", "The lock does not close.", "2026-05-04 12:00:00",
)  # fmt: skip


def test_the_page_says_everything(page):
    html = page.content.decode()

    assert [text for text in SAID if text not in html] == []


def test_the_page_leads_on(page, told):
    html, leg = page.content.decode(), told.legs.get()

    for address in (
        f"/admin/maas/maasprovider/{told.provider_id}/change/",
        f"/admin/customers/customer/{told.customer_id}/change/",
        f"/admin/legs/leg/{leg.pk}/change/",
        f"/admin/fleet/asset/{leg.asset_id}/change/",
        f"/admin/support/supportrequest/{told.support_requests.get().pk}/change/",
    ):
        assert f'href="{address}"' in html


def test_nothing_sent_is_a_dash(staff):
    booking = BookingFactory(customer_data={}, extra_info=None)

    html = staff.get(f"/admin/bookings/booking/{booking.pk}/change/").content.decode()

    assert "{}</span>" not in html
    assert "null</span>" not in html


def test_money_is_named_with_the_decimals_of_its_currency(staff, told):
    entry = told.journal_entries.get(category="CREDIT")

    assert str(entry) == "credit -1.25 EUR"


def test_what_was_given_back_in_full_is_told_from_nothing_to_nothing(staff):
    """A trip that costs 0.00 has a page like any other."""
    booking = BookingFactory(state="CANCELLED", price=Decimal("0.00"))
    JournalEntryFactory(booking=booking, sequence=1, amount="0.70")
    JournalEntryFactory(booking=booking, sequence=2, category="REFUND", amount="-0.70")

    page = staff.get(f"/admin/bookings/booking/{booking.pk}/change/")

    entries = page.context["journal"]
    assert [(entry["before"], entry["after"]) for entry in entries] == [("0.00", "0.70 EUR"), ("0.70", "0.00 EUR")]


def test_a_running_ride_shows_its_price_so_far(staff):
    leg = LegFactory(booking__state="STARTED", metered_since=BOOKED_AT)

    for address in ("/admin/bookings/booking/", f"/admin/bookings/booking/{leg.booking_id}/change/"):
        assert "EUR so far" in staff.get(address).content.decode()


def test_the_price_so_far_has_the_costs_besides_the_fare(staff):
    parking = {"name": "Parking", "amount": "5.00", "vat_rate": None, "vat_country": ""}
    leg = LegFactory(state="CANCELLED", booking__state="STARTED", booking__extra_costs=[parking])

    assert "5.00 EUR so far" in staff.get(f"/admin/bookings/booking/{leg.booking_id}/change/").content.decode()


def test_a_booking_by_type_says_that_no_vehicle_is_assigned_yet(staff):
    leg = LegFactory(asset_type=AssetFactory().asset_type, asset=None, asset_public_id=None)

    assert "not assigned yet" in staff.get(f"/admin/bookings/booking/{leg.booking_id}/change/").content.decode()


def test_an_address_that_is_no_web_address_is_no_link(staff):
    leg = LegFactory()
    Evidence.objects.create(leg=leg, url="javascript:alert(1)", received_at=BOOKED_AT)

    for address in (f"/admin/legs/leg/{leg.pk}/change/", f"/admin/bookings/booking/{leg.booking_id}/change/"):
        html = staff.get(address).content.decode()
        assert "javascript:alert(1)" in html
        assert 'href="javascript' not in html


def test_what_a_provider_writes_is_never_html(staff):
    attack = "<script>alert(1)</script>"
    booking = BookingFactory(customer_data={"firstName": attack}, from_place={"name": attack})
    leg = LegFactory(booking=booking, from_place={"name": attack})
    LegEventFactory(leg=leg, comment=attack)
    NotificationFactory(booking=booking, comment=attack)
    request = SupportRequestFactory(booking=booking, comment=attack, urls=[attack])

    for address in (
        f"/admin/bookings/booking/{booking.pk}/change/",
        f"/admin/legs/leg/{leg.pk}/change/",
        f"/admin/support/supportrequest/{request.pk}/change/",
        "/admin/support/supportrequest/",
        "/admin/bookings/notification/",
    ):
        assert attack not in staff.get(address).content.decode()


def test_the_inbox_shows_what_is_open_and_urgent_first(staff):
    for status, priority, day in (
        ("RESOLVED", "ERROR_CANNOT_CONTINUE", 1),
        ("PROCESSING", "QUESTION", 1),
        ("PROCESSING", "ERROR_CANNOT_CONTINUE", 3),
        ("UPDATE_REQUESTED", "ERROR_CANNOT_CONTINUE", 2),
    ):
        SupportRequestFactory(status=status, priority=priority, created_at=f"2026-05-0{day}T12:00:00Z")

    rows = staff.get("/admin/support/supportrequest/").context["cl"].result_list

    assert [(row.status, row.priority) for row in rows] == [
        ("UPDATE_REQUESTED", "ERROR_CANNOT_CONTINUE"),
        ("PROCESSING", "ERROR_CANNOT_CONTINUE"),
        ("PROCESSING", "QUESTION"),
        ("RESOLVED", "ERROR_CANNOT_CONTINUE"),
    ]


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({"vat_rate": 21, "vat_country": "NL"}, "41.32 EUR (21 % NL)"),
        ({"vat_rate": Decimal("5.50"), "vat_country": ""}, "41.32 EUR (5.5 %)"),
        ({"vat_rate": None, "vat_country": "NL"}, "41.32 EUR (NL)"),
        ({"vat_rate": None, "vat_country": ""}, "41.32 EUR"),
    ],
)
def test_what_is_known_of_the_vat_of_an_entry_is_told(db, known, told):
    entry = JournalEntry.objects.get(pk=JournalEntryFactory(amount=50, amount_ex_vat=Decimal("41.32"), **known).pk)

    assert strip_tags(JournalShown().net(entry)) == told
