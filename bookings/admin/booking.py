"""Back office: everything about a trip on one page. It is read here; what moves a trip are its decisions."""

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from bookings.admin.decisions import Decisions
from bookings.admin.parts import JournalInline, LegInline, NotificationInline, SupportInline, TimelineInline
from bookings.models import OPEN_STATES, Booking, BookingState
from bookings.timeline import timeline
from customers.models import Customer
from fleet.admin.wording import money, place_text
from legs.admin import FOUND, BookedFilter, legs_matching
from maas.admin.sandbox import SandboxFilter
from tomp.admin import DASH, DayRangeFilter, has_id, label, moment, nowrap, short

STATE_COLOURS = {
    BookingState.NEW: "",
    BookingState.PENDING: "warning",
    BookingState.CONDITIONAL_CONFIRMED: "warning",
    BookingState.CONFIRMED: "info",
    BookingState.STARTED: "info",
    BookingState.FINISHED: "success",
    BookingState.REJECTED: "danger",
    BookingState.CANCELLED: "danger",
}


def bookings_matching(term):
    """Ids of bookings with this id, or of a leg, vehicle or customer that has it: the latest FOUND of each kind."""
    customers = Customer.objects.filter(Q(external_id__iexact=term) | has_id("id", term)).values_list("pk", flat=True)
    kinds = (has_id("id", term), Q(customer__in=list(customers)))
    by_leg = [booking_id for _leg_id, booking_id in legs_matching(term)]
    return by_leg + [
        booking_id
        for kind in kinds
        for booking_id in Booking.objects.filter(kind).order_by("-created_at").values_list("pk", flat=True)[:FOUND]
    ]


class StateFilter(BookedFilter):
    states = BookingState
    groups = {"open": (_("Open"), OPEN_STATES)}
    to_confirm = "to_confirm"

    def lookups(self, request, model_admin):
        return [(self.to_confirm, _("We have to answer")), *super().lookups(request, model_admin)]

    def queryset(self, request, queryset):
        if self.value() == self.to_confirm:
            return queryset.to_confirm(timezone.now())
        return super().queryset(request, queryset)


@admin.register(Booking)
class BookingAdmin(Decisions):
    list_display = (
        "short_id",
        "state_label",
        "provider",
        "customer",
        "vehicles",
        "departs_at",
        "price_label",
        "created_at",
    )
    list_filter = (
        StateFilter,
        ("provider", AutocompleteSelectFilter),
        ("customer", AutocompleteSelectFilter),
        ("legs__asset_type", AutocompleteSelectFilter),
        SandboxFilter,
        ("created_at", DayRangeFilter),
    )
    list_select_related = ("provider", "customer")
    date_hierarchy = "created_at"
    search_fields = ("id",)
    search_help_text = _(
        "Booking or leg id, customer number, vehicle number, code or plate, public id (also a former one)"
    )
    inlines = (LegInline, TimelineInline, JournalInline, NotificationInline, SupportInline)
    readonly_fields = ("state_label", "price_label", "journey", "deadline")
    fieldsets = (
        (None, {"fields": ("id", ("state_label", "price_label"), ("provider", "customer"), "journey")}),
        (
            _("Times"),
            {
                "fields": (
                    ("created_at", "booked_at"),
                    "deadline",
                    ("departs_at", "arrives_at"),
                    ("departed_at", "arrived_at"),
                )
            },
        ),
        (
            _("As the provider sent it"),
            {
                "fields": (
                    "customer_data",
                    "extra_info",
                    ("callback_url", "api_version"),
                    ("extensions", "response_minutes"),
                ),
                "classes": ("collapse",),
            },
        ),
    )

    def get_queryset(self, request):
        bookings = super().get_queryset(request).select_related("provider", "customer")
        return bookings.prefetch_related("legs__asset", "legs__asset_type")

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(pk__in=bookings_matching(term)), False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = {"timeline": lambda: timeline(object_id), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @display(description=_("state"), ordering="state")
    def state_label(self, booking):
        return label(booking.state, booking.get_state_display(), STATE_COLOURS)

    @display(description=_("id"), ordering="id")
    def short_id(self, booking):
        return short(booking.pk)

    @display(description=_("vehicle"))
    def vehicles(self, booking):
        return ", ".join(f"{leg.asset_type} {leg.asset or ''}".strip() for leg in booking.legs.all()) or DASH

    @display(description=_("price"), ordering="price")
    def price_label(self, booking):
        """As kept with the booking; while the meter runs, what it shows now."""
        if booking.state == BookingState.STARTED:
            total = booking.total_of(booking.legs.all(), timezone.now())
            return nowrap(_("%(price)s so far") % {"price": money(total, booking.currency)})
        return DASH if booking.price is None else nowrap(money(booking.price, booking.currency))

    @display(description=_("from → to"))
    def journey(self, booking):
        return f"{place_text(booking.from_place) or DASH} → {place_text(booking.to_place) or DASH}"

    @display(description=_("waits until"))
    def deadline(self, booking):
        return moment(booking.valid_until if booking.state == BookingState.NEW else booking.expires_at)
