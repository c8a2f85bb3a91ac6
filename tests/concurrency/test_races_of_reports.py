"""A vehicle reports while its provider acts: one comes first, the other sees it, and nothing is lost."""

from functools import partial

import pytest

from fleet.models import Asset
from legs import tasks
from legs.models import Leg, LegEvent
from payments.models import JournalEntry
from tests.concurrency.races import ROUNDS, assert_consistent, at_once
from tests.fleet_factories import AssetFactory, AssetTypeFactory, DeviceGroupFactory, StationFactory
from tests.journey import NEARBY, NOW, given_leg, minutes, mp_client
from tests.telemetry import KEY, place, report, said

pytestmark = [
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock", "all_adds_up"),
]


def given_bike():
    station = StationFactory()
    return AssetFactory(asset_type=AssetTypeFactory(docked=True, docks_report=True), station=station)


def told(bike, what, minute, **more):
    happening = {"what": what, "at": (NOW + minutes(minute)).isoformat(), **more}
    return partial(tasks.follow_vehicles, [{"asset": bike.pk, "happenings": [happening]}])


@pytest.mark.parametrize("event", ["START_FINISHING", "PAUSE"])
def test_docked_while_the_provider_reports_something(clock, event):
    mp = mp_client()
    for _ in range(ROUNDS):
        clock.move_to(NOW)
        bike = given_bike()
        leg = given_leg(mp.provider, bike, state="IN_USE")
        clock.move_to(NOW + minutes(5))

        at_once([told(bike, "DOCKED", 4, station=bike.station_id), partial(mp.event, leg.id, event)])

        assert Leg.objects.get(pk=leg.pk).state == "FINISHED"
        assert Asset.objects.get(pk=bike.pk).state == "AVAILABLE"
        assert JournalEntry.objects.filter(leg=leg).count() == 1
    assert_consistent()


def test_undocked_while_the_provider_cancels(clock):
    mp = mp_client()
    for _ in range(ROUNDS):
        clock.move_to(NOW)
        bike = given_bike()
        leg = given_leg(mp.provider, bike)
        clock.move_to(NOW + minutes(1))

        _none, answer = at_once([told(bike, "UNDOCKED", 1), partial(mp.event, leg.id, "CANCEL")])

        state = Leg.objects.get(pk=leg.pk).state
        assert (answer.status_code, state) in {(200, "CANCELLED"), (403, "IN_USE")}
    assert_consistent()


def test_the_same_happening_told_by_two_workers_counts_once(clock):
    mp = mp_client()
    bike = given_bike()
    leg = given_leg(mp.provider, bike)
    clock.move_to(NOW + minutes(1))

    at_once([told(bike, "UNDOCKED", 1)] * 4)

    assert LegEvent.objects.get().event == "SET_IN_USE"
    assert Leg.objects.get(pk=leg.pk).state == "IN_USE"


def test_batches_about_the_same_vehicles_wait_for_each_other(clock):
    DeviceGroupFactory(secret=KEY)
    assets = [AssetFactory() for _ in range(30)]
    batches = [
        [said(asset, -number, stateOfCharge=number, position=place(NEARBY)) for asset in assets[:: number % 2 * 2 - 1]]
        for number in range(8)
    ]

    answers = at_once(partial(report, *batch) for batch in batches)

    assert sum(answer.json()["accepted"] + answer.json()["late"] for answer in answers) == 8 * 30
    assert set(Asset.objects.values_list("state_of_charge", "reported_at")) == {(0, NOW)}
