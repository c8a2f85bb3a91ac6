"""The buttons on the page of a booking do what the services do …"""

import pytest
from django.contrib.admin.models import LogEntry

from bookings.models import Booking, BookingEvent, BookingState, Note, Notification, Party
from fleet.models.vehicles import AssetState
from legs.models import LegState
from tests.admin.test_actions import press
from tests.fleet_factories import ReservationFactory
from tests.trip_factories import BOOKED_AT, BookingFactory, LegFactory

BUTTONS = ("confirm", "deny", "notify", "expire", "cancel")
MAY_LOOK = ("view_booking", "view_leg", "view_bookingevent", "view_notification", "view_journalentry")


def address(booking, button):
    return f"/admin/bookings/booking/{booking.pk}/{button}/"


def held(state):
    """A booking in this state, with its vehicle held."""
    leg = LegFactory(booking__state=state, asset__state=AssetState.RESERVED)
    ReservationFactory(leg_id=leg.pk, asset=leg.asset, asset_type=leg.asset_type, period=(BOOKED_AT, None))
    Booking.objects.filter(pk=leg.booking_id).update(expires_at="2099-01-01T00:00:00Z")
    return leg.booking


def story(booking):
    return list(BookingEvent.objects.filter(booking=booking).values_list("operation", "asked_by", "actor", "reason"))


def states(booking):
    booking = Booking.objects.get(pk=booking.pk)
    leg = booking.legs.get()
    return booking.state, leg.state, leg.asset.state


@pytest.mark.parametrize(
    ("state", "button", "done", "after"),
    [
        ("CONDITIONAL_CONFIRMED", "confirm", "The booking is confirmed.", ("CONFIRMED", "NOT_STARTED", "RESERVED")),
        ("CONDITIONAL_CONFIRMED", "deny", "The booking is rejected.", ("REJECTED", "CANCELLED", "AVAILABLE")),
        ("PENDING", "expire", "The booking is expired.", ("EXPIRED", "CANCELLED", "AVAILABLE")),
        ("CONFIRMED", "cancel", "The booking is cancelled.", ("CANCELLED", "CANCELLED", "AVAILABLE")),
        ("PENDING", "cancel", "The booking is cancelled.", ("CANCELLED", "CANCELLED", "AVAILABLE")),
    ],
)
def test_and_say_why_in_its_story(staff, state, button, done, after):
    booking = held(state)

    messages = press(staff, address(booking, button), reason="Kim drives")

    assert messages == [("success", done)]
    assert states(booking) == after
    assert story(booking) == [(button.upper(), Party.TO, "rita", "Kim drives")]


@pytest.mark.parametrize(
    ("state", "button", "says"),
    [
        ("CONFIRMED", "confirm", "confirm is not possible"),
        ("STARTED", "deny", "deny is not possible"),
        ("CONDITIONAL_CONFIRMED", "expire", "expire is not possible"),
        ("FINISHED", "cancel", "CANCEL is not possible"),
    ],
)
def test_and_are_refused_as_they_refuse(staff, state, button, says):
    booking = held(state)
    before = states(booking)

    [(level, text)] = press(staff, address(booking, button), reason="Kim drives")

    assert level == "error"
    assert says in text
    assert (states(booking), story(booking)) == (before, [])


@pytest.mark.parametrize("button", [button for button in BUTTONS if button != "notify"])
def test_and_want_a_reason(staff, button):
    booking = held("PENDING")

    answer = staff.post(address(booking, button), {"_form_submitted": "True", "reason": " "})

    assert b"This field is required." in answer.content
    assert (states(booking)[0], story(booking)) == ("PENDING", [])


