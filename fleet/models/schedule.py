"""When the operator is open, and what it has to announce."""

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from fleet.models.places import Region, Station
from tomp.fields import LocalizedTextField
from tomp.language import in_any_language

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
SHORTEST_RANGE = 3  # days
A_LEAP_YEAR = 2000


def every_day():
    return list(WEEKDAYS)


def days_in_words(days):
    """Mon–Fri, Sun: three or more in a row are told as a range, in the language of who reads it."""
    runs: list[list[int]] = []
    for number, word in enumerate(WEEKDAYS):
        if word not in days:
            continue
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(text for run in runs for text in _said(run))


def _said(run):
    names = [str(WEEKDAYS_ABBR[number]) for number in run]
    return names if len(names) < SHORTEST_RANGE else [f"{names[0]}–{names[-1]}"]


class PlaceBound(models.Model):
    """Applies to one station, one region, or (neither given) the whole system."""

    region = models.ForeignKey(Region, models.CASCADE, null=True, blank=True)
    station = models.ForeignKey(Station, models.CASCADE, null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                name="%(class)s_is_for_a_station_or_a_region",
                condition=models.Q(region__isnull=True) | models.Q(station__isnull=True),
                violation_error_message=_("Choose a region or a station, not both."),
            ),
        )


class OpeningHours(PlaceBound):
    """Daily hours in the system's time zone; an end before the start means the next morning."""

    class UserType(models.TextChoices):
        MEMBER = "MEMBER", _("member")
        NON_MEMBERS = "NON_MEMBERS", _("non-members")

    days = models.JSONField(default=every_day, help_text=_('["MON", "TUE", …]'))
    opens_at = models.TimeField()
    closes_at = models.TimeField(help_text=_("00:00 = midnight, the end of the day."))
    user_type = models.CharField(max_length=11, choices=UserType, blank=True)
    history = HistoricalRecords()

    class Meta(PlaceBound.Meta):
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ("id",)

    def __str__(self):
        return f"{days_in_words(self.days)} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


def _of_any_year(day, month):
    """31 December, in the language of the reader."""
    try:
        return date_format(date(A_LEAP_YEAR, month, day), "MONTH_DAY_FORMAT")
    except (ValueError, OverflowError):  # what is typed comes here before it is checked
        return f"{day}.{month}."


class CalendarPeriod(PlaceBound):
    """The part of the year in which the system works; without years it holds every year."""

    start_month = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(12)])
    start_day = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(31)])
    start_year = models.PositiveSmallIntegerField(null=True, blank=True)
    end_month = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(12)])
    end_day = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(31)])
    end_year = models.PositiveSmallIntegerField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta(PlaceBound.Meta):
        verbose_name = _("calendar period")
        verbose_name_plural = _("operating calendar")
        ordering = ("id",)

    def __str__(self):
        return f"{_of_any_year(self.start_day, self.start_month)} – {_of_any_year(self.end_day, self.end_month)}"

    def clean(self):
        """Without years 29 February counts as a day, and a period may last over New Year."""
        first, last = (self._day(end) for end in ("start", "end"))
        if self.start_year and self.end_year and last < first:
            raise ValidationError({"end_year": _("It ends before it begins.")})

    def _day(self, end):
        year, month, day = (getattr(self, f"{end}_{part}") for part in ("year", "month", "day"))
        try:
            return date(year or A_LEAP_YEAR, month, day)
        except (TypeError, ValueError, OverflowError):
            raise ValidationError({f"{end}_day": _("There is no such day.")}) from None


class AlertQuerySet(models.QuerySet):
    def current(self, now):
        """Alerts to show at this moment: no end, or an end still to come."""
        return self.filter(models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=now))


class Alert(models.Model):
    """Something travellers should know: a closed station, a moved one, a day without service."""

    class Kind(models.TextChoices):
        SYSTEM_CLOSURE = "SYSTEM_CLOSURE", _("system closure")
        STATION_CLOSURE = "STATION_CLOSURE", _("station closure")
        STATION_MOVE = "STATION_MOVE", _("station move")
        OTHER = "OTHER", _("other")

    alert_id = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=15, choices=Kind, default=Kind.OTHER)
    summary = LocalizedTextField()
    description = LocalizedTextField(blank=True, default=dict)
    url = models.URLField(blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    stations = models.ManyToManyField(Station, blank=True)
    regions = models.ManyToManyField(Region, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("alert_id",)
        constraints = (
            models.CheckConstraint(
                name="an_alert_ends_after_it_starts",
                condition=models.Q(starts_at__isnull=True)
                | models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                violation_error_message=_("It has to end after it starts."),
            ),
        )

    def __str__(self):
        return in_any_language(self.summary) or self.alert_id
