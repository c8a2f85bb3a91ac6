"""Is the live map smooth with a large fleet? In a real Chromium, against a real server.

    python bench/livemap.py

Makes 10,000 vehicles in a database of its own, 300 of them on a ride, asks for 1,900 of them and for all, then
opens the map near and far: how long the answers take, how many elements the page has, how long a frame takes while the
map is dragged, and how long the longest piece of script is. Needs Chromium at /usr/bin/chromium.
"""

import os
import statistics
import sys
import time
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tomp_operator.settings")
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.testcases import LiveServerThread, _StaticFilesHandler  # noqa: E402
from django.test.utils import get_runner, setup_test_environment  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from fleet.models import Asset  # noqa: E402
from tests.fleet_factories import LAT, LON, AssetTypeFactory, RegionFactory, StationFactory, SystemFactory  # noqa: E402
from tests.trip_factories import LegFactory  # noqa: E402
from tomp_operator import embedded  # noqa: E402

VEHICLES, RIDES, STATIONS, ROUNDS = 10_000, 300, 200, 20
MOST_FRAME_MS, MOST_ANSWER_MS = 50, 200
NEAR, ALL = 16, 13  # zoom
FRAMES = """() => new Promise((done) => {
    const times = []; let last = performance.now();
    const tick = (now) => {
        times.push(now - last);
        last = now;
        times.length < 90 ? requestAnimationFrame(tick) : done(times);
    };
    requestAnimationFrame(tick);
})"""
LONG_TASKS = """() => { window.longTasks = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration)))
        .observe({ type: "longtask", buffered: true }); }"""


def make_fleet():
    SystemFactory()
    RegionFactory()
    kind = AssetTypeFactory()
    for number in range(STATIONS):
        StationFactory(lat=LAT + number // 14 / 300, lon=LON + number % 14 / 200)
    rows = [
        Asset(
            vehicle_number=f"v{number}", asset_type=kind, state_of_charge=number % 100,
            lat=LAT + number // 100 / 2e3, lon=LON + number % 100 / 1e3,
            state="IN_USE" if number < RIDES else "AVAILABLE",
        )
        for number in range(VEHICLES)
    ]  # fmt: skip
    for asset in Asset.objects.bulk_create(rows, batch_size=1_000)[:RIDES]:
        track = [[second * 1000, asset.lat + second / 1e5, asset.lon] for second in range(60)]
        LegFactory(booking__state="STARTED", asset=asset, track=track)


def answers(client):
    boxes = {"all": f"{LAT},{LAT + 0.05},{LON},{LON + 0.1}", "near": f"{LAT},{LAT + 0.0094},{LON},{LON + 0.1}"}
    for name, box in boxes.items():
        took = []
        for _round in range(ROUNDS):
            began = time.perf_counter()
            answer = client.get("/admin/map/moving/", {"box": box})
            took.append(1000 * (time.perf_counter() - began))
        found = answer.json()
        what = f"{len(found['vehicles'])} vehicles, {len(found['rides'])} rides, {len(found['squares'])} squares"
        told = f"{statistics.median(took):6.1f} ms (target {MOST_ANSWER_MS}), {len(answer.content) / 1024:.0f} KiB"
        print(f"moving, {name:5} {told}: {what}")


def look(page, zoom):
    page.goto(f"/admin/map/#{LAT + 0.025 if zoom == ALL else LAT + 0.005},{LON + 0.05},{zoom}")
    page.reload()
    page.wait_for_function("document.getElementById('map-status').textContent.trim() !== ''")
    page.evaluate(LONG_TASKS)
    box = page.locator("#live-map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(f"window.frames_ = ({FRAMES})()")
    for step in range(60):
        page.mouse.move(x + 3 * step, y + step)
    page.mouse.up()
    times = sorted(page.evaluate("() => window.frames_"))
    page.wait_for_timeout(1500)
    longest = max(page.evaluate("() => window.longTasks"), default=0)
    nodes = page.evaluate("() => document.querySelectorAll('#live-map *').length")
    frame = (
        f"{statistics.median(times):5.1f} ms, 95 %: {times[int(0.95 * len(times))]:5.1f} ms (target {MOST_FRAME_MS})"
    )
    said = page.locator("#map-status").text_content()
    print(f"zoom {zoom}: frame {frame}; longest task {longest:.0f} ms; {nodes} elements; {said}")


def main():
    make_fleet()
    user = User.objects.create(username="bench", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user)
    answers(client)
    server = LiveServerThread("127.0.0.1", _StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    url = f"http://127.0.0.1:{server.port}"
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": url}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(base_url=url, viewport={"width": 1600, "height": 1000})
        context.add_cookies([cookie])
        page = context.new_page()
        for zoom in (NEAR, ALL):
            look(page, zoom)
        browser.close()
    server.terminate()


if __name__ == "__main__":
    with embedded.running():
        setup_test_environment()
        runner = get_runner(settings)(verbosity=0, interactive=False)
        databases = runner.setup_databases()
        try:
            main()
        finally:
            runner.teardown_databases(databases)
