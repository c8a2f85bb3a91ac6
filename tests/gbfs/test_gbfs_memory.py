"""Status feeds of which most is remembered …"""

import gzip
import random
import uuid
from datetime import time, timedelta

import pytest
from django.utils import timezone

from fleet import information, tariffs
from fleet.models import Asset, AssetType, OpeningHours, PlanRule, PricingPlan, Region, Station
from gbfs import building, memory, standing, store, tasks
from gbfs.feeds import status
from gbfs.models import Feed
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    CalendarPeriodFactory,
    OpeningHoursFactory,
    PlanRuleFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
    UserGroupFactory,
    square,
)
from tests.gbfs.feeds import vehicles
from tests.journey import NOW

APPS = {"ios": {"store_uri": "https://apps.example/1", "discovery_uri": "operator://"}}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch, clock):
    """Of a few vehicles each; this process remembers."""
    monkeypatch.setattr(memory, "PER_BLOCK", 4)
    memory.remember()


@pytest.fixture
def written(monkeypatch):
    """The vehicles that were written, build by build."""
    found, really = [], status.vehicle_texts

    def vehicle_texts(rows, circumstances):
        found.extend(row.pk for row in rows)
        return really(rows, circumstances)

    monkeypatch.setattr(status, "vehicle_texts", vehicle_texts)
    return found


def told():
    """What the feeds say now, as this process builds them."""
    information.forget()
    return {feed.key: gzip.decompress(feed.gzipped) for feed in building.build(building.STATUS, timezone.now())}


def told_anew():
    """What a process says that remembers nothing."""
    kept = dict(memory._kept)
    memory.forget()
    try:
        return told()
    finally:
        memory._kept.update(kept)


