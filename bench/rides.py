"""Trips: what does the product make of what PostgreSQL and Django could do?"""

from collections import Counter
from dataclasses import replace
from datetime import time
from functools import partial

from bench import load, replay, service, targets, twin
from bench.load import CYCLES, Clients
from bench.measuring import Sample, Table, alternated, median, quantiles, shown, spread
from bookings.models import Booking, BookingState
from fleet.models import Asset
from payments.models import JournalEntry
from tests.fleet_factories import (
    LAT,
    LON,
    AssetTypeFactory,
    ConditionFactory,
    OpeningHoursFactory,
    RegionFactory,
    SystemFactory,
)
from tests.journey import pause_plan

ROUNDS, SECONDS = 9, 3  # many short ones: what disturbs the machine for a while disturbs all variants alike
WARM_UP_S = 2
CONNECTIONS = load.PROCESSES * load.THREADS
VEHICLES, RECORDED, SPARE = 5_000, 4, 8
STEPS = {"whole": 10, "one-stop": 3}
QUICK = {"ROUNDS": 1, "SECONDS": 1, "WARM_UP_S": 0.5, "VEHICLES": 200}


def make_fleet():
    SystemFactory()
    RegionFactory()
    OpeningHoursFactory(opens_at=time.min, closes_at=time.min)  # day and night: it is measured at any hour
    scooter = AssetTypeFactory(type_id="scooter", default_plan=pause_plan(), access_methods=["QR"])
    ConditionFactory(asset_type=scooter, kind="conditionPayWhenFinished", details={})
    names = [f"ride-{n}" for n in range(VEHICLES)] + [f"{replay.VEHICLE}{n}" for n in range(CONNECTIONS)]
    names += [f"record-{n}" for n in range(SPARE)]
    fleet = [
        Asset(vehicle_number=name, asset_type=scooter, lat=LAT, lon=LON, state_of_charge=90, range_m=20_000)
        for name in names
    ]
    Asset.objects.bulk_create(fleet, batch_size=service.ROWS_AT_ONCE)


def vehicles(beginning):
    found = Asset.objects.filter(vehicle_number__startswith=beginning).order_by("id")
    return [(str(public_id), lat, lon) for public_id, lat, lon in found.values_list("public_id", "lat", "lon")]


def warm_up(clients, processes, headers):
    """There are trips, and the planner knows: what it prepares for empty tables reads them whole as they grow."""
    for cycle in STEPS:
        clients.ride(processes["product"].port, headers[cycle], vehicles("ride-"), cycle, WARM_UP_S)
    clients.ride(processes["naive"].port, twin.HEADERS, twin.vehicles(), "one-stop", WARM_UP_S)
    service.analyze()


def rides(clients, process, headers, cycle):
    """Every trip that was begun is finished and paid."""
    service.analyze()
    before = counted()
    sample = service.measured(process, lambda: clients.ride(process.port, headers, vehicles("ride-"), cycle, SECONDS))
    assert counted() - before == Counter(finished=sample.rounds, fares=sample.rounds), (before, counted())
    return sample


def rides_of_twin(clients, process):
    twin.analyze()
    before = twin.counted()
    sample = service.measured(
        process, lambda: clients.ride(process.port, twin.HEADERS, twin.vehicles(), "one-stop", SECONDS)
    )
    assert twin.counted() - before == Counter(finished=sample.rounds, fares=sample.rounds), (before, twin.counted())
    return sample


def limit(path):
    service.analyze()
    before = counted()
    sample = replay.run(path, CONNECTIONS, SECONDS)
    assert counted() - before == Counter(finished=sample.rounds, fares=sample.rounds), (before, counted())
    return sample


def counted():
    return Counter(
        finished=Booking.objects.filter(state=BookingState.FINISHED).count(),
        fares=JournalEntry.objects.filter(category=JournalEntry.Category.FARE).count(),
    )


def yardstick(clients, process, steps):
    """Counted as if a trip were as many requests as one of the product's."""
    sent = load.request("POST", "/", {"Accept-Language": "en"}, b'{"event": "PAUSE"}')
    sample = service.measured(process, lambda: clients.get(process.port, sent, SECONDS))
    return replace(sample, rounds=sample.rounds / steps)


def written(cycle, headers, folder):
    """The pgbench script of this cycle, in a file; how many statements it has, in all and by step, and how many
    functions Python calls.
    """
    known = vehicles("record-")
    recording, spare = known[:RECORDED], known[RECORDED:]
    asset = Asset.objects.get(public_id=recording[-2][0])
    first, second, by_step = replay.recorded(CYCLES[cycle], headers, recording)
    path = folder / f"{cycle}.sql"
    path.write_text(replay.script(first, second, asset.public_id, asset.pk))
    return path, len(first), by_step, replay.calls(CYCLES[cycle], headers, spare)


