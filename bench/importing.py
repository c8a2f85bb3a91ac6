"""An import of 100,000 vehicles, as the pages of the back office do it: how long, how much memory, does the API notice?

Uploads a fleet list with 15 columns and waits for the worker: parse + compare, apply, the same again, undo. Meanwhile
a provider asks for a bounding box of vehicles, one request after the other.
"""

import statistics
import threading
import time

import httpx
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client

from bench import load, service, targets
from bench.load import Connection
from bench.measuring import Table
from fleet.models import Asset
from tests.fleet_factories import AssetTypeFactory, RegionFactory, SystemFactory, square

HEADER = "number,type,qr_code,lat,lon,state,soc,range,odometer,notes,license_plate,imei,mac,serial_number,last_reported"
COLUMNS = (
    "vehicle_number", "vehicle_type", "vehicle_code", "lat", "lon", "state", "battery_percent", "range_m",
    "odometer_km", "notes", "license_plate", "imei", "mac", "serial_number", "last_reported",
)  # fmt: skip
ROWS = 100_000
QUICK = {"ROWS": 2_000, "QUIET_S": 1}
AREA = (52.05, 5.05)
BOX = f"{AREA[0]},{AREA[0] + 0.004:.3f},{AREA[1]},{AREA[1] + 0.004:.3f}"  # some 200 of the vehicles stand in it
QUIET_S = 5
PATIENCE_S = 1800


def fleet_list(note):
    lines = (
        f"B-{n},e-scooter,bench{n},{AREA[0] + n % 1000 / 10_000:.5f},{AREA[1] + n // 1000 / 1000:.5f},available,"
        f"{n % 101},{n % 40_000},{n % 9000},{note} {n},,,,SN-{n},2026-05-04 10:00"
        for n in range(ROWS)
    )
    return "\n".join((HEADER, *lines)).encode()


class Staff:
    """A browser that is signed in and may do everything."""

    def __init__(self, port):
        session = Client()
        session.force_login(User.objects.create_superuser("bench"))
        self.browser = httpx.Client(
            base_url=f"http://localhost:{port}",
            cookies={"sessionid": session.cookies["sessionid"].value},
            timeout=PATIENCE_S,
            follow_redirects=True,
        )
        self.browser.get("/admin/fleet/importbatch/upload/").raise_for_status()

    def post(self, address, data, **files):
        token = self.browser.cookies["csrftoken"]
        return self.browser.post(address, data={**data, "csrfmiddlewaretoken": token}, **files)


class Asking:
    """A MaaS provider that asks for vehicles around a place, one request after the other."""

    def __init__(self, port, headers):
        self.connection = Connection(port)
        path = f"/tomp/operator/available-assets?limit=50&boundingbox={BOX}"
        self.request = load.request("GET", path, headers)
        self.taken, self.is_over = [], threading.Event()

    def ask(self):
        while not self.is_over.is_set():
            began = time.perf_counter()
            status, answer = self.connection.ask(self.request)
            self.taken.append(time.perf_counter() - began)
            assert status == 200, answer[:500]
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
        return result, f"{cuts[9] * 1000:.0f}; {cuts[18] * 1000:.0f}"


def upload(staff, content):
    page = staff.post("/admin/fleet/importbatch/upload/", {}, files={"file": ("bench.csv", content)})
    assert page.url.path.endswith("/mapping/"), page.text[:2000]
    return page.url.path.split("/")[-3]


def wait(staff, batch, until):
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE_S:
        told = staff.browser.get(f"/admin/fleet/importbatch/{batch}/progress/").json()
        if not told["is_at_work"]:
            assert told["state"] == until, told
            return time.perf_counter() - began
        time.sleep(0.2)
    raise RuntimeError(f"{until} was not reached in {PATIENCE_S} s: {told}")


def compare(staff, content):
    batch = upload(staff, content)
    mapping = {f"column-{n}": column for n, column in enumerate(COLUMNS)}
    staff.post(f"/admin/fleet/importbatch/{batch}/mapping/", mapping)
    return batch, wait(staff, batch, "COMPARED")


def step(staff, batch, name, until):
    staff.post(f"/admin/fleet/importbatch/{batch}/step/{name}/", {})
    return batch, wait(staff, batch, until)


