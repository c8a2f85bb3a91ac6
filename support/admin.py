"""Back office: the support inbox, what is open first, the most urgent and oldest on top."""

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, MultipleChoicesDropdownFilter
from unfold.decorators import display

from fleet.admin.wording import duration, place_text
from support.models import SupportRequest
from support.services import OPEN
from tomp.admin import DASH, StaffAdmin, has_id, label, link, short

Priority, Status = SupportRequest.Priority, SupportRequest.Status
STATUS_COLOURS = {Status.PROCESSING: "warning", Status.UPDATE_REQUESTED: "danger", Status.RESOLVED: "success"}
PRIORITY_COLOURS = {
    Priority.ERROR_CANNOT_CONTINUE: "danger",
    Priority.ERROR_CAN_CONTINUE: "warning",
    Priority.DISTURBING_ISSUE: "info",
}
RANKS = {priority: rank for rank, priority in enumerate(Priority)}
ANSWER = ("status", "priority", "resolution_minutes", "asset")


@admin.register(SupportRequest)
class SupportRequestAdmin(StaffAdmin):
    """Providers ask, staff answer: with a status, a priority, a time, and the vehicle it is about."""

    list_display = (
        "id",
        "support_type",
        "priority_label",
        "status_label",
        "age",
        "asset",
        "of_booking",
        "provider",
        "comment_start",
    )
    list_display_links = ("id", "support_type")
    list_filter = (
        ("status", MultipleChoicesDropdownFilter),
        ("priority", MultipleChoicesDropdownFilter),
        ("support_type", ChoicesDropdownFilter),
        ("provider", AutocompleteSelectFilter),
        ("asset", AutocompleteSelectFilter),
    )
    list_select_related = ("asset", "provider")
    date_hierarchy = "created_at"
    search_fields = ("comment", "contact", "asset__vehicle_number", "asset_reference", "reference")
    search_help_text = _("Booking id, vehicle number, contact, or a word of the comment")
    autocomplete_fields = ("asset",)
    fieldsets = (
        (_("Our answer"), {"fields": (("status", "priority", "resolution_minutes"), "asset")}),
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
                    ("reference", "order"),
                    ("occurred_at", "created_at"),
                )
            },
        ),
    )

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return [field for field in flatten_fieldsets(self.get_fieldsets(request, obj)) if field not in ANSWER]

    def get_queryset(self, request):
        """Ordered by urgency: Meta keeps the order of the conversation."""
        closed = [status for status in Status if status not in OPEN]
        rank = Case(
            When(status__in=closed, then=Value(len(RANKS))),
            *(When(priority=priority, then=Value(rank)) for priority, rank in RANKS.items()),
            output_field=IntegerField(),
        )
        return SupportRequest.objects.annotate(urgency=rank)

    def get_ordering(self, request):
        return ("urgency", "created_at", "id")

    @display(description=_("priority"), ordering="urgency")
    def priority_label(self, asked):
        return label(asked.priority, asked.get_priority_display(), PRIORITY_COLOURS)

    @display(description=_("status"), ordering="status")
    def status_label(self, asked):
        return label(asked.status, asked.get_status_display(), STATUS_COLOURS)

    @display(description=_("booking"), ordering="booking_id")
    def of_booking(self, asked):
        if asked.booking_id is None:
            return DASH
        return link(reverse("admin:bookings_booking_change", args=[asked.booking_id]), short(asked.booking_id))

    @display(description=_("age"), ordering="created_at")
    def age(self, asked):
        return duration((timezone.now() - asked.created_at).total_seconds())

    @display(description=_("comment"))
    def comment_start(self, asked):
        return f"{asked.comment[:80]}…" if len(asked.comment) > 80 else asked.comment or DASH

    @display(description=_("place"))
    def place(self, asked):
        return place_text(asked.location) or DASH

    @display(description=_("photos"))
    def photos(self, asked):
        return format_html_join("\n", "<div>{}</div>", [(link(str(url), str(url)),) for url in asked.urls]) or DASH

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(has_id("booking_id", search_term)), may_repeat
