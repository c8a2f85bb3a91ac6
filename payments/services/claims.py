"""What providers claim: kept at once, owed when staff agree (semantics §11)."""

from django.db import transaction

from payments.errors import ClaimDecided
from payments.models import Claim, ClaimState, JournalEntry
from payments.services import charging
from payments.services.journal import append, entries_of


def propose(
    *, booking, category, amount, description, now, currency=None, vat_rate=None, vat_country="", details=None
):  # fmt: skip
    """The claim of the booking's provider is kept for staff to decide; the journal stays as it is.

    Raises ClaimImpossible for what could never be approved.
    """
    entry = charging.checked(
        booking, category, amount, currency, description, vat_rate=vat_rate, vat_country=vat_country, details=details
    )
    return Claim.objects.create(
        provider_id=booking.provider_id,
        booking=booking,
        category=category,
        amount=entry.amount,
        currency=entry.currency,
        vat_rate=vat_rate,
        vat_country=vat_country,
        description=description,
        details=details or {},
        created_at=now,
    )


@transaction.atomic
def approve(*, claim_id, now, actor="", reason=""):
    """What was claimed is in the journal. Raises ClaimDecided, or ClaimImpossible for a refund above what is left."""
    claim, booking = _locked(claim_id)
    entries = entries_of(booking)
    entry = charging.checked(
        booking, claim.category, claim.amount, claim.currency, claim.description,
        vat_rate=claim.vat_rate, vat_country=claim.vat_country, details=claim.details,
        comment=f"You claimed this on {claim.created_at:%Y-%m-%d}; approved.", actor=actor, reason=reason,
    )  # fmt: skip
    if claim.category == JournalEntry.Category.REFUND:
        charging.check_refund(-entry.amount, charging.refundable(entries), entry.currency)
    append(booking, [entry], now=now, count=len(entries), is_claimed_by_provider=True)
    booking.save(update_fields=["price", "extra_costs"])
    claim.approve(entry=entry, at=now, by=actor, reason=reason)
    claim.save()
    return claim


@transaction.atomic
def reject(*, claim_id, now, actor="", reason=""):
    """The claim is turned down; the journal stays as it is. Raises ClaimDecided."""
    claim, _booking = _locked(claim_id)
    claim.reject(at=now, by=actor, reason=reason)
    claim.save()
    return claim


def _locked(claim_id):
    """(the claim, read after the lock, its locked booking)"""
    booking = charging.locked(Claim.objects.values_list("booking", flat=True).get(pk=claim_id))
    claim = Claim.objects.get(pk=claim_id)
    if claim.state != ClaimState.PROPOSED:
        raise ClaimDecided(f"The claim was {claim.get_state_display()} by {claim.decided_by or '?'} already.")
    return claim, booking
