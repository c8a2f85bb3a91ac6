"""kill -9 of a web process between what it did and its answer: the app asks again."""

import http.client
import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.models import Booking
from fleet.models import Asset
from legs.models import LegEvent
from payments.models import JournalEntry
from tests.client import MpClient
from tests.crash.conftest import App, ended, free_port, start
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory
from tests.journey import HERE, at
from tomp_operator.audit import audit

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def order(tmp_path):
    """While this file is there, the next answer is not sent."""
    return tmp_path / "die"


@pytest.fixture
def app(database_url, order):
    """Served by one process after the other: whoever looks after them starts another when one is gone."""
    port = free_port()
    arguments = ("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1")
    more = ("--blocking-threads", "1", "--log-level", "warning", "tests.crash.dying:application")
    over = threading.Event()

    def serve():
        while not over.is_set():
            known = {"DATABASE_URL": database_url, "TOMP_TEST_DIES_ONCE": str(order)}
            with ended(start("-m", "granian", *arguments, *more, **known)) as web:
                while web.poll() is None and not over.is_set():
                    time.sleep(0.05)

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        yield App(f"http://127.0.0.1:{port}", MpClient(MaasProviderFactory(maas_id="mp")).headers)
    finally:
        over.set()
        serving.join()


def unanswered_at_first(app, order, method, path, body, **headers):
    """What the repetition of a request is answered, the first of which was done and not answered."""
    app.until_answered("GET", "/operator/meta")
    order.touch()
    with pytest.raises((OSError, http.client.HTTPException)):
        app.once(method, path, body, **headers)
    assert not order.exists()
    status, answer = app.until_answered(method, path, body, **headers)
    assert status in (200, 201), answer
    return answer


def test_everything_that_was_asked_twice_was_done_once(app, order):
    asset = AssetFactory()
    body = {**at(HERE), "useAssets": [str(asset.public_id)]}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    booking_id = unanswered_at_first(app, order, "POST", "/bookings/one-stop", body, **key)["id"]
    key = {"Idempotency-Key": str(uuid.uuid4())}
    commit = {"operation": "COMMIT"}
    committed = unanswered_at_first(app, order, "POST", f"/bookings/{booking_id}/events", commit, **key)
    assert committed["state"] == "CONFIRMED"

    began = timezone.now()
    for event, happened_at in (("SET_IN_USE", began), ("FINISH", began + timedelta(seconds=1))):
        report = {"event": event, "time": happened_at.isoformat()}
        unanswered_at_first(app, order, "POST", f"/legs/{booking_id}/events", report)

    assert (Booking.objects.get().state, Asset.objects.get().state) == ("FINISHED", "AVAILABLE")
    assert list(LegEvent.objects.order_by("pk").values_list("event", flat=True)) == ["SET_IN_USE", "FINISH"]
    assert list(JournalEntry.objects.values_list("category", flat=True)) == ["FARE"]
    assert not [found for _invariant, found in audit(now=timezone.now(), show=5) if found.violations]
