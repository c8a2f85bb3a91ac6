"""What anybody can see: available-assets, stations and the GBFS feeds, with 1,000, 10,000 and 100,000 vehicles."""

import gzip
import random
import statistics
import time
import tracemalloc
import uuid

from django.utils import timezone

from bench import load, replay, service, targets, yardstick
from bench.answers import asked, core_ms, growth
from bench.load import Clients
from bench.measuring import Table, median, shown
from fleet import information
from fleet.models import Asset, Station
from gbfs import building, memory, store, tasks
from gbfs.models import Feed
from tests.fleet_factories import LAT, LON, AssetTypeFactory, RegionFactory, SystemFactory, square

SIZES = (1_000, 10_000, 100_000)
DISTRICT, STATIONS = 1_000, 20  # vehicles of a district, a fifth of them at its stations
SIDE, STEP = 0.05, 0.001  # degrees: of a district, and between two vehicles
CHANGED = 100  # vehicles between two builds
BUILT = 3  # times; the median counts
QUICK = {"SIZES": (1_000, 2_000), "BUILT": 1}
FEED = "/gbfs/3.0/vehicle_status.json"
LIST = "/tomp/operator/available-assets"


def corner(district):
    return LAT + district // 10 * SIDE, LON + district % 10 * SIDE


def make_districts(first, last, scooter, bike):
    """A district is a region with 1,000 vehicles; all look alike, so that an answer about one stays as long."""
    stations, vehicles = [], []
    for district in range(first, last):
        lat, lon = corner(district)
        area = square(lat + SIDE / 2, lon + SIDE / 2, SIDE / 2)
        region = RegionFactory(region_id=f"district-{district}", area=area)
        own = [_station(district, number, lat, lon, region) for number in range(STATIONS)]
        stations += own
        vehicles += [_vehicle(district, number, lat, lon, scooter, bike, own) for number in range(DISTRICT)]
    Station.objects.bulk_create(stations, batch_size=service.ROWS_AT_ONCE)
    Asset.objects.bulk_create(vehicles, batch_size=service.ROWS_AT_ONCE)


def _station(district, number, lat, lon, region):
    name = {"en": f"Station {district}-{number}"}
    place = {"lat": lat + SIDE / 2, "lon": lon + (number + 0.5) * SIDE / STATIONS}
    return Station(station_id=f"s{district}-{number}", name=name, capacity=30, region=region, **place)


