"""A bike in a dock that reports, as Entur rides it: the operator says what to do next …"""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from bookings import services as bookings
from bookings.models import Booking, Notification, Party
from fleet import information
from fleet.models import Station, System
from legs import services as legs
from legs import tasks
from legs.models import Leg, LegEvent
from maas.models import Callback, CallbackState
from tests.client import refused
from tests.fleet_factories import AssetFactory, AssetTypeFactory, StationFactory, SystemFactory
from tests.journey import HERE, NEARBY, NOW, located, minutes, mp_client

TAKE_IT = "Take the vehicle from slot 7."
BESIDE_IT = "The dock is full. Place the vehicle next to it and lock it; the ride then ends by itself."


@pytest.fixture
def mp(clock, api_version):
    return mp_client(api_version, maas_id="mp", auto_commit=True, base_url="https://mp.example.org")


@pytest.fixture(params=["START_FINISHING", "FINISH"])
def contract(mp, request):
    """When the vehicle is given back and the meter stops."""
    mp.provider.bill_until = mp.provider.release_asset_on = request.param
    mp.provider.save()


@pytest.fixture
def bike(db):
    kind = AssetTypeFactory(docked=True, docks_report=True, access_methods=["QR"])
    return AssetFactory(asset_type=kind, station=StationFactory(station_id="start"), station_slot="7")


def book(mp, bike):
    return mp.one_stop(**{"from": {"stationId": "start"}}, useAssets=[str(bike.public_id)]).json()["id"]


def said():
    return list(Notification.objects.order_by("id").values_list("comment", flat=True))


def dock(event, leg_id, minute, place=HERE):
    at = NOW + minutes(minute)
    legs.apply(event, leg_id=leg_id, at=at, now=at, asked_by=Party.TO, location=place)


def at_the_end(mp, clock, leg_id, minute=10, place=NEARBY):
    clock.move_to(NOW + minutes(minute))
    return mp.event(leg_id, "START_FINISHING", **located(place))


def finish_later(clock, minute):
    """The job that was put off, done at this minute."""
    job = ProcrastinateJob.objects.get(task_name="legs.tasks.finish_beside_the_dock", status="todo")
    clock.move_to(NOW + minutes(minute))
    tasks.finish_beside_the_dock(**job.args)
    return job


class TestTakeTheBike:
    def test_is_said_with_the_slot(self, mp, bike):
        leg_id = book(mp, bike)

        call = Callback.objects.get()
        assert call.path == f"bookings/{leg_id}/notifications"
        assert call.body == {"type": "MESSAGE_TO_END_USER", "comment": TAKE_IT, "legId": leg_id}
        assert said() == [TAKE_IT]

    def test_is_said_once_the_booking_is_confirmed(self, mp, bike):
        mp.provider.auto_commit = False
        mp.provider.save()
        leg_id = book(mp, bike)
        assert said() == []

        mp.operation(leg_id, "COMMIT")

        assert said() == [TAKE_IT]

    def test_is_said_when_staff_confirm(self, mp, bike):
        bike.asset_type.response_minutes = 10
        bike.asset_type.save()
        leg_id = book(mp, bike)
        assert said() == []

        bookings.confirm(booking_id=leg_id, now=NOW)

        assert said() == [TAKE_IT]

    def test_is_said_without_a_slot(self, mp, bike):
        bike.station_slot = ""
        bike.save()

        book(mp, bike)

        assert said() == ["Take the vehicle out of its dock."]

    def test_is_said_in_the_language_of_the_operator(self, mp, bike):
        System.objects.all().delete()
        SystemFactory(languages=["nb"])
        information.forget()

        book(mp, bike)

        assert said() == ["Ta kjøretøyet fra plass 7."]

    def test_is_not_said_of_a_vehicle_that_stands_free(self, mp):
        mp.one_stop(**{"from": {"coordinates": {"lat": HERE[0], "lng": HERE[1]}}},
                    useAssets=[str(AssetFactory().public_id)])  # fmt: skip

        assert said() == []

    @pytest.mark.parametrize("how", ["event", "operation"])
    def test_is_not_sent_after_the_booking_was_called_off(self, mp, bike, how):
        leg_id = book(mp, bike)

        answer = mp.event(leg_id, "CANCEL") if how == "event" else mp.operation(leg_id, "CANCEL")

        assert answer.status_code == 200
        call = Callback.objects.get()
        assert (call.state, call.outcome) == (CallbackState.GIVEN_UP, "The ride was over before.")
        assert said() == [TAKE_IT]  # both sides can still read it with the booking

    def test_is_not_sent_after_the_ride_and_what_must_be_known_is(self, mp, bike):
        leg_id = book(mp, bike)
        dock("SET_IN_USE", leg_id, 1)
        dock("FINISH", leg_id, 5)

        states = [(call.subject, call.state) for call in Callback.objects.order_by("id")]
        assert states == [
            ("MESSAGE_TO_END_USER", CallbackState.GIVEN_UP),
            ("SET_IN_USE", CallbackState.OWED),
            ("FINISH", CallbackState.OWED),
        ]

    def test_waits_until_the_provider_knows_the_booking(self, mp, bike):
        book(mp, bike)

        assert ProcrastinateJob.objects.get(task_name="maas.tasks.deliver_callback").scheduled_at is not None


