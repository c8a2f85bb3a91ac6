"""Making a booking: of an offer, or in one step."""

from datetime import timedelta

from django.db import transaction

from bookings import requirements
from bookings.drafts import draft, sum_up
from bookings.errors import BookingNotFound, NotOneOption, NotServed, OfferGone
from bookings.models import Booking, Party
from bookings.services import heading, quotas
from bookings.services.advising import advise_to_take
from bookings.services.deciding import access, agree_to_commit
from bookings.services.heading import head_for
from bookings.services.holding import hold, hold_any
from bookings.services.story import event, legs_of
from customers import services as customers
from fleet import information, places
from fleet.errors import AssetNotAvailable, NoAssetLeft
from maas import outbox
from payments import services as payments
from planning import options
from tomp import written
from tomp.errors import AlreadyBooked, UserBlocked


def book(*, provider, offer_id, customer_data, from_place, to_place, callback_url, extra_info, version, now):
    """The offer is a PENDING booking (CONFIRMED with AUTO_COMMIT) and holds its vehicles.

    Raises, in this order: BookingNotFound, AlreadyBooked, OfferGone, UserBlocked, Missing, Invalid, QuotaReached
    (TOMP POST /bookings, semantics §4.2). After any of them nothing has changed.
    """
    with transaction.atomic():
        booking = _locked_offer(provider, offer_id)
        if booking.state != Booking.State.NEW:
            raise AlreadyBooked(f"Booking {booking.id} exists already; its state is {booking.state}.", module=3)
        if booking.valid_until <= now:
            raise OfferGone(f"Offer {booking.id} was valid until {booking.valid_until:%H:%M:%S} UTC.")
        booking.api_version = version
        booking.from_place = places.located(from_place, field="from") or booking.from_place
        legs = legs_of(booking)
        if head_for(booking, legs, to_place):
            booking.price = sum(leg.price(now).total for leg in legs)
            for leg in legs:
                leg.save(update_fields=heading.FIELDS)
        held = written.Later()
        try:
            hold(legs, now, store=held)
        except (AssetNotAvailable, NoAssetLeft) as error:
            raise OfferGone(f"Offer {booking.id} is not available any more. {error.detail}") from error
        _take_over(booking, legs, customer_data, callback_url, extra_info, now)
        story = _agree(booking, legs, now)
        written.store(*held, written.change(booking), *access(legs), written.insertion(*story))
        payments.take_deposits(booking, legs, now=now, count=0)
        advise_to_take(booking, legs, now=now)
        return booking, legs


def book_one_stop(*, provider, trip, customer_data, callback_url, extra_info, version, now):
    """Offer and booking in one step, for the one option there is (TOMP POST /bookings/one-stop).

    Raises NotOneOption when there is none or more than one, NotServed, and what book() raises for data and
    contract. Where a type was asked for, a vehicle that somebody else just took is replaced by the next.
    """
    found = options.find(trip, provider=provider, now=now)
    if len(found) != 1:
        raise NotOneOption(
            f"There are {len(found)} ways to do this, exactly one is needed." if found else "It is not available."
        )
    try:
        return _book_option(
            found[0], provider, customer_data, callback_url, extra_info,
            version=version, now=now, wait=trip.names_assets,
        )  # fmt: skip
    except (AssetNotAvailable, NoAssetLeft) as error:
        raise NotOneOption("Somebody else was faster.") from error
    except UserBlocked as error:
        raise NotServed(error.detail) from error


@transaction.atomic
def _book_option(option, provider, customer_data, callback_url, extra_info, *, version, now, wait):
    booking, legs = draft(option, provider=provider, version=version, valid_until=now, now=now)
    held = written.Later()
    legs = hold_any(legs, option.instead, now, wait=wait, store=held)
    sum_up(booking, legs, now)
    _take_over(booking, legs, customer_data, callback_url, extra_info, now)
    story = _agree(booking, legs, now)
    written.store(*held, written.insertion(booking), written.insertion(*legs), written.insertion(*story))
    payments.take_deposits(booking, legs, now=now, count=0)
    advise_to_take(booking, legs, now=now)
    return booking, legs


def _locked_offer(provider, offer_id):
    try:
        booking = Booking.objects.locked(offer_id)
    except Booking.DoesNotExist:
        raise BookingNotFound(f"Offer {offer_id} not found.") from None
    if booking.provider_id != provider.pk:
        raise BookingNotFound(f"Offer {offer_id} not found.")
    booking.provider = provider
    return booking


def _take_over(booking, legs, customer_data, callback_url, extra_info, now):
    """The booking knows its customer and has all data its conditions require, and they fit."""
    booking.customer = customers.identify(provider=booking.provider, data=customer_data)
    booking.customer_data = customer_data
    check_data(booking, legs)
    outbox.check_address(booking.provider, callback_url, field="callbackUrl", module=3)
    quotas.check(booking.provider, vehicles=len(legs), now=now)
    booking.callback_url = callback_url
    booking.extra_info = extra_info


def check_data(booking, legs):
    """Raises Missing unless the booking says all that its conditions require, Invalid if that does not fit."""
    requirements.check(
        [condition for leg in legs for condition in leg.conditions],
        customer=customers.all_about(booking.customer, booking.customer_data),
        from_place=booking.from_place,
        to_place=booking.to_place,
        on=information.local(booking.departs_at).date(),
    )


def _agree(booking, legs, now):
    """PENDING; with AUTO_COMMIT what COMMIT would lead to. Nothing is saved yet; returns the story so far."""
    provider = booking.provider
    booking.hold(at=now, until=now + timedelta(minutes=provider.pending_minutes))
    story = [event(booking, "BOOK", Party.MP, now)]
    if provider.auto_commit:
        story.append(agree_to_commit(booking, legs, Party.MP, now))
    return story
