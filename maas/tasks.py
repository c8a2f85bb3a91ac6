"""What the clock does for providers, and the calls to them."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app

from fleet import information
from maas import delivery, outbox, services

BATCH = 1000


class WhenTold(BaseRetryStrategy):
    """A job that says NotYet is done again at the moment it names; any other failure a minute later."""

    def get_retry_decision(self, *, exception, job):
        if isinstance(exception, delivery.NotYet):
            return RetryDecision(retry_at=exception.at)
        return RetryDecision(retry_in={"minutes": 1})


@app.task(retry=WhenTold())
def deliver_callback(callback_id: int) -> None:
    """The call is made, and made again until it is delivered or given up."""
    delivery.deliver(callback_id=callback_id, now=timezone.now())


@app.task(retry=WhenTold())
def hasten_calls(provider_id: int) -> None:
    """What a provider that was paused is owed goes out now."""
    outbox.hasten(provider_id=provider_id, now=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="defer_lost_calls")
def defer_lost_calls(timestamp: int) -> int:
    """Every call that is owed has a job that will make it. Returns for how many that was not so."""
    return outbox.defer_lost(now=timezone.now())


@app.periodic(cron="47 * * * *")
@app.task(queueing_lock="forget_callbacks")
def forget_callbacks(timestamp: int) -> int:
    """Calls that are over are gone with their attempts after TOMP_RETENTION_DAYS. Returns how many.

    In batches, each of them for good: a job that is ended goes on an hour later.
    """
    before = timezone.now() - timedelta(days=settings.TOMP_RETENTION_DAYS)
    forgotten = 0
    while batch := services.forget_callbacks(before=before, limit=BATCH):
        forgotten += batch
    return forgotten


@app.periodic(cron="41 * * * *")
@app.task(queueing_lock="forget_expired")
def forget_expired(timestamp: int) -> None:
    """Tokens that expired, answers nobody will ask for again and counts of calls of long ago are gone."""
    now = timezone.now()
    services.forget_expired(now=now)
    services.forget_remarks(before=information.local(now).date() - timedelta(days=settings.TOMP_RETENTION_DAYS))
