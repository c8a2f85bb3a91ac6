"""Back office: what staff do with many vehicles of the list at once, as many as match the filter."""

from itertools import chain

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from fleet import bulk, restricting
from fleet.models import Restriction, Station
from fleet.models.vehicles import TRIP_STATES
from tomp import qr
from tomp.admin import StaffAdmin
from tomp.errors import TompError
from tomp.forms import MomentField, WordsField
from tomp.tables import csv_file, xlsx_file
from tomp.words import grouped

SHOWN = 20
LONGEST_TAG = 40
LABELS = "<!-- labels -->"  # where they stand on their page, which is sent while they are drawn


class TagsField(WordsField):
    """Tags with commas: in small letters, each once."""

    def to_python(self, value):
        return bulk.tags_of(value or "")

    def validate(self, value):
        super().validate(value)
        if len(value) > bulk.MOST_TAGS:
            raise forms.ValidationError(_("A vehicle has at most %(n)d tags.") % {"n": bulk.MOST_TAGS})
        for tag in value:
            if len(tag) > LONGEST_TAG:
                raise forms.ValidationError(_("A tag has at most %(n)d characters.") % {"n": LONGEST_TAG})


class RestrictForm(BaseDialogForm):
    state = forms.ChoiceField(label=_("State"), choices=Restriction.State, widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=UnfoldAdminTextareaWidget({"rows": 2}))
    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("Until"), required=False, help_text=_("Empty = until staff end it."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].initial = timezone.now().replace(microsecond=0)


class StationForm(BaseDialogForm):
    station = forms.ModelChoiceField(
        label=_("Station"), queryset=Station.objects.order_by("station_id"), widget=UnfoldAdminSelectWidget
    )


class TagsForm(BaseDialogForm):
    tags = TagsField(label=_("Tags"), widget=UnfoldAdminTextInputWidget, help_text=_("With commas."))


def asked_first(title, form_class, explained):
    """The action asks first, in this form, showing how many vehicles it is about; then it does it."""

    def decorate(do):
        @admin.action(description=title, permissions=["change"])
        def act(self, request, queryset):
            form = form_class(request=request, data=request.POST if "_form_submitted" in request.POST else None)
            if not form.is_valid():
                return _ask(self, request, queryset, {"action": do.__name__, "form": form, "title": title}, explained)
            answers = {name: form.cleaned_data[name] for name in form_class.base_fields if not name.startswith("_")}
            return do(self, request, queryset, answers)

        act.__name__ = do.__name__
        return act

    return decorate


def _ask(site, request, queryset, asked, explained):
    on_a_trip = queryset.filter(state__in=TRIP_STATES)
    context = {
        **site.admin_site.each_context(request),
        **asked,
        "opts": site.opts,
        "media": site.media,
        "explained": explained,
        "select_across": request.POST.get("select_across", "0"),
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "chosen": {"count": queryset.count(), "first": queryset[:SHOWN]},
        "on_a_trip": {"count": on_a_trip.count(), "first": on_a_trip[:SHOWN]},
    }
    return TemplateResponse(request, "admin/fleet/asset/bulk.html", context)


class BulkActions(StaffAdmin):
    """The actions on the vehicles of a list beside the moves of fleet.admin.moves; files need no more than viewing."""

    actions: tuple = ("restrict", "move_to_station", "add_tags", "remove_tags", "export_csv", "export_xlsx", "qr_sheet")

    @asked_first(
        _("Take out of service for a while …"),
        RestrictForm,
        _("The next page shows the bookings hit; nothing happens before you decide there."),
    )
    def restrict(self, request, queryset, answers):
        try:
            made = restricting.draft(assets=queryset, actor=request.user.get_username(), now=timezone.now(), **answers)
        except TompError as refusal:
            messages.error(request, refusal.reason)
            return None
        return redirect("admin:fleet_restriction_change", made.pk)

    @asked_first(_("Move to a station"), StationForm, _("Vehicles on a trip stay where they are."))
    def move_to_station(self, request, queryset, answers):
        outcome = bulk.move_to_station(assets=queryset, station=answers["station"], user=request.user)
        _tell(request, outcome, _("On a trip, so left as they are: %(numbers)s"))

    @asked_first(_("Add tags"), TagsForm, _("Tags they have stay."))
    def add_tags(self, request, queryset, answers):
        outcome = bulk.change_tags(assets=queryset, add=answers["tags"], user=request.user)
        _tell(request, outcome, _("They would have too many tags, so left as they are: %(numbers)s"))

    @asked_first(_("Remove tags"), TagsForm, _("Other tags stay."))
    def remove_tags(self, request, queryset, answers):
        _tell(request, bulk.change_tags(assets=queryset, remove=answers["tags"], user=request.user))

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export_csv(self, request, queryset):
        return csv_file(list(bulk.COLUMNS), bulk.table(queryset), _file_name())

    @admin.action(description=_("Export as XLSX"), permissions=["view"])
    def export_xlsx(self, request, queryset):
        return xlsx_file(list(bulk.COLUMNS), bulk.table(queryset), _file_name())

    @admin.action(description=_("QR sheet to print"), permissions=["view"])
    def qr_sheet(self, request, queryset):
        """A page of labels: what a user scans (the vehicle code), and the number to find the vehicle by."""
        coded = queryset.exclude(vehicle_code=None).exclude(vehicle_code="").order_by("vehicle_number")
        without = list(queryset.filter(vehicle_code=None).order_by("vehicle_number")[:SHOWN])
        context = {"title": _("QR sheet"), "count": coded.count(), "without": without, "labels": LABELS}
        before, after = render_to_string("admin/fleet/asset/qr_sheet.html", context, request).split(LABELS)
        labels = (_label(*row) for row in coded.values_list("vehicle_code", "vehicle_number").iterator(chunk_size=2000))
        return StreamingHttpResponse(chain([before], labels, [after]))


def _label(code, number):
    drawn = '<div class="label">{}<strong>{}</strong><span>{}</span></div>\n'
    code_drawn = mark_safe(qr.drawing(code))  # noqa: S308 -- squares; nothing of the code itself
    return format_html(drawn, code_drawn, code, number)


def _file_name():
    return f"vehicles-{timezone.localdate():%Y-%m-%d}"


def _tell(request, outcome, refusal=""):
    text = ngettext("%(n)s vehicle was changed.", "%(n)s vehicles were changed.", outcome.changed)
    (messages.success if outcome.changed else messages.info)(request, text % {"n": grouped(outcome.changed)})
    if outcome.refused:
        more = len(outcome.refused) - SHOWN
        text = refusal % {"numbers": ", ".join(outcome.refused[:SHOWN])}
        messages.warning(
            request, _("%(text)s and %(n)s more.") % {"text": text, "n": grouped(more)} if more > 0 else text
        )
