"""How many reports of vehicles does one process take in a minute?

    python bench/telemetry.py

Makes 10,000 vehicles in a database of its own and has them report in batches of 1,000, each with its place, charge,
range, odometer and lock; a tenth of them is being ridden. The whole stack works, from the request to the commit.
"""

import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tomp_operator.settings")
os.environ.setdefault("LOG_LEVEL", "WARNING")
django.setup()

from django.test import Client  # noqa: E402
from django.test.utils import get_runner, setup_test_environment  # noqa: E402
from django.utils import timezone  # noqa: E402

from fleet.gateway import credentials  # noqa: E402
from fleet.models import Asset  # noqa: E402
from tests.fleet_factories import LAT, LON, AssetTypeFactory, RegionFactory  # noqa: E402
from tomp_operator import embedded  # noqa: E402

VEHICLES, BATCH, ROUNDS, TARGET = 10_000, 1_000, 3, 10_000


def make_fleet():
    kind = AssetTypeFactory()
    RegionFactory()
    Asset.objects.bulk_create(
        Asset(
            vehicle_number=f"v{number}",
            asset_type=kind,
            lat=LAT,
            lon=LON,
            state_of_charge=80,
            state="IN_USE" if number % 10 == 0 else "AVAILABLE",
        )
        for number in range(VEHICLES)
    )


def batch_of(first, at):
    reports = [
        {
            "vehicle": f"v{number}",
            "at": at.isoformat(),
            "position": {"lat": LAT + number % 100 / 1e5, "lng": LON + at.second / 1e5},
            "stateOfCharge": 50 + number % 40,
            "range": 20_000,
            "odometer": 1_000_000 + number,
            "lock": "CLOSED",
            "speed": 0,
            "errors": [],
        }
        for number in range(first, first + BATCH)
    ]
    return json.dumps({"reports": reports})


def measure():
    _group, secret = credentials.create_group(name="bench")
    client, wall, core = Client(headers={"X-API-Key": secret}), [], []
    for turn in range(ROUNDS):
        at = timezone.now() - timedelta(seconds=ROUNDS - turn)
        for first in range(0, VEHICLES, BATCH):
            body = batch_of(first, at)
            began, used = time.perf_counter(), time.process_time()
            answer = client.post("/telemetry/", body, content_type="application/json")
            wall.append(time.perf_counter() - began)
            core.append(time.process_time() - used)
            assert answer.json()["accepted"] == BATCH, answer.content[:300]
    return wall, core


def main():
    with embedded.running():
        setup_test_environment()
        runner = get_runner(django.conf.settings)(verbosity=0, interactive=False)
        made = runner.setup_databases()
        try:
            make_fleet()
            wall, core = measure()
        finally:
            runner.teardown_databases(made)
    per_minute = BATCH * len(wall) / sum(wall) * 60
    print(f"{per_minute:,.0f} reports per minute (target {TARGET:,}: {per_minute / TARGET:.1f} times)")
    print(f"a batch of {BATCH}: {sum(wall) / len(wall):.3f} s, of which {sum(core) / len(core):.3f} s in Python")
    print(f"the slowest: {max(wall):.3f} s")


if __name__ == "__main__":
    main()
