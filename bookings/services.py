"""What can be done with a booking, whoever asks: the API, staff, or the clock.

Each service locks the booking first, then reads the rest (docs/locking.md). Nothing here sends anything.
"""

import secrets
from datetime import timedelta
from itertools import chain

from django.db import transaction

from bookings import requirements
from bookings.drafts import draft
from bookings.errors import BookingLapsed, BookingNotFound, ExtensionRefused, NotOneOption, NotServed, OfferGone
from bookings.models import Booking, BookingEvent, Notification, Party
from customers import services as customers
from fleet import services as fleet
from fleet.conditions import required_booking_data
from fleet.errors import AssetNotAvailable, NoAssetLeft
from maas.models import MaasProvider
from planning import options
from planning.options import PLANNED_WITHOUT_ARRIVAL
from tomp.errors import AlreadyBooked, IllegalOperation, InUse, Missing, QuotaReached, UserBlocked


def book(*, provider, offer_id, customer_data, from_place, to_place, callback_url, extra_info, version, now):
    """The offer is a PENDING booking (CONFIRMED with AUTO_COMMIT) and holds its vehicles.

    Raises, in this order: BookingNotFound, AlreadyBooked, OfferGone, UserBlocked, Missing, QuotaReached
    (TOMP POST /bookings, semantics §4.2). After any of them nothing has changed.
    """
    with transaction.atomic():
        booking = _locked_offer(provider, offer_id)
        if booking.state != Booking.State.NEW:
            raise AlreadyBooked(f"Booking {booking.id} exists already; its state is {booking.state}.", module=3)
        if booking.valid_until <= now:
            raise OfferGone(f"Offer {booking.id} was valid until {booking.valid_until:%H:%M:%S} UTC.")
        booking.api_version = version
        booking.from_place = from_place or booking.from_place
        booking.to_place = to_place or booking.to_place
        legs = legs_of(booking)
        try:
            _hold(legs, now)
        except (AssetNotAvailable, NoAssetLeft) as error:
            raise OfferGone(f"Offer {booking.id} is not available any more. {error.detail}") from error
        _take_over(booking, legs, customer_data, callback_url, extra_info)
        story = _agree(booking, legs, now)
        booking.save()
        _save_access(legs)
        BookingEvent.objects.bulk_create(story)
        return booking, legs


def book_one_stop(*, provider, trip, customer_data, callback_url, extra_info, version, now):
    """Offer and booking in one step, for the one option there is (TOMP POST /bookings/one-stop).

    Raises NotOneOption when there is none or more than one, NotServed, and what book() raises for data and
    contract. Where a type was asked for, a vehicle that somebody else just took is replaced by the next.
    """
    found = options.find(trip, now=now)
    if len(found) != 1:
        raise NotOneOption(
            f"There are {len(found)} ways to do this, exactly one is needed." if found else "It is not available."
        )
    for option in chain(found, found[0].instead):
        try:
            return _book_option(
                option, provider, customer_data, callback_url, extra_info,
                version=version, now=now, wait=trip.names_assets,
            )  # fmt: skip
        except (AssetNotAvailable, NoAssetLeft):
            continue
        except UserBlocked as error:
            raise NotServed(error.detail) from error
    raise NotOneOption("Somebody else was faster.")


@transaction.atomic
def _book_option(option, provider, customer_data, callback_url, extra_info, *, version, now, wait):
    booking, leg = draft(option, provider=provider, version=version, valid_until=now, now=now)
    _hold([leg], now, wait=wait)
    _take_over(booking, [leg], customer_data, callback_url, extra_info)
    story = _agree(booking, [leg], now)
    booking.save(force_insert=True)
    leg.save(force_insert=True)
    BookingEvent.objects.bulk_create(story)
    return booking, [leg]


def _locked_offer(provider, offer_id):
    try:
        booking = Booking.objects.locked(offer_id)
    except Booking.DoesNotExist:
        raise BookingNotFound(f"Offer {offer_id} not found.") from None
    if booking.provider_id != provider.pk:
        raise BookingNotFound(f"Offer {offer_id} not found.")
    booking.provider = provider
    return booking


