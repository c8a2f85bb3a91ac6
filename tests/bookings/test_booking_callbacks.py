"""What the operator decides about a booking, the provider will hear; what the provider did itself, it will not."""

import pytest

from bookings import services
from bookings.models import BookingState, Party
from maas.models import Callback
from tests.journey import NOW, commit, given_booking, mp_client

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def provider(clock):
    return mp_client(maas_id="mp", base_url="https://mp.example.org/tomp").provider


def owed():
    """(URL, body) of every call, in order."""
    return [(callback.url, callback.body) for callback in Callback.objects.order_by("id")]


@pytest.mark.parametrize(("decide", "operation"), [(services.confirm, "COMMIT"), (services.deny, "DENY")])
def test_the_answer_to_a_conditional_booking_is_told(provider, decide, operation):
    booking = given_booking(provider, state=BookingState.CONDITIONAL_CONFIRMED)
    assert owed() == []

    decide(booking_id=booking.pk, now=NOW)

    address = f"https://mp.example.org/tomp/bookings/{booking.pk}/events"
    assert owed() == [(address, {"operation": operation, "origin": "TO"})]
    callback = Callback.objects.get()
    assert (callback.booking_id, callback.provider, callback.api_version) == (booking.pk, provider, "1.6")
    assert (callback.state, callback.attempts, callback.created_at) == ("OWED", 0, NOW)


@pytest.mark.parametrize("state", [BookingState.PENDING, BookingState.CONFIRMED, BookingState.CONDITIONAL_CONFIRMED])
def test_a_booking_the_operator_cancels_is_told(provider, state):
    booking = given_booking(provider, state=state)

    services.cancel(booking_id=booking.pk, now=NOW, asked_by=Party.TO)

    assert [body for _url, body in owed()] == [{"operation": "CANCEL", "origin": "TO"}]


@pytest.mark.parametrize("by", [Party.MP, Party.END_USER])
def test_a_booking_the_provider_commits_and_cancels_is_not_echoed(provider, by):
    booking = given_booking(provider, state=BookingState.CONFIRMED)

    services.cancel(booking_id=booking.pk, now=NOW, asked_by=by)

    assert owed() == []


def test_a_message_of_the_operator_is_sent_and_one_of_the_provider_is_not(provider):
    booking = given_booking(provider)
    message = {"minutes": None, "leg_id": "", "asset": None, "now": NOW}

    for by, text in ((Party.TO, "Take the bike."), (Party.MP, "On my way.")):
        services.notify(booking_id=booking.pk, type="MESSAGE_TO_END_USER", comment=text, sent_by=by, **message)

    address = f"https://mp.example.org/tomp/bookings/{booking.pk}/notifications"
    assert owed() == [(address, {"type": "MESSAGE_TO_END_USER", "comment": "Take the bike."})]


def test_the_address_of_the_booking_comes_before_that_of_the_provider(provider):
    booking = given_booking(provider, customer_data=None, callback_url="https://mp.example.org/other/", extra_info=None)

    services.cancel(booking_id=booking.pk, now=NOW, asked_by=Party.TO)

    assert [url for url, _body in owed()] == [f"https://mp.example.org/other/bookings/{booking.pk}/events"]


def test_a_provider_without_an_address_is_owed_nothing(mp):
    booking = given_booking(mp.provider)
    commit(booking.pk, NOW)

    services.cancel(booking_id=booking.pk, now=NOW, asked_by=Party.TO)

    assert owed() == []
