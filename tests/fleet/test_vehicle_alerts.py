"""Vehicles have an alert …"""

import pytest

from bookings.models import Notification
from fleet import tasks
from fleet.gateway import alerts
from fleet.models import Asset, VehicleAlert
from maas.models import Callback
from tests.fleet_factories import (
    AssetFactory,
    AssetTypeFactory,
    DeviceGroupFactory,
    RegionFactory,
    StationFactory,
    VehicleAlertFactory,
)
from tests.journey import FAR_AWAY, HERE, NEARBY, NOW, given_leg, minutes, mp_client
from tests.telemetry import KEY, Worker, dock, place, report, said

pytestmark = pytest.mark.usefixtures("group")


@pytest.fixture
def group(clock):
    return DeviceGroupFactory(secret=KEY)


@pytest.fixture
def hear(clock):
    def send(*reports, minute):
        clock.move_to(NOW + minutes(minute))
        assert report(*reports).json()["wrong"] == []

    return send


def shown():
    """(kind, minute it began, minute it was over or None) of each."""
    return [
        (alert.kind, (alert.since - NOW) / minutes(1), alert.closed_at and (alert.closed_at - NOW) / minutes(1))
        for alert in VehicleAlert.objects.order_by("pk")
    ]


class TestOfCharge:
    def test_once_per_fall(self, hear):
        asset = AssetFactory()
        for minute, charge in ((1, 16), (2, 14), (3, 13), (4, 16), (5, 14), (6, 60)):
            hear(said(asset, minute, stateOfCharge=charge), minute=minute)

        assert shown() == [("LOW_CHARGE", 2, 6)]
        assert VehicleAlert.objects.get().details == "14 %"

    def test_that_is_the_same_when_it_comes_back_soon_and_a_new_one_later(self, hear):
        asset = AssetFactory()
        for minute, charge in ((1, 10), (2, 60), (30, 10), (31, 60), (65, 10)):
            hear(said(asset, minute, stateOfCharge=charge), minute=minute)

        assert shown() == [("LOW_CHARGE", 1, 31), ("LOW_CHARGE", 65, None)]

    def test_below_what_the_type_asks_for(self, hear):
        asset = AssetFactory(asset_type=AssetTypeFactory(min_charge_percent=30))

        hear(said(asset, 1, stateOfCharge=29), minute=1)

        assert shown() == [("LOW_CHARGE", 1, None)]


class TestOfPlaces:
    def test_outside_the_operating_area_until_they_are_back(self, hear):
        RegionFactory()
        asset = AssetFactory(state="IN_USE")

        hear(said(asset, 1, position=place(FAR_AWAY)), minute=1)
        hear(said(asset, 9, position=place(HERE)), minute=9)

        assert shown() == [("OUTSIDE_AREA", 1, 9)]

    def test_where_nobody_may_go(self, hear):
        RegionFactory(kind="NO_ACCESS")

        hear(said(AssetFactory(), 1, position=place(HERE)), minute=1)

        assert shown() == [("OUTSIDE_AREA", 1, None)]

    def test_nowhere_if_no_area_is_drawn(self, hear):
        hear(said(AssetFactory(), 1, position=place(NEARBY)), minute=1)

        assert shown() == []

    def test_when_they_move_without_a_booking(self, hear):
        asset = AssetFactory(reported_at=NOW)

        hear(said(asset, 1, position=place(NEARBY)), minute=1)

        assert shown() == [("MOVED_UNBOOKED", 1, None)]
        assert VehicleAlert.objects.get().details == "111 m"

    def test_not_when_a_ride_just_ended_elsewhere(self, clock, hear):
        asset = AssetFactory(reported_at=NOW)
        given_leg(mp_client().provider, asset, state="FINISHED")

        hear(said(asset, 1, position=place(NEARBY)), minute=1)

        assert shown() == []

    def test_when_they_leave_their_dock_without_a_booking(self, hear):
        station = StationFactory()
        bike = AssetFactory(asset_type=AssetTypeFactory(docked=True, docks_report=True), station=station)
        hear(said(bike, 0, dock=dock(station)), minute=0)

        hear(said(bike, 1, dock=None), minute=1)
        hear(said(bike, 5, dock=dock(station)), minute=5)

        assert shown() == [("MOVED_UNBOOKED", 1, 5)]