TABLE = "CREATE TEMP TABLE listed ON COMMIT DROP AS SELECT {names} FROM fleet_asset LIMIT 0"
COPY = "COPY listed ({names}) FROM STDIN"
UPSERT = """
    INSERT INTO fleet_asset ({names}, public_id, {others})
    SELECT {new}, gen_random_uuid(), {kept} FROM listed JOIN fleet_asset AS known USING (vehicle_number)
    ON CONFLICT (vehicle_number) DO UPDATE SET {changes}
"""


def _listed(columns, form="{}"):
    return ", ".join(form.format(column) for column in columns)


def plain_upsert():
    """Seconds to write the same rows, changed, by COPY into a table beside and one upsert; undone afterwards."""
    columns = ("vehicle_number", "vehicle_code", "lat", "lon", "state", "state_of_charge", "range_m", "notes")
    others = [
        field.column
        for field in Asset._meta.concrete_fields
        if field.column not in columns and not field.primary_key and field.column != "public_id"
    ]
    rows = list(Asset.objects.values_list(*columns))
    assert len(rows) == ROWS
    parts = {
        "names": _listed(columns),
        "others": _listed(others),
        "new": _listed(columns, "listed.{}"),
        "kept": _listed(others, "known.{}"),
        "changes": _listed(columns[1:], "{0} = excluded.{0}"),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TABLE.format(**parts))
        began = time.perf_counter()
        with cursor.copy(COPY.format(**parts)) as copy:
            for row in rows:
                copy.write_row((*row[:-1], f"plain {row[0]}"))
        cursor.execute(UPSERT.format(**parts))
        assert cursor.rowcount == ROWS
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took


def run(folder):
    SystemFactory()
    RegionFactory(area=square(AREA[0] + 0.05, AREA[1] + 0.05, 0.1))
    AssetTypeFactory(type_id="e-scooter")
    headers = service.caller(maas_id="bench")
    first, second = fleet_list("first"), fleet_list("second")
    rows, seconds = [], {}
    with service.web(workers=1) as web, service.worker() as worker:
        staff, api = Staff(web.port), Asking(web.port, headers)

        def told(name, what, limit=""):
            """Does it and adds a row; returns what it returned."""
            used = worker.cpu_s()
            (result, took), felt = api.meanwhile(what)
            seconds[name] = took
            rows.append((name, f"{took:.1f}", limit, f"{worker.cpu_s() - used:.1f}", felt))
            return result

        told("nothing, no vehicles", lambda: (None, time.sleep(QUIET_S) or QUIET_S))
        batch = told("parse + compare, all new", lambda: compare(staff, first), "20")
        told("apply, all new", lambda: step(staff, batch, "apply", "APPLIED"), "60")
        told("nothing, with these vehicles", lambda: (None, time.sleep(QUIET_S) or QUIET_S))
        told("the same file, compared", lambda: compare(staff, first))
        other = told("parse + compare, all changed", lambda: compare(staff, second))
        told("apply, all changed", lambda: step(staff, other, "apply", "APPLIED"))
        plain = plain_upsert()
        rows.append(("COPY + one upsert of 8 columns, all changed", f"{plain:.1f}", "", "", ""))
        told("undo, all changed", lambda: step(staff, other, "undo", "UNDONE"))
        memory = worker.memory_mb()
        rows.append(("MB the worker needed at most", f"{memory:.0f}", "600", "", ""))
    columns = ("", "s", "target", "s of a core in the worker", "API meanwhile: p50; p95 ms")
    size = f"{ROWS:,} rows, 15 columns, {len(first) / 1e6:.1f} MB; one web process, one worker."
    found = [
        targets.at_most("P9", "all changed, apply / COPY + one upsert", 5, seconds["apply, all changed"] / plain),
        targets.at_most("P9", "parse + compare, all new", 20, seconds["parse + compare, all new"], "s"),
        targets.at_most("P9", "apply, all new", 60, seconds["apply, all new"], "s"),
        targets.at_most("P12", "while it imports", 600, memory, "MB"),
    ]
    return [Table("Import of a fleet list", columns, rows, size)], found
