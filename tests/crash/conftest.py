"""Processes that can be killed: web, worker and database as they are served."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection

from tests.client import MpClient
from tests.factories import MaasProviderFactory
from tomp_operator.management.commands.run import granian

SECONDS = 60


@pytest.fixture
def database_url(transactional_db):
    """How another process reaches the database of the tests."""
    place = connection.settings_dict
    server = urlencode({"host": place["HOST"], **({"port": place["PORT"]} if place["PORT"] else {})})
    return f"postgres://{place['USER']}:{place['PASSWORD']}@/{place['NAME']}?{server}"


@pytest.fixture
def folder():
    """Data of its own, in a place that the user of the database may enter."""
    folder = Path(tempfile.mkdtemp(prefix="tomp-crash-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own(folder):
    """Settings of processes with a database of their own."""
    return {"TOMP_DATA_DIR": str(folder), "DATABASE_URL": ""}


def start(*arguments, **environment):
    """A child in a session of its own."""
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=settings.BASE_DIR, env=os.environ | environment, start_new_session=True
    )


@contextmanager
def ended(process):
    """Whatever becomes of the test, the process is gone after the block."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_until(is_so, what, seconds=SECONDS, every=0.05):
    """Returns what `is_so` returned once it is true; fails the test after so many seconds."""
    give_up_at = time.monotonic() + seconds
    while not (found := is_so()):
        assert time.monotonic() < give_up_at, f"not within {seconds} s: {what() if callable(what) else what}"
        time.sleep(every)
    return found


class App:
    """The app of a provider over real HTTP, as stubborn as it should be: it repeats what was not answered."""

    def __init__(self, base_url, headers):
        self.base_url, self.headers = base_url, headers

    def once(self, method, path, body=None, **headers):
        """(status, answer). Raises OSError or HTTPException when there is none."""
        host = self.base_url.removeprefix("http://")
        call = http.client.HTTPConnection(host, timeout=30)
        try:
            sent = {"Content-Type": "application/json"} | self.headers | headers
            call.request(method, f"/tomp{path}", json.dumps(body) if body is not None else None, sent)
            answer = call.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            call.close()

    def until_answered(self, method, path, body=None, *, within=SECONDS, **headers):
        """The first answer that is none of a service in trouble."""
        last = []

        def answered():
            try:
                last[:] = status, answer = self.once(method, path, body, **headers)
            except (OSError, http.client.HTTPException) as error:
                last[:] = [error]
                return None
            return (status, answer) if status < 500 else None

        return wait_until(answered, lambda: f"an answer to {method} {path}, but {last}", within)


@pytest.fixture
def app(database_url):
    """Served by one process, as we serve it."""
    port = free_port()
    with ended(start(*granian("127.0.0.1", port, workers=1), DATABASE_URL=database_url)):
        app = App(f"http://127.0.0.1:{port}", MpClient(MaasProviderFactory(maas_id="mp")).headers)
        app.until_answered("GET", "/operator/meta", within=180)
        yield app
