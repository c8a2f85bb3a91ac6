"""GET /metrics …"""

import ipaddress
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tests.factories import CallbackFactory, MaasProviderFactory
from tests.fleet_factories import AssetFactory
from tests.journey import NOW, given_booking, given_leg
from tomp_operator.monitoring import figures
from tomp_operator.monitoring.traffic import spelled_out

STATEMENTS = 14  # two of them begin and end the transaction, one limits how long each may take


@pytest.fixture(autouse=True)
def nothing_kept():
    figures.Figures.forget()


def read(**headers):
    """What it says: value by (name, labels)."""
    answer = Client().get("/metrics", headers=headers)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value for family in families for sample in family.samples
    }


def test_says_how_trips_go(clock):
    provider = MaasProviderFactory()
    given_booking(provider)
    given_leg(provider, state="IN_USE")

    found = read()

    assert found["tomp_database_up",] == 1
    assert found["tomp_bookings", "PENDING"] == 1
    assert found["tomp_bookings", "STARTED"] == 1
    assert found["tomp_bookings", "CONFIRMED"] == 0
    assert found["tomp_bookings_of_last_hour", "STARTED"] == 1
    assert found["tomp_legs_running", "IN_USE"] == 1


def test_says_where_the_fleet_is(db):
    AssetFactory.create_batch(2)
    AssetFactory(state="OUT_OF_SERVICE")

    found = read()

    assert (found["tomp_assets", "AVAILABLE"], found["tomp_assets", "OUT_OF_SERVICE"]) == (2, 1)


def test_says_what_is_owed_to_whom_and_how_long(clock):
    late = MaasProviderFactory(maas_id="late")
    MaasProviderFactory(maas_id="early")
    CallbackFactory(provider=late, created_at=NOW - timedelta(minutes=5))
    CallbackFactory(provider=late, created_at=NOW - timedelta(minutes=1))
    CallbackFactory(provider=late, state="GIVEN_UP", created_at=NOW)

    found = read()

    assert found["tomp_callbacks_owed", "late"] == 2
    assert found["tomp_callbacks_oldest_owed_age_seconds", "late"] == 300
    assert found["tomp_callbacks_given_up", "late"] == 1
    assert (found["tomp_callbacks_owed", "early"], found["tomp_callbacks_oldest_owed_age_seconds", "early"]) == (0, 0)


def test_says_how_the_workers_keep_up(db):
    now = timezone.now()
    with connection.cursor() as cursor:
        for status, at in (("todo", None), ("todo", now - timedelta(seconds=90)), ("failed", None)):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (task_name, queue_name, status, scheduled_at) "
                "VALUES ('t', 'q', %s, %s)",
                [status, at],
            )
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, scheduled_at) VALUES ('t', 'q', %s)",
            [now + timedelta(hours=1)],
        )
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [now])

    found = read()

    assert (found["tomp_jobs", "todo"], found["tomp_jobs", "failed"], found["tomp_jobs_due",]) == (3, 1, 2)
    assert 90 <= found["tomp_jobs_oldest_due_age_seconds",] < 150
    assert found["tomp_workers",] == 1


def test_reads_as_much_whatever_the_number_of_providers(db, django_assert_num_queries):
    MaasProviderFactory.create_batch(3)

    with django_assert_num_queries(STATEMENTS):
        read()


def test_is_read_once_for_all_who_ask_at_the_same_time(db, django_assert_num_queries):
    read()

    with django_assert_num_queries(0):
        read()


def test_still_counts_requests_without_the_database(db, monkeypatch):
    def broken(now):
        raise OperationalError("gone")

    monkeypatch.setattr(figures, "_trips", broken)
    Client().get("/health/live")

    found = read()

    assert found["tomp_database_up",] == 0
    assert ("tomp_bookings", "PENDING") not in found


