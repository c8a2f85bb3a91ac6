"""What the clock does to the fleet. Each job is safe to run twice and on many workers."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from fleet import restricting, services
from fleet.gateway import alerts, commands
from fleet.importing.batches import applying, comparing, keeping, undoing
from fleet.models import Command
from tomp.errors import PASSING

log = structlog.get_logger(__name__)
AGAIN = RetryStrategy(max_attempts=20, wait=5, retry_exceptions=[*PASSING])
DRAFTS_ARE_KEPT = timedelta(days=30)
ALERTS_ARE_REMEMBERED = timedelta(days=30)  # published they are until they end; staff may want to look


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="watch_vehicles")
def watch_vehicles(timestamp: int) -> None:
    """Vehicles that fell silent have an alert, alerts and commands that are over are closed."""
    now = timezone.now()
    commands.give_up(Command.objects.all(), now=now)
    alerts.notice_silence(now=now)
    alerts.expire(now=now)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="carry_out_restrictions")
def carry_out_restrictions(timestamp: int) -> int:
    """Vehicles whose restrictions began or ended are out of service, or in it again. Returns how many moved now."""
    return restricting.carry_out(now=timezone.now())


@app.periodic(cron="31 3 * * *")
@app.task(queueing_lock="forget_drafts")
def forget_drafts(timestamp: int) -> int:
    """Restrictions that nobody decided are gone a month after they were drafted. Returns how many."""
    return restricting.forget_drafts(before=timezone.now() - DRAFTS_ARE_KEPT)


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


@app.task(retry=AGAIN)
def compare_import(batch_id: int) -> None:
    """The rows of the import are compared with the fleet."""
    _do(comparing.compare, batch_id)


@app.task(retry=AGAIN)
def apply_import(batch_id: int) -> None:
    """The import is written; a job that was killed goes on where it was."""
    _do(applying.apply, batch_id)


@app.task(retry=AGAIN)
def undo_import(batch_id: int) -> None:
    """The import is taken back; a job that was killed goes on where it was."""
    _do(undoing.undo, batch_id)


def _do(step, batch_id):
    """A step that fails in a way nobody foresaw says so on its page; while the database is away, it waits."""
    try:
        step(batch_id=batch_id, now=timezone.now())
    except PASSING:
        raise
    except Exception:
        log.exception("import_failed", batch=batch_id)
        keeping.fail(batch_id=batch_id)


@app.periodic(cron="37 3 * * *")
@app.task(queueing_lock="forget_import_files")
def forget_import_files(timestamp: int) -> int:
    """Uploaded files are removed after TOMP_IMPORT_DAYS; the reports stay. Returns how many."""
    return keeping.forget_files(before=timezone.now() - timedelta(days=settings.TOMP_IMPORT_DAYS))
