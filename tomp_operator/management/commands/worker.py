"""The process that does the jobs."""

import asyncio
import gc
import json
import signal
from collections.abc import Iterable
from typing import Any

import structlog
from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS
from procrastinate import JobContext, PsycopgConnector
from procrastinate.connector import BaseConnector, Notify
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.middleware import AsyncCallNext
from procrastinate.worker import Worker

from tomp import logs

SECONDS_BEFORE_RETRY = 2
SECONDS_OF_A_LOOK = 0.1  # at the queue, even where the database is busy
OBJECTS_BETWEEN_COLLECTIONS = 50_000  # Python's own 700 is a third of an import: it makes many, and hardly a cycle

log = structlog.get_logger(__name__)


class WorkerConnector(PsycopgConnector):
    """Fetches jobs over connections of its own, while what jobs defer goes through Django's, as everywhere else.

    So a job is deferred in the transaction of the job that defers it: seen by nobody before, undone with it.
    """

    def get_sync_connector(self) -> BaseConnector:
        return DjangoConnector()

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """That there is a new job is told once more a moment later, after the last of many.

        A worker forgets what it is told while it looks at the queue (procrastinate's Worker clears its event after the
        look, not before), and would look again after five seconds.
        """
        repetition: asyncio.Task[None] | None = None

        async def told_again(channel: str, payload: str) -> None:
            await asyncio.sleep(SECONDS_OF_A_LOOK)
            await on_notification(channel=channel, payload=payload)

        async def told(*, channel: str, payload: str) -> None:
            nonlocal repetition
            await on_notification(channel=channel, payload=payload)
            if json.loads(payload)["type"] == "job_inserted":
                if repetition is not None:
                    repetition.cancel()
                repetition = asyncio.create_task(told_again(channel, payload))

        await super().listen_notify(told, channels)


def connector_of_worker() -> WorkerConnector:
    """For the app, while this process does its jobs."""
    return WorkerConnector(kwargs=connector_params(DEFAULT_DB_ALIAS))


class Command(BaseCommand):
    help = "Does the jobs: callbacks, expiry, assignment before departure, retention. Any number may run."
    requires_system_checks = [Tags.security]  # the others would load the routes, their pages and their documents

    def handle(self, *args: Any, **options: Any) -> None:
        collect_rarely()
        with app.replace_connector(connector_of_worker()):
            asyncio.run(work())
        self.stdout.write("The worker has stopped.")


def collect_rarely() -> None:
    """Garbage is looked for after many new objects, and not among what is loaded by now, which stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 10, 10)


async def told_apart(call_next: AsyncCallNext, context: JobContext, worker: Worker) -> Any:
    """The lines of each job have its id and name, and nothing of the job before it."""
    structlog.contextvars.clear_contextvars()
    logs.bind(job_id=context.job.id, task=context.job.task_name)
    return await call_next()


async def work() -> None:
    """Jobs are done as they come until SIGTERM or SIGINT; then the current ones are finished.

    A database that goes away for a while interrupts the work and does not end it.
    """
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    while not asked_to_stop.is_set():
        await _work_until(asked_to_stop)


async def _work_until(asked_to_stop: asyncio.Event) -> None:
    """One spell of work, ended by the event, or by a failure of the database and then a pause."""
    worker = asyncio.create_task(_run_worker())
    stop = asyncio.create_task(asked_to_stop.wait())
    await asyncio.wait({worker, stop}, return_when=asyncio.FIRST_COMPLETED)
    worker.cancel()  # finishes the current jobs first
    (outcome,) = await asyncio.gather(worker, return_exceptions=True)
    if not asked_to_stop.is_set():
        log.warning("worker_interrupted", reason=str(outcome))
        await asyncio.wait({stop}, timeout=SECONDS_BEFORE_RETRY)
    stop.cancel()


async def _run_worker() -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=settings.TOMP_WORKER_CONCURRENCY,
            delete_jobs="successful",
            worker_middleware=[told_apart],
            install_signal_handlers=False,
        )
