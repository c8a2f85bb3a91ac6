"""Back office: opening hours, the operating calendar, alerts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from fleet.models import Alert, CalendarPeriod, OpeningHours
from fleet.models.schedule import WEEKDAYS, days_in_words, every_day
from tomp.admin import DASH, HistoryAdmin
from tomp.forms import StaffForm

DAY_NAMES = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


class DaysForm(StaffForm):
    """Days of the week are ticked."""

    days = forms.MultipleChoiceField(
        choices=list(zip(WEEKDAYS, DAY_NAMES, strict=True)),
        initial=every_day,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )


class PlaceBoundAdmin(HistoryAdmin):
    """For one station, one region, or the whole system."""

    list_filter: tuple[Any, ...] = (("region", AutocompleteSelectFilter), ("station", AutocompleteSelectFilter))
    list_select_related: tuple[str, ...] = ("region", "station")
    autocomplete_fields: tuple[str, ...] = ("region", "station")
    words_of_json: Any = {"days": days_in_words}

    @display(description=_("for"))
    def applies_to(self, rule):
        return str(rule.station or rule.region or _("the whole system"))


@admin.register(OpeningHours)
class OpeningHoursAdmin(PlaceBoundAdmin):
    form = DaysForm
    list_display = ("__str__", "applies_to", "user_type")
    fieldsets = (
        (None, {"fields": ("days", ("opens_at", "closes_at"), "user_type")}),
        (_("For one place only (neither = everywhere)"), {"fields": (("region", "station"),)}),
    )


@admin.register(CalendarPeriod)
class CalendarPeriodAdmin(PlaceBoundAdmin):
    list_display = ("__str__", "years", "applies_to")
    fieldsets = (
        (_("From"), {"fields": (("start_day", "start_month", "start_year"),)}),
        (_("To"), {"fields": (("end_day", "end_month", "end_year"),)}),
        (_("For one place only (neither = everywhere)"), {"fields": (("region", "station"),)}),
    )

    @display(description=_("years"))
    def years(self, period):
        if period.start_year is None and period.end_year is None:
            return _("every year")
        return f"{period.start_year or DASH} / {period.end_year or DASH}"


@admin.register(Alert)
class AlertAdmin(HistoryAdmin):
    """What travellers read in every app that shows our feed."""

    list_display = ("__str__", "alert_id", "kind", "starts_at", "ends_at", "updated_at")
    list_filter = (("kind", ChoicesDropdownFilter),)
    date_hierarchy = "starts_at"
    search_fields = ("alert_id", "summary")
    autocomplete_fields = ("stations", "regions")
    readonly_fields = ("updated_at",)
    fieldsets = (
        (None, {"fields": ("alert_id", "kind", "summary", "description", "url")}),
        (_("When and where"), {"fields": (("starts_at", "ends_at"), "stations", "regions", "updated_at")}),
    )
