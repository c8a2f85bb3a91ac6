"""What vehicles report drives their trips …"""

import pytest

from bookings import services as bookings
from fleet.models import Asset, AssetPublicId
from legs import services as legs
from legs import tasks
from legs.models import Leg, LegEvent
from maas.models import Callback
from payments.models import JournalEntry
from tests.fleet_factories import AssetFactory, AssetTypeFactory, DeviceGroupFactory, StationFactory
from tests.journey import HERE, NEARBY, NOW, given_booking, given_leg, minutes, mp_client, nothing_changes, pause_plan
from tests.telemetry import KEY, Worker, dock, place, report, said

pytestmark = pytest.mark.usefixtures("clock", "group")


@pytest.fixture
def group(clock):
    return DeviceGroupFactory(secret=KEY)


@pytest.fixture
def worker():
    return Worker()


@pytest.fixture
def mp(clock):
    return mp_client(maas_id="mp", base_url="https://mp.example.org/tomp")


@pytest.fixture
def stations(clock):
    return StationFactory(station_id="start"), StationFactory(station_id="end", lat=NEARBY[0] + 0.01)


@pytest.fixture
def bike(stations):
    """In its dock, as it reports itself."""
    docked = AssetTypeFactory(docked=True, docks_report=True, default_plan=pause_plan())
    bike = AssetFactory(asset_type=docked, station=stations[0], station_slot="7")
    report(said(bike, -60, dock=dock(stations[0], "7")))
    return bike


@pytest.fixture
def hear(clock, worker):
    """These reports come in when the last of them is made, and the worker does what they leave behind."""

    def send(*reports, minute):
        clock.move_to(NOW + minutes(minute))
        assert report(*reports).json()["wrong"] == []
        worker.work()

    return send


def told():
    """The events the provider was told of."""
    events = [callback.body for callback in Callback.objects.order_by("pk") if "event" in callback.body]
    return [(body["event"], body["time"]) for body in events]


