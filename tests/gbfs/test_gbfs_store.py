"""The bytes of a feed …"""

import json
import time
from datetime import UTC, timedelta
from threading import Event

import pytest
from django.db import connection
from django.utils import timezone

from fleet import information
from fleet.models import Asset
from gbfs import building, store, tasks
from gbfs.models import Feed
from tests.concurrency.races import at_once
from tests.fleet_factories import (
    AlertFactory,
    AssetFactory,
    AssetTypeFactory,
    FarePartFactory,
    OpeningHoursFactory,
    PlanRuleFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
)
from tests.gbfs.feeds import get
from tests.journey import NOW

STATUS = ("3.0", "", "vehicle_status")
PATH = "3.0/vehicle_status.json"


@pytest.fixture
def builds(monkeypatch):
    """How often each group was built."""
    done, really = [], building.build

    def build(group, now):
        done.append(group.names[0])
        return really(group, now)

    monkeypatch.setattr(building, "build", build)
    return done


def of_another_process():
    """As a process that has not been asked yet."""
    store.forget()


# Built once


def test_are_built_once_for_all_processes(builds):
    for _process in range(3):
        of_another_process()
        get(PATH)
        get("2.3/free_bike_status.json")

    assert builds == ["vehicle_status"]


def test_are_built_with_what_belongs_to_them(builds):
    get(PATH)

    assert set(Feed.objects.values_list("version", "language", "name")) == {
        ("2.3", "", "free_bike_status"),
        ("2.3", "", "station_status"),
        ("3.0", "", "vehicle_status"),
        ("3.0", "", "station_status"),
    }


def test_are_not_asked_for_twice_within_a_second(builds, django_assert_num_queries):
    get(PATH)
    with django_assert_num_queries(0):
        get(PATH)


def test_are_asked_for_with_one_statement_after_a_second(builds, django_assert_num_queries, monkeypatch):
    get(PATH)
    started = time.monotonic()
    monkeypatch.setattr(store.time, "monotonic", lambda: started + 1.1)

    with django_assert_num_queries(1):
        get(PATH)


