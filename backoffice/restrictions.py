"""Back office: restrictions of vehicles, with the bookings they hit; the page on which staff decide."""

from django import forms
from django.contrib import admin
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminRadioSelectWidget

from backoffice.restricting import hits
from fleet import restricting
from fleet.models import RestrictedAsset, Restriction
from fleet.models.vehicles import TRIP_STATES
from tomp.admin import DASH, ConfirmForm, ReadOnlyAdmin, ReadOnlyInline, attempt, back, label, link, moment, short

Bookings = Restriction.Bookings
SHOWN = 100
COLOURS = {"draft": "warning", "planned": "info", "running": "success", "over": ""}


class DecideForm(BaseDialogForm):
    bookings = forms.ChoiceField(
        label=_("The bookings hit"), choices=Bookings, initial=Bookings.LEAVE, widget=UnfoldAdminRadioSelectWidget
    )

    def clean_bookings(self):
        """Who may not change bookings leaves them as they are."""
        chosen = self.cleaned_data["bookings"]
        if chosen != Bookings.LEAVE and not self.request.user.has_perm("bookings.change_booking"):
            raise forms.ValidationError(_("You may not change bookings: leave them as they are."))
        return chosen


class VehicleInline(ReadOnlyInline):
    model = RestrictedAsset
    fields = ("vehicle", "state", "began", "ended", "told")
    readonly_fields = fields
    hide_title = True
    per_page = 50

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("asset")

    @display(description=_("vehicle"))
    def vehicle(self, row):
        return link(reverse("admin:fleet_asset_change", args=[row.asset_id]), str(row.asset))

    @display(description=_("state now"))
    def state(self, row):
        return row.asset.get_state_display()

    @display(description=_("out since"))
    def began(self, row):
        return moment(row.began_at)

    @display(description=_("over since"))
    def ended(self, row):
        return moment(row.ended_at)

    @display(description=_("note"))
    def told(self, row):
        return restricting.told(row.note)


@admin.register(Restriction)
class RestrictionAdmin(ReadOnlyAdmin):
    """Vehicles out of service for a while; made by the list of vehicles, decided here."""

    nothing_yet = _("In the list of vehicles, choose some and “Take out of service for a while …”.")
    list_display = ("reason", "stage_label", "state", "starts", "ends", "number", "created_by")
    list_filter = ("state",)
    search_fields = ("reason", "created_by", "vehicles__asset__vehicle_number")
    search_help_text = _("Reason, colleague, vehicle number")
    inlines = (VehicleInline,)
    actions_detail = ("decide", "call_off")
    fields = (
        ("stage_label", "state"), "reason", ("starts", "ends"), ("number", "on_trips"), "hit", ("bookings", "outcome"),
        ("created_by", "created"), "decided",
    )  # fmt: skip
    readonly_fields = (
        "stage_label", "starts", "ends", "number", "on_trips", "hit", "outcome", "created", "decided",
    )  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(all_vehicles=Count("vehicles"))

    @display(description=_("stage"))
    def stage_label(self, restriction):
        words = {"draft": _("draft: not decided"), "planned": _("planned"), "running": _("running"), "over": _("over")}
        stage = _stage(restriction, timezone.now())
        return label(stage, words[stage], COLOURS)

    @display(description=_("from"), ordering="starts_at")
    def starts(self, restriction):
        return moment(restriction.starts_at)

    @display(description=_("until"), ordering="ends_at")
    def ends(self, restriction):
        return moment(restriction.ends_at) if restriction.ends_at else _("staff end it")

    @display(description=_("vehicles"), ordering="all_vehicles")
    def number(self, restriction):
        return restriction.all_vehicles

    @display(description=_("on a trip now"))
    def on_trips(self, restriction):
        riding = restriction.vehicles.filter(asset__state__in=TRIP_STATES).select_related("asset")
        return _names([str(row) for row in riding[: SHOWN + 1]])

    @display(description=_("bookings hit"))
    def hit(self, restriction):
        """The bookings, with why."""
        now = timezone.now()
        found = hits(restriction, now=now) if _stage(restriction, now) != "over" else []
        lines = (
            (
                link(reverse("admin:legs_leg_change", args=[hit.leg.pk]), short(hit.leg.pk)),
                hit.leg.booking.provider,
                moment(hit.leg.departs_at),
                _why(hit),
            )
            for hit in found[:SHOWN]
        )
        listed = format_html_join("", "<div>{} {}, {}: {}</div>", lines)
        return format_html("{}{}", listed, f"… {len(found)}" if len(found) > SHOWN else "") if found else _("none")

    @display(description=_("what became of them"))
    def outcome(self, restriction):
        lines = (
            (
                link(reverse("admin:bookings_booking_change", args=[each["booking"]]), short(each["booking"])),
                each["text"],
            )
            for each in restriction.settled
        )
        return format_html_join("", "<div>{} {}</div>", lines) or DASH

    @display(description=_("drafted at"))
    def created(self, restriction):
        return moment(restriction.created_at)

    @display(description=_("decided at"))
    def decided(self, restriction):
        return moment(restriction.decided_at)

    def get_actions_detail(self, request, object_id):
        """A draft is decided, what holds is ended."""
        restriction = self.get_object(request, object_id)
        stage = _stage(restriction, timezone.now()) if restriction else "over"
        possible = {"draft": "decide", "planned": "call-off", "running": "call-off"}.get(stage)
        shown = super().get_actions_detail(request, object_id)
        return [each for each in shown if getattr(each, "path", None) == possible]

    def has_decide_permission(self, request, object_id=None):
        return request.user.has_perm("fleet.change_asset")

    @action(
        description=_("Decide"),
        icon="gavel",
        permissions=["decide"],
        url_path="decide",
        dialog={
            "title": _("Take these vehicles out of service"),
            "description": _("A vehicle on a trip is taken out when its trip ends."),
            "form_class": DecideForm,
            "form_submit_text": _("Decide"),
        },
    )
    def decide(self, request, form, object_id):
        restriction, actor = self.existing(request, object_id), request.user.get_username()
        chosen = form.cleaned_data["bookings"]
        if attempt(
            request,
            lambda: restricting.decide(restriction_id=restriction.pk, bookings=chosen, actor=actor, now=timezone.now()),
            _("Decided. The vehicles are worked on in the background; this page says how far it is."),
        ):
            self.log_change(request, restriction, f"Decided: {chosen}")
        return back(request)

    @action(
        description=_("End now"),
        icon="event_available",
        permissions=["decide"],
        url_path="call-off",
        dialog={
            "title": _("End it now"),
            "description": _("Within a minute the vehicles are in service again."),
            "form_class": ConfirmForm,
            "form_submit_text": _("End now"),
        },
    )
    def call_off(self, request, form, object_id):
        restriction = self.existing(request, object_id)
        if attempt(
            request,
            lambda: restricting.call_off(restriction_id=restriction.pk, now=timezone.now()),
            _("Ended. Within a minute the vehicles are in service again."),
        ):
            self.log_change(request, restriction, "Ended")
        return back(request)


def _names(names):
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "") or DASH


def _why(hit):
    if hit.asset:
        return _("has %(asset)s") % {"asset": hit.asset}
    return _("was promised one of %(type)s, and too few are left") % {"type": hit.leg.asset_type}


def _stage(restriction, now):
    if restriction.ends_at is not None and restriction.ends_at <= now:
        return "over"
    if restriction.decided_at is None:
        return "draft"
    return "planned" if restriction.starts_at > now else "running"