class TestOfADock:
    def test_begin_the_ride_and_end_it(self, mp, bike, stations, hear):
        leg = given_leg(mp.provider, bike)

        hear(said(bike, 2, dock=None), minute=2)
        hear(said(bike, 5, position=place(NEARBY)), minute=5)
        hear(said(bike, 12, dock=dock(stations[1], "4")), minute=12)

        leg = Leg.objects.get(pk=leg.pk)
        assert (leg.state, leg.departed_at, leg.arrived_at) == ("FINISHED", NOW + minutes(2), NOW + minutes(12))
        assert leg.distance_m == 111 + 1112
        assert told() == [("SET_IN_USE", "2026-06-01T12:02:00Z"), ("FINISH", "2026-06-01T12:12:00Z")]
        assert JournalEntry.objects.get().amount == 3  # 1.00 and ten times 0.20
        bike = Asset.objects.get()
        assert (bike.state, bike.station, bike.station_slot) == ("AVAILABLE", stations[1], "4")
        assert (bike.lat, bike.lon) == (stations[1].lat, stations[1].lon)

    def test_may_come_all_at_once_and_in_any_order(self, mp, bike, stations, hear):
        given_leg(mp.provider, bike)

        hear(
            said(bike, 9, dock=dock(stations[1])), said(bike, 4, position=place(NEARBY)), said(bike, 2, dock=None),
            minute=9,
        )  # fmt: skip

        leg = Leg.objects.get()
        assert (leg.state, leg.departed_at, leg.arrived_at) == ("FINISHED", NOW + minutes(2), NOW + minutes(9))

    def test_count_however_late_they_come(self, mp, bike, stations, hear):
        given_leg(mp.provider, bike)
        hear(said(bike, 9, dock=dock(stations[0])), minute=9)

        hear(said(bike, 2, dock=None), minute=10)

        leg = Leg.objects.get()
        assert (leg.state, leg.departed_at, leg.arrived_at) == ("FINISHED", NOW + minutes(2), NOW + minutes(9))
        assert Asset.objects.get().is_docked is True

    def test_do_no_harm_when_they_are_repeated(self, mp, bike, stations, hear, worker):
        given_leg(mp.provider, bike)
        reports = said(bike, 2, dock=None), said(bike, 9, dock=dock(stations[1]))
        hear(*reports, minute=9)

        with nothing_changes():
            hear(*reports, minute=10)
            worker.work(again=True)

        assert len(told()) == 2

    def test_say_nothing_while_it_stays_in_its_dock(self, mp, bike, stations, hear):
        """The app began the ride; the dock opens a moment later."""
        leg = given_leg(mp.provider, bike)
        mp.event(leg.id, "SET_IN_USE")

        hear(said(bike, 1, dock=dock(stations[0])), minute=1)

        assert Leg.objects.get().state == "IN_USE"

    def test_that_came_out_before_the_booking_is_nobodys_ride(self, mp, bike, hear, worker):
        report(said(bike, -1, dock=None))
        Asset.objects.update(station=bike.station)
        given_leg(mp.provider, bike)

        with nothing_changes():
            worker.work()

    def test_wait_for_a_booking_that_is_not_committed(self, mp, bike, hear, clock):
        booking = given_booking(mp.provider, bike)
        hear(said(bike, 2, dock=None), minute=2)
        assert (Leg.objects.get().state, tasks.begin_missed_rides(0)) == ("NOT_STARTED", 0)

        bookings.commit(booking_id=booking.pk, now=NOW + minutes(3))

        assert (tasks.begin_missed_rides(0), tasks.begin_missed_rides(0)) == (1, 0)
        assert Leg.objects.get().state == "IN_USE"
        assert told() == [("SET_IN_USE", "2026-06-01T12:02:00Z")]

    def test_end_a_ride_that_was_ending(self, bike, stations, hear):
        """By contract the meter stops at START_FINISHING; a docked bike stays with its rider until its dock has it."""
        terms = {"bill_until": "START_FINISHING", "release_asset_on": "START_FINISHING", "auto_commit": True}
        entur = mp_client(maas_id="entur", base_url="https://entur.example.org", **terms)
        leg = given_leg(entur.provider, bike)
        hear(said(bike, 2, dock=None), minute=2)
        entur.event(leg.id, "START_FINISHING")

        hear(said(bike, 5, dock=dock(stations[1], "2")), minute=5)

        assert Leg.objects.get().state == "FINISHED"
        bike = Asset.objects.get()
        assert (bike.state, bike.station, bike.station_slot) == ("AVAILABLE", stations[1], "2")

    def test_is_not_told_what_it_did_itself(self, mp, bike, hear):
        leg = given_leg(mp.provider, bike)
        mp.event(leg.id, "SET_IN_USE")

        hear(said(bike, 1, dock=None), minute=1)

        assert (told(), LegEvent.objects.count()) == ([], 1)

    def test_of_another_vehicle_touches_no_other_leg(self, mp, bike, stations, hear):
        given_leg(mp.provider, bike)
        other = AssetFactory(asset_type=bike.asset_type, station=stations[0])
        other_leg = given_leg(mp.provider, other)

        hear(said(other, 1, dock=None), minute=1)

        assert {leg.pk: leg.state for leg in Leg.objects.all()}[other_leg.pk] == "IN_USE"
        assert Leg.objects.get(asset=bike).state == "NOT_STARTED"

    def test_after_a_cancellation_begin_nothing(self, mp, bike, hear):
        leg = given_leg(mp.provider, bike)
        mp.event(leg.id, "CANCEL")

        hear(said(bike, 1, dock=None), minute=1)

        assert Leg.objects.get().state == "CANCELLED"
        assert (Asset.objects.get().state, Asset.objects.get().station) == ("AVAILABLE", None)