class City:
    """Some of everything, and what may happen to it."""

    def __init__(self, seed):
        self.chance = chance = random.Random(seed)
        self.region = RegionFactory(area=square(LAT, LON, 0.02))
        self.plan, self.stations = PricingPlanFactory(), StationFactory.create_batch(3, region=self.region, capacity=8)
        self.types = [
            AssetTypeFactory(max_range_m=40_000, min_charge_percent=20),
            AssetTypeFactory(),  # as far as its farthest vehicle
            AssetTypeFactory(docked=True),
            AssetTypeFactory(ahead=True),
        ]
        for _vehicle in range(40):
            self.come()
        self.happens = [method for name, method in vars(City).items() if not name.startswith("_")]
        chance.shuffle(self.happens)

    def _any(self):
        return Asset.objects.filter(pk=self.chance.choice(list(Asset.objects.values_list("pk", flat=True))))

    def come(self):
        asset_type, station = self.chance.choice(self.types), self.chance.choice([None, *self.stations])
        place = {} if station else {"lat": LAT + self.chance.uniform(-0.04, 0.04)}
        AssetFactory(asset_type=asset_type, station=station, state_of_charge=self.chance.randint(0, 100), **place)

    def go(self):
        self._any().delete()

    def is_booked(self):
        self._any().update(state="RESERVED")

    def is_ridden(self):
        self._any().update(state="IN_USE", station=None)

    def comes_back(self):
        Asset.objects.filter(state="IN_USE").update(state="AVAILABLE")
        self._any().update(public_id=uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def breaks(self):
        self._any().update(state=self.chance.choice(["OUT_OF_SERVICE", "MISSING", "AVAILABLE"]))

    def moves(self):
        self._any().update(lat=LAT + self.chance.uniform(-0.04, 0.04), lon=LON, station=None)

    def is_lost_and_found(self):
        self._any().filter(station=None).update(lat=None, lon=None)
        Asset.objects.filter(lat=None).update(lat=LAT, lon=self.chance.choice([LON, 0.0, -0.0]))

    def docks(self):
        self._any().update(station=self.chance.choice(self.stations))

    def is_at_home(self):
        self._any().update(home_station=self.chance.choice([None, *self.stations]))

    def reports(self):
        self._any().update(
            state_of_charge=self.chance.choice([None, 5, 60]), range_m=self.chance.choice([None, 90_000])
        )

    def says_hello(self):
        self._any().update(reported_at=timezone.now())

    def is_special(self):
        self._any().update(pricing_plan=self.chance.choice([None, self.plan]))

    def changes_type(self):
        self._any().update(asset_type=self.chance.choice(self.types))

    def types_change(self):
        changes = {"min_charge_percent": self.chance.choice([0, 50]), "max_range_m": self.chance.choice([None, 30_000])}
        AssetType.objects.filter(pk=self.types[0].pk).update(**changes)

    def is_for_some(self):
        self.types[1].user_groups.set(self.chance.choice([[], [UserGroupFactory()]]))

    def prices_change(self):
        PlanRuleFactory(region=self.chance.choice([None, self.region]), starts_at=time(15), ends_at=time(16))
        PlanRule.objects.update(priority=self.chance.randint(0, 5))

    def prices_are_renamed(self):
        PricingPlan.objects.filter(pk=self.plan.pk).update(plan_id=f"plan-{self.chance.random()}")

    def hours_change(self):
        OpeningHours.objects.all().delete()
        if self.chance.random() < 0.8:
            OpeningHoursFactory(region=self.chance.choice([None, self.region]), opens_at=time(7), closes_at=time(20))

    def stations_change(self):
        change = self.chance.choice([{"is_renting": False}, {"is_renting": True}, {"capacity": 2}, {"capacity": None}])
        Station.objects.filter(pk=self.chance.choice(self.stations).pk).update(**change)

    def regions_change(self):
        type(self.region).objects.filter(pk=self.region.pk).update(
            area=square(LAT, LON, self.chance.choice([0.01, 0.03]))
        )


@pytest.mark.parametrize("seed", range(4))
def test_are_those_of_a_process_that_remembers_nothing(clock, seed, monkeypatch):
    city = City(seed)
    if seed % 2:
        monkeypatch.setattr(memory, "MOST_LOOKED_AT", 0)  # always all vehicles
    for step in range(40):
        clock.shift(city.chance.choice([1, 10, 300, 3600, 5 * 3600]))
        happen = city.chance.sample(city.happens, city.chance.randint(0, 3))
        for happens in happen:
            happens(city)

        assert told() == told_anew(), (seed, step, happen)


# Only what changed


def test_are_written_anew_where_a_vehicle_changed(clock, written):
    assets = AssetFactory.create_batch(40)
    told()
    assert sorted(written) == [asset.pk for asset in assets]
    written.clear()
    Asset.objects.filter(pk=assets[7].pk).update(state_of_charge=3)
    Asset.objects.filter(pk=assets[9].pk).update(reported_at=NOW)  # nothing that the feeds say

    told()

    assert written == [assets[7].pk]


@pytest.mark.parametrize("column", standing.COLUMNS)
def test_are_looked_at_whatever_they_read_of_a_vehicle_changed(clock, column):
    asset, other = AssetFactory(range_m=5000), AssetFactory(station=StationFactory())
    others = {
        "public_id": uuid.uuid4(), "asset_type_id": other.asset_type_id, "state": "RESERVED", "lat": 52.2, "lon": 5.2,
        "station_id": other.station_id, "home_station_id": other.station_id, "state_of_charge": 79, "range_m": 5001,
        "pricing_plan_id": other.asset_type.default_plan_id,
    }  # fmt: skip
    before = standing.fingerprints()

    Asset.objects.filter(pk=asset.pk).update(**{column: others[column]})

    assert standing.fingerprints()[asset.pk // 16] != before[asset.pk // 16]


def test_are_looked_at_where_a_vehicle_changed(clock, monkeypatch):
    asset = AssetFactory.create_batch(40)[7]
    looked_at, really = [], memory.rows

    def rows(groups):
        looked_at.append(groups)
        return really(groups)

    monkeypatch.setattr(memory, "rows", rows)
    told()
    told()
    Asset.objects.filter(pk=asset.pk).update(state_of_charge=3)
    told()

    assert looked_at == [None, set(), {asset.pk // 16}]


def test_are_packed_anew_where_a_vehicle_changed(clock):
    asset = AssetFactory.create_batch(40)[7]
    told()
    blocks = dict(memory._kept["vehicles"]._blocks)
    Asset.objects.filter(pk=asset.pk).update(state_of_charge=3)

    told()

    after = memory._kept["vehicles"]._blocks
    assert after.keys() == blocks.keys()
    assert len(blocks) > 4
    assert len([block for block in blocks if after[block] is not blocks[block]]) == 1


def test_are_written_anew_when_the_clock_decides_otherwise(clock, written):
    AssetFactory.create_batch(3)
    OpeningHoursFactory(opens_at=time(6), closes_at=time(20))
    told()
    assert len(vehicles()) == 3
    written.clear()
    clock.shift(10)
    told()
    assert written == []

    clock.move_to(NOW.replace(hour=21))

    assert (len(vehicles()), len(written)) == (0, 3)


ALL_ANEW = {
    "a price": PlanRuleFactory,
    "the name of a price": lambda: PricingPlan.objects.update(plan_id="renamed"),
    "hours": OpeningHoursFactory,
    "a season": CalendarPeriodFactory,
    "a station": StationFactory,
    "a type": AssetTypeFactory,
    "who may ride": lambda: AssetType.objects.get().user_groups.add(UserGroupFactory()),
    "the lowest charge": lambda: AssetType.objects.update(min_charge_percent=90),
    "the apps": lambda: SystemFactory(rental_apps=APPS),
}


@pytest.mark.parametrize("change", ALL_ANEW)
def test_are_written_anew_when_anything_else_changes(clock, written, change):
    assets = AssetFactory.create_batch(3, asset_type=AssetTypeFactory())
    told()
    written.clear()
    tariffs.forget()
    ALL_ANEW[change]()

    assert told() == told_anew()
    assert sorted(written[:3]) == [asset.pk for asset in assets]


@pytest.mark.parametrize(
    ("setting", "value"), [("TOMP_PUBLIC_URL", "https://elsewhere.example"), ("TOMP_CODESPACE", "XYZ")]
)
def test_are_written_anew_under_other_settings(clock, settings, setting, value):
    AssetFactory.create_batch(3)
    before = told()
    setattr(settings, setting, value)

    assert before != told() == told_anew()


def test_say_that_the_region_of_a_price_is_another_one(clock):
    region = RegionFactory(area=square(LAT, LON, 0.01))
    PlanRuleFactory(region=region)
    AssetFactory(lat=LAT + 0.02)
    before = told()
    Region.objects.update(area=square(LAT, LON, 0.03))

    assert before != told() == told_anew()


# When something comes between


def test_follow_a_vehicle_that_changes_while_it_is_looked_at(clock, monkeypatch):
    """It is as it was when its number was read, another when its row is, and then as it was."""
    asset = AssetFactory(state_of_charge=80)
    before = told()
    Asset.objects.filter(pk=asset.pk).update(state_of_charge=70)
    really = standing.fingerprints

    def fingerprints():
        found = really()
        Asset.objects.filter(pk=asset.pk).update(state_of_charge=30)
        return found

    monkeypatch.setattr(memory, "fingerprints", fingerprints)
    between = told()
    monkeypatch.setattr(memory, "fingerprints", really)
    Asset.objects.filter(pk=asset.pk).update(state_of_charge=80)

    assert b'"current_fuel_percent":0.3' in between["3.0", "", "vehicle_status"]
    assert told() == before


def test_are_built_of_nothing_after_a_failure(clock, written, monkeypatch):
    assets = AssetFactory.create_batch(3)
    told()
    Asset.objects.filter(pk=assets[0].pk).update(state="RESERVED")
    with monkeypatch.context() as patch:
        patch.setattr(memory.Memory, "_pack", broken)
        with pytest.raises(RuntimeError):
            told()
    written.clear()

    assert told() == told_anew()
    assert sorted(written[:3]) == [asset.pk for asset in assets]


def broken(memory):
    raise RuntimeError("a bad row")


def test_are_right_whoever_built_those_between(clock):
    asset, mine = AssetFactory(), {}
    store.refresh(building.STATUS, NOW)
    mine |= memory._kept
    memory.forget()
    Asset.objects.filter(pk=asset.pk).update(state="IN_USE")
    store.refresh(building.STATUS, NOW + timedelta(minutes=1))
    memory._kept.update(mine)
    Asset.objects.filter(pk=asset.pk).update(state="RESERVED")

    store.refresh(building.STATUS, NOW + timedelta(minutes=2))

    feed = Feed.objects.get(version="3.0", name="vehicle_status")
    assert b'"is_reserved":true' in gzip.decompress(feed.gzipped)


def test_are_other_bytes_with_another_etag_and_the_same_with_the_same(clock):
    asset = AssetFactory.create_batch(9)[0]

    def built():
        return {feed.key: (feed.gzipped, feed.etag) for feed in building.build(building.STATUS, timezone.now())}

    first, again = built(), built()
    Asset.objects.filter(pk=asset.pk).update(state="RESERVED")
    changed = built()
    Asset.objects.filter(pk=asset.pk).update(state="AVAILABLE")

    key = "3.0", "", "vehicle_status"
    assert first == again == built()
    assert first[key][1] != changed[key][1]


# Who remembers


def test_are_remembered_by_the_worker_alone(clock):
    memory.forget()
    AssetFactory()
    store.refresh(building.STATUS, NOW)
    assert memory._kept == {}

    tasks.build_feeds(0)
    clock.shift(20)
    tasks.build_feeds(0)

    assert memory._kept["vehicles"].vehicles == 1


def test_tell_nothing_by_the_place_of_a_vehicle_in_the_list(clock):
    """By their public ids, and by nothing that stays when these change."""
    assets = AssetFactory.create_batch(20)
    told()
    for asset in assets[:10]:
        Asset.objects.filter(pk=asset.pk).update(public_id=uuid.uuid4())

    ids = list(vehicles())

    assert ids == sorted(ids)
    assert len(ids) == 20
