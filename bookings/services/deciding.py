"""What becomes of a booking: committed, called off, confirmed, denied, expired."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as _

from bookings import callbacks
from bookings.errors import BookingLapsed, ExtensionRefused
from bookings.models import Booking, Notification, Party
from bookings.services.advising import advise_to_take, withdraw_advice
from bookings.services.keeping import notify
from bookings.services.story import event, illegal, legs_of, record
from fleet import services as fleet
from fleet.access import new_code
from fleet.conditions import answered_by
from payments import services as payments
from tomp import written
from tomp.errors import IllegalOperation, InUse


def commit(*, booking_id, now, asked_by=Party.MP):
    """CONFIRMED, or CONDITIONAL_CONFIRMED where staff answer first (TOMP COMMIT).

    Raises BookingLapsed, IllegalOperation.
    """
    with transaction.atomic():
        booking = Booking.objects.locked(booking_id)
        if booking.state == Booking.State.EXPIRED or booking.has_lapsed(now):
            raise BookingLapsed(_("The time to commit booking %(booking)s is over."), booking=booking.id)
        if booking.state != Booking.State.PENDING:
            raise illegal("COMMIT", booking)
        legs = legs_of(booking)
        told = agree_to_commit(booking, legs, asked_by, now)
        written.store(booking.progress(), *access(legs), written.insertion(told))
        payments.take_deposits(booking, legs, now=now)
        advise_to_take(booking, legs, now=now)
        return booking, legs


def agree_to_commit(booking, legs, asked_by, now):
    """What COMMIT leads to, on rows that are not saved yet. Returns the line for the story."""
    if booking.response_minutes is None:
        booking.commit()
        _grant_access(legs)
    else:
        booking.commit_conditionally(answer_by=now + timedelta(minutes=booking.response_minutes))
        for leg in legs:
            leg.conditions = answered_by(leg.conditions, booking.expires_at)
    return event(booking, "COMMIT", asked_by, now)


def _grant_access(legs):
    """Each leg has the code that opens its vehicle; it is shown once a vehicle is known."""
    for leg in legs:
        leg.access_code = new_code()


def access(legs):
    """What is to be stored: what opens the vehicles, and until when we answer if staff do."""
    return [written.change(leg, ("access_code", "conditions")) for leg in legs]


def cancel(*, booking_id, now, asked_by=Party.MP, actor="", reason=""):
    """The booking is over before it started: RELEASED or CANCELLED, everything held is free; a fee by contract.

    Again is no harm: it stays as it is. Raises InUse once it started, IllegalOperation when it ended
    otherwise (TOMP CANCEL, semantics §4.3).
    """
    with transaction.atomic():
        booking = Booking.objects.locked(booking_id)
        legs = legs_of(booking)
        if booking.state in (Booking.State.RELEASED, Booking.State.CANCELLED):
            return booking, legs
        if booking.state == Booking.State.STARTED:
            raise InUse(_("Booking %(booking)s has started."), module=3, booking=booking.id)
        if booking.state not in (
            Booking.State.PENDING,
            Booking.State.CONFIRMED,
            Booking.State.CONDITIONAL_CONFIRMED,
        ):
            raise illegal("CANCEL", booking)
        fee = None
        if booking.state != Booking.State.PENDING:
            booking.cancel()
            fee = payments.cancellation_fee(booking, legs, asked_by=asked_by, now=now)
        elif asked_by == Party.TO:
            booking.withdraw()
        else:
            booking.release()
        _close(booking, legs, "CANCEL", asked_by, now, actor, reason, fee)
        if asked_by == Party.TO:
            callbacks.operation(booking, "CANCEL", now)
        return booking, legs


def report_no_show(*, booking_id, now, actor="", reason=""):
    """Nobody came: CANCELLED, everything held is free, the no-show fee of the contract is owed, the provider is told.

    Raises IllegalOperation unless the booking is CONFIRMED and its departure has passed.
    """
    with transaction.atomic():
        booking = Booking.objects.locked(booking_id)
        if booking.state != Booking.State.CONFIRMED or now < booking.departs_at:
            raise illegal("no-show", booking)
        legs = legs_of(booking)
        booking.cancel()
        fee = payments.no_show_fee(booking, legs)
        _close(booking, legs, "NO_SHOW", Party.TO, now, actor, reason, fee)
        notify(
            booking_id=booking.pk, type=Notification.Type.USER_NO_SHOW, minutes=None, comment="",
            leg_id=str(legs[0].pk) if len(legs) > 1 else "", asset=None, sent_by=Party.TO, now=now,
        )  # fmt: skip
        callbacks.operation(booking, "CANCEL", now)
        return booking, legs


def extend(*, booking_id, provider, reason, now):
    """The provider has its pending time once more, counted from now (TOMP EXTEND_EXPIRY_TIME).

    Raises ExtensionRefused when the time or the number of extensions is used up, IllegalOperation otherwise.
    """
    with transaction.atomic():
        booking = Booking.objects.locked(booking_id)
        if provider.max_extensions == 0:
            raise IllegalOperation("Your contract does not include more time.", module=3)
        if booking.state == Booking.State.EXPIRED or booking.has_lapsed(now):
            raise ExtensionRefused(f"Booking {booking.id} has expired.")
        if booking.state != Booking.State.PENDING:
            raise illegal("EXTEND_EXPIRY_TIME", booking)
        if booking.extensions >= provider.max_extensions:
            raise ExtensionRefused(f"Booking {booking.id} was extended {booking.extensions} times already.")
        booking.extend(until=now + timedelta(minutes=provider.pending_minutes))
        record(booking, "EXTEND_EXPIRY_TIME", Party.MP, now, reason=reason)
        booking.save_progress()
        return booking, legs_of(booking)


def deny_by_provider(*, booking_id):
    """DENY is the operator's word; a provider who says it is refused with IllegalOperation."""
    raise illegal("DENY", Booking.objects.get(pk=booking_id))


