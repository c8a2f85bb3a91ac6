"""What the clock does to trips. Each job is safe to run twice and on many workers."""

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from bookings.models import Party
from legs import services
from legs.models import Leg
from tomp.errors import TompError

log = structlog.get_logger(__name__)


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="assign_before_departure")
def assign_before_departure(timestamp: int) -> int:
    """Every leg that departs soon has a vehicle, and its provider will hear which. Returns how many got one now.

    A leg for which none is free is tried again, and stops no other (semantics §7.4).
    """
    now = timezone.now()
    assigned = 0
    for leg_id in Leg.objects.to_assign(now).order_by("departs_at").values_list("id", flat=True):
        try:
            services.apply("ASSIGN_ASSET", leg_id=leg_id, at=now, now=now, asked_by=Party.TO)
            assigned += 1
        except TompError as refusal:
            log.warning("no_asset_assigned", leg_id=str(leg_id), reason=str(refusal.detail))
        except Exception:
            log.exception("no_asset_assigned", leg_id=str(leg_id))
    return assigned