def _vehicle(district, number, lat, lon, scooter, bike, stations):
    name = f"v{district}-{number}"
    if number % 5 == 0:
        station = stations[number // 5 % STATIONS]
        return Asset(vehicle_number=name, asset_type=bike, station=station, lat=station.lat, lon=station.lon)
    place = {"lat": lat + (number // 40 + 1) * STEP, "lon": lon + (number % 40 + 1) * STEP}
    charge = number % 80 + 20
    return Asset(vehicle_number=name, asset_type=scooter, state_of_charge=charge, range_m=400 * charge, **place)


def requests(headers, etag):
    lat, lon = corner(0)
    box = f"{lat + STEP / 2},{lat + 10.5 * STEP},{lon + STEP / 2},{lon + 10.5 * STEP}"  # 80 scooters
    packed = {"Accept-Encoding": "gzip"}

    def get(path, headers=headers):
        return path, headers

    return {
        "feed of vehicles, gzip": get(FEED, packed),
        "feed of vehicles, plain": get(FEED, {}),
        "feed of vehicles, 304": get(FEED, packed | {"If-None-Match": etag}),
        "available-assets, all, gzip": get(LIST, headers | packed),
        "available-assets in a box of 80": get(f"{LIST}?boundingbox={box}"),
        "available-assets at a station": get(f"{LIST}?stationId=s0-0"),
        "available-assets in a region of 1,000": get(f"{LIST}?regionId=district-0"),
        "available-assets, the first 100": get(f"{LIST}?limit=100"),
        "stations of a region": get("/tomp/operator/stations?regionId=district-0"),
        "stations around a place": get(f"/tomp/operator/stations?lat={lat + SIDE / 2}&lon={lon + 0.005}&radius=1000"),
    }


def built(group, before=memory.forget):
    """Milliseconds by the clock and of this process to build the group, once `before` was done: by default by a process
    that remembers nothing, and so all anew."""
    wall, core = [], []
    for _time in range(BUILT):
        before()
        Feed.objects.filter(name__in=group.names).update(ttl=0)  # due at once
        clock, cpu = time.perf_counter(), time.process_time()
        assert store.refresh(group, timezone.now())
        wall.append(1000 * (time.perf_counter() - clock))
        core.append(1000 * (time.process_time() - cpu))
    return statistics.median(wall), statistics.median(core)


def change_some():
    """CHANGED vehicles from all over the town are others for the public: half by their ids, half by their charge."""
    pks = list(Asset.objects.order_by("pk").values_list("pk", flat=True))
    for number, pk in enumerate(random.sample(pks, CHANGED)):
        charge = random.randrange(20, 100)
        changes = {"public_id": uuid.uuid4()} if number % 2 else {"state_of_charge": charge, "range_m": 400 * charge}
        assert Asset.objects.filter(pk=pk).update(**changes) == 1


def built_after_changes():
    """As `built`, by a process that remembers the vehicles as a worker does, some of which changed."""
    memory.remember()
    building.build(building.STATUS, timezone.now())
    took, now = built(building.STATUS, change_some), timezone.now()
    remembered = plain(now)
    memory.forget()
    assert remembered == plain(now), "what is remembered is not what there is"
    return took


def plain(now):
    return {feed.key: gzip.decompress(feed.gzipped) for feed in building.build(building.STATUS, now)}


def peak_mb():
    """What Python allocates at most while the vehicles and stations are built; what a worker keeps of that."""
    memory.remember()
    tracemalloc.start()
    building.build(building.STATUS, timezone.now())
    left, peak = (amount / 1e6 for amount in tracemalloc.get_traced_memory())
    tracemalloc.stop()
    memory.forget()
    return peak, left


def feed_of_vehicles():
    """The feed as it is kept."""
    return store.current(("3.0", "", "vehicle_status"), timezone.now())


def share_of_a_core(core_ms):
    """What building the vehicles takes of a worker, which does it each time they are nearly due."""
    return core_ms / 1000 / (feed_of_vehicles().ttl - tasks.PACE.total_seconds())


def run(folder):
    SystemFactory()
    scooter, bike = AssetTypeFactory(max_range_m=40_000), AssetTypeFactory(docked=True)
    headers = service.caller(maas_id="bench")
    by_size, building_rows, made, resident, found = {}, [], 0, [], []
    with Clients() as clients, service.all_webs() as webs, yardstick.running(folder / "nginx", webs) as constant:
        for size in SIZES:
            make_districts(made, size // DISTRICT, scooter, bike)
            made = size // DISTRICT
            information.forget()
            service.analyze()
            times = {group.names[0]: built(group) for group in building.GROUPS}
            wall, core = built_after_changes()
            store.forget()
            feed = feed_of_vehicles()
            took = ("; ".join(map(shown, each)) for each in (*times.values(), (wall, core)))
            memory_mb = map(shown, peak_mb())
            building_rows.append((f"{size:,}", *took, feed.ttl, f"{share_of_a_core(core):.1%}", *memory_mb))
            asked_for = requests(headers, f'"{feed.etag}-gzip"')
            with service.worker() as worker:  # builds the feeds ahead, as in an installation
                by_size[size] = samples = asked(
                    clients,
                    webs,
                    {name: load.request("GET", *each) for name, each in asked_for.items()},
                    constant.process,
                    {f"{constant.name} {coding}": sent for coding, sent in constant.requests(feed).items()},
                )
                resident.append((f"{size:,}", shown(webs["product"].memory_mb("VmRSS")), shown(worker.memory_mb())))
            found += kept(size, samples, constant)
        what = f"feeds of {size:,} vehicles and their stations after {CHANGED} changes, by the clock"
        found += [targets.at_most("P7", what, 250, wall, "ms")]
        found += narrowed(samples, asked_for)
    feeds = ("vehicles", *(f"{group.names[0]} …" for group in building.GROUPS), *OF_THE_FIRST)
    return [
        growth("Feeds and lists of vehicles", "vehicles", by_size, NOTE),
        Table("Building the feeds, ms by the clock; of a core in Python", feeds, building_rows),
        Table("Memory at most, MB", ("vehicles", "largest web process", "worker"), resident),
    ], found


def kept(size, samples, constant):
    """P5 and P6: what is kept, as a share of what the web server could do."""
    found = []
    for coding, limit in WANTED.get(size, {}).items():
        reached = _per_second(samples[f"{FEED_NAME}, {coding}"])
        possible = _per_second(samples[f"{constant.name} {coding}"]) / constant.share
        what = f"{FEED_NAME}, {coding}: of what {constant.name.partition(',')[0]} sends"
        what += f", × {constant.share}" if constant.share != 1 else ""
        found.append(targets.at_least("P5" if size == SIZES[0] else "P6", what, limit, reached / possible))
    return found


def _per_second(samples):
    return median(samples, lambda each: each.per_second)


def narrowed(samples, asked_for):
    """P8: the processor time and the statements of a question about some of all vehicles."""
    found = []
    for name in NARROWED:
        found.append(targets.at_most("P8", f"{name}: Python + PostgreSQL", 15, sum(core_ms(samples[name])), "ms"))
        found.append(targets.at_most("P8", f"{name}: SQL", 5, replay.counted(*asked_for[name])))
    return found


FEED_NAME = "feed of vehicles"
NARROWED = ("available-assets in a box of 80", "available-assets at a station", "available-assets in a region of 1,000")
WANTED = {
    1_000: {"plain": 0.45, "gzip": 0.2, "304": 0.18},
    10_000: {"plain": 1.0, "gzip": 0.55},
}
OF_THE_FIRST = (
    f"the first after {CHANGED} changes", "its ttl", "share of a worker's core then", "MB at most", "MB kept",
)  # fmt: skip
NOTE = (
    "A district has 1,000 vehicles and 20 stations, and they ask about one of 1, 10 and 100 districts: the answers "
    "about it stay as long as they are, the feed grows."
)
