"""A provider that subscribed to a booking …"""

from datetime import timedelta

import pytest

from bookings import services as bookings
from bookings.models import Party, Subscription
from legs import services as legs
from maas.models import Callback, CallbackState
from tests.factories import CallbackChannelFactory, CallbackFactory
from tests.fleet_factories import AssetFactory
from tests.journey import HERE, NOW, given_booking, given_leg, located, minutes, mp_client
from tests.trip_factories import SubscriptionFactory

BASE = "https://mp.example.org/tomp"
WEBHOOK = "https://mp.example.org/hooks/7"


@pytest.fixture
def mp(clock, api_version):
    client = mp_client(api_version, maas_id="mp", base_url=BASE)
    CallbackChannelFactory(provider=client.provider)
    return client


def subscribed(booking, webhook=""):
    Callback.objects.all().delete()
    return SubscriptionFactory(booking=booking, webhook=webhook, since=NOW - minutes(1))


def told():
    """(where to, event or operation) of all that is owed, in order."""
    return [(call.url, call.subject) for call in Callback.objects.order_by("id")]


def seconds(count):
    return timedelta(seconds=count)


def test_hears_every_step_and_what_it_led_to(mp, clock):
    leg = given_leg(mp.provider)
    subscribed(leg.booking)

    for minute, event in enumerate(("PREPARE", "SET_IN_USE", "PAUSE", "START_FINISHING", "FINISH")):
        clock.move_to(NOW + minutes(minute))
        assert mp.event(leg.id, event).status_code == 200

    assert {call.url for call in Callback.objects.all()} == {f"{BASE}/legs/{leg.id}/events"}
    assert [(call.body["event"], call.body["comment"]) for call in Callback.objects.order_by("id")] == [
        ("PREPARE", "Leg PREPARING, booking CONFIRMED."),
        ("SET_IN_USE", "Leg IN_USE, booking STARTED."),
        ("PAUSE", "Leg PAUSED, booking STARTED."),
        ("START_FINISHING", "Leg FINISHING, booking STARTED."),
        ("FINISH", "Leg FINISHED, booking FINISHED."),
    ]
    last = Callback.objects.latest("id")
    assert (last.body["time"], last.body["asset"]["id"]) == ("2026-06-01T12:04:00Z", str(leg.asset_public_id))
    assert last.api_version == leg.booking.api_version


def test_hears_of_a_step_once_however_often_it_is_reported(mp):
    leg = given_leg(mp.provider)
    subscribed(leg.booking)

    for _ in range(2):
        mp.event(leg.id, "SET_IN_USE", time="2026-06-01T12:00:00Z")

    assert told() == [(f"{BASE}/legs/{leg.id}/events", "SET_IN_USE")]


def test_hears_what_the_operator_does_once_where_it_is_called_anyway(mp):
    leg = given_leg(mp.provider)
    subscribed(leg.booking)

    legs.apply("SET_IN_USE", leg_id=leg.pk, at=NOW, now=NOW, asked_by=Party.TO)

    assert told() == [(f"{BASE}/legs/{leg.id}/events", "SET_IN_USE")]
    assert "comment" not in Callback.objects.get().body


def test_hears_everything_at_its_webhook_and_what_it_must_know_where_it_is_called_anyway(mp):
    leg = given_leg(mp.provider)
    subscribed(leg.booking, WEBHOOK)

    mp.event(leg.id, "PREPARE")
    legs.apply("SET_IN_USE", leg_id=leg.pk, at=NOW, now=NOW, asked_by=Party.TO)

    assert told() == [
        (f"{WEBHOOK}/legs/{leg.id}/events", "PREPARE"),
        (f"{BASE}/legs/{leg.id}/events", "SET_IN_USE"),
        (f"{WEBHOOK}/legs/{leg.id}/events", "SET_IN_USE"),
    ]


def test_is_told_at_the_callback_address_of_the_booking(mp):
    booking = given_booking(mp.provider, state="CONFIRMED", callback_url="https://mp.example.org/of-this")
    subscribed(booking)

    mp.event(booking.id, "PREPARE")

    assert told() == [(f"https://mp.example.org/of-this/legs/{booking.id}/events", "PREPARE")]


@pytest.mark.parametrize(("state", "after"), [("PENDING", "RELEASED"), ("CONFIRMED", "CANCELLED")])
def test_hears_that_what_it_called_off_does_not_take_place(mp, state, after):
    booking = given_booking(mp.provider, state=state)
    subscribed(booking)

    for _ in range(2):
        mp.operation(booking.id, "CANCEL")

    assert told() == [(f"{BASE}/legs/{booking.id}/events", "CANCEL")]
    assert Callback.objects.get().body["comment"] == f"Leg CANCELLED, booking {after}."


