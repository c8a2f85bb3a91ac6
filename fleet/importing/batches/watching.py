"""How far is an import, and does anybody work on it? For the page that shows a bar."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateWorker

from fleet.models import ImportBatch
from fleet.models.imports import AT_WORK, ImportState

SILENT = timedelta(seconds=60)  # a worker says every ten seconds that it is alive
PATIENCE = timedelta(seconds=15)


def progress(*, batch_id: int, now: Any) -> dict[str, Any]:
    """The state, the share that is done in percent, and one line for whoever waits."""
    batch = ImportBatch.objects.only("state", "done", "total", "asked_at").get(pk=batch_id)
    return {
        "state": batch.state,
        "is_at_work": batch.is_at_work,
        "percent": round(100 * batch.done / batch.total) if batch.total else 0,
        "text": _line(batch, now) if batch.is_at_work else "",
    }


def _line(batch: ImportBatch, now: Any) -> str:
    has_waited = batch.asked_at is not None and now - batch.asked_at > PATIENCE
    if has_waited and not ProcrastinateWorker.objects.filter(last_heartbeat__gte=now - SILENT).exists():
        return _("Nobody works on it: no worker is running. Start one with “manage.py worker”; nothing is lost.")
    ahead = ImportBatch.objects.filter(state__in=AT_WORK, asked_at__lt=batch.asked_at).order_by("asked_at").first()
    if ahead is not None and not batch.done:
        return _("Waits for another import: %(import)s.") % {"import": ahead}
    if not batch.total:
        return _("Reading …")
    words = {
        ImportState.MAPPED: _("Compared %(done)s of %(total)s rows"),
        ImportState.APPLYING: _("Applied %(done)s of %(total)s rows"),
        ImportState.UNDOING: _("Undone %(done)s of %(total)s rows"),
    }
    return words[batch.state] % {"done": f"{batch.done:,}", "total": f"{batch.total:,}"}
