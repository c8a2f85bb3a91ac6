"""Reports of vehicles: 10,000 of them in batches of 1,000, a tenth of them being ridden."""

import json
import time
from datetime import timedelta

from django.utils import timezone

from bench import load, service, targets
from bench.load import Connection, Taken
from bench.measuring import Table, median, shown, spread
from fleet.gateway import credentials
from fleet.models import Asset
from fleet.models.vehicles import AssetState
from tests.fleet_factories import LAT, LON, AssetTypeFactory, RegionFactory

VEHICLES, BATCH, ROUNDS, TARGET = 10_000, 1_000, 3, 10_000  # the target is per minute and process
QUICK = {"VEHICLES": 2_000, "ROUNDS": 1}


def make_fleet():
    kind = AssetTypeFactory()
    RegionFactory()
    Asset.objects.bulk_create(
        batch_size=service.ROWS_AT_ONCE,
        objs=[
            Asset(
                vehicle_number=f"v{number}",
                asset_type=kind,
                lat=LAT,
                lon=LON,
                state_of_charge=80,
                state=AssetState.IN_USE if number % 10 == 0 else AssetState.AVAILABLE,
            )
            for number in range(VEHICLES)
        ],
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
    return json.dumps({"reports": reports}).encode()


def all_report(port, secret, at):
    """Each vehicle reports once; a batch is a round."""
    sent = [
        load.request("POST", "/telemetry/", {"X-API-Key": secret}, batch_of(first, at))
        for first in range(0, VEHICLES, BATCH)
    ]
    connection, latencies, began, cpu = Connection(port), [], time.perf_counter(), time.process_time()
    for batch in sent:
        at = time.perf_counter()
        status, answer = connection.ask(batch)
        latencies.append(time.perf_counter() - at)
        assert status == 200, answer[:500]
        assert json.loads(answer)["accepted"] == BATCH, answer[:300]
    return Taken({"POST": latencies}, len(sent), time.perf_counter() - began, time.process_time() - cpu)


def run(folder):
    make_fleet()
    _group, secret = credentials.create_group(name="bench")
    service.analyze()
    samples = []
    with service.web(workers=1) as web:
        for turn in range(ROUNDS + 1):
            at = timezone.now() - timedelta(seconds=ROUNDS + 1 - turn)
            samples.append(service.measured(web, lambda at=at: all_report(web.port, secret, at)))
        memory = web.memory_mb()
    samples = samples[1:]  # the first fills the caches
    slowest = max(taken for sample in samples for taken in sample.latencies["POST"])
    rows = [
        ("reports per minute", spread(samples, _per_minute)),
        ("ms for a batch of 1,000", spread(samples, lambda each: 1000 / each.per_second)),
        ("… the slowest", shown(1000 * slowest)),
        ("… of a core in Python", shown(median(samples, lambda each: each.cpu_ms("web")))),
        ("… of a core in PostgreSQL", shown(median(samples, lambda each: each.cpu_ms("database")))),
        ("MB the web process needed at most", shown(memory)),
    ]
    found = [targets.at_least("Telemetry", "reports per minute", TARGET, median(samples, _per_minute))]
    return [Table("Reports of vehicles, one web process", ("", "median (least–most)"), rows)], found


def _per_minute(sample):
    return sample.per_second * BATCH * 60
