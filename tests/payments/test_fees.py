"""What it costs not to come, by contract …"""

from decimal import Decimal

import pytest

from bookings import services as bookings
from bookings.models import Booking, BookingEvent, Notification, Party
from fleet.models import Asset
from payments.models import JournalEntry
from tests.factories import MaasProviderFactory
from tests.journey import NOW, given_booking, given_leg, minutes, mp_client, nothing_changes
from tomp.errors import IllegalOperation


@pytest.fixture
def strict(clock, api_version):
    """5.00 for calling off more than ten minutes after COMMIT, 7.50 for not coming."""
    return mp_client(api_version, cancellation_fee=5, free_cancellation_minutes=10, no_show_fee=Decimal("7.50"))


def by_booking(mp, booking):
    return mp.operation(booking.id, "CANCEL")


def by_leg(mp, booking):
    return mp.event(booking.id, "CANCEL")


@pytest.mark.parametrize("cancel", [by_booking, by_leg])
def test_is_owed_however_it_is_called_off(strict, clock, cancel):
    booking = given_booking(strict.provider, state="CONFIRMED")
    clock.move_to(NOW + minutes(12))

    cancel(strict, booking)

    [entry] = strict.get("/payment/journal-entry", id=str(booking.id)).json()
    assert (entry["category"], entry["amount"], entry["amountExVat"]) == ("OTHER", 5, 4.13)
    assert (entry["vatRate"], entry["vatCountryCode"], entry["currencyCode"]) == (21, "NL", "EUR")
    assert entry["comment"] == "Called off 12 min after COMMIT; free for 10 min."
    assert entry["details"]["description"] == "Cancellation fee"


@pytest.mark.parametrize("cancel", [by_booking, by_leg])
def test_is_shown_as_the_price_of_the_cancelled_booking(strict, clock, cancel):
    booking = given_booking(strict.provider, state="CONFIRMED")
    clock.move_to(NOW + minutes(12))

    cancel(strict, booking)

    shown = strict.get(f"/bookings/{booking.id}").json()
    vat = {"currencyCode": "EUR", "vatRate": 21, "vatCountryCode": "NL"}
    assert shown["pricing"] == {
        "estimated": False,
        "parts": [
            {"amount": 0, "amountExVat": 0, **vat, "type": "FIXED"},
            {
                "amount": 5,
                "amountExVat": 4.13,
                **vat,
                "type": "FIXED",
                "name": "Cancellation fee",
                "class": "ANCILLARY",
            },
        ],
    }
    assert [part["amount"] for part in shown["legs"][0]["pricing"]["parts"]] == [0]
    assert shown["legs"][0]["pricing"]["estimated"] is False
    assert Booking.objects.get().price == 5


@pytest.mark.parametrize("cancel", [by_booking, by_leg])
def test_is_nothing_soon_after_commit(strict, clock, cancel):
    booking = given_booking(strict.provider, state="CONFIRMED")
    clock.move_to(NOW + minutes(9))

    cancel(strict, booking)

    assert not JournalEntry.objects.exists()
    assert Booking.objects.get().price == 0


def test_counts_from_commit_and_not_from_the_booking(strict, clock):
    booking = given_booking(strict.provider)
    clock.move_to(NOW + minutes(8))
    strict.operation(booking.id, "COMMIT")
    clock.move_to(NOW + minutes(17))

    strict.operation(booking.id, "CANCEL")

    assert not JournalEntry.objects.exists()


def test_is_owed_from_the_first_minute_without_free_time(clock):
    mp = mp_client(cancellation_fee=5)
    booking = given_booking(mp.provider, state="CONFIRMED")

    mp.operation(booking.id, "CANCEL")

    assert JournalEntry.objects.get().amount == 5


def test_is_owed_before_our_answer_too(clock):
    """Semantics §4.3: CANCEL of CONFIRMED and CONDITIONAL_CONFIRMED alike, fee per contract."""
    mp = mp_client(cancellation_fee=5)
    booking = given_booking(mp.provider, state="CONDITIONAL_CONFIRMED")

    mp.operation(booking.id, "CANCEL")

    assert JournalEntry.objects.get().amount == 5


def test_is_nothing_for_what_was_only_pending(clock):
    mp = mp_client(cancellation_fee=5)
    booking = given_booking(mp.provider)

    mp.operation(booking.id, "CANCEL")

    assert not JournalEntry.objects.exists()


def test_is_nothing_when_we_call_it_off(clock):
    provider = MaasProviderFactory(cancellation_fee=5)
    booking = given_booking(provider, state="CONFIRMED")
    leg = given_leg(provider, state="CANCELLED")  # by an event of ours

    bookings.cancel(booking_id=booking.id, now=NOW, asked_by=Party.TO)

    assert Booking.objects.get(pk=leg.pk).state == "CANCELLED"
    assert not JournalEntry.objects.exists()


def test_is_owed_once(strict, clock):
    booking = given_booking(strict.provider, state="CONFIRMED")
    clock.move_to(NOW + minutes(12))

    strict.operation(booking.id, "CANCEL")
    strict.operation(booking.id, "CANCEL")

    assert JournalEntry.objects.count() == 1


def test_is_rounded_to_the_currency(clock):
    mp = mp_client(cancellation_fee=Decimal("2.125"))
    booking = given_booking(mp.provider, state="CONFIRMED")

    mp.operation(booking.id, "CANCEL")

    assert JournalEntry.objects.get().amount == Decimal("2.13")


# Nobody came


def test_ends_a_booking_nobody_came_for(strict, clock):
    booking = given_booking(strict.provider, state="CONFIRMED")

    bookings.report_no_show(booking_id=booking.id, now=NOW + minutes(5), actor="ann", reason="taxi waited")

    event = BookingEvent.objects.latest("id")
    assert (event.operation, event.state) == ("NO_SHOW", "CANCELLED")
    assert (event.asked_by, event.actor, event.reason) == ("TO", "ann", "taxi waited")
    assert Asset.objects.get().state == "AVAILABLE"
    entry = JournalEntry.objects.get()
    assert (entry.category, entry.amount, entry.comment) == (
        "OTHER",
        Decimal("7.500"),
        "Nobody came; departure was at 2026-06-01 12:00 UTC.",
    )
    assert Booking.objects.get().price == Decimal("7.50")
    assert [notification["type"] for notification in strict.get(f"/bookings/{booking.id}/notifications").json()] == [
        "USER_NO_SHOW"
    ]


def test_costs_nothing_where_the_contract_says_so(mp):
    booking = given_booking(mp.provider, state="CONFIRMED")

    bookings.report_no_show(booking_id=booking.id, now=NOW)

    assert Booking.objects.get().state == "CANCELLED"
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize(
    "state", ["PENDING", "CONDITIONAL_CONFIRMED", "STARTED", "FINISHED", "CANCELLED", "RELEASED", "EXPIRED"]
)
def test_is_for_confirmed_bookings(clock, state):
    booking = given_booking(MaasProviderFactory(no_show_fee=5), state=state)

    with nothing_changes(), pytest.raises(IllegalOperation):
        bookings.report_no_show(booking_id=booking.id, now=NOW)


def test_is_not_said_before_the_departure(clock):
    booking = given_booking(MaasProviderFactory(no_show_fee=5), state="CONFIRMED")

    with nothing_changes(), pytest.raises(IllegalOperation):
        bookings.report_no_show(booking_id=booking.id, now=NOW - minutes(1))

    assert not Notification.objects.exists()
