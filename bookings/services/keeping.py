"""What is kept with a booking, and what is forgotten."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as _

from bookings import callbacks
from bookings.forgetting import forget_persons
from bookings.models import Booking, Note, Notification, Party
from legs.models import Leg
from tomp.errors import Invalid, Missing, NothingToDo

A_MOMENT = timedelta(minutes=1)  # within it the same once more is a second click


def notify(*, booking_id, type, minutes, comment, leg_id, asset, sent_by, now, kind="", once=False):
    """The message is kept with the booking, for both sides to read; ours is sent as well (TOMP notifications).

    Where there are several legs it says which one it is about (TOMP issue 450). One of the kind ADVICE is sent only as
    long as the ride of its leg is not over. Raises Missing, Invalid; with `once`, NothingToDo where
    the same was said just now.
    """
    _check_leg(booking_id, leg_id)
    with transaction.atomic():
        if once:
            said = {"type": type, "minutes": minutes, "comment": comment, "leg_id": leg_id, "sent_by": sent_by}
            _check_once(Notification, booking_id, now, _("This message was sent just now."), **said)
        notification = Notification.objects.create(
            booking_id=booking_id,
            type=type,
            minutes=minutes,
            comment=comment,
            leg_id=leg_id,
            asset=asset,
            sent_by=sent_by,
            at=now,
        )
        if sent_by == Party.TO:
            callbacks.notification(notification.booking, notification, now, kind=kind)
        return notification


def _check_leg(booking_id, leg_id):
    legs = {str(pk) for pk in Leg.objects.filter(booking=booking_id).values_list("pk", flat=True)}
    if not leg_id and len(legs) > 1:
        raise Missing("Field: legId, Reason: the booking has several legs.", module=3)
    if leg_id and leg_id.lower() not in legs:
        raise Invalid(f"Field: legId, Reason: booking {booking_id} has no leg {leg_id[:80]!r}.", module=3)


@transaction.atomic
def add_note(*, booking_id, text, now, actor):
    """Colleagues will read this with the booking, and nobody else. Raises NothingToDo: they just wrote it."""
    _check_once(Note, booking_id, now, _("This note was written just now."), text=text, actor=actor)
    return Note.objects.create(booking_id=booking_id, text=text, actor=actor, at=now)


def _check_once(model, booking_id, now, refusal, **said):
    """Whoever clicks twice says it once: the second waits here for the first."""
    Booking.objects.locked(booking_id)
    if model.objects.filter(booking=booking_id, at__gt=now - A_MOMENT, **said).exists():
        raise NothingToDo(refusal)


def forget_offers(*, before):
    """Offers that nobody booked and that lapsed before this moment are gone; returns how many."""
    _deleted, by_model = Booking.objects.stale_offers(before).delete()
    return by_model.get(Booking._meta.label, 0)


@transaction.atomic
def anonymise(*, before, limit, now):
    """Nobody can tell any more whose the bookings were that ended before this moment; at most `limit` of them now.

    Neither account nor anything of the person is kept (bookings/forgetting.py). The trip, its price and its journal
    stay. Returns how many.
    """
    found = Booking.objects.with_personal_data(before).order_by("created_at")
    ids = list(found.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:limit])
    forget_persons(ids)
    Booking.objects.filter(pk__in=ids).update(customer=None, anonymised_at=now)
    return len(ids)
