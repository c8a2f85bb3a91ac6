"""Back office: of which days? Asked for by reconciliation and invoices, on the operator's calendar."""

from datetime import date, timedelta

from django import forms
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget

from fleet import information


class PeriodForm(forms.Form):
    """Which days, on the operator's calendar."""

    first = forms.DateField(label=_("First day"), widget=UnfoldAdminDateWidget)
    last = forms.DateField(label=_("Last day"), widget=UnfoldAdminDateWidget)

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first."))
        for name, day in (("first", first), ("last", last)):
            if day and information.is_far(day):
                self.add_error(name, _("That is too far away."))
        return cleaned


class OverForm(PeriodForm):
    """And these days are over."""

    def clean(self):
        cleaned = super().clean()
        last = cleaned.get("last")
        if last and last >= information.local(timezone.now()).date():
            self.add_error("last", _("Only days that are over: yesterday at the latest."))
        return cleaned


def asked_for(request, form_class):
    """The form with what was asked for, or with last month."""
    first, last = last_month(information.local(timezone.now()).date())
    asked = {"first": str(first), "last": str(last), **request.GET.dict()}
    return form_class(asked | {name: _as_typed(asked[name]) for name in ("first", "last")})


def _as_typed(text):
    """A day of an address (2026-05-31) as staff type one in their language; any other text stays."""
    try:
        return date.fromisoformat(text).strftime(get_format("DATE_INPUT_FORMATS")[0])
    except ValueError:
        return text


def last_month(today):
    """(its first day, its last day)"""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def periods(today):
    """(name, first day, last day) of what is asked for most."""
    return (
        (_("Last month"), *last_month(today)),
        (_("This month"), today.replace(day=1), today),
        (_("This year"), date(today.year, 1, 1), today),
    )
