"""Those who keep the service running ask whether it is alive and ready …"""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from tomp_operator.monitoring import health, workers

ALIVE = {"status": "alive"}


@pytest.fixture
def worker(db):
    """One gave a sign of life just now."""
    sign_of_life(timezone.now())


def sign_of_life(at):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])


def broken(*args, **kwargs):
    raise OperationalError("connection to server at db.internal, user tomp, failed")


def test_is_alive_without_asking_the_database():
    answer = Client().get("/health/live")

    assert (answer.status_code, answer.json()) == (200, ALIVE)
    assert answer.headers["Cache-Control"] == "no-store"


def test_is_ready(worker):
    answer = Client().get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "database": "ok", "migrations": "ok", "worker": "ok"}


@pytest.mark.parametrize("path", ["/health/live/", "/health/ready/"])
def test_accepts_a_trailing_slash(worker, path):
    assert Client().get(path).status_code == 200


def test_answers_by_any_name_and_without_https(worker, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["tomp.example.com"]

    assert Client().get("/health/ready", headers={"Host": "10.1.2.3:8000"}).status_code == 200


def test_a_silent_worker_is_a_warning(db):
    sign_of_life(timezone.now() - workers.SILENT_AFTER - timedelta(seconds=1))

    answer = Client().get("/health/ready")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    assert answer.json()["worker"].startswith("warning: no worker gave a sign of life within half a minute")


def test_is_not_ready_before_the_migrations(worker):
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")

    with capture_logs() as logs:
        answer = Client().get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert answer.json()["migrations"] == "1 not applied (sessions.0001_initial): run manage.py migrate"
    assert [line["event"] for line in logs] == ["not_ready"]


def test_is_ready_when_the_next_version_has_migrated(worker):
    MigrationRecorder(connection).record_applied("fleet", "9999_of_the_next_version")

    assert Client().get("/health/ready").json()["migrations"] == "ok"


def test_is_not_ready_without_the_database_and_does_not_say_where_it_is(db, monkeypatch):
    monkeypatch.setattr(health, "_migrations", broken)

    answer = Client().get("/health/ready")

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "database": "does not answer (OperationalError)",
        "migrations": "not known",
        "worker": "not known",
    }


def test_reads_three_rows_at_most(worker, django_assert_max_num_queries):
    Client().get("/health/ready")

    with django_assert_max_num_queries(6):  # two of them begin and end the transaction, one limits it
        Client().get("/health/ready")


def test_only_reads():
    answer = Client().post("/health/live")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
