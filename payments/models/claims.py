"""What a provider says is owed. It is owed when staff agree."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from bookings.models import Booking
from maas.models import MaasProvider
from payments.models.journal import CLAIMABLE, JournalEntry, in_words


class ClaimState(models.TextChoices):
    PROPOSED = "PROPOSED", _("under review")
    APPROVED = "APPROVED", _("approved")
    REJECTED = "REJECTED", _("rejected")


class Claim(FSMModelMixin, models.Model):
    """Extra costs, or money back, that a provider asks for (TOMP extraCosts). Staff approve or reject it."""

    State = ClaimState

    provider = models.ForeignKey(MaasProvider, models.PROTECT, related_name="claims")
    booking = models.ForeignKey(Booking, models.PROTECT, related_name="claims")
    state = FSMField(choices=ClaimState, default=ClaimState.PROPOSED, protected=True, editable=False)
    category = models.CharField(max_length=16, choices=[(category.value, category.label) for category in CLAIMABLE])
    amount = models.DecimalField(
        max_digits=12, decimal_places=3, help_text=_("VAT included; negative is money for the provider.")
    )
    currency = models.CharField(max_length=3)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    vat_country = models.CharField(max_length=2, blank=True)
    description = models.TextField()
    details = models.JSONField(default=dict, blank=True, help_text=_("What else was sent: a number, an account, meta."))
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text=_("Why it was decided so."))
    entry = models.OneToOneField(
        JournalEntry,
        models.PROTECT,
        verbose_name=_("journal entry"),
        null=True,
        blank=True,
        related_name="claim",
        help_text=_("What it led to."),
    )

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=["created_at"], name="claim_under_review", condition=models.Q(state="PROPOSED")),
        )
        constraints = (
            models.CheckConstraint(
                name="a_decided_claim_says_when",
                condition=models.Q(state="PROPOSED", decided_at__isnull=True)
                | ~models.Q(state="PROPOSED") & models.Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_approved_claim_has_its_entry",
                condition=models.Q(state="APPROVED", entry__isnull=False)
                | ~models.Q(state="APPROVED") & models.Q(entry__isnull=True),
            ),
        )

    def __str__(self):
        return in_words(self)

    @transition("state", source=ClaimState.PROPOSED, target=ClaimState.APPROVED)
    def approve(self, *, entry, at, by, reason):
        """We agree; this entry says so in the journal."""
        self.entry, self.decided_at, self.decided_by, self.reason = entry, at, by, reason

    @transition("state", source=ClaimState.PROPOSED, target=ClaimState.REJECTED)
    def reject(self, *, at, by, reason):
        """We do not agree; the journal stays as it is."""
        self.decided_at, self.decided_by, self.reason = at, by, reason
