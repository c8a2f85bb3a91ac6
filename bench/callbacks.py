"""Calls to providers: how many a worker delivers, and how long one takes that is owed while nothing else is."""

import statistics
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db import transaction
from django.utils import timezone

from bench import service, targets
from bench.measuring import Table, shown
from maas import outbox
from maas.models import Callback, CallbackState
from tests.factories import CallbackFactory, MaasProviderFactory

OWED, ROUNDS, SINGLE = 500, 3, 40
QUICK = {"OWED": 50, "ROUNDS": 1, "SINGLE": 5}
PATIENCE_S = 900


class Answering(BaseHTTPRequestHandler):
    """A provider that says yes, and when it was asked."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append(time.perf_counter())
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments):
        pass


@contextmanager
def receiver():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def owe(provider, count):
    """So many calls, each about another booking, are owed from now on."""
    with transaction.atomic():
        owed = [
            CallbackFactory(provider=provider, base_url=provider.base_url, created_at=timezone.now())
            for _call in range(count)
        ]
        outbox.defer_all(owed)


def delivered(server, count):
    """Waits until the provider was asked so often, and each call is written down as delivered."""
    until = time.monotonic() + PATIENCE_S
    while len(server.asked) < count or Callback.objects.filter(state=CallbackState.OWED).exists():
        assert time.monotonic() < until, f"{len(server.asked)} of {count} calls were made"
        time.sleep(0.01)


def run(folder):
    rates, cores, waits = [], [], []
    with receiver() as server, service.worker() as worker:
        provider = MaasProviderFactory(base_url=f"http://127.0.0.1:{server.server_port}/tomp")
        owe(provider, 1)
        delivered(server, 1)  # the worker is there, and has called once
        for _call in range(SINGLE):
            server.asked.clear()
            began = time.perf_counter()
            owe(provider, 1)
            delivered(server, 1)
            waits.append(1000 * (server.asked[0] - began))
        for _round in range(ROUNDS):
            server.asked.clear()
            before = worker.cpu_s()
            owe(provider, OWED)
            delivered(server, OWED)
            rates.append((OWED - 1) / (server.asked[-1] - server.asked[0]))
            cores.append(1000 * (worker.cpu_s() - before) / OWED)
        memory = worker.memory_mb()
    assert not Callback.objects.exclude(state=CallbackState.DELIVERED).exists()
    rows = [
        (f"calls/s, {OWED} about different bookings owed at once", _told(rates)),
        ("CPU ms of the worker for one of these", _told(cores)),
        ("ms from owing one call to the provider hearing it, the worker idle", _told(waits)),
        ("… 95 of 100", shown(sorted(waits)[len(waits) * 95 // 100])),
        ("MB the worker needed at most", shown(memory)),
    ]
    found = [targets.at_most("P12", "a worker that calls providers", 120, memory, "MB")]
    return [Table("Calls to providers, one worker", ("", "median (least–most)"), rows)], found


def _told(values):
    return f"{shown(statistics.median(values))} ({shown(min(values))}–{shown(max(values))})"