def test_are_those_another_process_built_meanwhile(clock, builds):
    first = store.current(STATUS, NOW)
    AssetFactory()
    of_another_process()
    mine = {STATUS: first}
    clock.shift(10)
    get(PATH)
    of_another_process()
    store._kept.update(mine)

    answer = get(PATH)

    assert len(json.loads(answer.content)["data"]["vehicles"]) == 1
    assert builds == ["vehicle_status", "vehicle_status"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
def test_are_built_by_one_of_many_who_come_first(clock, builds):
    def ask():
        return store.current(STATUS, NOW).etag

    etags = at_once([ask] * 6)

    assert len(set(etags)) == 1
    assert builds == ["vehicle_status"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
def test_of_before_are_sent_while_somebody_builds_new_ones(clock, monkeypatch):
    before = store.current(STATUS, NOW).etag
    store.forget()
    building_now, may_go_on, really = Event(), Event(), building.build
    due = NOW + timedelta(seconds=10)

    def slowly(group, now):
        building_now.set()
        assert may_go_on.wait(20)
        return really(group, now)

    monkeypatch.setattr(building, "build", slowly)

    def build():
        return store.refresh(building.STATUS, due)

    def read():
        assert building_now.wait(20)
        etag = store.current(STATUS, due).etag
        may_go_on.set()
        return etag

    built, read_meanwhile = at_once([build, read])

    assert built is True
    assert read_meanwhile == before != store.current(STATUS, due + timedelta(seconds=2)).etag


# When something goes wrong


def test_of_before_are_sent_when_new_ones_cannot_be_built(clock, monkeypatch):
    before = get(PATH)
    monkeypatch.setattr(building, "build", broken)
    clock.shift(60)

    answer = get(PATH)

    assert (answer.status_code, answer.content) == (200, before.content)
    assert answer.headers["Cache-Control"] == "public, max-age=0"
    assert Feed.objects.filter(built_at=NOW).count() == 4


def broken(group, now):
    raise RuntimeError("a bad row")


def test_are_built_when_the_clock_was_put_back(clock, builds):
    get(PATH)
    clock.move_to(NOW - timedelta(hours=1))

    assert json.loads(get(PATH).content)["last_updated"] == "2026-06-01T11:00:00Z"


# Ahead of need


def test_are_built_ahead_by_the_worker(clock, builds, django_assert_num_queries):
    assert tasks.build_feeds(0) == 3
    assert tasks.build_feeds(0) == 0
    clock.shift(5)
    assert tasks.build_feeds(0) == 0
    clock.shift(1)
    assert tasks.build_feeds(0) == 1
    clock.shift(50)
    assert tasks.build_feeds(0) == 2

    assert builds == [
        *("gbfs", "system_alerts", "vehicle_status"),
        "vehicle_status",
        *("system_alerts", "vehicle_status"),
    ]


@pytest.mark.parametrize("change", [AssetTypeFactory, PricingPlanFactory, StationFactory, RegionFactory, SystemFactory])
def test_are_built_by_the_worker_as_soon_as_what_they_name_changes(clock, builds, change):
    tasks.build_feeds(0)
    builds.clear()
    clock.shift(6)
    changed = change()

    clock.shift(1)
    tasks.build_feeds(0)
    clock.shift(6)
    tasks.build_feeds(0)
    changed.save()
    clock.shift(1)
    tasks.build_feeds(0)

    assert [group for group in builds if group == "gbfs"] == ["gbfs", "gbfs", "gbfs"]
    assert builds[:2] == ["gbfs", "vehicle_status"]  # nobody reads of a type that is not there yet


def test_are_built_once_more_for_a_change_that_was_not_committed_yet(clock, builds):
    """It is dated before the build, and was not seen by it."""
    SystemFactory()
    clock.shift(3)
    tasks.build_feeds(0)
    clock.shift(4)

    assert (tasks.build_feeds(0), tasks.build_feeds(0)) == (1, 0)
    assert builds.count("gbfs") == 2


@pytest.mark.parametrize(
    ("vehicles", "seconds"), [(0, 10), (10_999, 10), (11_000, 11), (100_000, 100), (300_999, 300), (301_000, 300)]
)
def test_of_status_live_a_second_for_each_thousand_vehicles(vehicles, seconds):
    assert building.STATUS.ttl(vehicles) == seconds


def test_live_as_long_as_the_setting_says_at_the_least(settings):
    settings.TOMP_GBFS_STATUS_TTL_SECONDS = 400

    assert building.STATUS.ttl(500_000) == 400


def test_of_a_large_fleet_are_built_less_often(clock, builds, monkeypatch):
    AssetFactory.create_batch(12)
    clock.shift(10)
    monkeypatch.setattr(building, "VEHICLES_PER_SECOND", 1)
    tasks.build_feeds(0)
    clock.shift(7)
    kept = get(PATH)
    early = tasks.build_feeds(0)
    clock.shift(1)

    new = tasks.build_feeds(0)

    assert (early, new) == (0, 1)
    assert builds == ["gbfs", "system_alerts", "vehicle_status", "vehicle_status"]
    assert json.loads(kept.content)["ttl"] == 12
    assert kept.headers["Cache-Control"] == "public, max-age=5"


def test_of_a_version_that_did_not_say_how_long_they_live_are_built_again(clock, builds):
    get(PATH)
    Feed.objects.update(ttl=0)
    of_another_process()

    get(PATH)

    assert builds == ["vehicle_status", "vehicle_status"]
    assert set(Feed.objects.values_list("ttl", flat=True)) == {10}


def test_built_by_the_worker_are_read_with_one_statement(django_assert_num_queries):
    tasks.build_feeds(0)
    SystemFactory()

    with django_assert_num_queries(1):
        get(PATH)


def test_are_forgotten_with_their_language(clock):
    SystemFactory(languages=["en", "nl"])
    store.refresh(building.ALERTS, NOW)
    SystemFactory().delete()
    SystemFactory(languages=["de"])

    store.refresh(building.ALERTS, NOW + timedelta(minutes=2))

    alerts = Feed.objects.filter(name="system_alerts")
    assert set(alerts.values_list("version", "language")) == {("2.3", "de"), ("3.0", "")}


# What they cost


@pytest.mark.parametrize(
    ("group", "statements"), [(building.STATUS, 11), (building.ALERTS, 7), (building.CATALOGUE, 16)]
)
def test_take_as_many_statements_for_one_thing_as_for_many(group, statements):
    SystemFactory()
    some_of_everything(1)
    few = statements_to_build(group)
    some_of_everything(4)

    many = statements_to_build(group)

    assert few == many == statements


def some_of_everything(count):
    for _each in range(count):
        region, station = RegionFactory(), StationFactory()
        plan = PricingPlanFactory(parts=[FarePartFactory.build(), FarePartFactory.build(per_minute=True)])
        scooter, bike = AssetTypeFactory(plans=[plan]), AssetTypeFactory(docked=True)
        region.asset_types.set([scooter, bike])
        PlanRuleFactory(plan=plan, region=region)
        OpeningHoursFactory(station=station)
        OpeningHoursFactory(region=region)
        AlertFactory(stations=[station], regions=[region])
        AssetFactory(asset_type=scooter, pricing_plan=plan)
        AssetFactory(asset_type=bike, station=station)


def statements_to_build(group):
    information.system()  # known for some seconds
    with connection.execute_wrapper(counting := Counting()):
        building.build(group, timezone.now().astimezone(UTC))
    return counting.number


class Counting:
    """Counts statements."""

    def __init__(self):
        self.number = 0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)


def test_say_nothing_of_what_changed_since(clock):
    asset = AssetFactory()
    get(PATH)
    Asset.objects.filter(pk=asset.pk).update(state="IN_USE")
    clock.shift(10)

    assert json.loads(get(PATH).content)["data"]["vehicles"] == []
