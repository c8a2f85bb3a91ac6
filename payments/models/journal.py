"""What providers owe us, and we them: the journal."""

from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from fleet.pricing import minor_units
from legs.models import Leg
from maas.models import MaasProvider

GENERATIONS = 4  # an entry, its correction, the correction of that, and once more


def in_words(row):
    """What it is and how much: refund -1.50 EUR."""
    return f"{row.get_category_display()} {number_format(row.amount, minor_units(row.currency))} {row.currency}"


class JournalEntryQuerySet(models.QuerySet):
    def for_provider(self, provider):
        return self.filter(provider=provider)

    def written_by_staff(self):
        return self.exclude(actor="")

    def earned(self):
        """Without deposits and what gives them back, corrections of corrections included (is_of_a_deposit)."""
        deposit, of_a_deposit = JournalEntry.Category.DEPOSIT, models.Q()
        for generation in range(1, GENERATIONS):
            of_a_deposit |= models.Q(**{"refers_to__" * generation + "category": deposit})
        # Joined, all entries there ever were would be read; those that correct another one are few.
        corrections = JournalEntry.objects.filter(of_a_deposit, refers_to__isnull=False)
        return self.exclude(category=deposit).exclude(pk__in=corrections)


class JournalEntry(models.Model):
    """One amount owed. The database refuses to change or delete it; a correction is another entry."""

    class Category(models.TextChoices):
        FARE = "FARE", _("fare")
        DAMAGE = "DAMAGE", _("damage")
        LOSS = "LOSS", _("loss")
        STOLEN = "STOLEN", _("stolen")
        EXTRA_USAGE = "EXTRA_USAGE", _("extra usage")
        REFUND = "REFUND", _("refund")
        FINE = "FINE", _("fine")
        OTHER_ASSET_USED = "OTHER_ASSET_USED", _("other asset used")
        CREDIT = "CREDIT", _("credit")
        VOUCHER = "VOUCHER", _("voucher")
        DEPOSIT = "DEPOSIT", _("deposit")
        OTHER = "OTHER", _("other")

    class State(models.TextChoices):
        TO_INVOICE = "TO_INVOICE", _("to invoice")
        INVOICED = "INVOICED", _("invoiced")

    provider = models.ForeignKey(MaasProvider, models.PROTECT, related_name="journal_entries")
    booking = models.ForeignKey(Booking, models.PROTECT, related_name="journal_entries")
    leg = models.ForeignKey(Leg, models.PROTECT, null=True, blank=True, related_name="journal_entries")
    sequence = models.PositiveIntegerField(help_text=_("Counts within the booking."))
    category = models.CharField(max_length=16, choices=Category)
    amount = models.DecimalField(max_digits=12, decimal_places=3, help_text=_("VAT included; credits are negative."))
    amount_ex_vat = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    vat_country = models.CharField(max_length=2, blank=True)
    currency = models.CharField(max_length=3)
    details = models.JSONField(null=True, blank=True, help_text=_("The fare in parts, or what else is charged."))
    comment = models.TextField(blank=True)
    distance_m = models.PositiveIntegerField(null=True, blank=True)
    used_s = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.TO_INVOICE)
    invoice_number = models.CharField(max_length=60, blank=True)
    invoiced_at = models.DateTimeField(null=True, blank=True)
    refers_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="counter_entries",
        help_text=_("The entry this one gives back or corrects."),
    )
    actor = models.CharField(max_length=150, blank=True, help_text=_("The colleague, if it was one."))
    reason = models.CharField(max_length=300, blank=True, help_text=_("Why; for colleagues only."))

    objects = JournalEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering = ("created_at", "id")
        indexes = (
            models.Index(fields=["provider", "created_at"], name="journal_of_a_provider"),
            models.Index(fields=["created_at"], name="journal_by_age"),
            models.Index(fields=["created_at"], name="journal_by_staff", condition=~models.Q(actor="")),
            models.Index(
                fields=["invoice_number"], name="journal_of_an_invoice", condition=~models.Q(invoice_number="")
            ),
        )
        constraints = (
            models.UniqueConstraint(name="one_fare_per_leg", fields=["leg"], condition=models.Q(category="FARE")),
            models.UniqueConstraint(name="one_deposit_per_leg", fields=["leg"], condition=models.Q(category="DEPOSIT")),
            models.UniqueConstraint(fields=["booking", "sequence"], name="journal_ids_are_unique"),
            models.CheckConstraint(
                name="a_fare_is_not_negative", condition=~models.Q(category="FARE") | models.Q(amount__gte=0)
            ),
            models.CheckConstraint(
                name="money_back_is_negative",
                condition=~models.Q(category__in=["REFUND", "CREDIT", "VOUCHER"]) | models.Q(amount__lt=0),
            ),
            models.CheckConstraint(
                name="an_invoiced_entry_has_number_and_date",
                condition=models.Q(state="TO_INVOICE", invoice_number="", invoiced_at__isnull=True)
                | models.Q(state="INVOICED", invoiced_at__isnull=False) & ~models.Q(invoice_number=""),
            ),
        )

    def __str__(self):
        return in_words(self)

    @property
    def is_of_a_deposit(self):
        """Whether it is a deposit, or gives one back; neither is part of a price."""
        if self.refers_to is not None:
            return self.refers_to.is_of_a_deposit
        return self.category == self.Category.DEPOSIT

    @property
    def is_correction(self):
        """Whether a colleague changed with it what the trip itself costs: gave something away, or undid that.

        What takes back a charge that a colleague made is none, and deposits are the traveller's own money.
        """
        if not self.actor or self.is_of_a_deposit:
            return False
        first = self
        while first.refers_to is not None:
            first = first.refers_to
        return not first.actor or first.amount < 0

    @property
    def is_extra(self):
        """Whether it is part of the price besides the fares."""
        return self.category != self.Category.FARE and not self.is_of_a_deposit

    @property
    def description(self):
        """In words; a fare speaks for itself."""
        return (self.details or {}).get("description", "")


# Money for the provider, and never the other way round: an amount of these is negative.
MONEY_BACK = (JournalEntry.Category.REFUND, JournalEntry.Category.CREDIT, JournalEntry.Category.VOUCHER)
CLAIMABLE = tuple(category for category in JournalEntry.Category if category != JournalEntry.Category.FARE)
