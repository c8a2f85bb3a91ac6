"""How the service is doing, read from the database when somebody asks: the same whichever process answers.

Each figure is bounded: by an index over what is open or owed, by an hour, or by the size of the fleet.
"""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bookings.models import OPEN_STATES, Booking, BookingState
from fleet.models import Asset
from legs.models import RUNNING_STATES, Leg
from maas.models import Callback, MaasProvider
from tomp_operator.monitoring import workers

STATEMENT_SECONDS = 2
KEPT_SECONDS = 5  # several who ask at once are told the same

WATCHED = (*OPEN_STATES, BookingState.NEW)
SERVER = """
    SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
           current_setting('max_connections')::int
"""
JOBS = """
    SELECT count(*) FILTER (WHERE status = 'todo'),
           count(*) FILTER (WHERE status = 'doing'),
           count(*) FILTER (WHERE status = 'failed'),
           count(*) FILTER (WHERE status = 'todo' AND COALESCE(scheduled_at, %(now)s) <= %(now)s),
           min(scheduled_at) FILTER (WHERE status = 'todo' AND scheduled_at <= %(now)s)
    FROM procrastinate_jobs
"""


class Figures(Collector):
    """For the registry of one answer. Without the database it says only that there is none."""

    _kept: tuple[float, list[Metric]] = (float("-inf"), [])

    def collect(self) -> Iterable[Metric]:
        made_at, metrics = Figures._kept
        if time.monotonic() - made_at > KEPT_SECONDS:
            metrics = list(_collect(timezone.now()))
            Figures._kept = time.monotonic(), metrics
        return metrics

    @classmethod
    def forget(cls) -> None:
        """The next to ask is told what is then."""
        cls._kept = float("-inf"), []


def _collect(now: datetime) -> Iterator[Metric]:
    began = time.perf_counter()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {STATEMENT_SECONDS * 1000}")
            found = [*_trips(now), *_fleet(), *_callbacks(now), *_jobs(now), *_server()]
    except DatabaseError:
        found = []
    yield gauge("tomp_database_up", "Whether the figures below could be read.", bool(found))
    yield from found
    yield gauge("tomp_figures_seconds", "How long reading them took.", time.perf_counter() - began)


def _trips(now: datetime) -> Iterator[Metric]:
    of_providers = Booking.objects.filter(provider__in=list(MaasProvider.objects.values_list("pk", flat=True)))
    yield by_state(
        "tomp_bookings", "Offers and open bookings.", of_providers.filter(state__in=WATCHED), expected=WATCHED
    )
    made = Booking.objects.booked().filter(created_at__gt=now - timedelta(hours=1))
    yield by_state("tomp_bookings_of_last_hour", "Bookings whose offer was made in the last hour.", made)
    yield by_state("tomp_legs_running", "Rides under way.", Leg.objects.filter(state__in=RUNNING_STATES))


def _fleet() -> Iterator[Metric]:
    yield by_state("tomp_assets", "Vehicles, without those of the sandbox.", Asset.objects.real())


def _callbacks(now: datetime) -> Iterator[Metric]:
    providers = dict(MaasProvider.objects.values_list("pk", "maas_id"))
    rows = Callback.objects.filter(provider__in=list(providers), state__in=("OWED", "GIVEN_UP"))
    owed = GaugeMetricFamily("tomp_callbacks_owed", "Calls that are owed.", labels=["provider"])
    ages = GaugeMetricFamily(
        "tomp_callbacks_oldest_owed_age_seconds", "How long the oldest of them is owed.", labels=["provider"]
    )
    given_up = GaugeMetricFamily("tomp_callbacks_given_up", "Calls given up, and not forgotten.", labels=["provider"])
    counted = rows.order_by().values_list("provider", "state").annotate(Count("pk"))
    counts = {(pk, state): count for pk, state, count in counted}
    oldest = dict(rows.filter(state="OWED").order_by().values_list("provider").annotate(Min("created_at")))
    for pk, maas_id in providers.items():
        owed.add_metric([maas_id], counts.get((pk, "OWED"), 0))
        ages.add_metric([maas_id], (now - oldest.get(pk, now)).total_seconds())
        given_up.add_metric([maas_id], counts.get((pk, "GIVEN_UP"), 0))
    yield from (owed, ages, given_up)


def _jobs(now: datetime) -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(JOBS, {"now": now})
        todo, doing, failed, due, since = cursor.fetchone()
    jobs = GaugeMetricFamily("tomp_jobs", "Jobs; those that were done are gone.", labels=["status"])
    for status, count in (("todo", todo), ("doing", doing), ("failed", failed)):
        jobs.add_metric([status], count)
    yield jobs
    yield gauge("tomp_jobs_due", "Jobs whose time has come and that nobody does yet.", due)
    late = (now - since).total_seconds() if since else 0
    yield gauge("tomp_jobs_oldest_due_age_seconds", "How late the latest of those is that had a time.", late)
    yield gauge("tomp_workers", "Workers that gave a sign of life within half a minute.", workers.alive(now))


def _server() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(SERVER)
        used, most = cursor.fetchone()
    yield gauge("tomp_database_connections", "Connections to our database.", used)
    yield gauge("tomp_database_connections_limit", "Connections the server allows.", most)


def gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=float(value))


def by_state(name: str, meaning: str, rows: Any, expected: Iterable[str] = ()) -> Metric:
    """How many of the rows are in each state; the expected ones are told also when there is none."""
    counted = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    metric = GaugeMetricFamily(name, meaning, labels=["state"])
    for state in sorted({*counted, *map(str, expected)}):
        metric.add_metric([state], counted.get(state, 0))
    return metric
