"""The whole service with a database of its own: rides through it, its commands, and how to kill its database."""

import json
import os
import signal
import subprocess
import sys
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from tests.crash.conftest import App, ended, free_port, start, wait_until

STARTS_WITHIN_S = 180  # with a new database and its city; twenty where nobody else works
TOLD = ["SET_IN_USE", "PAUSE", "SET_IN_USE", "FINISH"]


@contextmanager
def running(own):
    """`manage.py run` with an empty data folder: its process and its address."""
    port = free_port()
    with ended(start("manage.py", "run", "--port", str(port), "--workers", "2", **own)) as run:
        url = f"http://127.0.0.1:{port}"
        App(url, {}).until_answered("GET", "/operator/meta", within=STARTS_WITHIN_S)
        yield run, url


def app_of_new_provider(url, own, receiver):
    """Whose bookings are confirmed at once, and who hears of them at the receiver."""
    made = json.loads(manage(own, "create_maas_provider", "crash", "--auto-commit", "--base-url", receiver.url))
    known = {"maas-id": "crash", "X-API-Key": made["apiKey"], "Api": "TOMP", "Api-Version": "1.6"}
    return App(url, {**known, "Accept-Language": "en"})


def manage(own, *arguments):
    """What the command printed, whatever its exit status."""
    command = [sys.executable, "manage.py", *arguments]
    told = subprocess.run(
        command, cwd=settings.BASE_DIR, env=os.environ | own, stdout=subprocess.PIPE, text=True, check=False
    )
    return told.stdout


def children(pid):
    """The processes that this one started, with what they were started as."""
    found = {}
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found[int(child)] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
    return found


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
    for event in TOLD:
        report = {"event": event, "time": timezone.now().isoformat(), "url": ["https://mp.example.org/photo.jpg"]}
        report["asset"] = {"overriddenProperties": {"location": {"coordinates": place}}}
        status, leg = app.until_answered("POST", f"/legs/{booking['id']}/events", report)
        assert status == 200, leg
    return booking["id"]


def until_all_is_told(own, seconds):
    """The audit, once no call is owed any more and it has nothing to complain about; each takes seconds of a core."""
    return wait_until(lambda: _all_is_told(own), "every call arrived, and all adds up", seconds, every=5)


def _all_is_told(own):
    report = json.loads(manage(own, "audit", "--json"))
    looked_at = {each["name"]: each for rule in report["rules"] for each in rule["invariants"]}
    told = looked_at["owed-calls-are-under-way"]["lookedAt"] == 0
    return looked_at if told and report["ok"] else None


def assert_ridden_once(app, receiver, booking_id):
    """The ride is over, was charged once, and each of its events was told in its order; the same call counts once."""
    _status, booking = app.until_answered("GET", f"/bookings/{booking_id}")
    _status, entries = app.until_answered("GET", f"/payment/journal-entry?id={booking_id}")
    calls = {}
    for sent in receiver.received:
        if sent.path == f"/legs/{booking_id}/events":
            calls.setdefault(sent.headers["x-correlation-id"], sent.json["event"])
    assert booking["state"] == "FINISHED"
    assert [entry["category"] for entry in entries].count("FARE") == 1
    assert list(calls.values()) == TOLD
