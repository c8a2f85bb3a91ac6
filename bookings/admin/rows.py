"""Back office: events, messages and subscriptions of any booking, each with a list of its own."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from bookings.models import BookingEvent, Notification, Subscription
from tomp.admin import DayRangeFilter, ReadOnlyAdmin, has_id, link, short

OPERATIONS = (
    "BOOK",
    "COMMIT",
    "EXTEND_EXPIRY_TIME",
    "CHANGE",
    "CONFIRM",
    "DENY",
    "CANCEL",
    "EXPIRE",
    "FINISH",
    "NO_SHOW",
    "SEND_AGAIN",
)


class OfBookingAdmin(ReadOnlyAdmin):
    """A row that belongs to a booking, and is found by its id."""

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(has_id("booking_id", search_term)), may_repeat

    @display(description=_("booking"), ordering="booking_id")
    def of_booking(self, row):
        return link(reverse("admin:bookings_booking_change", args=[row.booking_id]), short(row.booking_id))


class OperationFilter(DropdownFilter):
    title = _("operation")
    parameter_name = "operation"

    def lookups(self, request, model_admin):
        return [(operation, operation) for operation in OPERATIONS]

    def queryset(self, request, queryset):
        return queryset.filter(operation=self.value()) if self.value() else queryset


@admin.register(BookingEvent)
class BookingEventAdmin(OfBookingAdmin):
    """What happened to any booking, latest first: who decided what, and why."""

    list_display = ("at", "operation", "state", "asked_by", "actor", "reason", "of_booking")
    list_filter = (
        OperationFilter,
        ("asked_by", ChoicesDropdownFilter),
        ("booking__provider", AutocompleteSelectFilter),
        ("at", DayRangeFilter),
    )
    ordering = ("-id",)
    search_fields = ("actor", "reason")
    search_help_text = _("Booking id, name of a colleague, or a word of the reason")


@admin.register(Notification)
class NotificationAdmin(OfBookingAdmin):
    """Messages about bookings, in both directions."""

    list_display = ("at", "type", "sent_by", "minutes", "comment", "of_booking")
    list_filter = (("type", ChoicesDropdownFilter), ("sent_by", ChoicesDropdownFilter), ("at", DayRangeFilter))
    ordering = ("-id",)
    search_fields = ("comment",)
    search_help_text = _("Booking id, or a word of the message")


@admin.register(Subscription)
class SubscriptionAdmin(OfBookingAdmin):
    """Who wants to be told of every step; it ends with the booking."""

    list_display = ("of_booking", "provider", "is_in_force", "webhook", "since")
    list_filter = (("booking__provider", AutocompleteSelectFilter), ("since", DayRangeFilter))
    list_select_related = ("booking__provider",)
    ordering = ("-since",)
    search_fields = ("webhook",)
    search_help_text = _("Booking id, or a part of the address")

    @display(description=_("MaaS provider"))
    def provider(self, subscription):
        return str(subscription.booking.provider)

    @display(description=_("in force"), boolean=True)
    def is_in_force(self, subscription):
        return subscription.booking.is_open
