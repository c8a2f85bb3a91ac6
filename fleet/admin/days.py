"""Back office: the rows of some days, as the operator counts days: from one of its midnights to the next."""

from contextlib import suppress
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from fleet import information

LAST_DAYS = (7, 14, 30)


class DaysFilter(DropdownFilter):
    """Today, a day (2026-05-04), a month (2026-05), or the last so many days, today included.

    `field` is the moment it looks at.
    """

    title = _("day")
    parameter_name = "days"
    field = "created_at"

    def lookups(self, request, model_admin):
        last = [(str(count), _("Last %(n)s days") % {"n": count}) for count in LAST_DAYS]
        return [("today", _("Today")), ("yesterday", _("Yesterday")), *last]

    def queryset(self, request, queryset):
        span = span_of(self.value(), information.local(timezone.now()).date()) if self.value() else None
        if span is None:
            return queryset
        since, until = information.days(*span)
        return queryset.filter(**{f"{self.field}__gte": since, f"{self.field}__lt": until})


def span_of(text, today):
    """(first day, last day) of what the parameter says, or None when it says nothing."""
    if text in ("today", "yesterday"):
        day = today - timedelta(days=text == "yesterday")
        return day, day
    if text in map(str, LAST_DAYS):
        return today - timedelta(days=int(text) - 1), today
    is_month = len(text) == len("2026-05")
    with suppress(ValueError):
        day = date.fromisoformat(f"{text}-01" if is_month else text)
        if not information.is_far(day):
            return information.month(day) if is_month else (day, day)
    return None
