"""What is forgotten about people, and when. Safe to run twice and on many workers."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from bookings import services as bookings
from customers import services
from support import forgetting
from tomp.jobs import do_each

BATCH = 200


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="forget_people")
def forget_people(timestamp: int) -> int:
    """Nobody can tell any more who it was that we served longer ago than the settings say. Returns how many bookings.

    In small batches, each of them for good: a job that is ended goes on an hour later.
    """
    now = timezone.now()
    before = now - timedelta(days=settings.TOMP_RETENTION_DAYS)
    forgotten = 0
    while batch := bookings.anonymise(before=before, limit=BATCH, now=now):
        forgotten += batch
    unused = list(services.unused(before).values_list("pk", flat=True))
    do_each(unused, lambda pk: services.erase(customer_id=pk, now=now), failure="customer_not_erased")
    while forgetting.forget_old(before=before, limit=BATCH, now=now):
        pass
    return forgotten
