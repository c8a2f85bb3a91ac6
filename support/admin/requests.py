"""Back office: the support inbox, what is open first, the most urgent and oldest on top."""

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    MultipleChoicesDropdownFilter,
)
from unfold.decorators import display

from bookings.admin.booking import STATE_COLOURS as TRIP_COLOURS
from fleet.admin.wording import place_text
from maas.admin.sandbox import SandboxFilter
from support import services
from support.admin import shown
from support.admin.decisions import Decisions
from support.admin.inbox import InboxFilter, inbox_cards
from support.admin.look import look
from support.models import IN_INBOX, SupportNote, SupportRequest, SupportStatus
from tomp.admin import DASH, ReadOnlyInline, has_id, link, moment

RANKS = {priority: rank for rank, priority in enumerate(SupportRequest.Priority)}
SORTED_IN_BY_US = ("priority", "asset")
PARTS = ("asset__asset_type", "asset__station", "booking__provider", "booking__customer")


class NoteInline(ReadOnlyInline):
    """What colleagues told each other, oldest first; the provider never reads it."""

    model = SupportNote
    fields = ("written", "actor", "text")
    readonly_fields = ("written",)
    hide_title = True

    @display(description=_("at"))
    def written(self, note):
        return moment(note.at)


class StatusInline(ReadOnlyInline):
    """The conversation, oldest first."""

    model = SupportStatus
    fields = ("said_at", "said_by", "actor", "status", "resolution_minutes", "comment")
    readonly_fields = ("said_at",)
    hide_title = True

    @display(description=_("at"))
    def said_at(self, said):
        return moment(said.at)


@admin.register(SupportRequest)
class SupportRequestAdmin(Decisions):
    """Providers ask; staff say how urgent it is and which vehicle it is about, and answer with a button."""

    list_display = (
        "named",
        "priority_label",
        "standing",
        "age",
        "assigned_to",
        "about",
        "comment_start",
    )
    list_before_template = "admin/support/supportrequest/list.html"
    change_form_outer_before_template = "admin/support/supportrequest/look.html"
    list_display_links = ("named",)
    list_filter = (
        InboxFilter,
        ("status", MultipleChoicesDropdownFilter),
        ("priority", MultipleChoicesDropdownFilter),
        ("support_type", ChoicesDropdownFilter),
        ("result", ChoicesDropdownFilter),
        ("provider", AutocompleteSelectFilter),
        ("asset", AutocompleteSelectFilter),
        SandboxFilter,
    )
    date_hierarchy = "created_at"
    search_fields = ("comment", "contact", "asset__vehicle_number", "asset_reference", "reference")
    search_help_text = _("Booking id, vehicle number, contact, or a word of the comment")
    autocomplete_fields = ("asset",)
    inlines = (StatusInline, NoteInline)
    fieldsets = (
        (
            _("How it stands"),
            {
                "fields": (
                    ("standing", "resolution_minutes"),
                    ("priority", "asset"),
                    ("assigned_to", "customer"),
                )
            },
        ),
        (
            _("What was reported"),
            {
                "fields": (
                    ("support_type", "age"),
                    "comment",
                    ("contact", "requested_response_minutes"),
                    ("provider", "booking"),
                    ("asset_reference", "place"),
                    "photos",
                    "damage",
                    "reference",
                    ("occurred_at", "created_at"),
                )
            },
        ),
    )

    class Media:
        css = {"all": ("backoffice/trip.css", "backoffice/keys.css")}
        js = ("backoffice/keys.js",)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        """What was merged into another is sorted in there."""
        if obj is not None and obj.merged_into_id is not None:
            return flatten_fieldsets(self.get_fieldsets(request, obj))
        return [field for field in flatten_fieldsets(self.get_fieldsets(request, obj)) if field not in SORTED_IN_BY_US]

    def save_model(self, request, obj, form, change):
        """A damage moves with its request from vehicle to vehicle, so that is done by the service."""
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        if changes:
            services.sort_in(request_id=obj.pk, **changes)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and obj.pk:
            merges = self.has_answer_permission(request, obj)
            context |= {"look": look(obj, request.user, merges=merges)}
            if obj.merged_into_id is not None:
                context |= {"show_save": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changelist_view(self, request, extra_context=None):
        """Adds how many there are on each card."""
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown:
            shown["states"] = inbox_cards(request, shown["cl"])
        return response

    @display(description=_("customer"))
    def customer(self, asked):
        who = asked.booking and asked.booking.customer
        return link(reverse("admin:customers_customer_change", args=[who.pk]), str(who)) if who else DASH

    def get_queryset(self, request):
        """Ordered by urgency: Meta keeps the order of the conversation."""
        rank = Case(
            When(~IN_INBOX, then=Value(len(RANKS))),
            *(When(priority=priority, then=Value(rank)) for priority, rank in RANKS.items()),
            output_field=IntegerField(),
        )
        return SupportRequest.objects.select_related("provider", *PARTS).annotate(urgency=rank)

    def get_object(self, request, object_id, from_field=None):
        """With what the page says of its vehicle and trip; read once for a page that asks three times."""
        read = request.__dict__.setdefault("_requests_read", {})
        if request.method != "GET":
            return super().get_object(request, object_id, from_field)
        if object_id not in read:
            read[object_id] = super().get_object(request, object_id, from_field)
        return read[object_id]

    def get_ordering(self, request):
        return ("urgency", "created_at", "id")

    @display(description=_("request"), ordering="id")
    def named(self, asked):
        return f"#{asked.pk} {asked.get_support_type_display()}"

    @display(description=_("priority"), ordering="urgency")
    def priority_label(self, asked):
        return shown.priority_label(asked)

    @display(description=_("status"), ordering="status")
    def standing(self, asked):
        return shown.standing(asked)

    @display(description=_("vehicle, booking"), ordering="asset__vehicle_number")
    def about(self, asked):
        lines = [shown.vehicle(asked.asset) if asked.asset else asked.asset_reference]
        lines += [shown.trip(asked.booking, TRIP_COLOURS)] if asked.booking else []
        return format_html_join("", "<div>{}</div>", ((line,) for line in lines if line)) or DASH

    @display(description=_("age"), ordering="created_at")
    def age(self, asked):
        return shown.age(asked)

    @display(description=_("comment"))
    def comment_start(self, asked):
        start = f"{asked.comment[:120]}…" if len(asked.comment) > 120 else asked.comment
        return format_html('<div class="inbox-comment">{}</div>', start) if start else DASH

    @display(description=_("place"))
    def place(self, asked):
        return place_text(asked.location) or DASH

    @display(description=_("photos"))
    def photos(self, asked):
        return format_html_join("\n", "<div>{}</div>", [(link(str(url), str(url)),) for url in asked.urls]) or DASH

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(has_id("booking_id", search_term)), may_repeat
