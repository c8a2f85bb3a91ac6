"""200 clients want one of 10 vehicles at the same moment: nobody gets what another has, everybody an answer."""

import json
import statistics
import threading
import time
from collections import Counter

from bench import load, service, targets
from bench.load import Connection
from bench.measuring import Table
from bookings.models import Booking
from fleet.models import Asset
from fleet.models.vehicles import AssetState
from legs.models import Leg
from tests.fleet_factories import LAT, LON, AssetTypeFactory, RegionFactory, SystemFactory

CLIENTS, VEHICLES, ROUNDS = 200, 10, 5
QUICK = {"CLIENTS": 40, "ROUNDS": 1}
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


def run(folder):
    SystemFactory()
    RegionFactory()
    asset_type = AssetTypeFactory(type_id="scooter")
    headers = service.caller(maas_id="race", auto_commit=True)
    rows, doubles, missed, rates = [], 0, 0, {ONE_OF_ALL: [], A_CERTAIN_ONE: []}
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
                rates[kind].append(CLIENTS / seconds)
                rows.append((kind, booked, told, f"{CLIENTS / seconds:.0f}"))
    title = f"{CLIENTS} clients, {VEHICLES} vehicles, {service.WEB_PROCESSES} web processes"
    skipping, waiting = (statistics.median(rates[kind]) for kind in (ONE_OF_ALL, A_CERTAIN_ONE))
    found = [
        targets.at_most("P10", "vehicles booked twice", 0, doubles),
        targets.at_most("P10", "vehicles that nobody got, or too many bookings", 0, missed),
        targets.at_least(
            "P10", "any vehicle (SKIP LOCKED) / a certain one (FOR UPDATE), answers/s", 1, skipping / waiting
        ),
    ]
    return [Table(title, ("each wants", "bookings", "answers", "answers/s"), rows)], found