class TestOfALock:
    @pytest.fixture
    def scooter(self, clock):
        kind = AssetTypeFactory(lock_pauses=True, must_be_locked=True, access_methods=["QR"], default_plan=pause_plan())
        return AssetFactory(asset_type=kind, lock_state="OPEN")

    def test_closed_by_hand_is_a_pause_until_it_is_opened(self, mp, scooter, hear):
        leg = given_leg(mp.provider, scooter)
        mp.event(leg.id, "SET_IN_USE")

        hear(said(scooter, 4, lock="CLOSED"), minute=4)
        assert Leg.objects.get().state == "PAUSED"
        hear(said(scooter, 5, lock="CLOSED"), said(scooter, 10, lock="OPEN"), minute=10)

        leg = Leg.objects.get()
        assert (leg.state, leg.segments) == ("IN_USE", [["IN_USE", 240], ["PAUSED", 360], ["IN_USE", 0]])
        assert told() == [("PAUSE", "2026-06-01T12:04:00Z"), ("SET_IN_USE", "2026-06-01T12:10:00Z")]

    def test_says_nothing_where_the_type_does_not_say_so(self, mp, scooter, hear):
        scooter.asset_type.lock_pauses = False
        scooter.asset_type.save()
        leg = given_leg(mp.provider, scooter)
        mp.event(leg.id, "SET_IN_USE")

        hear(said(scooter, 4, lock="CLOSED"), minute=4)

        assert (Leg.objects.get().state, Asset.objects.get().lock_state) == ("IN_USE", "CLOSED")

    def test_that_we_work_ourselves_opens_because_the_ride_goes_on(self, mp, clock, hear):
        kind = AssetTypeFactory(lock_pauses=True, access_methods=["TOMP-API"])
        bike = AssetFactory(asset_type=kind)
        leg = given_leg(mp.provider, bike)
        mp.event(leg.id, "SET_IN_USE")
        clock.move_to(NOW + minutes(1))
        mp.event(leg.id, "PAUSE")

        hear(said(bike, 2, lock="OPEN"), minute=2)

        assert Leg.objects.get().state == "PAUSED"

    def test_does_not_open_what_is_ending(self, mp, scooter, hear):
        leg = given_leg(mp.provider, scooter)
        mp.event(leg.id, "SET_IN_USE")
        mp.event(leg.id, "START_FINISHING")

        hear(said(scooter, 4, lock="CLOSED"), minute=4)

        assert Leg.objects.get().state == "FINISHING"


def test_the_last_place_is_where_it_stands_after_the_ride(mp, hear):
    asset = AssetFactory()
    leg = given_leg(mp.provider, asset, state="IN_USE")

    hear(said(asset, 3, position=place(NEARBY)), minute=3)
    mp.event(leg.id, "FINISH")

    assert (Asset.objects.get().lat, Leg.objects.get().distance_m) == (NEARBY[0], 111)
    assert AssetPublicId.objects.count() == 1


def test_a_vehicle_that_cannot_be_followed_stops_no_other(mp, monkeypatch, hear):
    broken, fine = AssetFactory(), AssetFactory()
    given_leg(mp.provider, broken, state="IN_USE")
    given_leg(mp.provider, fine, state="IN_USE")
    follow = legs.track

    def track(*, asset_id, positions):
        if asset_id == broken.pk:
            raise RuntimeError("Nobody foresaw this.")
        return follow(asset_id=asset_id, positions=positions)

    monkeypatch.setattr(legs, "track", track)
    vehicles = [
        {"asset": asset.pk, "happenings": [{"what": "POSITION", "at": NOW.isoformat(), "lat": lat, "lon": HERE[1]}]}
        for asset, lat in ((broken, NEARBY[0]), (fine, NEARBY[0]))
    ]

    with pytest.raises(RuntimeError):
        tasks.follow_vehicles(vehicles)

    assert {leg.asset_id: leg.distance_m for leg in Leg.objects.all()} == {broken.pk: 0, fine.pk: 111}