@pytest.mark.parametrize(
    ("reason", "says"),
    [("a\x00b", "Null characters are not allowed."),
     ("x" * 201, "Ensure this value has at most 200 characters (it has 201).")],
)  # fmt: skip
@pytest.mark.parametrize("looks", [{}, {"_look": "1"}])
def test_and_want_a_reason_that_can_be_kept(staff, reason, says, looks):
    booking = held("CONFIRMED")

    answer = staff.post(address(booking, "cancel"), {"_form_submitted": "True", "reason": reason, **looks})

    assert answer.context["form"].errors == {"reason": [says]}
    assert answer.context["form"].effect.refusal == ""
    assert (states(booking)[0], story(booking)) == ("CONFIRMED", [])


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("NEW", set()),
        ("PENDING", {"notify", "expire", "cancel"}),
        ("CONDITIONAL_CONFIRMED", {"confirm", "deny", "notify", "cancel"}),
        ("CONFIRMED", {"notify", "cancel"}),
        ("STARTED", {"notify"}),
        *((state, set()) for state in BookingState if state not in ("NEW", "PENDING", "CONDITIONAL_CONFIRMED",
                                                                  "CONFIRMED", "STARTED")),
    ],
)  # fmt: skip
def test_and_are_shown_where_they_are_possible(staff, state, shown):
    booking = BookingFactory(state=state)

    html = staff.get(f"/admin/bookings/booking/{booking.pk}/change/").content.decode()

    assert {button for button in BUTTONS if address(booking, button) in html} == shown


def test_and_are_for_those_who_may(signed_in):
    booking = held("CONDITIONAL_CONFIRMED")
    onlooker = signed_in(*MAY_LOOK)

    html = onlooker.get(f"/admin/bookings/booking/{booking.pk}/change/").content.decode()
    answers = [
        onlooker.post(address(booking, button), {"_form_submitted": "True", "reason": "x", "type": "OTHER"})
        for button in BUTTONS
    ]

    assert not [button for button in BUTTONS if address(booking, button) in html]
    assert {answer.status_code for answer in answers} == {403}
    assert states(booking) == ("CONDITIONAL_CONFIRMED", "NOT_STARTED", "RESERVED")
    assert not Notification.objects.exists()


def test_and_do_nothing_while_somebody_only_looks(staff):
    booking = held("CONDITIONAL_CONFIRMED")

    assert {staff.get(address(booking, button)).status_code for button in BUTTONS} == {200}
    assert (states(booking)[0], story(booking)) == ("CONDITIONAL_CONFIRMED", [])


# A message


def test_a_message_is_kept_for_the_provider(staff, superuser):
    booking = held("CONFIRMED")

    messages = press(
        staff, address(booking, "notify"), type="ETA", leg_id=str(booking.pk), minutes="4", comment="At the corner"
    )

    kept = Notification.objects.get()
    assert messages == [("success", "The message is kept with the booking.")]
    assert (kept.booking, kept.type, kept.minutes, kept.comment) == (booking, "ETA", 4, "At the corner")
    assert (kept.leg_id, kept.sent_by) == (str(booking.pk), Party.TO)
    log = LogEntry.objects.get()
    assert (log.user, log.change_message) == (superuser, "Sent a message: ETA At the corner")


def test_a_second_click_sends_no_second_message(staff):
    booking = held("CONFIRMED")
    said = {"type": "ETA", "leg_id": str(booking.pk), "minutes": "4", "comment": "At the corner"}
    press(staff, address(booking, "notify"), **said)

    messages = press(staff, address(booking, "notify"), **said)
    press(staff, address(booking, "notify"), **said | {"minutes": "3"})

    assert messages == [("info", "This message was sent just now.")]
    assert [message.minutes for message in Notification.objects.order_by("pk")] == [4, 3]
    assert LogEntry.objects.count() == 2


def test_a_second_click_writes_no_second_note(staff):
    booking = held("CONFIRMED")
    press(staff, address(booking, "add-note"), text="Kim called.")

    messages = press(staff, address(booking, "add-note"), text="Kim called.")

    assert messages == [("info", "This note was written just now.")]
    assert Note.objects.count() == 1
    assert LogEntry.objects.count() == 1


def test_a_message_may_be_about_either_leg_and_no_other(staff):
    booking = BookingFactory(state=BookingState.STARTED)
    first, second = (
        LegFactory(booking=booking, id=f"00000000-0000-4000-8000-00000000000{number}", sequence=number,
                   state=LegState.NOT_STARTED)
        for number in (0, 1)
    )  # fmt: skip

    html = staff.get(address(booking, "notify")).content.decode()
    other = staff.post(
        address(booking, "notify"), {"_form_submitted": "True", "type": "OTHER", "leg_id": str(booking.pk)}
    )
    press(staff, address(booking, "notify"), type="OTHER", leg_id=str(second.pk), comment="Yours is ready")

    assert str(first.pk) in html
    assert other.status_code == 200
    assert Notification.objects.get().leg_id == str(second.pk)
