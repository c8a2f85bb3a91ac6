"""The middleware of whoever made the vehicles: it knows where each of them is, and reports for all of them."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from demo.client import CallFailed, Client
from demo.search import Json
from demo.simulation.streets import Streets
from demo.simulation.tally import Tally
from demo.simulation.vehicles import CHARGED, NEEDS_CHARGE, Vehicle
from demo.simulation.ways import OUTSIDE, Way, away_m
from fleet.models import Asset

TICK_S = 1
IDLE_SHARE = 40  # each tick one in so many of those that stand still reports
BATCH = 400
NEAR_M = 0.3  # half of the way between two docks
LOSES = 5  # percent of its charge on a ride
REPAIR_S = 120
SILENCE_S = 90
TROUBLES = ("brake worn", "light broken", "tyre flat", "lock does not answer")


class Middleware:
    """Reports until it is stopped. Rides tell it who takes which vehicle where."""

    def __init__(
        self, client: Client, *, streets: Streets, tally: Tally, rng: Random, misbehaviour: float, ride_seconds: float
    ) -> None:
        self._client, self._streets, self._tally, self._rng = client, streets, tally, rng
        self._misbehaviour, self._ride_seconds = misbehaviour, ride_seconds
        self._lock = threading.Lock()
        self._told: list[Vehicle] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="vehicles", daemon=True)
        self.vehicles: dict[str, Vehicle] = {}

    def load(self) -> None:
        """It knows its vehicles as the operator does now: the one thing that is read from the operator's database."""
        assets = Asset.objects.select_related("asset_type", "station", "home_station").exclude(lat=None)
        for asset in assets:
            self.vehicles[asset.vehicle_number] = _vehicle(asset)
            if asset.station and asset.station_slot:
                self._streets.occupy(asset.station.station_id, asset.station_slot)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What was still to be told is told."""
        self._stopped.set()
        self._thread.join(30)
        self._client.close()

    # -- what rides do with vehicles

    def find(self, leg: Json) -> Vehicle | None:
        """The vehicle of the leg, as its user recognises it: by what is printed on it, its dock, or where it stands."""
        asset, type_id = leg.get("asset"), leg["assetType"]["id"]
        if asset is None:
            return None
        properties = asset.get("overriddenProperties", {})
        printed = {asset.get("licensePlate"), properties.get("name"), properties.get("meta", {}).get("vehicleCode")}
        with self._lock:
            mine = [each for each in self.vehicles.values() if each.type_id == type_id and not each.is_taken]
            found = next((each for each in mine if each.names & printed), None) or _at_the_place(mine, leg, properties)
            if found is not None:
                found.is_taken = True
            return found

    def idle(self, type_id: str) -> Vehicle | None:
        """One that stands around."""
        with self._lock:
            mine = [each for each in self.vehicles.values() if each.type_id == type_id and not each.is_taken]
            return self._rng.choice(mine) if mine else None

    def ride(self, vehicle: Vehicle, seconds: float) -> None:
        """From now on it moves to a place where it may be left."""
        end, station, slot = self._streets.destination(vehicle)
        now = time.time()
        with self._lock:
            self._leave_dock(vehicle)
            detour = OUTSIDE if self._rng.random() < self._misbehaviour / 10 else None
            vehicle.way = Way(vehicle.place, end, now, now + seconds, detour)
            vehicle.bound_for = (station, slot)
            self._told.append(vehicle)

    def undock(self, vehicle: Vehicle) -> None:
        """It left its dock."""
        with self._lock:
            self._leave_dock(vehicle)
            self._told.append(vehicle)

    def _leave_dock(self, vehicle: Vehicle) -> None:
        for station, slot in ((vehicle.station, vehicle.slot), vehicle.bound_for):
            if station:
                self._streets.leave(station, slot)
        vehicle.station = vehicle.slot = ""
        vehicle.bound_for = ("", "")

    def arrive(self, vehicle: Vehicle) -> None:
        """It is where it was ridden to and stands still; one that has a dock there is not in it yet."""
        with self._lock:
            if vehicle.way is not None:
                vehicle.place = vehicle.way.end
            vehicle.way = None
            self._told.append(vehicle)

    def release(self, vehicle: Vehicle) -> None:
        """The ride is over: it is in its dock, if it has one, and somebody else may take it."""
        with self._lock:
            if vehicle.way is not None:
                vehicle.place, vehicle.way = vehicle.way.end, None
            if vehicle.bound_for[0]:
                vehicle.station, vehicle.slot = vehicle.bound_for
                vehicle.bound_for = ("", "")
            vehicle.is_taken = False
            self._told.append(vehicle)

    # -- reporting

    def _run(self) -> None:
        before = time.time()
        while True:
            is_over = self._stopped.wait(TICK_S)
            now = time.time()
            with self._lock:
                reports = self._reports(now, now - before)
            before = now
            for first in range(0, len(reports), BATCH):
                self._send(reports[first : first + BATCH])
            if is_over:
                return

    def _reports(self, now: float, seconds: float) -> list[dict[str, Any]]:
        """Of those that are ridden, of those that something happened to, and of some of the others."""
        told, self._told = {each.number: each for each in self._told}, []
        reports = []
        for vehicle in self.vehicles.values():
            vehicle.move(now, charge_per_second=LOSES / self._ride_seconds, seconds=seconds)
            is_due = vehicle.way is not None or self._rng.randrange(IDLE_SHARE) == 0
            if not vehicle.is_taken and is_due:
                self._live(vehicle, now)
            if vehicle.number in told or (is_due and vehicle.silent_until < now):
                reports.append(vehicle.report(now))
        return reports + self._mischief(reports, now)

    def _live(self, vehicle: Vehicle, now: float) -> None:
        """What happens to a vehicle that stands around: it breaks, is repaired, runs down, is charged, falls silent."""
        if vehicle.repaired_at and vehicle.repaired_at < now:
            vehicle.errors, vehicle.repaired_at = [], 0
        if vehicle.charge is not None and vehicle.charge < NEEDS_CHARGE and self._rng.random() < 0.5:
            vehicle.charge = CHARGED
        chance = self._rng.random()
        if chance < 0.01:
            vehicle.errors, vehicle.repaired_at = [self._rng.choice(TROUBLES)], now + REPAIR_S
        elif chance < 0.02 and vehicle.charge is not None:
            vehicle.charge = self._rng.uniform(5, 14)
        elif chance < 0.03:
            vehicle.silent_until = now + SILENCE_S

    def _mischief(self, reports: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
        """Reports that come twice, late or from the future, and of vehicles nobody knows."""
        more: list[dict[str, Any]] = []
        for report in reports:
            if self._rng.random() >= self._misbehaviour:
                continue
            kind = self._rng.choice(MISCHIEF)
            more.append(kind(report, now))
        return more

    def _send(self, reports: list[dict[str, Any]]) -> None:
        """Told, whatever it takes within a few tries: a vehicle does not undock twice."""
        for _try in range(5):
            try:
                call = self._client.call("POST", "/telemetry/", body={"reports": reports})
            except CallFailed as failure:
                self._tally.report("unanswered batches", 1)
                complaint = str(failure)
            else:
                if call.status == 200:
                    self._count(call.answer, len(reports))
                    return
                complaint = f"{call} was answered {call.status}: {str(call.answer)[:200]}"
            if self._stopped.wait(TICK_S):
                break
        self._tally.fault(complaint)

    def _count(self, answer: Json, sent: int) -> None:
        """Each report was judged, by one of the five words of docs/gateway.md."""
        judged = {word: answer[word] for word in ("accepted", "repeated", "late")}
        judged["wrong"] = len(answer["wrong"])
        for word, count in judged.items():
            self._tally.report(word, count)
        of_unknown = sent - sum(judged.values())
        if of_unknown < len(answer["unknown"]):
            self._tally.fault(f"{sent} reports were sent, but judged: {answer}")


def _twice(report: dict[str, Any], now: float) -> dict[str, Any]:
    return report


def _late(report: dict[str, Any], now: float) -> dict[str, Any]:
    """Of five minutes ago, and without a word about docks: that would have been true then."""
    at = datetime.fromtimestamp(now, UTC) - timedelta(minutes=5)
    return {key: said for key, said in report.items() if key != "dock"} | {"at": at.isoformat()}


def _from_the_future(report: dict[str, Any], now: float) -> dict[str, Any]:
    return report | {"at": (datetime.fromtimestamp(now, UTC) + timedelta(hours=1)).isoformat()}


def _unknown(report: dict[str, Any], now: float) -> dict[str, Any]:
    return report | {"vehicle": "NOBODY-0001"}


def _malformed(report: dict[str, Any], now: float) -> dict[str, Any]:
    return report | {"position": "over there"}


MISCHIEF: tuple[Callable[[dict[str, Any], float], dict[str, Any]], ...] = (
    _twice,
    _late,
    _from_the_future,
    _unknown,
    _malformed,
)


def _vehicle(asset: Asset) -> Vehicle:
    place = asset.lat or 0.0, asset.lon or 0.0
    return Vehicle(
        number=asset.vehicle_number,
        type_id=asset.asset_type.type_id,
        place=place,
        home=(asset.home_station.lat, asset.home_station.lon) if asset.home_station else place,
        charge=asset.state_of_charge,
        odometer=asset.odometer_m or 0,
        station=asset.station.station_id if asset.station else "",
        slot=asset.station_slot,
        names=frozenset(name for name in (asset.vehicle_code, asset.license_plate, asset.name) if name),
    )


def _at_the_place(vehicles: list[Vehicle], leg: Json, properties: Json) -> Vehicle | None:
    """In the dock that the leg names, else where the vehicle is said to stand."""
    start = leg["from"]
    slot = start.get("extraInfo", {}).get("stationSlotName")
    if slot:
        docked = (each for each in vehicles if (each.station, each.slot) == (start.get("stationId"), slot))
        if found := next(docked, None):
            return found
    coordinates = (properties.get("location") or start)["coordinates"]
    point = float(coordinates["lat"]), float(coordinates["lng"])
    nearest = min(vehicles, key=lambda each: away_m(each.place, point), default=None)
    return nearest if nearest and away_m(nearest.place, point) < NEAR_M else None