def legs_of(booking):
    """The legs of the booking, ready for an answer; read after the lock."""
    legs = list(booking.legs.for_trip())
    for leg in legs:
        leg.booking = booking
    return legs


def _take_over(booking, legs, customer_data, callback_url, extra_info):
    """The booking knows its customer and has all data its conditions require."""
    booking.customer = customers.identify(provider=booking.provider, data=customer_data)
    absent = requirements.missing_member(
        [field for leg in legs for field in required_booking_data(leg.conditions)],
        customer=customer_data,
        from_place=booking.from_place,
        to_place=booking.to_place,
    )
    if absent:
        raise Missing(f"Field: {absent}, Reason: conditionRequireBookingData demands it.", module=3)
    _check_quota(booking.provider)
    booking.customer_data = customer_data
    booking.callback_url = callback_url
    booking.extra_info = extra_info


def _check_quota(provider):
    limit = provider.max_open_bookings
    if limit is None:
        return
    MaasProvider.objects.select_for_update(no_key=True).get(pk=provider.pk)  # one after the other, to count right
    if Booking.objects.for_provider(provider).open().count() >= limit:
        raise QuotaReached(f"Your contract allows {limit} open bookings at the same time.", module=3)


def _hold(legs, now, *, wait=True):
    """Every vehicle, or the promise of one, is held. Raises AssetNotAvailable, NoAssetLeft."""
    for leg in legs:
        if leg.asset_id is not None:
            leg.asset = fleet.reserve_asset(
                asset_id=leg.asset_id, public_id=leg.asset_public_id, leg_id=leg.pk, now=now, wait=wait
            )
        else:
            fleet.reserve_type(
                asset_type_id=leg.asset_type_id,
                station_id=leg.station_id,
                leg_id=leg.pk,
                period=(leg.departs_at, leg.arrives_at or leg.departs_at + PLANNED_WITHOUT_ARRIVAL),
                now=now,
            )


def _agree(booking, legs, now):
    """PENDING; with AUTO_COMMIT what COMMIT would lead to. Nothing is saved yet; returns the story so far."""
    provider = booking.provider
    booking.hold(at=now, until=now + timedelta(minutes=provider.pending_minutes))
    story = [_event(booking, "BOOK", Party.MP, now)]
    if provider.auto_commit:
        story.append(_commit(booking, legs, Party.MP, now))
    return story


def commit(*, booking_id, now, asked_by=Party.MP):
    """CONFIRMED, or CONDITIONAL_CONFIRMED where staff answer first (TOMP COMMIT).

    Raises BookingLapsed, IllegalOperation.
    """
    with transaction.atomic():
        booking = Booking.objects.locked(booking_id)
        if booking.state == Booking.State.EXPIRED or booking.has_lapsed(now):
            raise BookingLapsed(f"The time to commit booking {booking.id} is over.")
        if booking.state != Booking.State.PENDING:
            raise _illegal("COMMIT", booking)
        legs = legs_of(booking)
        _commit(booking, legs, asked_by, now).save()
        booking.save()
        _save_access(legs)
        return booking, legs


def _commit(booking, legs, asked_by, now):
    if booking.response_minutes is None:
        booking.commit()
        _grant_access(legs)
    else:
        booking.commit_conditionally(answer_by=now + timedelta(minutes=booking.response_minutes))
    return _event(booking, "COMMIT", asked_by, now)


def _grant_access(legs):
    """Each leg has the code that opens its vehicle; it is shown once a vehicle is known."""
    for leg in legs:
        leg.access_code = secrets.token_urlsafe(12)


def _save_access(legs):
    for leg in legs:
        leg.save(update_fields=["access_code"])


