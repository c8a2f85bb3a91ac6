"""What the clock does to the fleet. Each job is safe to run twice and on many workers."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from fleet import restricting, services
from fleet.gateway import alerts, commands

ALERTS_ARE_REMEMBERED = timedelta(days=30)  # published they are until they end; staff may want to look


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="watch_vehicles")
def watch_vehicles(timestamp: int) -> None:
    """Vehicles that fell silent have an alert, and alerts that are over are closed."""
    now = timezone.now()
    alerts.notice_silence(now=now)
    alerts.expire(now=now)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="carry_out_restrictions")
def carry_out_restrictions(timestamp: int) -> int:
    """Vehicles whose restrictions began or ended are out of service, or in it again. Returns how many moved now."""
    return restricting.carry_out(now=timezone.now())


@app.periodic(cron="29 3 * * *")
@app.task(queueing_lock="forget_alerts")
def forget_alerts(timestamp: int) -> int:
    """Alerts are gone a month after they ended. Returns how many."""
    return services.forget_alerts(before=timezone.now() - ALERTS_ARE_REMEMBERED)


@app.periodic(cron="37 3 * * *")
@app.task(queueing_lock="forget_commands")
def forget_commands(timestamp: int) -> int:
    """What vehicles were told is forgotten when the trips it was for are. Returns how many commands."""
    return commands.forget_old(before=timezone.now() - timedelta(days=settings.TOMP_RETENTION_DAYS))
