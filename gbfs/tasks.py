"""What the clock does to the feeds. Each job is safe to run twice and on many workers."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from gbfs import building, memory, store

PACE = timedelta(seconds=4)  # between two runs, as the expression below says


@app.periodic(cron="* * * * * */4")
@app.task(queueing_lock="build_feeds")
def build_feeds(timestamp: int) -> int:
    """Feeds that would be due before the next run are new: no reader waits for them. Returns how many groups.

    Types and stations come before the vehicles that are there: a reader finds everything that status names.
    """
    memory.remember()
    return sum(store.refresh(group, timezone.now(), ahead=PACE) for group in reversed(building.GROUPS))