def cancel(*, booking_id, now, asked_by=Party.MP, actor="", reason=""):
    """The booking is over before it started: RELEASED or CANCELLED, everything held is free.

    Again is no harm: it stays as it is. Raises InUse once it started, IllegalOperation when it ended
    otherwise (TOMP CANCEL, semantics §4.3).
    """
    with transaction.atomic():
        booking = Booking.objects.locked(booking_id)
        legs = legs_of(booking)
        if booking.state in (Booking.State.RELEASED, Booking.State.CANCELLED):
            return booking, legs
        if booking.state == Booking.State.STARTED:
            raise InUse(f"Booking {booking.id} has started.", module=3)
        if booking.state not in (
            Booking.State.PENDING,
            Booking.State.CONFIRMED,
            Booking.State.CONDITIONAL_CONFIRMED,
        ):
            raise _illegal("CANCEL", booking)
        if booking.state != Booking.State.PENDING:
            booking.cancel()
        elif asked_by == Party.TO:
            booking.withdraw()
        else:
            booking.release()
        _close(booking, legs, "CANCEL", asked_by, now, actor, reason)
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
            raise _illegal("EXTEND_EXPIRY_TIME", booking)
        if booking.extensions >= provider.max_extensions:
            raise ExtensionRefused(f"Booking {booking.id} was extended {booking.extensions} times already.")
        booking.extend(until=now + timedelta(minutes=provider.pending_minutes))
        record(booking, "EXTEND_EXPIRY_TIME", Party.MP, now, reason=reason)
        booking.save()
        return booking, legs_of(booking)


def deny_by_provider(*, booking_id):
    """DENY is the operator's word; a provider who says it is refused with IllegalOperation."""
    raise _illegal("DENY", Booking.objects.get(pk=booking_id))


def confirm(*, booking_id, now, actor="", reason=""):
    """Our answer to a conditional booking is yes: CONFIRMED. Raises IllegalOperation."""
    with transaction.atomic():
        booking = Booking.objects.locked(booking_id)
        if booking.state != Booking.State.CONDITIONAL_CONFIRMED or booking.has_lapsed(now):
            raise _illegal("confirm", booking)
        legs = legs_of(booking)
        booking.confirm()
        _grant_access(legs)
        _save_access(legs)
        record(booking, "CONFIRM", Party.TO, now, actor, reason)
        booking.save()
        return booking, legs


def deny(*, booking_id, now, actor="", reason=""):
    """Our answer to a conditional booking is no: REJECTED, everything held is free. Raises IllegalOperation."""
    with transaction.atomic():
        booking = Booking.objects.locked(booking_id)
        if booking.state != Booking.State.CONDITIONAL_CONFIRMED:
            raise _illegal("deny", booking)
        legs = legs_of(booking)
        booking.deny()
        _close(booking, legs, "DENY", Party.TO, now, actor, reason)
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
                raise _illegal("expire", booking)
        booking.expire()
        _close(booking, legs_of(booking), "EXPIRE", Party.TO, now, actor, reason)
        return booking


def _close(booking, legs, operation, asked_by, now, actor, reason):
    """The legs of a booking that ends unstarted are CANCELLED and hold nothing."""
    for leg in legs:
        if leg.is_waiting:
            leg.cancel()
            leg.save(update_fields=["state", "access_code"])
        fleet.release(leg_id=leg.pk, asset=leg.asset)
    record(booking, operation, asked_by, now, actor, reason)
    booking.save()


def record(booking, operation, asked_by, now, actor="", reason=""):
    """One more line in the story of the booking, with the state it has now."""
    _event(booking, operation, asked_by, now, actor, reason).save()


def _event(booking, operation, asked_by, now, actor="", reason=""):
    return BookingEvent(
        booking=booking,
        operation=operation,
        state=booking.state,
        asked_by=asked_by,
        actor=actor,
        reason=reason,
        at=now,
    )


def _illegal(operation, booking):
    return IllegalOperation(f"{operation} is not possible: booking {booking.id} is {booking.state}.", module=3)


def notify(*, booking_id, type, minutes, comment, leg_id, asset, sent_by, now):
    """The message is kept with the booking, for both sides to read (TOMP notifications)."""
    return Notification.objects.create(
        booking_id=booking_id,
        type=type,
        minutes=minutes,
        comment=comment,
        leg_id=leg_id,
        asset=asset,
        sent_by=sent_by,
        at=now,
    )


def forget_offers(*, before):
    """Offers that nobody booked and that lapsed before this moment are gone; returns how many."""
    _deleted, by_model = Booking.objects.stale_offers(before).delete()
    return by_model.get(Booking._meta.label, 0)
