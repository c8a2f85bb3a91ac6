"""Does anybody do the jobs? Workers give a sign of life every ten seconds (procrastinate)."""

from datetime import datetime, timedelta

from procrastinate.contrib.django.models import ProcrastinateWorker

SILENT_AFTER = timedelta(seconds=30)  # as procrastinate itself gives one up


def alive(now: datetime) -> int:
    """How many workers gave a sign of life lately."""
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=now - SILENT_AFTER).count()
