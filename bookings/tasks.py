"""What the clock does to bookings. Each job is safe to run twice and on many workers."""

from datetime import timedelta

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from bookings import services
from bookings.models import Booking

log = structlog.get_logger(__name__)

OFFERS_ARE_REMEMBERED = timedelta(days=1)  # so that booking a lapsed one is a 410 and not a 404


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="expire_bookings")
def expire_bookings(timestamp: int) -> int:
    """Every booking whose time to commit is over is EXPIRED and holds nothing. Returns how many.

    One that cannot be expired is logged and stops no other.
    """
    now = timezone.now()
    expired = 0
    for booking_id in Booking.objects.lapsed(now).order_by("expires_at").values_list("id", flat=True):
        try:
            services.expire(booking_id=booking_id, now=now)
            expired += 1
        except Exception:
            log.exception("booking_not_expired", booking_id=str(booking_id))
    return expired


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="forget_offers")
def forget_offers(timestamp: int) -> int:
    """Offers nobody booked are gone a day after they lapsed. Returns how many."""
    return services.forget_offers(before=timezone.now() - OFFERS_ARE_REMEMBERED)
