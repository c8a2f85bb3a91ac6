"""How long does it take to build and to send the feeds of a large fleet?

    python bench/gbfs.py

Makes 10,000 vehicles and 200 stations in a database of its own, builds each group of feeds as the worker does, and asks
for the vehicles as a reader does, through the whole stack.
"""

import os
import statistics
import sys
import time
import tracemalloc
from functools import partial
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tomp_operator.settings")
os.environ.setdefault("LOG_LEVEL", "WARNING")
django.setup()

from django.test import Client  # noqa: E402
from django.test.utils import get_runner, setup_test_environment  # noqa: E402
from django.utils import timezone  # noqa: E402

from fleet.models import Asset, Station  # noqa: E402
from gbfs import building, store  # noqa: E402
from gbfs.models import Feed  # noqa: E402
from tests.fleet_factories import LAT, LON, AssetTypeFactory, RegionFactory, SystemFactory  # noqa: E402
from tomp_operator import embedded  # noqa: E402

VEHICLES, STATIONS, ROUNDS, ANSWERS = 10_000, 200, 7, 500
MOST_TO_BUILD, MOST_TO_SEND = 500, 2  # milliseconds
PATH = "/gbfs/3.0/vehicle_status.json"


def make_fleet():
    SystemFactory()
    RegionFactory()
    scooter, bike = AssetTypeFactory(max_range_m=40_000), AssetTypeFactory(docked=True)
    stations = Station.objects.bulk_create(
        Station(station_id=f"s{n}", name={"en": f"Station {n}"}, lat=LAT, lon=LON + n / 1e4, capacity=30)
        for n in range(STATIONS)
    )
    Asset.objects.bulk_create(_vehicle(number, scooter, bike, stations) for number in range(VEHICLES))


def _vehicle(number, scooter, bike, stations):
    place = {"lat": LAT + number % 100 / 1e4, "lon": LON + number // 100 / 1e4}
    if number % 5:
        charge = number % 100 + 1
        return Asset(
            vehicle_number=f"v{number}", asset_type=scooter, state_of_charge=charge, range_m=400 * charge, **place
        )
    return Asset(vehicle_number=f"v{number}", asset_type=bike, station=stations[number % STATIONS], **place)


def measured(job, rounds):
    """Medians in milliseconds: by the clock, and of this process alone."""
    wall, core = [], []
    for _round in range(rounds):
        clock, cpu = time.perf_counter(), time.process_time()
        job()
        wall.append(1000 * (time.perf_counter() - clock))
        core.append(1000 * (time.process_time() - cpu))
    return statistics.median(wall), statistics.median(core)


def build(group):
    Feed.objects.filter(name__in=group.names).delete()
    assert store.refresh(group, timezone.now())


def main():
    make_fleet()
    for group in building.GROUPS:
        wall, core = measured(partial(build, group), ROUNDS)
        target = f" (target {MOST_TO_BUILD})" if group is building.STATUS else ""
        print(f"{', '.join(group.names[:2])} …: built in {wall:.0f} ms{target}, of which {core:.0f} ms in Python")
    tracemalloc.start()
    build(building.STATUS)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    row = Feed.objects.get(version="3.0", name="vehicle_status")
    plain = store.current(row.key, timezone.now()).plain
    size = f"{len(plain) / 1e6:.2f} MB, packed {len(row.gzipped) / 1e6:.2f} MB"
    print(f"{PATH}: {size}; building takes {peak:.0f} MB")
    client = Client()
    etag = client.get(PATH, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    for what, headers in {
        "packed": {"Accept-Encoding": "gzip"},
        "plain": {},
        "not modified": {"Accept-Encoding": "gzip", "If-None-Match": etag},
    }.items():
        wall, core = measured(partial(client.get, PATH, headers=headers), ANSWERS)
        print(f"{what}: sent in {wall:.2f} ms (target {MOST_TO_SEND}), of which {core:.2f} ms in Python")


if __name__ == "__main__":
    with embedded.running():
        setup_test_environment()
        runner = get_runner(django.conf.settings)(verbosity=0, interactive=False)
        databases = runner.setup_databases()
        try:
            main()
        finally:
            runner.teardown_databases(databases)
