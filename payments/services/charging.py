"""What the operator charges besides the trip itself, gives back, or corrects. It is owed at once."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from bookings.models import Booking
from payments.errors import BookingUnknown, ClaimImpossible
from payments.models import CLAIMABLE, MONEY_BACK, CorrectionKind, JournalEntry
from payments.services.journal import entries_of, extra, giving_back, in_minor_units, left_of
from payments.services.proposals import write_or_propose

Category = JournalEntry.Category


@transaction.atomic
def claim(
    *, booking_id, category, amount, description, now, currency=None, vat_rate=None, vat_country="", leg_id=None,
    details=None, comment="", actor="", reason="",
):  # fmt: skip
    """Extra costs are owed from now on, and part of the booking's price; returns the journal entry.

    A negative amount is money for the provider. `details` may have number, number_type, account and meta (TOMP
    extraCosts). Raises BookingUnknown, ClaimImpossible, CapReached; after them nothing has changed.

    This holds for refund and correct, too: an `actor` is bound by the monthly cap, and above TOMP_TWO_PERSONS_ABOVE
    nothing is owed yet: the Correction is returned, which a second colleague approves or refuses.
    """
    booking = locked(booking_id)
    entries = entries_of(booking)
    entry = claimed(
        booking, entries, category, amount, currency, description, details=details,
        vat_rate=vat_rate, vat_country=vat_country, leg_id=leg_id, comment=comment, actor=actor, reason=reason,
    )  # fmt: skip
    return write_or_propose(booking, entry, kind=CorrectionKind.CLAIM, now=now, count=len(entries))


@transaction.atomic
def refund(*, booking_id, amount, now, entry_id=None, description="Refund", comment="", actor="", reason=""):
    """This much (above 0) is given back, of one entry or of the whole booking; returns the journal entry.

    Never more than was charged and not given back yet. Raises BookingUnknown, ClaimImpossible, CapReached; see claim
    for what an `actor` is bound by.
    """
    booking = locked(booking_id)
    entries = entries_of(booking)
    entry = refunded(
        booking, entries, amount, entry_id, description, comment=comment, actor=actor, reason=reason
    )  # fmt: skip
    return write_or_propose(booking, entry, kind=CorrectionKind.REFUND, now=now, count=len(entries))


@transaction.atomic
def correct(*, entry_id, now, actor="", reason=""):
    """What is left of the entry is taken back by a counter-entry, which refers to it; returns that.

    A charge is taken back as CREDIT, never more of it than is left of the whole booking, which may have been refunded
    without naming an entry; money given by mistake is charged as OTHER. Raises ClaimImpossible when nothing is left,
    and CapReached; see claim for what an `actor` is bound by.
    """
    booking = locked(JournalEntry.objects.values_list("booking", flat=True).get(pk=entry_id))
    entries = entries_of(booking)
    entry = taking_back(booking, entries, entry_id, actor=actor, reason=reason)
    return write_or_propose(booking, entry, kind=CorrectionKind.TAKE_BACK, now=now, count=len(entries))


def claimed(booking, entries, category, amount, currency, description, **more):
    """The unsaved entry of extra costs; of a REFUND never more than is left. Raises ClaimImpossible."""
    entry = checked(booking, category, amount, currency, description, **more)
    if category == Category.REFUND:
        check_refund(-entry.amount, refundable(entries), entry.currency)
    return entry


def refunded(booking, entries, amount, entry_id, description, **more):
    """The unsaved entry that gives back of one entry, or of the whole booking. Raises ClaimImpossible."""
    amount = in_minor_units(amount, booking.currency)
    if amount <= 0:
        raise ClaimImpossible(_("a refund is above 0."), field="amount")
    if entry_id is None:
        check_refund(amount, refundable(entries), booking.currency)
        return extra(Category.REFUND, -amount, booking.currency, description, **_vat_of(entries), **more)
    charged = _entry(entries, entry_id)
    check_refund(amount, _left_to_give_back(charged, entries), charged.currency)
    return giving_back(Category.REFUND, charged, amount, description, **more)


def taking_back(booking, entries, entry_id, **more):
    """The unsaved entry that takes back what is left of another. Raises ClaimImpossible when nothing is."""
    wrong = _entry(entries, entry_id)
    left = left_of(wrong, entries)
    if left > 0:
        left = max(_left_to_give_back(wrong, entries), Decimal(0))
    if left == 0:
        raise ClaimImpossible(
            _("Nothing is left of entry %(entry)s of booking %(booking)s."), entry=wrong.sequence, booking=booking.id
        )
    category = Category.CREDIT if left > 0 else Category.OTHER
    return giving_back(category, wrong, left, f"Correction of entry {wrong.sequence}", **more)


def refundable(entries):
    """What was charged in all and not given back yet; deposits apart."""
    return sum((entry.amount for entry in entries if not entry.is_of_a_deposit), Decimal(0))


def check_refund(amount, limit, currency):
    """Raises ClaimImpossible when more would be given back than was charged."""
    if amount > limit:
        raise ClaimImpossible(
            _("%(amount)s cannot be given back, %(left)s is left."),
            field="amount", amount=f"{amount} {currency}", left=f"{max(limit, Decimal(0)):.2f}",
        )  # fmt: skip


def checked(booking, category, amount, currency, description, **more):
    """The unsaved entry of extra costs that are possible for this booking. Raises ClaimImpossible."""
    if category not in CLAIMABLE:
        raise ClaimImpossible(_("%(category)s cannot be claimed."), field="category", category=category)
    if currency not in (None, "", booking.currency):
        raise ClaimImpossible(
            _("booking %(booking)s is in %(currency)s."),
            field="currencyCode",
            booking=booking.id,
            currency=booking.currency,
        )
    entry = extra(category, amount, booking.currency, description, **more)
    if entry.amount == 0:
        raise ClaimImpossible(_("nothing is claimed."), field="amount")
    if category in MONEY_BACK and entry.amount > 0:
        raise ClaimImpossible(
            _("%(category)s is money back, so its amount is negative."), field="amount", category=category
        )
    return entry


def locked(booking_id):
    """The booking, locked; raises BookingUnknown, also for a mere offer."""
    unknown = BookingUnknown(f"Booking {booking_id} not found.")
    try:
        booking = Booking.objects.locked(booking_id)
    except Booking.DoesNotExist:
        raise unknown from None
    if booking.state == Booking.State.NEW:
        raise unknown
    return booking


def _entry(entries, entry_id):
    try:
        return next(entry for entry in entries if entry.pk == entry_id)
    except StopIteration:
        raise ClaimImpossible("The entry belongs to another booking.") from None


def _left_to_give_back(charged, entries):
    """What is left of the entry, and of the whole booking unless it is a deposit."""
    left = left_of(charged, entries)
    return left if charged.is_of_a_deposit else min(left, refundable(entries))


def _vat_of(entries):
    """The VAT of all that was charged, where it is one and the same."""
    rates = {(entry.vat_rate, entry.vat_country) for entry in entries if not entry.is_of_a_deposit and entry.amount > 0}
    rate, country = rates.pop() if len(rates) == 1 else (None, "")
    return {"vat_rate": rate, "vat_country": country}
