"""The operations lead …"""

from decimal import Decimal

import pytest

from backoffice import restricting
from bookings import services as bookings
from bookings.models import Booking, BookingEvent, Party
from fleet.models import Asset, Restriction
from legs.models import Leg, LegEvent
from maas.models import Callback
from payments import services as payments
from payments.models import Correction
from tests.browser import in_a_browser
from tests.days.books import journal, owed, trail, violated
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory, SystemFactory
from tests.journey import NOW, given_booking, minutes, nothing_changes, pause_plan, report

pytestmark = in_a_browser
DONE = [
    ("Booking", "CANCEL", "Told by phone."),
    ("Booking", "CANCEL", "out of service: The quay is flooded"),
    ("Booking", "CONFIRM", "Told by phone."),
    ("Booking", "SEND_AGAIN", "PAUSE: Told by phone."),
    ("Correction", "FINE", "Told by phone."),
    ("Leg", "ASSIGN_ASSET", "Told by phone."),
    ("Leg", "PAUSE", "Told by phone."),
    ("Leg", "SET_IN_USE", "Told by phone."),
    ("Restriction", "added", "The quay is flooded"),
    ("Restriction", "changed", "Decided: CANCEL"),
]
ADDRESS = "https://mp.example.org/tomp"
LATER = NOW + minutes(5)
BEFORE = NOW - minutes(4)
TOO_LATE = NOW + minutes(7)  # for an answer to who waits for one since then


@pytest.fixture
def trips(office, clock, settings):
    """One in each state the lead has to do with, each of a vehicle of that name."""
    settings.TOMP_TWO_PERSONS_ABOVE = Decimal(1)
    SystemFactory()
    provider = MaasProviderFactory(maas_id="mp", name="Bike app", base_url=ADDRESS)
    plan = pause_plan(plan_id="standard")
    states = {
        "WAITING": "CONDITIONAL_CONFIRMED", "LAPSING": "CONDITIONAL_CONFIRMED", "BOOKED": "CONFIRMED",
        "RIDING": "STARTED", "RIDDEN": "FINISHED", "FLOODED": "CONFIRMED",
    }  # fmt: skip
    kinds = {state: AssetTypeFactory(type_id=state.lower(), default_plan=plan) for state in set(states.values())}
    found = {}
    for number, state in states.items():
        asset = AssetFactory(asset_type=kinds[state], vehicle_number=number)
        found[number] = given_booking(provider, asset, state=state, now=BEFORE if number == "LAPSING" else NOW)
    AssetFactory(asset_type=kinds["CONFIRMED"], vehicle_number="SPARE")
    given_up(found["RIDING"])
    payments.claim(
        booking_id=found["RIDDEN"].pk, category="FINE", amount=Decimal(20), description="Wrong parking", now=NOW,
        actor="sam", reason="The city wrote to us.",
    )  # fmt: skip
    clock.move_to(LATER)
    return found


def given_up(booking):
    """They were told of a short pause, and did not know the leg."""
    for event in ("PAUSE", "SET_IN_USE"):
        report(event, Party.TO)(booking.pk, NOW)
    call = Callback.objects.owed().filter(booking_id=booking.pk).earliest("pk")
    call.attempt(at=NOW, status=404, outcome="404: {}")
    call.give_up()
    call.save()


def test_moves_trips_and_vehicles_and_decides_what_colleagues_propose(arrives, trips, clock):
    olga = arrives("olga", "Operations")

    confirms_who_waits(olga, trips["WAITING"])
    reassigns_and_cancels(olga, trips["BOOKED"])
    pauses_and_resumes(olga, trips["RIDING"])
    sends_a_call_again(olga, trips["RIDING"])
    approves_a_correction(olga, trips["RIDDEN"])
    restricts_a_vehicle(olga, trips["FLOODED"])
    may_not_see_the_staff(olga)
    is_too_late_to_confirm(olga, trips["LAPSING"], clock)

    assert trail("olga") == DONE
    assert violated(TOO_LATE) == set()


def opens(olga, booking):
    olga.opens(f"/admin/bookings/booking/{booking.pk}/change/")


def decides(olga, name, *, menu="", told, reason="Told by phone.", **answers):
    olga.presses(name, menu=menu)
    olga.fills(**answers)
    olga.says_why(reason)
    olga.submits()
    olga.is_told(told)


def state_of(booking):
    leg = Leg.objects.get(pk=booking.pk)
    return Booking.objects.get(pk=booking.pk).state, leg.state


