"""EXTEND_EXPIRY_TIME (POST /bookings/{id}/events) …"""

import pytest

from bookings.models import Booking, BookingEvent
from tests.client import refused
from tests.journey import NOW, given_booking, minutes, nothing_changes


def test_gives_the_pending_time_once_more_from_now(mp, clock):
    booking = given_booking(mp.provider)
    clock.move_to(NOW + minutes(14))

    answer = mp.operation(booking.id, "EXTEND_EXPIRY_TIME", extendReason="PAYMENT_PENDING")

    assert (answer.status_code, answer.json()["state"]) == (200, "PENDING")
    assert answer.headers["Expires"] == "Mon, 01 Jun 2026 12:29:00 GMT"
    stored = Booking.objects.get()
    assert (stored.state, stored.expires_at, stored.extensions) == ("PENDING", NOW + minutes(29), 1)
    event = BookingEvent.objects.latest("id")
    assert (event.operation, event.state, event.reason) == ("EXTEND_EXPIRY_TIME", "PENDING", "PAYMENT_PENDING")


def test_needs_no_reason(mp):
    booking = given_booking(mp.provider)

    assert mp.operation(booking.id, "EXTEND_EXPIRY_TIME").status_code == 200
    assert BookingEvent.objects.latest("id").reason == "OTHER"


def test_is_granted_as_often_as_the_contract_says(mp):
    booking = given_booking(mp.provider)
    for _ in range(2):
        assert mp.operation(booking.id, "EXTEND_EXPIRY_TIME").status_code == 200

    with nothing_changes():
        answer = mp.operation(booking.id, "EXTEND_EXPIRY_TIME")

    refused(answer, 410, 3202)


def test_is_not_offered_where_the_contract_does_not_know_it(mp):
    mp.provider.max_extensions = 0
    mp.provider.save()
    booking = given_booking(mp.provider)

    with nothing_changes():
        answer = mp.operation(booking.id, "EXTEND_EXPIRY_TIME")

    refused(answer, 403, 3004)


@pytest.mark.parametrize(("seconds", "status"), [(899, 200), (900, 410)])
def test_comes_in_time_until_the_booking_expires(mp, clock, seconds, status):
    booking = given_booking(mp.provider)
    clock.shift(seconds)

    answer = mp.operation(booking.id, "EXTEND_EXPIRY_TIME")

    assert answer.status_code == status
    assert Booking.objects.get().state == ("PENDING" if status == 200 else "EXPIRED")


def test_of_another_providers_booking_leads_nowhere(mp, other_mp):
    booking = given_booking(other_mp.provider)

    with nothing_changes():
        answer = mp.operation(booking.id, "EXTEND_EXPIRY_TIME")

    refused(answer, 404, 3204)
