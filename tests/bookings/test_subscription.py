"""/bookings/{id}/subscription …"""

import uuid
from functools import partial

import pytest

from bookings.models import Booking, Subscription
from tests.client import refused
from tests.factories import CallbackChannelFactory
from tests.journey import NOW, cancel, given_booking, given_offer, minutes, nothing_changes

WEBHOOK = "https://mp.example.org/hooks/7"


@pytest.fixture
def mp(mp):
    """Its host is registered."""
    CallbackChannelFactory(provider=mp.provider)
    return mp


def subscribe(mp, booking_id, body=None):
    return mp.post(f"/bookings/{booking_id}/subscription", body)


def unsubscribe(mp, booking_id):
    return mp.delete(f"/bookings/{booking_id}/subscription")


def subscriptions():
    return list(Subscription.objects.values_list("booking", "webhook", "since"))


@pytest.mark.parametrize("state", ["PENDING", "CONDITIONAL_CONFIRMED", "CONFIRMED", "STARTED"])
@pytest.mark.parametrize(("body", "webhook"), [(None, ""), ({}, ""), ({"webhook": WEBHOOK}, WEBHOOK)])
def test_begins_for_an_open_booking(mp, state, body, webhook):
    booking = given_booking(mp.provider, state=state)

    answer = subscribe(mp, booking.id, body)

    assert (answer.status_code, answer.content) == (204, b"")
    assert subscriptions() == [(booking.id, webhook, NOW)]
    assert Subscription.objects.in_force().get().booking == booking


def test_is_one_however_often_it_is_asked_for(mp, clock):
    booking = given_booking(mp.provider)
    subscribe(mp, booking.id, {"webhook": WEBHOOK})
    clock.shift(60)

    assert [subscribe(mp, booking.id).status_code for _ in range(2)] == [204, 204]
    assert subscriptions() == [(booking.id, WEBHOOK, NOW)]


def test_takes_another_webhook(mp):
    booking = given_booking(mp.provider)
    subscribe(mp, booking.id, {"webhook": WEBHOOK})

    subscribe(mp, booking.id, {"webhook": f"{WEBHOOK}7"})

    assert subscriptions() == [(booking.id, f"{WEBHOOK}7", NOW)]


def test_ends_when_it_is_taken_back(mp):
    booking, other = given_booking(mp.provider), given_booking(mp.provider)
    subscribe(mp, booking.id)
    subscribe(mp, other.id)

    assert [unsubscribe(mp, booking.id).status_code for _ in range(2)] == [204, 204]
    assert subscriptions() == [(other.id, "", NOW)]


def test_ends_with_the_booking(mp):
    booking = given_booking(mp.provider)
    subscribe(mp, booking.id)

    cancel(booking.id, NOW)

    assert not Subscription.objects.in_force().exists()
    assert unsubscribe(mp, booking.id).status_code == 204


@pytest.mark.parametrize("state", ["FINISHED", "RELEASED", "EXPIRED", "REJECTED", "CANCELLED"])
def test_does_not_begin_when_there_is_nothing_left_to_tell(mp, state):
    booking = given_booking(mp.provider, state=state)

    with nothing_changes():
        answer = subscribe(mp, booking.id)

    refused(answer, 410, 3202)
    assert subscriptions() == []


def test_does_not_begin_when_the_booking_has_lapsed_unnoticed(mp, clock):
    booking = given_booking(mp.provider)
    clock.move_to(NOW + minutes(15))

    refused(subscribe(mp, booking.id), 410, 3202)
    assert Booking.objects.get().state == "EXPIRED"


@pytest.mark.parametrize(
    "webhook",
    [
        "nonsense", "/hooks", "ftp://mp.example.org", "https://", "https://user:secret@mp.example.org/hooks",
        "https://user@mp.example.org", "https://mp.example.org/\n", 5, "https://mp.example.org/" + 500 * "x",
    ],
)  # fmt: skip
def test_wants_an_address_that_can_be_called(mp, webhook):
    booking = given_booking(mp.provider)

    refused(subscribe(mp, booking.id, {"webhook": webhook}), 400, 3002)
    assert subscriptions() == []


def test_wants_no_address_of_somebody_else(mp):
    booking, offer = given_booking(mp.provider), given_offer(mp.provider)

    with nothing_changes():
        refused(subscribe(mp, booking.id, {"webhook": "https://elsewhere.example.org/hooks"}), 400, 3002)
        refused(mp.book(offer.id, callbackUrl="https://elsewhere.example.org"), 400, 3002)
    assert subscriptions() == []


@pytest.mark.parametrize("ask", [subscribe, unsubscribe])
def test_is_for_own_bookings_only(mp, other_mp, ask):
    theirs, offer = given_booking(other_mp.provider), given_offer(mp.provider)
    subscribe(other_mp, theirs.id)

    for booking_id in (theirs.id, offer.id, uuid.UUID(int=7), "nonsense"):
        refused(ask(mp, booking_id), 404, 3204)
    assert subscriptions() == [(theirs.id, "", NOW)]


def test_a_booking_wants_an_address_that_can_be_called_too(mp):
    book = partial(mp.book, given_offer(mp.provider).id)

    with nothing_changes():
        refused(book(callbackUrl="https://user:secret@mp.example.org"), 400, 3002)
    assert book(callbackUrl="https://mp.example.org/@me?to=a@b.example").status_code == 201
