"""How long does the list of everything that can be had take, written and kept, for a small and for a large fleet?

    python bench/available_assets.py

Makes the fleet in a database of its own and asks through the whole stack, as a provider with a key.
"""

import os
import statistics
import sys
import time
from functools import partial
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tomp_operator.settings")
os.environ.setdefault("LOG_LEVEL", "WARNING")
django.setup()

from django.test import Client  # noqa: E402
from django.test.utils import get_runner, setup_test_environment  # noqa: E402

from fleet.models import Asset  # noqa: E402
from tests.client import MpClient  # noqa: E402
from tests.factories import MaasProviderFactory  # noqa: E402
from tests.fleet_factories import LAT, LON, AssetTypeFactory, SystemFactory  # noqa: E402
from tomp_operator import embedded, sharing  # noqa: E402

FLEETS, ROUNDS = (1_000, 10_000), 15
PATH = "/tomp/operator/available-assets"


def grow(asset_type, size):
    known = Asset.objects.count()
    vehicles = (
        Asset(vehicle_number=f"v{n}", asset_type=asset_type, lat=LAT + n % 100 / 1e4, lon=LON + n // 100 / 1e4)
        for n in range(known, size)
    )
    Asset.objects.bulk_create(vehicles, batch_size=500)


def ask(headers, *, is_new=False):
    if is_new:
        sharing.forget()
    return Client().get(PATH, headers=headers)


def measured(job):
    """Milliseconds by the clock, and of this process alone."""
    wall, core = [], []
    for _round in range(ROUNDS):
        clock, cpu = time.perf_counter(), time.process_time()
        job()
        wall.append(1000 * (time.perf_counter() - clock))
        core.append(1000 * (time.process_time() - cpu))
    return statistics.median(wall), statistics.median(core)


def main():
    SystemFactory()
    asset_type, headers = AssetTypeFactory(), MpClient(MaasProviderFactory()).headers
    for size in FLEETS:
        grow(asset_type, size)
        etag = ask(headers).headers["ETag"]
        packed, known = {"Accept-Encoding": "gzip"}, {"If-None-Match": etag}
        for what, job in {
            "written": partial(ask, headers, is_new=True),
            "written and packed": partial(ask, headers | packed, is_new=True),
            "kept": partial(ask, headers),
            "kept, packed": partial(ask, headers | packed),
            "not modified": partial(ask, headers | known),
        }.items():
            wall, core = measured(job)
            print(f"{size} vehicles, {what}: {wall:.1f} ms, of which {core:.1f} ms in Python")


if __name__ == "__main__":
    with embedded.running():
        setup_test_environment()
        runner = get_runner(django.conf.settings)(verbosity=0, interactive=False)
        databases = runner.setup_databases()
        try:
            main()
        finally:
            runner.teardown_databases(databases)
