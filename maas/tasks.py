"""What the clock does for providers."""

from django.utils import timezone
from procrastinate.contrib.django import app

from maas import services


@app.periodic(cron="41 * * * *")
@app.task(queueing_lock="forget_expired")
def forget_expired(timestamp: int) -> None:
    """Tokens that expired and answers nobody will ask for again are gone."""
    services.forget_expired(now=timezone.now())
