"""A support agent …"""

from decimal import Decimal

import pytest

from bookings.models import Booking
from fleet.models import Asset, PricingPlan
from legs.models import Leg, LegEvent
from payments.models import Correction
from support import services as support
from support.models import SupportNote, SupportRequest, SupportStatus
from tests.browser import in_a_browser
from tests.client import MpClient
from tests.days.books import journal, owed, trail, violated
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory, SystemFactory
from tests.journey import NOW, given_booking, minutes, nothing_changes, pause_plan

pytestmark = in_a_browser
DONE = [
    ("Booking", "FINISH", ""),
    ("Correction", "REFUND", "It rained all the way."),
    ("Journal entry", "REFUND", "It rained."),
    ("Leg", "FINISH", "Their phone is dead."),
    ("Support request", "changed", "Answered: UPDATE_REQUESTED"),
    ("Support request", "changed", "Assigned to sam"),
    ("Support request", "status", "We end it for you."),
]
ADDRESS = "https://mp.example.org/tomp"
FORGOTTEN, ELSEWHERE = "FORGOTTEN", "ELSEWHERE"


@pytest.fixture
def rides(office, clock, settings):
    """Two of ten minutes that go on, 3.00 each; for one of them somebody asked for help."""
    settings.TOMP_CORRECTION_CAP, settings.TOMP_TWO_PERSONS_ABOVE = Decimal("1.80"), Decimal(1)
    SystemFactory()
    provider = MaasProviderFactory(maas_id="mp", name="Bike app", base_url=ADDRESS)
    kind = AssetTypeFactory(type_id="scooter", default_plan=pause_plan(plan_id="standard"))
    found = {}
    for number, customer in ((FORGOTTEN, "customer-1042"), (ELSEWHERE, "customer-2")):
        asset = AssetFactory(asset_type=kind, vehicle_number=number)
        found[number] = given_booking(provider, asset, state="STARTED", customer_data={"id": customer})
    support.ask(
        provider=provider, reference=str(found[FORGOTTEN].pk), asset_reference="", support_type="OTHER",
        comment="I cannot end my ride.", now=NOW + minutes(9), priority="ERROR_CAN_CONTINUE",
    )  # fmt: skip
    clock.move_to(NOW + minutes(10))
    return found


def test_helps_callers_and_gives_back_no_more_than_allowed(arrives, rides):
    sam = arrives("sam", "Support agent")

    finds_the_trip_of_a_caller(sam, rides[FORGOTTEN])
    takes_and_answers_the_request(sam)
    ends_the_forgotten_ride(sam, rides[FORGOTTEN])
    gives_back_within_the_limits(sam, rides[FORGOTTEN])
    may_not_change_prices(sam)
    is_too_late_to_end_a_ride(sam, rides[ELSEWHERE])

    assert trail("sam") == DONE
    assert violated(NOW + minutes(10)) == set()


def finds_the_trip_of_a_caller(sam, booking):
    sam.searches("customer-1042", choose="customer-1042")
    sam.follows("All bookings")
    sam.follows(str(booking.pk)[:8])
    sam.sees("I cannot end my ride.")


def takes_and_answers_the_request(sam):
    sam.opens("/admin/")
    sam.follows("Support: can continue")
    sam.follows("Other")
    sam.presses("Take it")
    sam.submits()
    sam.is_told("It is with sam now.")
    sam.presses("Answer")
    sam.fills(status="UPDATE_REQUESTED", comment="We end it for you.")
    sam.submits()
    sam.is_told("Answered: ")

    assert SupportRequest.objects.values_list("status", "assigned_to").get() == ("UPDATE_REQUESTED", "sam")
    assert SupportNote.objects.values_list("actor", "text").get() == ("sam", "Assigned to sam.")
    said = SupportStatus.objects.filter(said_by="TO").values_list("actor", "status", "comment")
    assert list(said) == [("sam", "UPDATE_REQUESTED", "We end it for you.")]


def ends_the_forgotten_ride(sam, booking):
    sam.searches(str(booking.legs.get().asset_public_id), choose="FORGOTTEN")
    sam.follows(str(booking.pk)[:8])
    sam.presses("End the ride")
    sam.fills(at="2026-06-01T14:05:00", place="52.091, 5.12")
    sam.is_shown("2.00 EUR")
    with nothing_changes():
        sam.submits()
        sam.is_told("This field is required.")
    sam.says_why("Their phone is dead.")
    sam.submits()
    sam.is_told("The ride is over. The booking costs 2.00 EUR.")

    leg, asset = Leg.objects.get(pk=booking.pk), Asset.objects.get(vehicle_number=FORGOTTEN)
    assert (leg.state, leg.arrived_at) == ("FINISHED", NOW + minutes(5))
    assert (asset.state, asset.lat, asset.lon) == ("AVAILABLE", 52.091, 5.12)
    ended = LegEvent.objects.filter(actor="sam").values_list("event", "asked_by", "comment")
    assert list(ended) == [("FINISH", "TO", "Their phone is dead.")]
    assert journal(booking) == [("FARE", Decimal(2), "")]
    assert owed(booking) == ["FINISH"]
    sam.opens(f"/admin/bookings/booking/{booking.pk}/change/")


def gives_back_within_the_limits(sam, booking):
    refunds(sam, amount="0.50", reason="It rained.")
    sam.is_shown("-0.50 EUR: Sorry for the rain")
    sam.submits()
    sam.is_told("Written: refund -0.50 EUR.")

    refunds(sam, amount="1.40", reason="It rained a lot.")
    sam.is_shown("would be above the cap of 1.80 EUR")
    with nothing_changes():
        sam.submits()
        sam.is_shown("would be above the cap of 1.80 EUR")
    sam.closes()

    refunds(sam, amount="1.20", reason="It rained all the way.")
    sam.is_shown("-1.20 EUR: Sorry for the rain")
    sam.submits()
    sam.is_told("Nothing is owed until a second colleague approves it.")

    assert journal(booking) == [("FARE", Decimal(2), ""), ("REFUND", Decimal("-0.5"), "sam")]
    assert owed(booking) == ["FINISH", "REFUND"]
    waiting = Correction.objects.values_list("state", "amount", "proposed_by", "reason").get()
    assert waiting == ("PROPOSED", Decimal("-1.2"), "sam", "It rained all the way.")
    assert Booking.objects.get(pk=booking.pk).price == Decimal("1.5")


def refunds(sam, amount, reason):
    sam.presses("Refund", menu="Money")
    sam.fills(amount=amount, description="Sorry for the rain")
    sam.says_why(reason)


def may_not_change_prices(sam):
    plan = PricingPlan.objects.get(plan_id="standard")
    before = list(PricingPlan.objects.values())

    sam.opens(f"/admin/fleet/pricingplan/{plan.pk}/change/")
    sam.is_not_offered("Save", "Delete")
    sam.is_refused("/admin/fleet/pricingplan/add/")

    assert list(PricingPlan.objects.values()) == before


def is_too_late_to_end_a_ride(sam, booking):
    """The dialog is open while their app ends it."""
    sam.opens(f"/admin/bookings/booking/{booking.pk}/change/")
    sam.presses("End the ride")
    sam.says_why("They forgot it.")
    finished = MpClient(booking.provider).post(
        f"/legs/{booking.pk}/events", {"time": "2026-06-01T12:10:00Z", "event": "FINISH"}
    )
    assert finished.status_code == 200

    with nothing_changes():
        sam.submits()
        sam.is_shown("There is no ride to end")

    assert journal(booking) == [("FARE", Decimal(3), "")]
