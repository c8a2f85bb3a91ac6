"""What the clock does to bookings. Each job is safe to run twice and on many workers."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from bookings import services, unstarted
from bookings.models import Booking
from tomp.jobs import do_each

OFFERS_ARE_REMEMBERED = timedelta(days=1)  # so that booking a lapsed one is a 410 and not a 404


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="expire_bookings")
def expire_bookings(timestamp: int) -> int:
    """Every booking whose time to commit is over is EXPIRED and holds nothing. Returns how many."""
    now = timezone.now()
    lapsed = Booking.objects.lapsed(now).order_by("expires_at").values_list("id", flat=True)
    return do_each(lapsed, lambda pk: services.expire(booking_id=pk, now=now), failure="booking_not_expired")


@app.periodic(cron="* * * * * 5")
@app.task(queueing_lock="settle_unstarted")
def settle_unstarted(timestamp: int) -> int:
    """Every confirmed booking nobody came for in time is as its contract says. Returns how many were called off."""
    now = timezone.now()
    lapsed = unstarted.lapsed(now).order_by("departs_at").values_list("id", flat=True)
    return do_each(lapsed, lambda pk: unstarted.settle(booking_id=pk, now=now), failure="unstarted_not_settled")


@app.periodic(cron="* * * * * 35")
@app.task(queueing_lock="warn_unstarted")
def warn_unstarted(timestamp: int) -> int:
    """Everybody whose reservation is about to lapse was told so. Returns how many now."""
    now = timezone.now()
    soon = unstarted.to_warn(now).order_by("departs_at").values_list("id", flat=True)
    return do_each(soon, lambda pk: unstarted.warn(booking_id=pk, now=now), failure="traveller_not_warned")


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="forget_offers")
def forget_offers(timestamp: int) -> int:
    """Offers nobody booked are gone a day after they lapsed. Returns how many."""
    return services.forget_offers(before=timezone.now() - OFFERS_ARE_REMEMBERED)
