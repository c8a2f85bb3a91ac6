"""200 clients want one of 10 vehicles at the same moment: nobody gets what another has, everybody an answer."""

import json
import threading
import time
from collections import Counter

from bench import assigning, load, replay, service, targets
from bench.load import Connection
from bench.measuring import Sample, Table, alternated, median, shown, spread
from bookings.models import Booking
from fleet.models import Asset, Reservation
from fleet.models.vehicles import AssetState
from legs.models import Leg
from tests.fleet_factories import LAT, LON, AssetTypeFactory, RegionFactory, SystemFactory

CLIENTS, VEHICLES, ROUNDS = 200, 10, 5
CONNECTIONS, SECONDS = load.PROCESSES * load.THREADS, 3
QUICK = {"CLIENTS": 40, "ROUNDS": 1, "SECONDS": 1}
ONE_OF_ALL, A_CERTAIN_ONE = "one-stop by type", "one-stop by vehicle"


def make_fleet(asset_type, turn):
    vehicles = [
        Asset(vehicle_number=f"race-{turn}-{number}", asset_type=asset_type, lat=LAT, lon=LON, state_of_charge=90)
        for number in range(VEHICLES)
    ]
    return Asset.objects.bulk_create(vehicles)


def wanted(kind, assets, client):
    """The body of the request of this client."""
    place = {"from": {"coordinates": {"lat": LAT, "lng": LON}}}
    if kind == ONE_OF_ALL:
        return place | {"useAssetTypes": [assets[0].asset_type.type_id]}
    return place | {"useAssets": [str(assets[client % VEHICLES].public_id)]}


def race(port, headers, kind, assets):
    """Each client asks once, all at once; returns how often each status was answered, and in how many seconds."""
    ready, statuses, failures = threading.Barrier(CLIENTS + 1), Counter(), []

    def ask(client):
        try:
            connection = Connection(port)
            body = json.dumps(wanted(kind, assets, client)).encode()
            sent = load.request("POST", "/tomp/bookings/one-stop", headers, body)
            ready.wait()
            statuses[connection.ask(sent)[0]] += 1
        except Exception as error:
            failures.append(error)
            ready.abort()

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return statuses, time.perf_counter() - began


def taken_twice(assets):
    """How many of the vehicles more than one booking has."""
    holders = Counter(Leg.objects.filter(asset__in=assets).values_list("asset", flat=True))
    return sum(count > 1 for count in holders.values())


def asked(asset_type, headers):
    """Whole requests, as many times as there are ROUNDS: the table, how many had the same, how many had too few."""
    rows, doubles, missed = [], 0, 0
    with service.web() as web:
        for turn in range(ROUNDS):
            for kind in (ONE_OF_ALL, A_CERTAIN_ONE):
                Asset.objects.filter(state=AssetState.AVAILABLE).update(state=AssetState.RETIRED)
                assets = make_fleet(asset_type, f"{turn}-{kind[-4:]}")
                before = Booking.objects.booked().count()
                statuses, seconds = race(web.port, headers, kind, assets)
                booked = Booking.objects.booked().count() - before
                doubles += taken_twice(assets)
                missed += abs(VEHICLES - booked)
                told = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
                rows.append((kind, booked, told, f"{CLIENTS / seconds:.0f}"))
    title = f"{CLIENTS} clients, {VEHICLES} vehicles, {service.WEB_PROCESSES} web processes"
    return Table(title, ("each wants", "bookings", "answers", "answers/s"), rows), doubles, missed


def compared(asset_type, headers, folder):
    """{lock: samples} of bookings: the product's statements as they are, and with a lock that waits."""
    Asset.objects.filter(state=AssetState.AVAILABLE).update(state=AssetState.RETIRED)
    statements = assigning.booking(headers, wanted(ONE_OF_ALL, make_fleet(asset_type, "recorded"), 0))
    taken = Asset.objects.filter(state=AssetState.RESERVED).latest("pk")
    Asset.objects.filter(state=AssetState.AVAILABLE).update(state=AssetState.RETIRED)
    fleet = [(asset.pk, asset.public_id) for asset in make_fleet(asset_type, "pgbench")]
    variants = {}
    for name, lock in {SKIP: assigning.PASSING, WAIT: assigning.WAITING}.items():
        path = folder / f"{name}.sql"
        path.write_text(assigning.script(statements, (taken.pk, taken.public_id), fleet, lock))
        variants[name] = lambda path=path: assigned(path, fleet)
    return alternated(variants, ROUNDS)


def assigned(path, fleet):
    """What was booked was given back, and nobody had what another one had: the constraint would have failed."""
    before = Booking.objects.count()
    sample = replay.run(path, CONNECTIONS, SECONDS)
    ids = [pk for pk, _public_id in fleet]
    assert Asset.objects.filter(pk__in=ids, state=AssetState.AVAILABLE).count() == VEHICLES
    assert not Reservation.objects.filter(asset__in=ids).exists()
    return Sample(Booking.objects.count() - before, sample.seconds, sample.cpu_s)


def of_locks(samples):
    rows = [
        (name, spread(each, _per_second), shown(median(each, lambda sample: sample.cpu_ms("database"))))
        for name, each in samples.items()
    ]
    title = f"{CONNECTIONS} connections, {VEHICLES} vehicles, the statements of a booking by type"
    columns = ("", "bookings/s, median (least–most)", "CPU ms of PostgreSQL per booking")
    return Table(title, columns, rows, OF_LOCKS.format(rounds=ROUNDS, seconds=SECONDS))


def _per_second(sample):
    return sample.per_second


def run(folder):
    SystemFactory()
    RegionFactory()
    asset_type = AssetTypeFactory(type_id="scooter")
    headers = service.caller(maas_id="race", auto_commit=True)
    of_requests, doubles, missed = asked(asset_type, headers)
    locks = compared(asset_type, headers, folder)
    ratio = median(locks[SKIP], _per_second) / median(locks[WAIT], _per_second)
    return [of_requests, of_locks(locks)], [
        targets.at_most("P10", "vehicles booked twice", 0, doubles),
        targets.at_most("P10", "vehicles that nobody got, or too many bookings", 0, missed),
        targets.at_least("P10", "bookings/s, our SKIP LOCKED / a plain FOR UPDATE", 1, ratio),
    ]


SKIP, WAIT = "as they are (FOR UPDATE SKIP LOCKED)", "with FOR UPDATE alone"
OF_LOCKS = (
    "pgbench, {rounds} rounds of {seconds} s in turns; as many connections as an installation of four times the cores "
    "has. All want the vehicles in the same order, try one after the other, and give back at once what they got."
)
