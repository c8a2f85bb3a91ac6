"""Back office: everything about a trip on one page. It is read here; what moves a trip are its decisions."""

from django.contrib import admin
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from bookings.admin import page
from bookings.admin.decisions import Decisions
from bookings.models import OPEN_STATES, Booking, BookingState
from customers.models import Customer
from fleet.admin.days import DaysFilter
from fleet.admin.wording import money, place_text
from legs.admin import FOUND, BookedFilter, legs_matching
from legs.models import Leg
from maas.admin.sandbox import SandboxFilter
from tomp.admin import DASH, DayRangeFilter, has_id, label, link, moment, nowrap, short

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

    def booked(self, queryset):
        return queryset.booked()


@admin.register(Booking)
class BookingAdmin(Decisions):
    class Media:
        css = {"all": ("backoffice/keys.css",)}
        js = ("backoffice/keys.js",)

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
        DaysFilter,
        ("created_at", DayRangeFilter),
    )
    list_select_related = ("provider", "customer")
    date_hierarchy = "created_at"
    list_before_template = "admin/keys.html"
    search_fields = ("id",)
    search_help_text = _(
        "Booking or leg id, customer number, vehicle number, code or plate, public id (also a former one)"
    )
    change_form_template = "admin/bookings/booking/page.html"
    fieldsets = (
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
        legs = Leg.objects.select_related("asset__asset_type", "asset_type", "station").order_by("sequence")
        bookings = super().get_queryset(request).select_related("provider", "customer")
        return bookings.prefetch_related(Prefetch("legs", legs))

    def get_object(self, request, object_id, from_field=None):
        """The booking with its legs and photos, read once for a page that asks three times."""
        read = request.__dict__.setdefault("_bookings_read", {})
        if request.method != "GET":
            return super().get_object(request, object_id, from_field)
        if object_id not in read:
            booking = read[object_id] = super().get_object(request, object_id, from_field)
            if booking is not None:
                prefetch_related_objects(booking.legs.all(), "evidence")
        return read[object_id]

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(pk__in=bookings_matching(term)), False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        booking = self.get_object(request, object_id)
        shown = {}
        if booking is not None and self.has_view_permission(request, booking):
            shown = page.parts(request, booking, self.admin_site.get_model_admin(Leg))
            shown |= {
                "summary": [
                    (_("state"), self.state_label(booking)),
                    (_("price"), self.price_label(booking)),
                    (_("MaaS provider"), _linked("maas_maasprovider", booking.provider)),
                    (_("customer"), _linked("customers_customer", booking.customer)),
                    (_("from → to"), self.journey(booking)),
                    (_("created"), moment(booking.created_at)),
                    (_("booked"), moment(booking.booked_at)),
                    (_("waits until"), self.deadline(booking)),
                    (_("planned"), _span(booking.departs_at, booking.arrives_at)),
                    (_("travelled"), _span(booking.departed_at, booking.arrived_at)),
                ]
            }
        return super().change_view(request, object_id, form_url, {**shown, **(extra_context or {})})

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


def _span(begins, ends):
    return f"{moment(begins)} – {moment(ends)}" if ends else moment(begins)


def _linked(name, row):
    return link(reverse(f"admin:{name}_change", args=[row.pk]), str(row)) if row is not None else DASH
