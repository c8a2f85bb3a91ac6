"""What a second colleague decides about an entry in waiting (TOMP_TWO_PERSONS_ABOVE)."""

from django.db import transaction
from django.utils.translation import gettext_noop as _

from payments.errors import ClaimImpossible, CorrectionDecided, OwnCorrection
from payments.models import Correction, CorrectionKind, CorrectionState
from payments.services import charging, claims, limits
from payments.services.journal import entries_of
from payments.services.proposals import write
from tomp.sentences import Sentence


@transaction.atomic
def approve_correction(*, correction_id, now, actor, reason=""):
    """What was proposed is in the journal, as if written now; the provider will be told. Returns the correction.

    The entry names who proposed it, and why. Raises CorrectionDecided, OwnCorrection for who proposed it, and what
    the proposal itself could raise: ClaimImpossible when meanwhile less is left, CapReached.
    """
    correction, booking = _locked(correction_id, actor)
    entries = entries_of(booking)
    entry = ENTRIES[correction.kind](correction, booking, entries)
    if entry.amount != correction.amount:
        raise ClaimImpossible(_("By now it would be %(entry)s. Refuse this, and propose it anew."), entry=str(entry))
    limits.check_cap(booking, entry, now=now, deciding=[actor])
    claim = correction.claim
    write(booking, entry, now=now, count=len(entries), is_claimed_by_provider=claim is not None)
    correction.approve(entry=entry, at=now, by=actor, reason=reason)
    correction.save()
    if claim is not None:
        claim.approve(entry=entry, at=now, by=correction.proposed_by, reason=correction.reason)
        claim.save()
    return correction


@transaction.atomic
def refuse_correction(*, correction_id, now, actor, reason=""):
    """What was proposed is turned down; the journal stays as it is, and a claim of the provider under review.

    Returns the correction. Raises CorrectionDecided, OwnCorrection.
    """
    correction, _booking = _locked(correction_id, actor)
    correction.refuse(at=now, by=actor, reason=reason)
    correction.save()
    return correction


def _locked(correction_id, actor):
    """(the correction, read after the lock, its locked booking); raises when it is not this colleague's to decide."""
    booking = charging.locked(Correction.objects.values_list("booking", flat=True).get(pk=correction_id))
    correction = Correction.objects.select_related("claim").get(pk=correction_id)
    if correction.state != CorrectionState.PROPOSED:
        raise CorrectionDecided(
            _("It was %(state)s by %(colleague)s already."),
            state=Sentence.label(correction.get_state_display), colleague=correction.decided_by,
        )  # fmt: skip
    if not actor or actor == correction.proposed_by:
        raise OwnCorrection(
            _("%(colleague)s proposed it: somebody else has to decide."), colleague=correction.proposed_by
        )
    return correction, booking


def _costs(correction, booking, entries):
    return charging.claimed(
        booking, entries, correction.category, correction.amount, correction.currency, correction.description,
        details=correction.details, vat_rate=correction.vat_rate, vat_country=correction.vat_country,
        leg_id=correction.leg_id, comment=correction.comment, **_who(correction),
    )  # fmt: skip


def _refund(correction, booking, entries):
    return charging.refunded(
        booking, entries, -correction.amount, correction.of_entry_id, correction.description,
        comment=correction.comment, **_who(correction),
    )  # fmt: skip


def _taken_back(correction, booking, entries):
    return charging.taking_back(booking, entries, correction.of_entry_id, **_who(correction))


def _their_claim(correction, booking, entries):
    return claims.agreed(correction.claim, booking, entries, **_who(correction))


def _who(correction):
    return {"actor": correction.proposed_by, "reason": correction.reason}


ENTRIES = {
    CorrectionKind.CLAIM: _costs,
    CorrectionKind.REFUND: _refund,
    CorrectionKind.TAKE_BACK: _taken_back,
    CorrectionKind.THEIR_CLAIM: _their_claim,
}
