"""Back office: the legs, to read. What moves a trip is asked of services, never done here."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, TextChoices
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from bookings.models import Booking, BookingState
from fleet.admin.days import DaysFilter
from fleet.admin.wording import duration, fare_lines, place_text, segments_text, sentence_of
from fleet.models import Asset, AssetPublicId
from legs import photos
from legs.admin.agreed import in_words
from legs.admin.decisions import DecidesLeg
from legs.models import RUNNING_STATES, Evidence, Leg, LegEvent, LegState
from legs.serializers import EVENTS
from maas.admin.sandbox import SandboxFilterByBooking
from tomp.admin import (
    DASH,
    DayRangeFilter,
    ReadOnlyAdmin,
    ReadOnlyInline,
    has_id,
    label,
    link,
    moment,
    nowrap,
    short,
)
from tomp.words import kilometres

FOUND = 500
STATE_COLOURS = {
    LegState.NOT_STARTED: "",
    LegState.PREPARING: "info",
    LegState.IN_USE: "info",
    LegState.PAUSED: "warning",
    LegState.FINISHING: "info",
    LegState.FINISHED: "success",
    LegState.ISSUE_REPORTED: "danger",
    LegState.CANCELLED: "",
}


def assets_matching(term):
    """Ids of vehicles with this number, code, plate or public id; former public ids count."""
    named = Q(vehicle_number__iexact=term) | Q(vehicle_code__iexact=term) | Q(license_plate__iexact=term)
    renamed = AssetPublicId.objects.filter(has_id("public_id", term)).values_list("asset")
    return Asset.objects.filter(named | has_id("public_id", term)).values_list("pk").union(renamed)


def legs_matching(term):
    """(id, booking id) of legs with this id, or of this vehicle: the latest FOUND of each kind.

    Each kind is asked for by itself: one condition with “or” between them would read the whole table.
    """
    assets = [asset_id for (asset_id,) in assets_matching(term)]
    kinds = (has_id("id", term), has_id("asset_public_id", term), Q(asset__in=assets))
    return [
        found
        for kind in kinds
        for found in Leg.objects.filter(kind).order_by("-departs_at").values_list("pk", "booking")[:FOUND]
    ]


class BookedFilter(DropdownFilter):
    """By state. Offers nobody booked are many, so they are shown when asked for, or found by a search."""

    title = _("state")
    parameter_name = "state"
    all_option = ["", _("All that was booked")]
    states: type[TextChoices] = LegState
    groups: dict[str, tuple[Any, tuple]] = {"running": (_("Running"), RUNNING_STATES)}
    everything = "all"

    def lookups(self, request, model_admin):
        groups = [(value, name) for value, (name, _states) in self.groups.items()]
        return [*groups, *self.states.choices, (self.everything, _("Offers too"))]

    def queryset(self, request, queryset):
        if self.value() in self.groups:
            return queryset.filter(state__in=self.groups[self.value()][1])
        if self.value() in self.states.values:
            return queryset.filter(state=self.value())
        is_search = bool(request.GET.get("q")) and not self.value()
        return queryset if self.value() == self.everything or is_search else self.booked(queryset)

    def booked(self, queryset):
        # Joined, all bookings there ever were would be read to count the legs; offers are few.
        return queryset.exclude(booking__in=Booking.objects.filter(state=BookingState.NEW))


class OverdueFilter(DropdownFilter):
    """Rides that go on and take longer than the contract of their provider expects."""

    title = _("takes too long")
    parameter_name = "overdue"

    def lookups(self, request, model_admin):
        return [("yes", _("Takes too long"))]

    def queryset(self, request, queryset):
        return queryset.overdue() if self.value() else queryset


class PhotosFilter(DropdownFilter):
    """Rides with photos that nobody of us has looked at."""

    title = _("photos")
    parameter_name = "photos"

    def lookups(self, request, model_admin):
        return [("to_review", _("To be looked at"))]

    def queryset(self, request, queryset):
        photos = Evidence.objects.to_review().filter(leg=OuterRef("pk"))
        return queryset.filter(Exists(photos)) if self.value() else queryset


class DepartedFilter(DaysFilter):
    title = _("departed")
    field = "departed_at"


class LegShown:
    """How a leg reads, in the list, on its page and on the page of its booking."""

    @display(description=_("state"), ordering="state")
    def state_label(self, leg):
        return label(leg.state, leg.get_state_display(), STATE_COLOURS)

    @display(description=_("leg"), ordering="id")
    def leg_id(self, leg):
        return link(reverse("admin:legs_leg_change", args=[leg.pk]), str(leg.pk))

    @display(description=_("vehicle"))
    def vehicle(self, leg):
        if leg.asset_id is None:
            return _("not assigned yet")
        return link(reverse("admin:fleet_asset_change", args=[leg.asset_id]), nowrap(leg.asset.vehicle_number))

    @display(description=_("from → to"))
    def journey(self, leg):
        return f"{place_text(leg.from_place) or DASH} → {place_text(leg.to_place) or DASH}"

    @display(description=_("planned"))
    def planned(self, leg):
        return f"{moment(leg.departs_at)} – {moment(leg.arrives_at)}" if leg.arrives_at else moment(leg.departs_at)

    @display(description=_("ridden"))
    def ridden(self, leg):
        if leg.departed_at and leg.arrived_at:
            return f"{moment(leg.departed_at)} – {moment(leg.arrived_at)}"
        return _("since %(start)s") % {"start": moment(leg.departed_at)} if leg.departed_at else DASH

    @display(description=_("tariff"))
    def tariff_in_words(self, leg):
        return sentence_of(leg.tariff)

    @display(description=_("price"))
    def price_now(self, leg):
        """The final price, or what it would be if the ride ended now."""
        text = fare_lines(leg.price(timezone.now()))
        if leg.is_concluded:
            return text
        return _("%(price)s so far") % {"price": text} if leg.departed_at else _("%(price)s expected") % {"price": text}

    @display(description=_("use"))
    def use(self, leg):
        parts = [segments_text([[part.state, part.seconds] for part in leg.usage(timezone.now()).segments])]
        if leg.distance_m:
            parts.append(kilometres(leg.distance_m))
        return " · ".join(part for part in parts if part) or DASH

    @display(description=_("added"))
    def added(self, leg):
        return ", ".join(each["part"]["name"] for each in leg.ancillaries) or DASH

    @display(description=_("evidence"))
    def photos(self, leg):
        links = [(link(photo.url, photo.url),) for photo in leg.evidence.all()]
        return format_html_join("\n", '<div class="break-all">{}</div>', links) or DASH


class LegEventInline(ReadOnlyInline):
    model = LegEvent
    fields = ("reported", "event", "state", "asked_by", "actor", "place", "comment", "delay")
    readonly_fields = ("reported", "place", "delay")
    hide_title = True

    @display(description=_("at"))
    def reported(self, event):
        return moment(event.at)

    @display(description=_("place"))
    def place(self, event):
        return DASH if event.lat is None else f"{event.lat:.5f}, {event.lon:.5f}"

    @display(description=_("received"))
    def delay(self, event):
        late = (event.received_at - event.at).total_seconds()
        return _("%(time)s later") % {"time": duration(late)} if late >= 1 else _("at once")


class EvidenceInline(ReadOnlyInline):
    model = Evidence
    fields = ("received", "photo", "reviewed")
    readonly_fields = fields
    hide_title = True

    @display(description=_("received"))
    def received(self, evidence):
        return moment(evidence.received_at)

    @display(description=_("looked at"))
    def reviewed(self, evidence):
        return f"{moment(evidence.reviewed_at)} {evidence.reviewed_by}" if evidence.reviewed_at else DASH

    @display(description=_("photo"))
    def photo(self, evidence):
        return link(evidence.url, evidence.url)


@admin.register(Leg)
class LegAdmin(LegShown, DecidesLeg):
    list_display = (
        "short_id",
        "state_label",
        "provider",
        "asset_type",
        "vehicle",
        "station",
        "departs_at",
        "ridden",
        "price_now",
    )
    list_filter = (
        BookedFilter,
        OverdueFilter,
        ("booking__provider", AutocompleteSelectFilter),
        ("asset_type", AutocompleteSelectFilter),
        ("asset", AutocompleteSelectFilter),
        ("station", AutocompleteSelectFilter),
        PhotosFilter,
        SandboxFilterByBooking,
        DepartedFilter,
        ("departs_at", DayRangeFilter),
    )
    list_select_related = ("booking__provider", "asset_type", "asset", "station")
    ordering = ("-departs_at",)
    search_fields = ("id",)
    search_help_text = _("Leg id, vehicle number, code or plate, public id (also a former one)")
    inlines = (LegEventInline, EvidenceInline)
    readonly_fields = (
        "state_label", "provider", "vehicle", "journey", "planned", "ridden", "tariff_in_words", "price_now",
        "use", "added", "overdue", "agreed",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("id", ("state_label", "provider"), ("booking", "sequence"))}),
        (_("Vehicle"), {"fields": (("vehicle", "asset_type"), "asset_public_id", "station")}),
        (_("Trip"), {"fields": ("journey", ("planned", "ridden"), "use", "overdue")}),
        (_("Price"), {"fields": ("tariff_in_words", "price_now", "added")}),
        (_("Conditions"), {"fields": ("agreed",)}),
    )

    def get_queryset(self, request):
        legs = super().get_queryset(request)
        return legs.select_related("booking__provider", "asset_type", "asset__asset_type", "station")

    def get_urls(self):
        photo = self.admin_site.admin_view(self.photo, cacheable=True)
        return [path("<uuid:leg_id>/photo/<int:photo_id>/", photo, name="legs_leg_photo"), *super().get_urls()]

    def photo(self, request, leg_id, photo_id):
        """The photo itself, from our address; 404 when there is none, or its server does not give it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            body, kind = photos.fetch(get_object_or_404(Evidence, pk=photo_id, leg=leg_id).url)
        except photos.NotShown as failure:
            return HttpResponse(str(failure), status=404, content_type="text/plain")
        return HttpResponse(body, content_type=kind, headers={"Cache-Control": "private, max-age=86400"})

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        return (queryset.filter(pk__in=[pk for pk, _booking in legs_matching(term)]) if term else queryset), False

    @display(description=_("id"), ordering="id")
    def short_id(self, leg):
        return short(leg.pk)

    @display(description=_("conditions"))
    def agreed(self, leg):
        words = [in_words(condition) for condition in leg.conditions]
        return format_html_join("", "<p><strong>{}</strong> {}</p>", words) or DASH

    @display(description=_("takes too long since"))
    def overdue(self, leg):
        return moment(leg.overdue_at) if leg.overdue_at else DASH

    @display(description=_("provider"), ordering="booking__provider__maas_id")
    def provider(self, leg):
        return leg.booking.provider


class EventFilter(DropdownFilter):
    title = _("event")
    parameter_name = "event"

    def lookups(self, request, model_admin):
        return [(event, event) for event in EVENTS]

    def queryset(self, request, queryset):
        return queryset.filter(event=self.value()) if self.value() else queryset


@admin.register(LegEvent)
class LegEventAdmin(ReadOnlyAdmin):
    """Everything reported about any ride, latest first."""

    list_display = ("received_at", "event", "state", "asked_by", "actor", "of_leg", "comment")
    list_filter = (
        EventFilter,
        ("state", ChoicesDropdownFilter),
        ("asked_by", ChoicesDropdownFilter),
        ("received_at", DayRangeFilter),
    )
    ordering = ("-id",)
    search_fields = ("actor", "comment")
    search_help_text = _("Leg id, name of a colleague, or a word of the comment")

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(has_id("leg_id", search_term)), may_repeat

    @display(description=_("leg"), ordering="leg_id")
    def of_leg(self, event):
        return link(reverse("admin:legs_leg_change", args=[event.leg_id]), short(event.leg_id))
