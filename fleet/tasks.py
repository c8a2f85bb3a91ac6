"""What the clock does to the fleet. Each job is safe to run twice and on many workers."""

from django.utils import timezone
from procrastinate.contrib.django import app

from fleet.gateway import alerts


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="watch_vehicles")
def watch_vehicles(timestamp: int) -> None:
    """Vehicles that fell silent have an alert, and alerts that are over are closed."""
    now = timezone.now()
    alerts.notice_silence(now=now)
    alerts.expire(now=now)