@pytest.mark.usefixtures("contract")
class TestTheDockIsFull:
    @pytest.fixture
    def leg_id(self, mp, bike):
        leg_id = book(mp, bike)
        dock("SET_IN_USE", leg_id, 1)
        full = StationFactory(station_id="full", lat=NEARBY[0], capacity=2)
        AssetFactory.create_batch(2, asset_type=bike.asset_type, station=full)
        Station.objects.filter(station_id="start").update(lat=50)
        return leg_id

    def test_is_said_and_the_operator_ends_the_ride(self, mp, clock, leg_id):
        assert at_the_end(mp, clock, leg_id).json()["state"] == "FINISHING"
        assert said() == [TAKE_IT, BESIDE_IT]

        job = finish_later(clock, 12)

        assert job.scheduled_at == NOW + minutes(12)
        leg = Leg.objects.select_related("asset").get()
        assert (leg.state, leg.arrived_at, Booking.objects.get().state) == ("FINISHED", NOW + minutes(10), "FINISHED")
        assert (leg.asset.state, leg.asset.lat) == ("AVAILABLE", NEARBY[0])
        assert LegEvent.objects.latest("id").comment == "The dock is full; the vehicle stands next to it."
        assert Callback.objects.latest("id").body["event"] == "FINISH"

    def test_is_not_said_while_there_is_a_place(self, mp, clock, leg_id):
        Station.objects.filter(station_id="full").update(capacity=3)

        at_the_end(mp, clock, leg_id)

        assert said() == [TAKE_IT]
        assert not ProcrastinateJob.objects.filter(task_name="legs.tasks.finish_beside_the_dock").exists()

    def test_is_not_said_while_another_station_is_near(self, mp, clock, leg_id):
        StationFactory(station_id="other", lat=NEARBY[0])

        at_the_end(mp, clock, leg_id)

        assert said() == [TAKE_IT]

    def test_counts_a_station_that_takes_nothing_back(self, mp, clock, leg_id):
        StationFactory(station_id="other", lat=NEARBY[0] + 0.0001, is_returning=False)

        at_the_end(mp, clock, leg_id)

        assert said() == [TAKE_IT, BESIDE_IT]

    def test_leaves_alone_a_ride_that_the_dock_ended(self, mp, clock, leg_id):
        at_the_end(mp, clock, leg_id)
        dock("FINISH", leg_id, 11, NEARBY)
        before = LegEvent.objects.count()

        finish_later(clock, 12)

        assert LegEvent.objects.count() == before
        advice = Callback.objects.filter(body__comment=BESIDE_IT).get()
        assert advice.state == CallbackState.GIVEN_UP

    def test_does_not_let_the_provider_end_it(self, mp, clock, leg_id):
        at_the_end(mp, clock, leg_id)

        refused(mp.event(leg_id, "FINISH"), 403, 4004)


def test_a_ride_that_went_on_is_not_ended(mp, clock, bike):
    leg_id = book(mp, bike)
    dock("SET_IN_USE", leg_id, 1)
    Station.objects.update(capacity=0)
    at_the_end(mp, clock, leg_id, place=HERE)
    clock.move_to(NOW + minutes(11))
    mp.event(leg_id, "SET_IN_USE")

    finish_later(clock, 12)

    assert Leg.objects.get().state == "IN_USE"
