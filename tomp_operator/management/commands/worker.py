"""The process that does the jobs."""

import asyncio
import signal
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections
from procrastinate.contrib.django import app

SECONDS_BEFORE_RETRY = 2

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Does the jobs: callbacks, expiry, assignment before departure, retention. Any number may run."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(work())
        self.stdout.write("The worker has stopped.")


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
    """The jobs are fetched over connections of their own. What is deferred goes over Django's, as everywhere.

    So a job that another one defers in a transaction exists when that is committed, and not before. What the clock
    defers does, too: that connection is opened anew, lest one that died ends every spell of work.
    """
    await sync_to_async(connections.close_all)()
    fetching = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with fetching.open_async():
        await fetching.run_worker_async(
            concurrency=settings.TOMP_WORKER_CONCURRENCY,
            delete_jobs="successful",
            install_signal_handlers=False,
        )
