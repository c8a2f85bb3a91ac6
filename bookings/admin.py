"""Back office: everything about a trip on one page. It is read here; what moves a trip calls bookings.services."""

from decimal import Decimal

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from bookings import services
from bookings.models import OPEN_STATES, WAITING_STATES, Booking, BookingEvent, BookingState, Notification, Party
from bookings.timeline import timeline
from customers.models import Customer
from fleet.admin.wording import money, place_text
from legs.admin import FOUND, BookedFilter, LegShown, legs_matching
from legs.models import Leg
from payments.admin.charging import ChargesBooking
from payments.admin.journal import JournalShown
from payments.models import JournalEntry
from support.models import SupportRequest
from tomp.admin import (
    DASH,
    DayRangeFilter,
    ReadOnly,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ReasonForm,
    Stacked,
    attempt,
    back,
    has_id,
    label,
    link,
    moment,
    nowrap,
    short,
)

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
OPERATIONS = ("BOOK", "COMMIT", "EXTEND_EXPIRY_TIME", "CONFIRM", "DENY", "CANCEL", "EXPIRE", "FINISH", "NO_SHOW")
CANCELLABLE = (*WAITING_STATES, BookingState.CONFIRMED)
# Which button is shown for which booking: no button for what would be refused anyway.
POSSIBLE = {
    "cancel_as_operator": lambda booking: booking.state in CANCELLABLE,
    "report_no_show": lambda booking: booking.state == BookingState.CONFIRMED and booking.departs_at <= timezone.now(),
    "claim_extra_costs": lambda booking: booking.state != BookingState.NEW,
    "refund": lambda booking: booking.state != BookingState.NEW,
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


class LegInline(LegShown, ReadOnly, Stacked):
    model = Leg
    can_delete = False
    max_num = 0
    hide_title = True
    readonly_fields = (
        "leg_id", "state_label", "vehicle", "journey", "planned", "ridden", "use", "tariff_in_words", "price_now",
        "photos",
    )  # fmt: skip
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "leg_id",
                    ("state_label", "vehicle", "asset_type"),
                    ("asset_public_id", "station"),
                    "journey",
                    ("planned", "ridden"),
                    "use",
                    "tariff_in_words",
                    "price_now",
                    "photos",
                )
            },
        ),
    )

    def get_queryset(self, request):
        legs = super().get_queryset(request)
        return legs.select_related("asset", "asset_type", "station").prefetch_related("evidence").order_by("sequence")


class TimelineInline(ReadOnlyInline):
    """The events of the booking, with those of its legs and its messages, in the order they happened."""

    model = BookingEvent
    template = "admin/bookings/booking/timeline.html"


class JournalInline(JournalShown, ReadOnlyInline):
    model = JournalEntry
    fields = ("created", "category", "sum", "net", "consists_of", "used", "state_label", "invoice_number")
    readonly_fields = ("created", "sum", "net", "consists_of", "used", "state_label")
    hide_title = True


class NotificationInline(ReadOnlyInline):
    model = Notification
    fields = ("sent", "sent_by", "type", "minutes", "comment")
    readonly_fields = ("sent",)
    hide_title = True

    @display(description=_("at"))
    def sent(self, notification):
        return moment(notification.at)


class SupportInline(ReadOnlyInline):
    model = SupportRequest
    fields = ("asked", "support_type", "priority", "status", "comment", "contact")
    readonly_fields = ("asked",)
    hide_title = True

    @display(description=_("at"))
    def asked(self, request):
        return link(reverse("admin:support_supportrequest_change", args=[request.pk]), moment(request.created_at))


@admin.register(Booking)
class BookingAdmin(ChargesBooking):
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
        ("created_at", DayRangeFilter),
    )
    list_select_related = ("provider", "customer")
    date_hierarchy = "created_at"
    search_fields = ("id",)
    search_help_text = _(
        "Booking or leg id, customer number, vehicle number, code or plate, public id (also a former one)"
    )
    inlines = (LegInline, TimelineInline, JournalInline, NotificationInline, SupportInline)
    actions_detail = (
        {"title": _("Money"), "icon": "payments", "items": ["claim_extra_costs", "refund"]},
        "report_no_show",
        "cancel_as_operator",
    )
    readonly_fields = ("state_label", "price_label", "journey", "deadline")
    fieldsets = (
        (None, {"fields": ("id", ("state_label", "price_label"), ("provider", "customer"), "journey")}),
        (
            _("Times"),
            {
                "fields": (
                    ("created_at", "booked_at", "deadline"),
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

    def get_actions_detail(self, request, object_id):
        """Those that are possible for this booking."""
        booking = self.get_object(request, object_id)
        if booking is None:
            return []
        prefix = f"{self.opts.app_label}_{self.opts.model_name}_"
        return [
            action
            for action in super().get_actions_detail(request, object_id)
            if POSSIBLE[action.action_name.removeprefix(prefix)](booking)
        ]

    def has_operate_permission(self, request, obj=None):
        return request.user.has_perm("bookings.change_booking")

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
            total = sum(leg.price(timezone.now()).total for leg in booking.legs.all())
            return nowrap(_("%(price)s so far") % {"price": money(Decimal(total), booking.currency)})
        return DASH if booking.price is None else nowrap(money(booking.price, booking.currency))

    @display(description=_("from → to"))
    def journey(self, booking):
        return f"{place_text(booking.from_place) or DASH} → {place_text(booking.to_place) or DASH}"

    @display(description=_("waits until"))
    def deadline(self, booking):
        return moment(booking.valid_until if booking.state == BookingState.NEW else booking.expires_at)

    @action(
        description=_("Cancel (as operator)"),
        icon="cancel",
        permissions=["operate"],
        variant=ActionVariant.DANGER,
        url_path="cancel",
        dialog={
            "title": _("Cancel this booking"),
            "description": _("The vehicle is free again at once. A ride that began cannot be cancelled."),
            "form_class": ReasonForm,
            "form_submit_text": _("Cancel the booking"),
        },
    )
    def cancel_as_operator(self, request, form, object_id):
        booking_id = self.existing(request, object_id).pk
        attempt(
            request,
            lambda: services.cancel(
                booking_id=booking_id,
                now=timezone.now(),
                asked_by=Party.TO,
                actor=request.user.get_username(),
                reason=form.cleaned_data["reason"],
            ),
            _("The booking is cancelled."),
        )
        return back(request)

    @action(
        description=_("Nobody came"),
        icon="person_off",
        permissions=["operate"],
        variant=ActionVariant.WARNING,
        url_path="no-show",
        dialog={
            "title": _("Nobody came"),
            "description": _("The booking is cancelled and the vehicle free at once; the contract may say a fee."),
            "form_class": ReasonForm,
            "form_submit_text": _("Cancel the booking"),
        },
    )
    def report_no_show(self, request, form, object_id):
        booking_id = self.existing(request, object_id).pk
        attempt(
            request,
            lambda: services.report_no_show(
                booking_id=booking_id,
                now=timezone.now(),
                actor=request.user.get_username(),
                reason=form.cleaned_data["reason"],
            ),
            _("The booking is cancelled."),
        )
        return back(request)


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
