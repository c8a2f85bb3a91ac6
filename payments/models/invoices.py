"""The invoices: which entries of the journal were put on paper, and when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maas.models import MaasProvider
from payments.models.journal import JournalEntry


class Invoice(models.Model):
    """What a provider owes for a period, in one currency. The database refuses to change or delete it.

    Its entries are those of the journal with its number. A total below zero is a credit note.
    """

    number = models.CharField(max_length=60, unique=True)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField(help_text=_("Counts within the year, without a gap."))
    provider = models.ForeignKey(MaasProvider, models.PROTECT, related_name="invoices")
    since = models.DateTimeField()
    until = models.DateTimeField(help_text=_("The first moment that does not count."))
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=14, decimal_places=3, help_text=_("VAT included."))
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ("-year", "-serial")
        constraints = (
            models.UniqueConstraint(name="an_invoice_number_is_used_once", fields=["year", "serial"]),
            models.CheckConstraint(name="an_invoice_is_of_a_period", condition=models.Q(until__gt=models.F("since"))),
        )

    def __str__(self):
        return self.number

    @property
    def entries(self):
        return JournalEntry.objects.filter(invoice_number=self.number)
