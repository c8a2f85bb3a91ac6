"""What can be added to a ride: a helmet, a child seat."""

from decimal import Decimal

from django.core.validators import MinLengthValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from fleet import pricing
from fleet.models.types import AssetType
from tomp.fields import LocalizedTextField
from tomp.language import in_any_language


class Ancillary(models.Model):
    """Something a user may add to a leg for a fixed price (TOMP ancillary; its codes are those of a requirement)."""

    category = models.CharField(
        max_length=10, help_text=_("First column of the travellers' dictionary (CROW): AV, HV, K …")
    )
    number = models.CharField(
        max_length=2,
        validators=[MinLengthValidator(2)],
        help_text=_("Second column of the travellers' dictionary: two characters."),
    )
    name = LocalizedTextField()
    price = models.DecimalField(
        max_digits=10,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("Once per leg and piece, VAT included; currency and VAT are those of the ride."),
    )
    max_per_leg = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    asset_types = models.ManyToManyField(AssetType, related_name="ancillaries", help_text=_("Where it can be had."))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("ancillary")
        verbose_name_plural = _("ancillaries")
        ordering = ("category", "number")
        constraints = (
            models.UniqueConstraint(
                fields=["category", "number"],
                name="an_ancillary_has_its_own_code",
                violation_error_message=_("Another extra of this category has this number."),
            ),
            models.CheckConstraint(
                name="an_ancillary_is_no_discount",
                condition=models.Q(price__gte=0),
                violation_error_message=_("It costs nothing or more."),
            ),
            models.CheckConstraint(
                name="an_ancillary_can_be_added",
                condition=models.Q(max_per_leg__gte=1),
                violation_error_message=_("It can be added at least once."),
            ),
        )

    def __str__(self):
        return in_any_language(self.name) or f"{self.category} {self.number}"

    def part(self):
        """What one of it adds to the tariff of a leg."""
        return pricing.Part(
            name=str(self), amount=self.price, type=pricing.PartType.FIXED, part_class=pricing.PartClass.ANCILLARY
        )
