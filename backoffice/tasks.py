"""What the clock does for the figures, and what takes longer than a page may. Each job is safe to run twice."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from backoffice import restricting
from backoffice.models import FleetCount
from backoffice.signin import throttle
from backoffice.signin.sessions import SessionStore


@app.periodic(cron="*/15 * * * *")
@app.task(queueing_lock="count_fleet")
def count_fleet(timestamp: int) -> None:
    """How many vehicles there are, can be used and are on a trip is kept for the quarter of an hour."""
    now = timezone.now()
    quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    FleetCount.objects.bulk_create([FleetCount.of(quarter)], ignore_conflicts=True)


@app.periodic(cron="47 3 * * *")
@app.task(queueing_lock="forget_fleet_counts")
def forget_fleet_counts(timestamp: int) -> int:
    """Counts are gone after TOMP_RETENTION_DAYS. Returns how many."""
    before = timezone.now() - timedelta(days=settings.TOMP_RETENTION_DAYS)
    return FleetCount.objects.filter(at__lt=before).delete()[0]


@app.periodic(cron="13 * * * *")
@app.task(queueing_lock="forget_sign_ins")
def forget_sign_ins(timestamp: int) -> None:
    """Sessions that are over are gone, and counts of wrong passwords that hold nothing up any more."""
    SessionStore.clear_expired()
    throttle.forget(now=timezone.now())


@app.task
def carry_out_restriction(restriction_id: int, actor: str) -> None:
    """The restriction has begun where it is due, and the bookings it hits are settled. Twice does no harm."""
    restricting.carry_out(restriction_id, actor=actor, now=timezone.now())