def confirm(*, booking_id, now, actor="", reason=""):
    """Our answer to a conditional booking is yes: CONFIRMED. Raises IllegalOperation."""
    with transaction.atomic():
        booking = Booking.objects.locked(booking_id)
        if booking.state != Booking.State.CONDITIONAL_CONFIRMED or booking.has_lapsed(now):
            raise illegal("confirm", booking)
        legs = legs_of(booking)
        booking.confirm()
        _grant_access(legs)
        told = event(booking, "CONFIRM", Party.TO, now, actor, reason)
        written.store(booking.progress(), *access(legs), written.insertion(told))
        payments.take_deposits(booking, legs, now=now)
        callbacks.operation(booking, "COMMIT", now)
        advise_to_take(booking, legs, now=now)
        return booking, legs


def deny(*, booking_id, now, actor="", reason=""):
    """Our answer to a conditional booking is no: REJECTED, everything held is free. Raises IllegalOperation."""
    with transaction.atomic():
        booking = Booking.objects.locked(booking_id)
        if booking.state != Booking.State.CONDITIONAL_CONFIRMED:
            raise illegal("deny", booking)
        legs = legs_of(booking)
        booking.deny()
        _close(booking, legs, "DENY", Party.TO, now, actor, reason)
        callbacks.operation(booking, "DENY", now)
        return booking, legs


def expire(*, booking_id, now, actor="", reason="", even_if_not_due=False):
    """A waiting booking whose time is over is EXPIRED, everything held is free. Others stay as they are.

    `even_if_not_due` is for staff, who may end the wait for COMMIT early; IllegalOperation if there is none.
    """
    with transaction.atomic():
        booking = Booking.objects.locked(booking_id)
        if not booking.has_lapsed(now):
            if not even_if_not_due:
                return booking
            if booking.state != Booking.State.PENDING:
                raise illegal("expire", booking)
        booking.expire()
        _close(booking, legs_of(booking), "EXPIRE", Party.TO, now, actor, reason)
        return booking


def _close(booking, legs, operation, asked_by, now, actor, reason, fee=None):
    """The legs of a booking that ends unstarted are CANCELLED and hold nothing; it costs the fee, if there is one."""
    for leg in legs:
        if leg.is_waiting:
            leg.cancel()
            leg.save(update_fields=["state", "access_code"])
        fleet.release(leg_id=leg.pk, asset=leg.asset)
        withdraw_advice(leg)
    booking.price = booking.extra_total
    payments.close(booking, legs, fee=fee, now=now)
    record(booking, operation, asked_by, now, actor, reason)
    booking.save_progress()
    callbacks.over(booking, legs, is_told=asked_by == Party.TO and operation != "EXPIRE", now=now)