def test_hears_that_a_booking_lapsed(mp, clock):
    booking = given_booking(mp.provider)
    subscribed(booking)

    bookings.expire(booking_id=booking.id, now=NOW + minutes(15))

    assert told() == [(f"{BASE}/legs/{booking.id}/events", "CANCEL")]
    assert Callback.objects.get().body["comment"] == "Leg CANCELLED, booking EXPIRED."


def test_hears_once_that_the_operator_called_it_off(mp):
    booking = given_booking(mp.provider, state="CONFIRMED")
    subscribed(booking)

    bookings.cancel(booking_id=booking.id, now=NOW, asked_by=Party.TO)

    assert told() == [(f"{BASE}/bookings/{booking.id}/events", "CANCEL")]


class TestProgress:
    @pytest.fixture
    def leg(self, mp):
        leg = given_leg(mp.provider, AssetFactory(state_of_charge=80), state="IN_USE")
        subscribed(leg.booking)
        return leg

    def ride(self, leg, second, metres=None):
        north = HERE[0] + (second if metres is None else metres) * 5e-5  # 5.6 m each
        legs.track(asset_id=leg.asset_id, positions=[(NOW + seconds(second), north, HERE[1])])

    def test_is_pushed_when_the_vehicle_moves(self, mp, leg):
        self.ride(leg, 60)

        call = Callback.objects.get()
        assert call.url == f"{BASE}/legs/{leg.id}/progress"
        assert call.body["coordinates"] == {"lat": round(HERE[0] + 0.003, 6), "lng": HERE[1]}
        assert (call.body["duration"], call.body["distance"]) == (60_000, 334)
        assert call.body["asset"]["stateOfCharge"] == 80

    def test_is_pushed_every_thirty_seconds_at_most(self, leg):
        for second in (10, 20, 30, 40, 50):
            self.ride(leg, second)
            deliver_all()

        assert list(Callback.objects.order_by("id").values_list("created_at", flat=True)) == [
            NOW + seconds(10),
            NOW + seconds(40),
        ]

    def test_waits_until_the_last_one_arrived(self, leg):
        self.ride(leg, 10)
        self.ride(leg, 100)
        assert Callback.objects.count() == 1

        deliver_all()
        self.ride(leg, 110)
        assert Callback.objects.count() == 2

    def test_is_not_pushed_while_the_vehicle_stands(self, leg):
        self.ride(leg, 60, metres=1)

        assert not Callback.objects.exists()

    def test_goes_to_the_webhook(self, leg):
        Subscription.objects.update(webhook=WEBHOOK)

        self.ride(leg, 60)

        assert told() == [(f"{WEBHOOK}/legs/{leg.id}/progress", "POST")]

    def test_is_not_pushed_without_a_subscription(self, leg):
        Subscription.objects.all().delete()

        self.ride(leg, 60)

        assert not Callback.objects.exists()


def deliver_all():
    for call in Callback.objects.filter(state=CallbackState.OWED):
        call.attempt(at=NOW, status=200)
        call.deliver()
        call.save()


class TestA410:
    """To any call about the booking."""

    def gone(self, booking, after):
        CallbackFactory(provider=booking.provider, booking_id=booking.pk, status=410, attempted_at=NOW + seconds(after))

    def test_ends_the_subscription(self, mp):
        leg = given_leg(mp.provider)
        subscribed(leg.booking)
        self.gone(leg.booking, after=-1)

        mp.event(leg.id, "SET_IN_USE", **located())

        assert not Subscription.objects.in_force().exists()
        assert Callback.objects.count() == 1

    def test_to_a_call_about_another_booking_or_before_does_not(self, mp):
        leg, other = given_leg(mp.provider), given_leg(mp.provider)
        subscribed(leg.booking)
        self.gone(leg.booking, after=-61)
        self.gone(other.booking, after=0)

        assert Subscription.objects.in_force().count() == 1

    def test_leaves_what_the_provider_must_know(self, mp):
        leg = given_leg(mp.provider)
        subscribed(leg.booking)
        self.gone(leg.booking, after=0)

        legs.apply("SET_IN_USE", leg_id=leg.pk, at=NOW, now=NOW, asked_by=Party.TO)

        assert told()[1:] == [(f"{BASE}/legs/{leg.id}/events", "SET_IN_USE")]

    def test_is_over_when_it_subscribes_again(self, mp, clock):
        leg = given_leg(mp.provider)
        subscribed(leg.booking)
        self.gone(leg.booking, after=0)
        clock.move_to(NOW + minutes(1))

        assert mp.post(f"/bookings/{leg.booking_id}/subscription", None).status_code == 204

        assert Subscription.objects.in_force().get().since == NOW + minutes(1)


def test_whoever_did_not_subscribe_is_not_told_what_it_did_itself(mp):
    leg = given_leg(mp.provider)
    Callback.objects.all().delete()

    mp.event(leg.id, "SET_IN_USE")
    legs.track(asset_id=leg.asset_id, positions=[(NOW + seconds(40), HERE[0] + 0.001, HERE[1])])
    mp.event(leg.id, "FINISH")

    assert not Callback.objects.exists()
