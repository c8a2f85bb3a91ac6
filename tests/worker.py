"""A worker as `manage.py worker` runs it, in threads of this process."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connections
from procrastinate.contrib.django import app

from tomp_operator.management.commands.worker import connector_of_worker, told_apart

THREADS = 4
SETTINGS = {
    "concurrency": THREADS,
    "install_signal_handlers": False,
    "delete_jobs": "successful",
    "worker_middleware": [told_apart],
}


@contextmanager
def working(*, looks_every_s=0.2):
    """Jobs are done as they come inside the block; those that are being done after it are finished."""
    stop = threading.Event()
    with app.replace_connector(connector_of_worker()):
        thread = threading.Thread(target=_run, args=(stop, looks_every_s))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def work_off():
    """The jobs that are due now are done; those that they defer may be left for the next time."""
    with app.replace_connector(connector_of_worker()):
        _run(None)


def _run(stop, looks_every_s=None):
    with ThreadPoolExecutor(THREADS) as pool:
        asyncio.run(_work(stop, looks_every_s, pool))


async def _work(stop, looks_every_s, pool):
    asyncio.get_running_loop().set_default_executor(pool)
    async with app.open_async():
        if stop is None:
            await app.run_worker_async(wait=False, listen_notify=False, **SETTINGS)
        else:
            await _work_until(stop, looks_every_s)
    all_here = threading.Barrier(THREADS)
    closing = [pool.submit(_close_connections, all_here) for _thread in range(THREADS)]
    await asyncio.gather(*map(asyncio.wrap_future, closing))


async def _work_until(stop, looks_every_s):
    work = asyncio.create_task(app.run_worker_async(fetch_job_polling_interval=looks_every_s, **SETTINGS))
    while not stop.is_set() and not work.done():
        await asyncio.sleep(0.1)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


def _close_connections(all_here):
    """Those of this thread: nobody takes a second turn before all had one."""
    all_here.wait(10)
    connections.close_all()
