"""Back office: what only somebody who sees all apps can show: the conformance report of a provider."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import admin
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from backoffice import restrictions
from backoffice.conformance import Severity, report
from backoffice.conformance.export import csv_of
from backoffice.conformance.findings import number
from backoffice.places import page as places
from backoffice.providers import page as overview
from backoffice.vehicles import page as vehicles
from fleet import information
from maas.models import MaasProvider
from payments.period import days
from tomp.admin import label, link, short
from tomp.words import in_english

__all__ = ["ProviderWithReport", "places", "restrictions", "vehicles"]

PERIODS = (7, 30, 90)  # days, today included
USUAL_PERIOD = 30
COLOURS = {Severity.MUST: "danger", Severity.SHOULD: "warning", Severity.NOTE: "info"}
PAGES = {"booking": "admin:bookings_booking_change", "callback": "admin:maas_callback_change"}

ProviderAdmin: Any = type(admin.site._registry[MaasProvider])
admin.site.unregister(MaasProvider)


@admin.register(MaasProvider)
class ProviderWithReport(ProviderAdmin):
    """The page of a provider as its own app has it, with what other apps know of it, and one more button."""

    actions_detail = ("conformance", *ProviderAdmin.actions_detail)
    change_form_outer_before_template = "admin/maas/maasprovider/overview.html"

    class Media:
        css = {"all": ("backoffice/trip.css", "backoffice/overview.css")}

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and obj.pk:
            context |= {"overview": overview.told(obj, request.user, timezone.now())}
        return super().render_change_form(request, context, add, change, form_url, obj)

    @action(description=_("Conformance report"), icon="fact_check", permissions=["view"], url_path="conformance")
    def conformance(self, request, object_id):
        """What the provider does otherwise than the protocol wants, as a page, or with ?format=csv as a table."""
        provider = self.existing(request, object_id)
        count = _days_asked_for(request)
        now = timezone.now()
        today = information.local(now).date()
        since, until = days(today - timedelta(days=count - 1), today)
        look = partial(report, provider=provider, since=since, until=until, now=now)
        if request.GET.get("format") == "csv":
            return csv_of(in_english(look), f"conformance-{slugify(provider.maas_id)}-{today}")
        found = look()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Conformance report: %(provider)s") % {"provider": provider},
            "opts": self.opts,
            "original": provider,
            "report": found,
            "cards": _cards(found.looked_at),
            "rows": [_row(finding) for finding in found.findings],
            "first": today - timedelta(days=count - 1),
            "last": today,
            "days": count,
            "periods": PERIODS,
        }
        return TemplateResponse(request, "admin/maas/maasprovider/conformance.html", context)


def _days_asked_for(request):
    """One of the periods there are."""
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, PERIODS) else USUAL_PERIOD


def _cards(looked_at):
    counted = (
        (_("calls of theirs"), looked_at.calls),
        (_("of them refused"), looked_at.refused),
        (_("bookings made"), looked_at.bookings),
        (_("rides begun"), looked_at.rides),
        (_("calls of ours"), looked_at.callbacks),
    )
    return [{"what": what, "number": number(count)} for what, count in counted]


def _row(finding):
    severity = finding.severity
    tag = label(severity, severity.label, COLOURS)
    return tag, finding, _unbroken(finding.seen), _links(finding)


def _unbroken(text):
    """A number and its sign are read in one piece."""
    return text.replace("< ", "<\u00a0").replace(" %", "\u00a0%").replace(" ×", "\u00a0×")


def _short(example):
    return short(example.id) if example.kind == "booking" else f"#{example.id}"


def _links(finding):
    """The examples: links for those who may follow them."""
    return [link(reverse(PAGES[example.kind], args=[example.id]), _short(example)) for example in finding.examples]
