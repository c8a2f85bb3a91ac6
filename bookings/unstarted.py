"""Nobody came for the vehicle: how long it is held, and what the contract says then (semantics §4.4).

A vehicle that was booked as such is held for the minutes of its type after the departure. Who booked a type may come
as long as the trip was planned, and those minutes more.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Case, DateTimeField, ExpressionWrapper, F, Max, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Greatest

from bookings import messages, services
from bookings.models import Booking, Notification, Party
from fleet.models import AssetType
from legs.models import WAITING_STATES, Leg
from maas.models import Unstarted
from planning.options import PLANNED_WITHOUT_ARRIVAL

MINUTE = timedelta(minutes=1)
NOBODY_CAME = "Nobody came while the vehicle was held."

_planned_end = Coalesce("arrives_at", F("departs_at") + PLANNED_WITHOUT_ARRIVAL, output_field=DateTimeField())
_due = Case(When(asset_type__booked_by=AssetType.BookedBy.TYPE, then=_planned_end), default=F("departs_at"))
HELD_UNTIL = ExpressionWrapper(_due + Greatest(F("asset_type__hold_minutes"), 1) * MINUTE, DateTimeField())


def unstarted(now):
    """Confirmed bookings that have departed by plan and not in fact, with the moment they lapse (`lapses_at`)."""
    legs = Leg.objects.filter(booking=OuterRef("pk"), state__in=WAITING_STATES).order_by().values("booking")
    held_until = Subquery(legs.annotate(held_until=Max(HELD_UNTIL)).values("held_until"))
    kept = Booking.objects.exclude(provider__unstarted=Unstarted.KEEP)
    return kept.filter(state=Booking.State.CONFIRMED, departs_at__lte=now).annotate(lapses_at=held_until)


def lapsed(now):
    """Those nobody came for in time."""
    return unstarted(now).filter(lapses_at__lte=now)


def to_warn(now):
    """Those that lapse soon, and whose traveller was not warned of it. A later departure is warned of anew."""
    notice = F("provider__lapse_warning_minutes") * MINUTE
    soon = unstarted(now).annotate(warn_at=ExpressionWrapper(F("lapses_at") - notice, DateTimeField()))
    soon = soon.filter(lapses_at__gt=now, warn_at__lte=now)
    return soon.filter(Q(warned_at=None) | Q(warned_at__lt=F("warn_at")))


@transaction.atomic
def settle(*, booking_id, now):
    """A booking nobody came for is called off, with the no-show fee or without, as agreed. False if somebody did."""
    booking = Booking.objects.locked(booking_id)
    if not lapsed(now).filter(pk=booking_id).exists():
        return False
    if booking.provider.unstarted == Unstarted.NO_SHOW:
        services.report_no_show(booking_id=booking_id, now=now, reason=NOBODY_CAME)
    else:
        services.cancel(booking_id=booking_id, now=now, asked_by=Party.TO, reason=NOBODY_CAME)
    return True


@transaction.atomic
def warn(*, booking_id, now):
    """The traveller will read, once, until when the vehicle is held. False if there is nothing to be warned of."""
    booking = Booking.objects.locked(booking_id)
    found = to_warn(now).filter(pk=booking_id).first()
    if found is None:
        return False
    booking.warned_at = now
    booking.save(update_fields=["warned_at"])
    services.notify(
        booking_id=booking_id, type=Notification.Type.MESSAGE_TO_END_USER, minutes=None,
        comment=messages.about_to_lapse(until=found.lapses_at), leg_id=str(booking.legs.earliest("sequence").pk),
        asset=None, sent_by=Party.TO, now=now,
    )  # fmt: skip
    return True
