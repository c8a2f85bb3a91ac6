"""What the clock does for the figures. Each job is safe to run twice and on many workers."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from backoffice.models import FleetCount


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
