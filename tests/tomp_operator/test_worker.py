"""manage.py worker …"""

import asyncio
import os
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.manager import JobManager

from legs import vehicles
from maas import delivery, outbox
from tests.factories import MaasProviderFactory
from tests.journey import NOW
from tests.worker import work_off, working

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def delivered(monkeypatch):
    """The callbacks that were to be delivered; some twice, where calls still owed are looked for meanwhile."""
    ids = set()
    monkeypatch.setattr(delivery, "deliver", lambda *, callback_id, now: ids.add(callback_id))
    return ids


def owe(told):
    """A report leads to a call, as it does when a dock ends a ride."""
    callback = outbox.owe(
        provider=MaasProviderFactory(base_url="https://mp.example.org"),
        booking_id="6c0f2f0e-0000-4000-8000-000000000000",
        path="legs/7/events",
        body={},
        version="1.6",
        now=NOW,
    )
    told.append(callback.pk)
    told.append(ProcrastinateJob.objects.filter(task_name=outbox.DELIVER).count())


@pytest.mark.parametrize("is_undone", [False, True])
def test_defers_in_the_transaction_of_the_job_that_defers(monkeypatch, delivered, is_undone):
    told = []

    def vehicle_told(**about):
        with transaction.atomic():
            owe(told)
            transaction.set_rollback(is_undone)

    monkeypatch.setattr(vehicles, "vehicle_told", vehicle_told)
    report = [{"asset": 1, "happenings": []}]
    app.configure_task("legs.tasks.follow_vehicles").defer(vehicles=report)

    work_off()
    work_off()

    callback_id, jobs_seen_inside = told
    assert jobs_seen_inside == 1
    assert delivered == (set() if is_undone else {callback_id})
    assert not ProcrastinateJob.objects.filter(task_name=outbox.DELIVER).exists()


@pytest.mark.concurrency
def test_does_a_job_at_once_that_comes_while_it_looks_at_the_queue(monkeypatch):
    told, is_done = threading.Event(), threading.Event()
    monkeypatch.setattr(vehicles, "vehicle_told", lambda **about: is_done.set())
    job = app.configure_task("legs.tasks.follow_vehicles")
    look = JobManager.fetch_job
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})  # whatever else comes wakes the worker, too

    async def while_a_job_comes(self, **asked):
        found = await look(self, **asked)
        if found is None and not told.is_set():
            told.set()
            await asyncio.to_thread(job.defer, vehicles=[{"asset": 1, "happenings": []}])
            await asyncio.sleep(0.05)  # the worker is told of the job before it knows that it found none
        return found

    with working(looks_every_s=3600):
        monkeypatch.setattr(JobManager, "fetch_job", while_a_job_comes)
        job.defer(vehicles=[])

        assert is_done.wait(10)


def test_loads_neither_routes_nor_pages():
    begin = "import sys, django; django.setup(); from django.core.management import load_command_class as load; "
    told = "load('tomp_operator', 'worker'); print(sorted({'tomp_operator.urls', 'fleet.admin'} & sys.modules.keys()))"
    command = [sys.executable, "-c", begin + told]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tomp_operator.settings"}

    found = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True)

    assert found.stdout == "[]\n"
