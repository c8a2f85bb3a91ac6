"""What the operator charges besides the trip itself, gives back, or corrects. It is owed at once."""

from decimal import Decimal

from django.db import transaction

from bookings.models import Booking
from payments.errors import BookingUnknown, ClaimImpossible
from payments.models import CLAIMABLE, MONEY_BACK, JournalEntry
from payments.services.journal import append, entries_of, extra, giving_back, in_minor_units, left_of

Category = JournalEntry.Category


@transaction.atomic
def claim(
    *, booking_id, category, amount, description, now, currency=None, vat_rate=None, vat_country="", leg_id=None,
    details=None, comment="", actor="", reason="",
):  # fmt: skip
    """Extra costs are owed from now on, and part of the booking's price; returns the journal entry.

    A negative amount is money for the provider. `details` may have number, number_type, account and meta (TOMP
    extraCosts). Raises BookingUnknown, ClaimImpossible; after them nothing has changed.
    """
    booking = locked(booking_id)
    entry = checked(
        booking, category, amount, currency, description, details=details,
        vat_rate=vat_rate, vat_country=vat_country, leg_id=leg_id, comment=comment, actor=actor, reason=reason,
    )  # fmt: skip
    if category == Category.REFUND:
        check_refund(-entry.amount, refundable(entries_of(booking)), entry.currency)
    append(booking, [entry], now=now)
    _save_price(booking)
    return entry


@transaction.atomic
def refund(*, booking_id, amount, now, entry_id=None, description="Refund", comment="", actor="", reason=""):
    """This much (above 0) is given back, of one entry or of the whole booking; returns the journal entry.

    Never more than was charged and not given back yet. Raises BookingUnknown, ClaimImpossible.
    """
    booking = locked(booking_id)
    entries = entries_of(booking)
    amount = in_minor_units(amount, booking.currency)
    if amount <= 0:
        raise ClaimImpossible("Field: amount, Reason: a refund is above 0.")
    more = {"comment": comment, "actor": actor, "reason": reason}
    if entry_id is None:
        check_refund(amount, refundable(entries), booking.currency)
        entry = extra(Category.REFUND, -amount, booking.currency, description, **_vat_of(entries), **more)
    else:
        charged = _entry(entries, entry_id)
        limits = [left_of(charged, entries)] + ([] if charged.is_of_a_deposit else [refundable(entries)])
        check_refund(amount, min(limits), charged.currency)
        entry = giving_back(Category.REFUND, charged, amount, description, **more)
    append(booking, [entry], now=now, count=len(entries))
    _save_price(booking)
    return entry


@transaction.atomic
def correct(*, entry_id, now, actor="", reason=""):
    """What is left of the entry is taken back by a counter-entry, which refers to it; returns that.

    A charge is taken back as CREDIT, money given by mistake is charged as OTHER. Raises ClaimImpossible when nothing
    is left.
    """
    booking = locked(JournalEntry.objects.values_list("booking", flat=True).get(pk=entry_id))
    entries = entries_of(booking)
    wrong = _entry(entries, entry_id)
    left = left_of(wrong, entries)
    if left == 0:
        raise ClaimImpossible(f"Nothing is left of entry {wrong.sequence} of booking {booking.id}.")
    category = Category.CREDIT if left > 0 else Category.OTHER
    entry = giving_back(category, wrong, left, f"Correction of entry {wrong.sequence}", actor=actor, reason=reason)
    append(booking, [entry], now=now, count=len(entries))
    _save_price(booking)
    return entry


def refundable(entries):
    """What was charged in all and not given back yet; deposits apart."""
    return sum((entry.amount for entry in entries if not entry.is_of_a_deposit), Decimal(0))


def check_refund(amount, limit, currency):
    """Raises ClaimImpossible when more would be given back than was charged."""
    if amount > limit:
        raise ClaimImpossible(
            f"Field: amount, Reason: {amount} {currency} cannot be given back, {max(limit, Decimal(0)):.2f} is left."
        )


def checked(booking, category, amount, currency, description, **more):
    """The unsaved entry of extra costs that are possible for this booking. Raises ClaimImpossible."""
    if category not in CLAIMABLE:
        raise ClaimImpossible(f"Field: category, Reason: {category} cannot be claimed.")
    if currency not in (None, "", booking.currency):
        raise ClaimImpossible(f"Field: currencyCode, Reason: booking {booking.id} is in {booking.currency}.")
    entry = extra(category, amount, booking.currency, description, **more)
    if entry.amount == 0:
        raise ClaimImpossible("Field: amount, Reason: nothing is claimed.")
    if category in MONEY_BACK and entry.amount > 0:
        raise ClaimImpossible(f"Field: amount, Reason: {category} is money back, so its amount is negative.")
    return entry


def locked(booking_id):
    """The booking, locked; raises BookingUnknown, also for a mere offer."""
    try:
        return Booking.objects.booked().locked(booking_id)
    except Booking.DoesNotExist:
        raise BookingUnknown(f"Booking {booking_id} not found.") from None


def _save_price(booking):
    booking.save(update_fields=["price", "extra_costs"])


def _entry(entries, entry_id):
    try:
        return next(entry for entry in entries if entry.pk == entry_id)
    except StopIteration:
        raise ClaimImpossible("The entry belongs to another booking.") from None


def _vat_of(entries):
    """The VAT of all that was charged, where it is one and the same."""
    rates = {(entry.vat_rate, entry.vat_country) for entry in entries if not entry.is_of_a_deposit and entry.amount > 0}
    rate, country = rates.pop() if len(rates) == 1 else (None, "")
    return {"vat_rate": rate, "vat_country": country}