def compared(clients, processes, headers, cycle, folder):
    """The tables of this cycle, and what it found."""
    path, statements, by_step, calls = written(cycle, headers, folder)
    product, steps = processes["product"], STEPS[cycle]
    variants = {
        "**product**": lambda: rides(clients, product, headers, cycle),
        "pgbench, the same statements": lambda: limit(path),
        "bare Django view": lambda: yardstick(clients, processes["Django"], steps),
        "WSGI callable": lambda: yardstick(clients, processes["WSGI"], steps),
    }
    if cycle == "one-stop":
        variants[NAIVE] = lambda: rides_of_twin(clients, processes["naive"])
    samples = alternated(variants, ROUNDS)
    reached = median(samples["**product**"], _per_second)
    rows = [
        (
            name,
            spread(each, _per_second),
            f"{reached / median(each, _per_second):.3f}",
            spread(each, partial(Sample.cpu_ms, kind="web")),
            *(shown(median(each, partial(Sample.cpu_ms, kind=kind))) for kind in ("database", "client")),
        )
        for name, each in samples.items()
    ]
    note = NOTE.format(
        connections=CONNECTIONS, web=service.WEB_PROCESSES, rounds=ROUNDS, seconds=SECONDS, statements=statements,
        calls=calls,
    )  # fmt: skip
    latencies = [
        (step, *map(shown, quantiles(samples["**product**"], step)), by_step[step])
        for step in samples["**product**"][0].latencies
    ]
    tables = [
        Table(f"Trips: {cycle} cycle, {steps} requests", COLUMNS, rows, note),
        Table(f"Each step, {cycle} cycle", ("step", "p50 ms", "p95 ms", "p99 ms", "SQL"), latencies, WAITING),
    ]
    return tables, findings(cycle, samples, by_step)


def findings(cycle, samples, by_step):
    product, limit = samples["**product**"], samples["pgbench, the same statements"]
    share = median(product, _per_second) / median(limit, _per_second)
    web_ms = median(product, partial(Sample.cpu_ms, kind="web")) / STEPS[cycle]
    found = [
        targets.at_least("P1", f"{cycle} cycle, {CONNECTIONS} clients, product / pgbench", 0.15, share),
        targets.at_most("P4", f"{cycle} cycle, Python for a request", 2, web_ms, "ms"),
    ]
    if NAIVE in samples:
        times = median(product, _per_second) / median(samples[NAIVE], _per_second)
        found.append(targets.at_least("P2", f"{cycle} cycle, {CONNECTIONS} clients, product / naive twin", 3, times))
    events = {step: count for step, count in by_step.items() if step not in NO_EVENTS}
    found += [targets.at_most("P3", name, NO_EVENTS[name], by_step[name]) for name in NO_EVENTS if name in by_step]
    slowest = max(events, key=events.get)
    return [*found, targets.at_most("P3", f"{cycle} cycle, most of a leg event: {slowest}", 10, events[slowest])]


def _per_second(sample):
    return sample.per_second


def run(folder):
    make_fleet()
    statements_of_twin = twin.make(VEHICLES)
    headers = {"whole": service.caller(maas_id="bench"), "one-stop": service.caller(maas_id="auto", auto_commit=True)}
    service.analyze()
    tables, found = [], []
    with Clients() as clients, service.all_webs() as processes, service.web("naive") as naive:
        processes["naive"] = naive
        warm_up(clients, processes, headers)
        for cycle in STEPS:
            more, findings_of_it = compared(clients, processes, headers[cycle], cycle, folder)
            tables, found = tables + more, found + findings_of_it
        memory = [(name, shown(process.memory_mb("VmRSS"))) for name, process in processes.items()]
    tables.append(Table("Statements of the naive twin", ("step", "SQL"), list(statements_of_twin.items()), OF_TWIN))
    return [*tables, Table("Memory of a web process after that", ("", "MB"), memory)], found


COLUMNS = (
    *("", "trips/s, median (least–most)", "product / this"),
    *("CPU ms per trip: web, median (least–most)", "PostgreSQL", "the client itself"),
)
NOTE = (
    "{connections} connections; {web} web processes; {rounds} rounds of {seconds} s, in turns. The yardsticks are "
    "counted as if a trip were as many of their requests. A trip is {statements} statements, with those that begin and "
    "end transactions, and **{calls:,} function calls in Python**, which no other process can disturb."
)
NAIVE = "naive twin"
OF_TWIN = "Without those that begin and end transactions, and those that open its connection for each request."
NO_EVENTS = {"one-stop": 12, "offer": 12, "book": 12, "commit": 12, "GET booking": 4}  # SQL at most; else 10
WAITING = f"With {CONNECTIONS} connections that never pause: most of it is waiting for a turn."
