"""What anybody can see: available-assets, stations and the GBFS feeds, with 1,000, 10,000 and 100,000 vehicles."""

import statistics
import time
import tracemalloc

from django.utils import timezone

from bench import load, service
from bench.answers import asked, growth
from bench.load import Clients
from bench.measuring import Table, shown
from fleet import information
from fleet.models import Asset, Station
from gbfs import building, store
from gbfs.models import Feed
from tests.fleet_factories import LAT, LON, AssetTypeFactory, RegionFactory, SystemFactory, square

SIZES = (1_000, 10_000, 100_000)
DISTRICT, STATIONS = 1_000, 20  # vehicles of a district, a fifth of them at its stations
SIDE, STEP = 0.05, 0.001  # degrees: of a district, and between two vehicles
BUILT = 3  # times; the median counts
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
        return load.request("GET", path, headers)

    return {
        "feed of vehicles, gzip": get(FEED, packed),
        "feed of vehicles, plain": get(FEED, {}),
        "feed of vehicles, 304": get(FEED, packed | {"If-None-Match": etag}),
        "available-assets in a box of 80": get(f"{LIST}?boundingbox={box}"),
        "available-assets at a station": get(f"{LIST}?stationId=s0-0"),
        "available-assets in a region of 1,000": get(f"{LIST}?regionId=district-0"),
        "available-assets, the first 100": get(f"{LIST}?limit=100"),
        "stations of a region": get("/tomp/operator/stations?regionId=district-0"),
        "stations around a place": get(f"/tomp/operator/stations?lat={lat + SIDE / 2}&lon={lon + 0.005}&radius=1000"),
    }


def built(group):
    """Milliseconds by the clock and of this process to build the group anew."""
    wall, core = [], []
    for _time in range(BUILT):
        Feed.objects.filter(name__in=group.names).delete()
        clock, cpu = time.perf_counter(), time.process_time()
        assert store.refresh(group, timezone.now())
        wall.append(1000 * (time.perf_counter() - clock))
        core.append(1000 * (time.process_time() - cpu))
    return statistics.median(wall), statistics.median(core)


def peak_mb():
    """What Python allocates at most while the vehicles and stations are built."""
    Feed.objects.all().delete()
    tracemalloc.start()
    assert store.refresh(building.STATUS, timezone.now())
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak


def run(folder):
    SystemFactory()
    scooter, bike = AssetTypeFactory(max_range_m=40_000), AssetTypeFactory(docked=True)
    headers = service.caller(maas_id="bench")
    by_size, building_rows, made, memory = {}, [], 0, []
    with Clients() as clients, service.web() as product, service.web("Django") as plain:
        for size in SIZES:
            make_districts(made, size // DISTRICT, scooter, bike)
            made = size // DISTRICT
            information.forget()
            service.analyze()
            times = {group.names[0]: built(group) for group in building.GROUPS}
            building_rows.append(
                (f"{size:,}", *(f"{shown(wall)}; {shown(core)}" for wall, core in times.values()), shown(peak_mb()))
            )
            row = Feed.objects.get(version="3.0", name="vehicle_status")
            with service.worker():  # builds the feeds ahead, as in an installation
                by_size[size] = asked(clients, product, plain, requests(headers, f'"{row.etag}-gzip"'))
            memory.append((f"{size:,}", shown(product.memory_mb("VmRSS"))))
    feeds = ("vehicles", *(f"{group.names[0]} …" for group in building.GROUPS), "MB at most for the first")
    return [
        growth("Feeds and lists of vehicles", "vehicles", by_size, NOTE),
        Table("Building the feeds, ms by the clock; of a core in Python", feeds, building_rows),
        Table("Memory of the largest web process", ("vehicles", "MB"), memory),
    ]


NOTE = (
    "A district has 1,000 vehicles and 20 stations, and they ask about one of 1, 10 and 100 districts: the answers "
    "about it stay as long as they are, the feed grows."
)
