"""The product as it is served, on a database of this process's own: web and worker as `manage.py run` starts them."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from bench import processes
from bench.measuring import Sample
from fleet import information, tariffs
from tests.factories import ApiKeyFactory, MaasProviderFactory
from tomp_operator.management.commands.run import granian

WEB_PROCESSES = len(os.sched_getaffinity(0))
SECRET = "secret-of-the-bench"  # noqa: S105
ROWS_AT_ONCE = 1_000  # a statement has 65,535 parameters at the most
SECONDS_TO_START, SECONDS_TO_STOP = 120, 30
APPLICATIONS = {
    "product": "tomp_operator.wsgi:application",
    "Django": "bench.plain_django:application",
    "WSGI": "bench.plain:raw_application",
    "naive": "bench.naive.wsgi:application",
}


def empty_database():
    """Nothing but what migrations put there; the caches of this process know nothing."""
    call_command("flush", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    information.forget()
    tariffs.forget()


def analyze():
    """The planner knows the tables, as after a night of autovacuum."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def database_pid():
    return int((settings.EMBEDDED_POSTGRES.data / "postmaster.pid").read_text().split()[0])


def caller(**terms):
    """The headers of a new provider with this contract."""
    provider = MaasProviderFactory(**terms)
    secret = f"{SECRET}-{provider.maas_id}"
    ApiKeyFactory(provider=provider, secret=secret)
    return {
        "maas-id": provider.maas_id,
        "X-API-Key": secret,
        "Api": "TOMP",
        "Api-Version": "1.6.1",
        "Accept-Language": "en",
    }


@contextmanager
def web(application="product", workers=WEB_PROCESSES):
    """An application served by granian with the product's own options, as a Process with a `port`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    metrics = settings.DATA_DIR / f"metrics-{port}"
    metrics.mkdir()
    arguments = granian("127.0.0.1", port, workers, APPLICATIONS[application])
    with running(application, *arguments, PROMETHEUS_MULTIPROC_DIR=str(metrics)) as process:
        process.port = port
        wait_for(process)
        yield process
    shutil.rmtree(metrics)


@contextmanager
def all_webs():
    """{name: Process}: the product and the yardsticks."""
    with web() as product, web("Django") as plain, web("WSGI") as raw:
        yield {"product": product, "Django": plain, "WSGI": raw}


@contextmanager
def worker():
    with running("worker", "manage.py", "worker") as process:
        yield process


class Process:
    """One of ours, with all that it started."""

    port = None

    def __init__(self, name, popen):
        self.name, self.popen = name, popen

    @property
    def pid(self):
        return self.popen.pid

    def cpu_s(self):
        return processes.cpu_s(self.pid)

    def memory_mb(self, what="VmHWM"):
        """The largest of its processes."""
        return max(processes.memory_mb(pid, what) for pid in processes.tree(self.pid))


@contextmanager
def running(name, *arguments, program=sys.executable, **environment):
    """What it logs is written to a file of its name in the data folder, as it would be to a journal."""
    log = (settings.DATA_DIR / f"{name}.log").open("a")
    popen = subprocess.Popen(
        [program, *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | {"LOG_LEVEL": "INFO", "LOG_AS_JSON": "true"} | environment,  # as a service does
        stdout=log,
        stderr=log,
    )
    try:
        yield Process(name, popen)
    finally:
        popen.terminate()
        try:
            popen.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()
        log.close()


def wait_for(process):
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        if process.popen.poll() is not None:
            log = Path(settings.DATA_DIR / f"{process.name}.log").read_text()
            raise RuntimeError(f"{process.name} ended by itself:\n{log[-2000:]}")
        try:
            socket.create_connection(("127.0.0.1", process.port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{process.name} does not answer.")


def measured(process, load):
    """A sample of what clients saw during `load()`, with what this process and the database used."""
    before = process.cpu_s(), processes.cpu_s(database_pid())
    taken = load()
    after = process.cpu_s(), processes.cpu_s(database_pid())
    used = {"web": after[0] - before[0], "database": after[1] - before[1], "client": taken.cpu_s}
    return Sample(taken.rounds, taken.seconds, used, taken.latencies)
