"""A real worker makes the calls: those about a booking in the order in which things happened, whatever is down."""

import asyncio
import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from procrastinate import App

from maas import outbox
from maas.models import Callback, CallbackState
from tests.factories import MaasProviderFactory

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def provider(receiver):
    return MaasProviderFactory(base_url=receiver.url)


def owe(provider, booking_id, operation):
    return outbox.owe(
        provider=provider, booking_id=booking_id, path=f"bookings/{booking_id}/events",
        body={"operation": operation}, version="1.6", now=timezone.now(),
    )  # fmt: skip


@contextmanager
def a_worker():
    """`manage.py worker` on the database of the tests, ended as an operator would."""
    place = connection.settings_dict
    server = urlencode({"host": place["HOST"], **({"port": place["PORT"]} if place["PORT"] else {})})
    url = f"postgres://{place['USER']}:{place['PASSWORD']}@/{place['NAME']}?{server}"
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "worker"], cwd=settings.BASE_DIR, env=os.environ | {"DATABASE_URL": url}
    )
    try:
        yield
    finally:
        worker.terminate()
        assert worker.wait(20) == 0


def wait_for(calls, receiver, seconds=30):
    """The operations received once there are so many."""
    give_up_at = time.monotonic() + seconds
    while len(receiver.received) < calls and time.monotonic() < give_up_at:
        time.sleep(0.05)
    return [sent.json["operation"] for sent in receiver.received]


def test_a_call_that_fails_holds_back_the_later_ones_of_its_booking_and_no_others(provider, receiver):
    stuck, other = uuid.uuid4(), uuid.uuid4()
    receiver.answer(500)
    with a_worker():
        owe(provider, stuck, "COMMIT")
        assert wait_for(1, receiver) == ["COMMIT"]
        owe(provider, stuck, "CANCEL")
        owe(provider, other, "DENY")
        assert wait_for(2, receiver) == ["COMMIT", "DENY"]

        assert wait_for(4, receiver) == ["COMMIT", "DENY", "COMMIT", "CANCEL"]

    assert set(Callback.objects.values_list("state", flat=True)) == {CallbackState.DELIVERED}


def test_what_is_rolled_back_is_never_owed(provider, receiver):
    with a_worker():
        with transaction.atomic():
            owe(provider, uuid.uuid4(), "COMMIT")
            transaction.set_rollback(True)
        owe(provider, uuid.uuid4(), "CANCEL")

        assert wait_for(1, receiver) == ["CANCEL"]

    assert Callback.objects.count() == 1


def test_what_a_job_rolls_back_is_never_owed_either(provider, monkeypatch):
    def do_a_job():
        with transaction.atomic():
            owe(provider, uuid.uuid4(), "COMMIT")
            transaction.set_rollback(True)
        connection.close()

    async def do_one_and_stop(self, **options):
        await asyncio.to_thread(do_a_job)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(App, "run_worker_async", do_one_and_stop)
    call_command("worker")

    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs")
        assert cursor.fetchall() == []