class TestRequests:
    """… counts them by route and never by address."""

    def test_are_counted_with_their_status(self, db):
        before = read()
        Client().get("/tomp/legs/5f0c2f0e-0000-4000-8000-000000000000")
        Client().get("/tomp/legs/another")
        after = read()

        counted = ("tomp_http_requests_total", "/tomp/legs/{id}", "401", "GET")
        assert after[counted] - before.get(counted, 0) == 2
        timed = ("tomp_http_request_duration_seconds_count", "/tomp/legs/{id}", "GET")
        assert after[timed] - before.get(timed, 0) == 2

    def test_make_no_series_of_what_callers_think_up(self, db):
        before = len(read())
        for number in range(20):
            Client().get(f"/wp-admin/{number}")
            Client().generic(f"VERB{number}", "/tomp/operator/ping")
        assert len(read()) - before <= 2 * 17  # of two new routes: a count, eleven buckets and the rest, sum, total

    def test_of_health_and_figures_are_not_counted(self, db):
        Client().get("/health/ready")

        assert not [labels for labels in read() if "/metrics" in labels or "/health/ready" in labels]

    @pytest.mark.parametrize(
        ("pattern", "spelled"),
        [
            ("tomp/bookings/<str:id>/events", "/tomp/bookings/{id}/events"),
            (r"^oauth/token/?$", "/oauth/token"),
            (r"^gbfs/(?P<version>2\.3|3\.0)/(?P<name>(?!manifest)[a-z_]+)\.json$", "/gbfs/{version}/{name}.json"),
            (r"^schema/(?P<minor>1\.5|1\.6)/?$", "/schema/{minor}"),
        ],
    )
    def test_are_told_apart_by_a_route_people_can_read(self, pattern, spelled):
        assert spelled_out(pattern) == spelled


class TestWhoMayRead:
    @pytest.fixture(autouse=True)
    def token(self, settings, db):
        settings.TOMP_METRICS_TOKEN = "metrics-token"
        settings.METRICS_NETWORKS = [ipaddress.ip_network("10.0.0.0/8")]
        return settings

    def ask(self, address, **headers):
        return Client(REMOTE_ADDR=address).get("/metrics", headers=headers).status_code

    def test_those_of_the_networks(self):
        assert self.ask("10.1.2.3") == 200

    def test_nobody_else(self):
        assert self.ask("192.0.2.1") == 403
        assert self.ask("") == 403

    def test_those_with_the_token(self):
        assert self.ask("192.0.2.1", Authorization="Bearer metrics-token") == 200
        assert self.ask("10.1.2.3", Authorization="Bearer another") == 403

    def test_nobody_by_an_empty_token(self, token):
        token.TOMP_METRICS_TOKEN = ""

        assert self.ask("192.0.2.1", Authorization="Bearer ") == 403

    def test_nobody_whom_a_proxy_we_do_not_know_passed_on(self):
        assert self.ask("10.1.2.3", **{"X-Forwarded-For": "192.0.2.1"}) == 403

    def test_whom_our_proxy_saw_in_the_networks(self, token):
        token.BEHIND_PROXY = True

        assert self.ask("192.0.2.9", **{"X-Forwarded-For": "10.1.2.3"}) == 200
        assert self.ask("10.9.9.9", **{"X-Forwarded-For": "10.1.2.3, 192.0.2.1"}) == 403
        assert self.ask("10.9.9.9") == 403


ONE_OF_SEVERAL = """
import os, sys
import django
django.setup()
from django.test import Client
for _time in range(int(sys.argv[1])):
    Client().get("/static/nothing")
if sys.argv[2:]:
    from tomp_operator.monitoring import figures
    figures._collect = lambda now: iter(())
    print(Client().get("/metrics").content.decode())
"""


def test_adds_up_the_counts_of_all_web_processes(tmp_path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tomp_operator.settings",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "counts"),
        "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
        "TOMP_DEMO": "1",
        "TOMP_DATA_DIR": str(tmp_path),
    }

    def process(*arguments):
        ran = subprocess.run(
            [sys.executable, "-c", ONE_OF_SEVERAL, *arguments],
            cwd=project.BASE_DIR, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return ran.stdout

    process("2")
    process("3")
    said = process("1", "read")

    assert 'tomp_http_requests_total{method="GET",route="/static/",status="404"} 6.0' in said
