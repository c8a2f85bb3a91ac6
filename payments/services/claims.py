"""What providers claim: kept at once, owed when staff agree (semantics §11)."""

from django.db import transaction
from django.utils.translation import gettext_noop as _

from payments.errors import ClaimDecided, CorrectionDecided
from payments.models import Claim, ClaimState, CorrectionKind, CorrectionState
from payments.services import charging
from payments.services.journal import entries_of
from payments.services.proposals import write_or_propose
from tomp.sentences import Sentence


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
    """What was claimed is in the journal; returns the claim. Raises ClaimDecided, ClaimImpossible for a refund above
    what is left, and CapReached.

    Above TOMP_TWO_PERSONS_ABOVE the claim stays under review: the Correction is returned, for a second colleague.
    """
    claim, booking = _locked(claim_id)
    if waiting := claim.corrections.filter(state=CorrectionState.PROPOSED).first():
        raise CorrectionDecided(
            _("%(colleague)s agreed to this claim already; a second colleague decides."), colleague=waiting.proposed_by
        )
    entries = entries_of(booking)
    entry = agreed(claim, booking, entries, actor=actor, reason=reason)
    written = write_or_propose(
        booking, entry, kind=CorrectionKind.THEIR_CLAIM, claim=claim, now=now, count=len(entries)
    )  # fmt: skip
    if written is not entry:
        return written
    claim.approve(entry=entry, at=now, by=actor, reason=reason)
    claim.save()
    return claim


def agreed(claim, booking, entries, *, actor, reason):
    """The unsaved entry that a claim leads to. Raises ClaimImpossible."""
    return charging.claimed(
        booking, entries, claim.category, claim.amount, claim.currency, claim.description,
        vat_rate=claim.vat_rate, vat_country=claim.vat_country, details=claim.details,
        comment=f"You claimed this on {claim.created_at:%Y-%m-%d}; approved.", actor=actor, reason=reason,
    )  # fmt: skip


@transaction.atomic
def reject(*, claim_id, now, actor="", reason=""):
    """The claim is turned down; the journal stays as it is. Raises ClaimDecided, or CorrectionDecided while a second
    colleague is asked about it.
    """
    claim, _booking = _locked(claim_id)
    if waiting := claim.corrections.filter(state=CorrectionState.PROPOSED).first():
        raise CorrectionDecided(
            _("%(colleague)s agreed to this claim; refuse that first, under Corrections."),
            colleague=waiting.proposed_by,
        )
    claim.reject(at=now, by=actor, reason=reason)
    claim.save()
    return claim


def _locked(claim_id):
    """(the claim, read after the lock, its locked booking)"""
    booking = charging.locked(Claim.objects.values_list("booking", flat=True).get(pk=claim_id))
    claim = Claim.objects.get(pk=claim_id)
    if claim.state != ClaimState.PROPOSED:
        raise ClaimDecided(
            _("The claim was %(state)s by %(colleague)s already."),
            state=Sentence.label(claim.get_state_display), colleague=claim.decided_by or "?",
        )  # fmt: skip
    return claim, booking
