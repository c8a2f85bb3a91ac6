"""How long does an import of 100,000 vehicles take, how much memory does it need, and does the API notice?

    python bench/importing.py [rows]

Uploads a fleet list with 15 columns into a service of its own (`manage.py run`: one web process, one worker), as the
pages of the back office do, and waits for the worker: parse + compare, apply, the same again, undo. Meanwhile it asks
for a bounding box of vehicles, one request after the other. Contracts are checked before anything is told.
"""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
HEADER = "number,type,qr_code,lat,lon,state,soc,range,odometer,notes,license_plate,imei,mac,serial_number,last_reported"
COLUMNS = (
    "vehicle_number", "vehicle_type", "vehicle_code", "lat", "lon", "state", "battery_percent", "range_m",
    "odometer_km", "notes", "license_plate", "imei", "mac", "serial_number", "last_reported",
)  # fmt: skip
ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
AREA = (52.05, 5.05)
BOX = f"{AREA[0]},{AREA[0] + 0.004:.3f},{AREA[1]},{AREA[1] + 0.004:.3f}"  # some 200 of the vehicles stand in it
QUIET_S = 15


def fleet_list(note):
    lines = (
        f"B-{n},e-scooter,bench{n},{AREA[0] + n % 1000 / 10_000:.5f},{AREA[1] + n // 1000 / 1000:.5f},available,"
        f"{n % 101},{n % 40_000},{n % 9000},{note} {n},,,,SN-{n},2026-05-04 10:00"
        for n in range(ROWS)
    )
    return "\n".join((HEADER, *lines)).encode()


class Service:
    """`manage.py run` with an empty data folder, and a browser that is signed in."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = Path(folder)
        self.url = f"http://127.0.0.1:{self.port}"
        environment = os.environ | {"TOMP_DATA_DIR": folder, "LOG_LEVEL": "WARNING"}
        arguments = [sys.executable, "manage.py", "run", "--port", str(self.port), "--workers", "1"]
        self.log = (self.folder / "log").open("w")
        self.process = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=self.log, stderr=self.log)
        self.browser = httpx.Client(base_url=self.url, timeout=120, follow_redirects=True)

    def start(self):
        known = self.folder / "demo.json"
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                self.browser.get("/admin/login/").raise_for_status()
                if known.exists():
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.5)
        self.known = json.loads(known.read_text())
        self.browser.get("/admin/login/")
        account = {"username": self.known["admin_user"], "password": self.known["admin_password"]}
        signed_in = self.post("/admin/login/?next=/admin/", account)
        assert signed_in.url.path == "/admin/", signed_in.url

    def post(self, address, data, **files):
        token = self.browser.cookies["csrftoken"]
        return self.browser.post(address, data={**data, "csrfmiddlewaretoken": token}, **files)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)

    def worker(self):
        """The folder in /proc of the worker."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        [found] = [pid for pid in children if b"\0worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        return Path(f"/proc/{found}")

    def worker_memory(self):
        """The most that the worker ever needed, in MB."""
        [line] = [row for row in (self.worker() / "status").read_text().splitlines() if row.startswith("VmHWM")]
        return int(line.split()[1]) / 1024

    def worker_cpu(self):
        """The seconds that the worker had a core for itself, until now."""
        ticks = (self.worker() / "stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


class Caller:
    """A MaaS provider that asks for vehicles around a place, one request after the other."""

    def __init__(self, service):
        known = service.known
        self.api = httpx.Client(
            base_url=service.url,
            headers={
                "Accept-Language": "en", "Api": "TOMP", "Api-Version": "1.6", "maas-id": known["maas_id"],
                "X-API-Key": known["api_key"],
            },
        )  # fmt: skip
        self.taken, self.is_over = [], threading.Event()

    def ask(self):
        while not self.is_over.is_set():
            began = time.perf_counter()
            answer = self.api.get("/tomp/operator/available-assets", params={"limit": 50, "boundingbox": BOX})
            self.taken.append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.text
            time.sleep(0.02)

    def meanwhile(self, what):
        """What it returned, and the median and the 95th percentile of our requests in milliseconds."""
        self.taken, self.is_over = [], threading.Event()
        thread = threading.Thread(target=self.ask)
        thread.start()
        try:
            result = what()
        finally:
            self.is_over.set()
            thread.join()
        cuts = statistics.quantiles(self.taken, n=20)
        return result, f"p50 {cuts[9] * 1000:.0f} ms, p95 {cuts[18] * 1000:.0f} ms ({len(self.taken)} requests)"


def upload(service, content):
    page = service.post("/admin/fleet/importbatch/upload/", {}, files={"file": ("bench.csv", content)})
    assert page.url.path.endswith("/mapping/"), page.text[:2000]
    return page.url.path.split("/")[-3]


def wait(service, batch, until):
    began = time.perf_counter()
    while True:
        told = service.browser.get(f"/admin/fleet/importbatch/{batch}/progress/").json()
        if not told["is_at_work"]:
            assert told["state"] == until, told
            return time.perf_counter() - began
        time.sleep(0.2)


def compare(service, content):
    batch = upload(service, content)
    service.post(
        f"/admin/fleet/importbatch/{batch}/mapping/", {f"column-{n}": column for n, column in enumerate(COLUMNS)}
    )
    return batch, wait(service, batch, "COMPARED")


def told(service, caller, name, what, limit=""):
    """Does it and prints how long it took, and what the API felt; returns what it returned."""
    used = service.worker_cpu()
    (result, took), api = caller.meanwhile(what)
    used = service.worker_cpu() - used
    print(f"{name:<28}{took:6.1f} s{limit:>8}, {used:5.1f} s of a core; API {api}", flush=True)
    return result


def step(service, batch, name, until):
    service.post(f"/admin/fleet/importbatch/{batch}/step/{name}/", {})
    return batch, wait(service, batch, until)


def main():
    with tempfile.TemporaryDirectory() as folder:
        service = Service(folder)
        try:
            service.start()
            caller = Caller(service)
            first, second = fleet_list("first"), fleet_list("second")
            print(f"{ROWS:,} rows, 15 columns, {len(first) / 1e6:.1f} MB")
            _none, idle = caller.meanwhile(lambda: time.sleep(QUIET_S))
            print(f"API without an import      {idle}")
            batch = told(service, caller, "parse + compare, all new", lambda: compare(service, first), "(< 20)")
            told(service, caller, "apply, all new", lambda: step(service, batch, "apply", "APPLIED"), "(< 60)")
            _none, full = caller.meanwhile(lambda: time.sleep(QUIET_S))
            print(f"API with these vehicles    {full}")
            told(service, caller, "the same file, compared", lambda: compare(service, first))
            other = told(service, caller, "parse + compare, all changed", lambda: compare(service, second))
            told(service, caller, "apply, all changed", lambda: step(service, other, "apply", "APPLIED"))
            told(service, caller, "undo, all changed", lambda: step(service, other, "undo", "UNDONE"))
            print(f"memory of the worker       {service.worker_memory():6.0f} MB (< 600 MB)")
        finally:
            service.stop()


if __name__ == "__main__":
    main()
