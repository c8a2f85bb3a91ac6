"""What the clock does to the fleet. Safe to run twice and on many workers."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from fleet import services

ALERTS_ARE_REMEMBERED = timedelta(days=30)  # published they are until they end; staff may want to look


@app.periodic(cron="29 3 * * *")
@app.task(queueing_lock="forget_alerts")
def forget_alerts(timestamp: int) -> int:
    """Alerts are gone a month after they ended. Returns how many."""
    return services.forget_alerts(before=timezone.now() - ALERTS_ARE_REMEMBERED)
