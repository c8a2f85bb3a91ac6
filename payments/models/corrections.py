"""What one colleague wants to charge or give back and another has to agree to. It is owed from then on."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from bookings.models import Booking
from legs.models import Leg
from payments.models.claims import Claim
from payments.models.journal import JournalEntry, in_words


class CorrectionState(models.TextChoices):
    PROPOSED = "PROPOSED", _("waits for a colleague")
    APPROVED = "APPROVED", _("approved")
    REFUSED = "REFUSED", _("refused")


class CorrectionKind(models.TextChoices):
    CLAIM = "CLAIM", _("extra costs")
    REFUND = "REFUND", _("refund")
    TAKE_BACK = "TAKE_BACK", _("entry taken back")
    THEIR_CLAIM = "THEIR_CLAIM", _("claim of the provider")


class Correction(FSMModelMixin, models.Model):
    """An entry of the journal in waiting (TOMP_TWO_PERSONS_ABOVE). Nobody decides what they proposed themselves."""

    State = CorrectionState
    Kind = CorrectionKind

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=11, choices=CorrectionKind)
    state = FSMField(choices=CorrectionState, default=CorrectionState.PROPOSED, protected=True, editable=False)
    category = models.CharField(max_length=16, choices=JournalEntry.Category)
    amount = models.DecimalField(
        max_digits=12, decimal_places=3, help_text=_("VAT included; negative is money for the provider.")
    )
    currency = models.CharField(max_length=3)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    vat_country = models.CharField(max_length=2, blank=True)
    description = models.TextField(help_text=_("What the provider reads."))
    details = models.JSONField(default=dict, blank=True)
    comment = models.TextField(blank=True)
    leg = models.ForeignKey(Leg, models.PROTECT, null=True, blank=True, related_name="+")
    of_entry = models.ForeignKey(
        JournalEntry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        help_text=_("The entry it gives back or takes back."),
    )
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="corrections")
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=150)
    reason = models.CharField(max_length=300, blank=True, help_text=_("Why; for colleagues only."))
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_because = models.CharField(max_length=300, blank=True)
    entry = models.OneToOneField(
        JournalEntry,
        models.PROTECT,
        verbose_name=_("journal entry"),
        null=True,
        blank=True,
        related_name="correction",
        help_text=_("What it led to."),
    )

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("-proposed_at", "-id")
        permissions = (("exceed_correction_cap", "Can give back more per customer and month than the cap"),)
        indexes = (
            models.Index(fields=["proposed_at"], name="corrections_waiting", condition=models.Q(state="PROPOSED")),
        )
        constraints = (
            models.UniqueConstraint(
                name="a_claim_waits_once_for_a_colleague", fields=["claim"], condition=models.Q(state="PROPOSED")
            ),
            models.CheckConstraint(
                name="a_decided_correction_says_when",
                condition=models.Q(state="PROPOSED", decided_at__isnull=True)
                | ~models.Q(state="PROPOSED") & models.Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_approved_correction_has_its_entry",
                condition=models.Q(state="APPROVED", entry__isnull=False)
                | ~models.Q(state="APPROVED") & models.Q(entry__isnull=True),
            ),
            models.CheckConstraint(
                name="nobody_decides_their_own_correction",
                condition=models.Q(state="PROPOSED", decided_by="")
                | ~models.Q(decided_by="") & ~models.Q(decided_by=models.F("proposed_by")),
            ),
        )

    def __str__(self):
        """As the entry it becomes; while it is none, that is said as well."""
        entry = in_words(self)
        return entry if self.state == CorrectionState.APPROVED else f"{entry} ({self.get_state_display()})"

    @property
    def is_part_of_the_price(self):
        """Whether the price of the booking is another one with it; what gives back a deposit is not."""
        return self.of_entry is None or not self.of_entry.is_of_a_deposit

    @transition("state", source=CorrectionState.PROPOSED, target=CorrectionState.APPROVED)
    def approve(self, *, entry, at, by, reason):
        """A second person agrees; this entry says so in the journal."""
        self.entry, self.decided_at, self.decided_by, self.decided_because = entry, at, by, reason

    @transition("state", source=CorrectionState.PROPOSED, target=CorrectionState.REFUSED)
    def refuse(self, *, at, by, reason):
        """A second person does not agree; the journal stays as it is."""
        self.decided_at, self.decided_by, self.decided_because = at, by, reason
