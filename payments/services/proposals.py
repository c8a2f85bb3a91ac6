"""An entry that a colleague wants: written at once, or kept for a second one to decide."""

from payments.models import Correction
from payments.services import limits
from payments.services.journal import append


def write_or_propose(booking, entry, *, kind, now, count=None, claim=None):
    """The entry is in the journal and in the price of the booking; or, above TOMP_TWO_PERSONS_ABOVE, it waits.

    Returns the JournalEntry, or the Correction that waits for a second colleague. Raises CapReached.
    """
    limits.check_cap(booking, entry, now=now)
    if limits.takes_two(entry):
        return _propose(booking, entry, kind=kind, claim=claim, now=now)
    write(booking, entry, now=now, count=count, is_claimed_by_provider=claim is not None)
    return entry


def write(booking, entry, *, now, count, is_claimed_by_provider):
    """The entry is in the journal and in the price of the booking, which is saved."""
    append(booking, [entry], now=now, count=count, is_claimed_by_provider=is_claimed_by_provider)
    booking.save(update_fields=["price", "extra_costs"])


def _propose(booking, entry, *, kind, claim, now):
    details = dict(entry.details or {})
    description = details.pop("description", "")
    details.pop("refund_for", None)
    return Correction.objects.create(
        booking=booking,
        kind=kind,
        category=entry.category,
        amount=entry.amount,
        currency=entry.currency,
        vat_rate=entry.vat_rate,
        vat_country=entry.vat_country,
        description=description,
        details=details,
        comment=entry.comment,
        leg_id=entry.leg_id,
        of_entry=entry.refers_to,
        claim=claim,
        proposed_at=now,
        proposed_by=entry.actor,
        reason=entry.reason,
    )