def state_of_vehicle(number):
    return Asset.objects.get(vehicle_number=number).state


def confirms_who_waits(olga, booking):
    olga.follows("Bookings wait for our confirmation")
    olga.follows(str(booking.pk)[:8])
    decides(olga, "Confirm", told="The booking is confirmed.")

    assert state_of(booking) == ("CONFIRMED", "NOT_STARTED")
    said = BookingEvent.objects.filter(actor="olga").values_list("operation", "asked_by", "reason")
    assert list(said) == [("CONFIRM", "TO", "Told by phone.")]
    assert owed(booking) == ["COMMIT"]


def reassigns_and_cancels(olga, booking):
    opens(olga, booking)
    decides(olga, "Assign another vehicle", told="The leg has the vehicle SPARE now.", vehicle_number="SPARE")
    assert (state_of_vehicle("BOOKED"), state_of_vehicle("SPARE")) == ("AVAILABLE", "RESERVED")

    decides(olga, "Cancel (as operator)", told="The booking is cancelled.")

    assert state_of(booking) == ("CANCELLED", "CANCELLED")
    assert state_of_vehicle("SPARE") == "AVAILABLE"
    assert journal(booking) == []
    assert owed(booking) == ["ASSIGN_ASSET", "PUT", "CANCEL"]


def pauses_and_resumes(olga, booking):
    opens(olga, booking)
    decides(olga, "Pause", told="The ride is paused.")
    assert state_of(booking) == ("STARTED", "PAUSED")

    decides(olga, "Resume", told="The ride goes on.")

    assert state_of(booking) == ("STARTED", "IN_USE")
    said = LegEvent.objects.filter(leg=booking.pk, actor="olga").order_by("pk")
    assert list(said.values_list("event", "asked_by")) == [("PAUSE", "TO"), ("SET_IN_USE", "TO")]
    assert owed(booking) == ["SET_IN_USE", "PAUSE", "SET_IN_USE"]


def sends_a_call_again(olga, booking):
    decides(olga, "Send a call again", menu="Tell", told="It will be sent again.")

    assert owed(booking) == ["PAUSE", "SET_IN_USE", "PAUSE", "SET_IN_USE"]
    assert not Callback.objects.given_up().exists()


def approves_a_correction(olga, booking):
    olga.opens("/admin/")
    olga.follows("Corrections wait for a second person")
    olga.follows("2026-06-01 14:00")
    decides(olga, "Approve", told="Approved: ")

    decided = Correction.objects.values_list("state", "proposed_by", "decided_by", "decided_because").get()
    assert decided == ("APPROVED", "sam", "olga", "Told by phone.")
    assert journal(booking) == [("FARE", Decimal(1), ""), ("FINE", Decimal(20), "sam")]
    assert owed(booking) == ["FINE"]


def restricts_a_vehicle(olga, booking):
    olga.goes_to("Assets")
    olga.chooses("Take out of service for a while …", "FLOODED")
    olga.fills(reason="The quay is flooded", starts_at="2026-06-01T14:05:00", ends_at="2026-06-01T18:00:00")
    olga.sends("Go on")
    olga.sees("has FLOODED")
    assert olga.page.get_by_role("link", name=str(booking.pk)[:8]).count() == 1
    olga.presses("Decide")
    olga.fills(bookings="CANCEL")
    olga.submits()
    olga.is_told("Decided.")
    restricting.carry_out(Restriction.objects.get().pk, actor="olga", now=LATER)
    olga.opens(f"/admin/fleet/restriction/{Restriction.objects.get().pk}/change/")

    asset = Asset.objects.get(vehicle_number="FLOODED")
    assert (asset.state, asset.state_reason) == ("OUT_OF_SERVICE", "The quay is flooded")
    assert state_of(booking) == ("CANCELLED", "CANCELLED")
    assert owed(booking) == ["CANCEL"]


def may_not_see_the_staff(olga):
    olga.is_refused("/admin/auth/user/")


def is_too_late_to_confirm(olga, booking, clock):
    """The dialog is open while the time to answer runs out."""
    opens(olga, booking)
    olga.presses("Confirm")
    olga.says_why("They may have it.")
    clock.move_to(TOO_LATE)
    bookings.expire(booking_id=booking.pk, now=TOO_LATE)

    with nothing_changes():
        olga.submits()
        olga.is_shown("Not possible:")

    assert state_of(booking) == ("EXPIRED", "CANCELLED")
