"""What a ride costs: pricing plans and their fare parts."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from fleet import pricing
from fleet.models.price_words import WORDS, refused
from tomp.fields import LocalizedTextField
from tomp.language import in_any_language


def _choices(enum):
    return [(member.value, WORDS[member.value]) for member in enum]


class PricingPlan(models.Model):
    """A tariff the operator publishes; amounts include VAT (TOMP systemPricingPlan)."""

    plan_id = models.CharField(max_length=120, unique=True)
    name = LocalizedTextField()
    description = LocalizedTextField(blank=True, default=dict)
    url = models.URLField(blank=True)
    currency = models.CharField(max_length=3)
    vat_rate = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text=_("Percent on the net amount."),
    )
    vat_country = models.CharField(max_length=2, blank=True)
    pause_billed_as_use = models.BooleanField(
        default=True, help_text=_("Without a part for pauses: the meter runs on at the normal rate.")
    )
    pro_rata = models.BooleanField(
        default=False, help_text=_("Charge the exact quantity instead of each started unit.")
    )
    source_id = models.CharField(max_length=200, blank=True, help_text=_("The id in the feed it came from."))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("pricing plan")
        verbose_name_plural = _("pricing plans")
        ordering = ("plan_id",)
        constraints = (
            models.CheckConstraint(
                name="a_currency_is_three_capitals",
                condition=models.Q(currency__regex="^[A-Z]{3}$"),
                violation_error_message=_("The currency has three capital letters, such as EUR."),
            ),
        )

    def __str__(self):
        return in_any_language(self.name) or self.plan_id

    def tariff(self):
        """The plan as a value: what pricing computes with and a leg freezes. Reads the parts."""
        return pricing.Tariff(
            plan_id=self.plan_id,
            name=in_any_language(self.name),
            currency=self.currency,
            vat_rate=self.vat_rate,
            vat_country=self.vat_country,
            pause_billed_as_use=self.pause_billed_as_use,
            pro_rata=self.pro_rata,
            parts=tuple(part.value() for part in self.parts.all()),
        )

    @cached_property
    def kept_tariff(self):
        """tariff() as first asked for: of plans that are only read, as those of the catalogue and the rules."""
        return self.tariff()


class FarePart(models.Model):
    """One line of a plan: an unlock fee, a price per minute, a day cap (TOMP farePart)."""

    plan = models.ForeignKey(PricingPlan, models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=100, blank=True)
    type = models.CharField(max_length=5, choices=_choices(pricing.PartType))
    kind = models.CharField(max_length=8, choices=_choices(pricing.PartKind), default=pricing.PartKind.DEFAULT.value)
    amount = models.DecimalField(max_digits=12, decimal_places=4)
    unit_type = models.CharField(
        max_length=10,
        choices=_choices(pricing.UnitType),
        blank=True,
        help_text=_(
            "Percent: the amount of a discount (-20) or surge (20) is a percent of the normal fare. "
            "It is published as amounts of money."
        ),
    )
    units = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    scale_from = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    scale_to = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    scale_type = models.CharField(max_length=6, choices=_choices(pricing.ScaleType), blank=True)
    asset_state = models.CharField(max_length=6, choices=_choices(pricing.AssetState), blank=True)
    part_class = models.CharField(
        max_length=9, choices=_choices(pricing.PartClass), default=pricing.PartClass.FARE.value
    )
    minimum_amount = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    maximum_amount = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("fare part")
        verbose_name_plural = _("fare parts")
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(
                name="a_flex_part_has_its_units",
                condition=models.Q(type="FLEX", units__isnull=False, units__gt=0) & ~models.Q(unit_type="")
                | models.Q(unit_type="PERCENTAGE")
                | ~models.Q(type="FLEX"),
            ),
            models.CheckConstraint(
                name="a_percentage_is_a_discount_or_a_surge",
                condition=~models.Q(unit_type="PERCENTAGE") | models.Q(type="FLEX", kind__in=["DISCOUNT", "SURGE"]),
            ),
            models.CheckConstraint(
                name="a_range_includes_its_amount",
                condition=(models.Q(minimum_amount__isnull=True) | models.Q(minimum_amount__lte=models.F("amount")))
                & (models.Q(maximum_amount__isnull=True) | models.Q(maximum_amount__gte=models.F("amount"))),
            ),
            models.CheckConstraint(
                name="a_scale_has_a_type",
                condition=models.Q(scale_from__isnull=True, scale_to__isnull=True) | ~models.Q(scale_type=""),
            ),
            models.CheckConstraint(
                name="a_scale_rises",
                condition=models.Q(scale_to__isnull=True)
                | models.Q(scale_from__isnull=True)
                | models.Q(scale_to__gt=models.F("scale_from")),
            ),
        )

    def __str__(self):
        return f"{self.name or capfirst(self.get_type_display())}: {Decimal(self.amount).normalize():f}"

    def value(self):
        """The part as pricing knows it; raises pricing.TariffError if it makes no sense."""
        return pricing.Part(
            name=self.name,
            amount=self.amount,
            type=pricing.PartType(self.type),
            kind=pricing.PartKind(self.kind),
            unit_type=pricing.UnitType(self.unit_type) if self.unit_type else None,
            units=self.units,
            scale_from=self.scale_from,
            scale_to=self.scale_to,
            scale_type=pricing.ScaleType(self.scale_type) if self.scale_type else None,
            asset_state=pricing.AssetState(self.asset_state) if self.asset_state else None,
            part_class=pricing.PartClass(self.part_class),
            minimum_amount=self.minimum_amount,
            maximum_amount=self.maximum_amount,
        )

    def clean(self):
        """A part that pricing refuses is refused here, in words for staff."""
        try:
            self.value()
        except pricing.TariffError as error:
            raise ValidationError(refused(error)) from error
        except (TypeError, ValueError) as error:
            raise ValidationError(str(error)) from error