def test_of_faults_until_there_are_none(hear):
    asset = AssetFactory()

    hear(said(asset, 1, errors=["E12 brake", "E7"]), minute=1)
    hear(said(asset, 2), minute=2)
    assert (shown(), VehicleAlert.objects.get().details) == ([("FAULT", 1, None)], "E12 brake; E7")
    hear(said(asset, 3, errors=[]), minute=3)

    assert shown() == [("FAULT", 1, 3)]


def test_of_silence_until_they_report(clock, hear):
    asset = AssetFactory(reported_at=NOW)
    AssetFactory(reported_at=NOW, state="RETIRED")
    AssetFactory(reported_at=None)
    clock.move_to(NOW + minutes(120))
    tasks.watch_vehicles(0)
    assert shown() == []

    clock.move_to(NOW + minutes(121))
    tasks.watch_vehicles(0)
    tasks.watch_vehicles(0)
    assert shown() == [("SILENT", 0, None)]

    hear(said(asset, 150), minute=150)
    assert shown() == [("SILENT", 0, 150)]


def test_no_longer_than_it_can_be_true(clock):
    for kind, state in (("FAULT", "AVAILABLE"), ("LOW_CHARGE", "AVAILABLE"), ("LOW_CHARGE", "RETIRED")):
        VehicleAlertFactory(kind=kind, asset__state=state, since=NOW, last_seen_at=NOW)

    assert alerts.expire(now=NOW + minutes(60 * 24 + 1)) == 2
    assert [alert.kind for alert in VehicleAlert.objects.open()] == ["LOW_CHARGE"]

    alerts.expire(now=NOW + minutes(60 * 24 * 400))
    assert [alert.closed_at for alert in VehicleAlert.objects.all()] == [None]


class TestThatTheRiderIsTold:
    @pytest.fixture
    def mp(self, clock):
        return mp_client(maas_id="mp", base_url="https://mp.example.org/tomp")

    def test_once(self, mp, hear):
        RegionFactory()
        asset, worker = AssetFactory(), Worker()
        leg = given_leg(mp.provider, asset)
        mp.event(leg.id, "SET_IN_USE")

        hear(said(asset, 1, position=place(FAR_AWAY), stateOfCharge=12), minute=1)
        hear(said(asset, 2, position=place(FAR_AWAY), stateOfCharge=11), minute=2)
        worker.work()
        worker.work(again=True)

        assert {(sent.type, sent.comment, sent.at, sent.leg_id) for sent in Notification.objects.all()} == {
            (
                "MESSAGE_TO_END_USER",
                "The battery of the vehicle is low (12 %). Please end the ride soon.",
                NOW + minutes(1),
                str(leg.pk),
            ),
            (
                "USER_OUT_OF_LIMITS",
                "The vehicle is outside the area where it may be (53.09000, 5.12000). Please return.",
                NOW + minutes(1),
                str(leg.pk),
            ),
        }
        assert Callback.objects.filter(path=f"bookings/{leg.booking_id}/notifications").count() == 2

    def test_not_before_the_ride_and_not_after_it(self, mp, hear):
        asset, worker = AssetFactory(), Worker()
        leg = given_leg(mp.provider, asset)
        hear(said(asset, 1, stateOfCharge=12), minute=1)
        worker.work()
        mp.event(leg.id, "SET_IN_USE")
        Asset.objects.update(state_of_charge=50)
        hear(said(asset, 2, stateOfCharge=50), minute=2)
        hear(said(asset, 40, stateOfCharge=9), minute=40)
        mp.event(leg.id, "FINISH")

        worker.work()

        assert not Notification.objects.exists()
