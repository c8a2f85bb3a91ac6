"""Which plan holds where and when, if it is not the type's own."""

from datetime import time

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from fleet.models.prices import PricingPlan
from fleet.models.schedule import WEEKDAYS, PlaceBound, days_in_words, every_day
from fleet.models.types import AssetType

MIDNIGHT = time(0)


class PlanRule(PlaceBound):
    """From this place, at these times, this plan is what a ride costs; fleet.tariffs decides among several rules.

    Times are those of the operator's clocks; an end before the start means the next morning.
    """

    plan = models.ForeignKey(PricingPlan, models.PROTECT, related_name="rules")
    asset_type = models.ForeignKey(
        AssetType, models.CASCADE, null=True, blank=True, related_name="plan_rules", help_text=_("Empty = all types.")
    )
    days = models.JSONField(default=every_day, help_text=_('The days on which it begins: ["MON", "TUE", …].'))
    starts_at = models.TimeField(default=MIDNIGHT)
    ends_at = models.TimeField(
        default=MIDNIGHT, help_text=_("00:00 = midnight, the end of the day; before the start = the next morning.")
    )
    priority = models.SmallIntegerField(
        default=0, help_text=_("Of several rules the highest holds; of equal ones the most specific.")
    )
    history = HistoricalRecords()

    class Meta(PlaceBound.Meta):
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")
        ordering = ("-priority", "id")
        constraints = (
            *PlaceBound.Meta.constraints,
            models.CheckConstraint(
                name="a_price_rule_lasts_a_while",
                condition=~models.Q(starts_at=models.F("ends_at")) | models.Q(starts_at=MIDNIGHT),
                violation_error_message=_("The times are the same: 00:00 to 00:00 is the whole day."),
            ),
        )

    def __str__(self):
        return f"{self.plan}: {self.when}"

    @property
    def when(self):
        """Mon, Tue 18:00–06:00; without what does not narrow."""
        days = "" if set(self.days) == set(WEEKDAYS) else days_in_words(self.days)
        hours = "" if self.is_all_day else f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M}"
        return f"{days} {hours}".strip() or str(_("always"))

    @property
    def is_all_day(self):
        return self.starts_at == self.ends_at == MIDNIGHT

    @property
    def is_at_all_times(self):
        return self.is_all_day and set(self.days) == set(WEEKDAYS)

    def clean(self):
        """The days are days of the week, the times a stretch of time, the place one place."""
        if not isinstance(self.days, list) or not self.days or not set(map(str, self.days)) <= set(WEEKDAYS):
            raise ValidationError({"days": _("Name days of the week: MON, TUE, WED, THU, FRI, SAT, SUN.")})
        if self.starts_at == self.ends_at != MIDNIGHT:
            raise ValidationError({"ends_at": _("The times are the same: 00:00 to 00:00 is the whole day.")})
        if self.region_id and self.station_id:
            raise ValidationError({"station": _("A rule is for a station or for a region, not for both.")})
