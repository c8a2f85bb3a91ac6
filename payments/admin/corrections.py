"""Back office: what one colleague wants to charge or give back, for another to approve or refuse."""

from django.contrib import admin
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from fleet.admin.wording import money
from maas.admin.sandbox import SandboxFilterByBooking
from payments import services
from payments.models import Correction, CorrectionState
from tomp.admin import (
    DASH,
    DayRangeFilter,
    ReadOnlyAdmin,
    ReasonForm,
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
    CorrectionState.PROPOSED: "warning",
    CorrectionState.APPROVED: "success",
    CorrectionState.REFUSED: "danger",
}


def written(result):
    """What to tell a colleague who charged, refunded or took back: it is in the journal, or waits for somebody."""
    return proposed(result) if isinstance(result, Correction) else _("Written: %(entry)s.") % {"entry": result}


def proposed(correction):
    return _("Proposed: %(what)s. Nothing is owed until a second colleague approves it.") % {"what": correction}


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    """Those that wait first, the oldest of them on top."""

    list_display = ("proposed", "state_label", "kind", "of_booking", "sum", "proposed_by", "reason", "decided_by")
    list_display_links = ("proposed",)
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("booking__provider", AutocompleteSelectFilter),
        SandboxFilterByBooking,
        ("proposed_at", DayRangeFilter),
    )
    ordering = (F("decided_at").desc(nulls_first=True), "proposed_at")
    list_select_related = ("booking",)
    search_fields = ("proposed_by", "decided_by", "description", "reason")
    search_help_text = _("Booking id, name of a colleague, or a word of the reason")
    actions_detail = ("approve", "refuse")
    readonly_fields = ("of_booking", "customer", "state_label", "proposed", "sum", "before_and_after", "this_month")
    fieldsets = (
        (None, {"fields": (("of_booking", "customer"), "state_label", ("proposed", "proposed_by"), "reason")}),
        (
            _("What it does"),
            {
                "fields": (
                    ("kind", "category"),
                    "sum",
                    ("vat_rate", "vat_country"),
                    "description",
                    ("of_entry", "claim"),
                    "before_and_after",
                    "this_month",
                )
            },
        ),
        (_("Decided"), {"fields": (("decided_at", "decided_by"), "decided_because", "entry")}),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("booking__customer", "of_entry", "claim", "entry")

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(has_id("booking_id", search_term)), may_repeat

    def get_actions_detail(self, request, object_id):
        """Nothing to press once it is decided, nor for who proposed it."""
        correction = self.get_object(request, object_id)
        is_theirs = (
            correction is not None
            and correction.state == CorrectionState.PROPOSED
            and correction.proposed_by != request.user.get_username()
        )
        return super().get_actions_detail(request, object_id) if is_theirs else []

    def has_decide_permission(self, request, obj=None):
        return request.user.has_perm("payments.change_correction")

    @display(description=_("proposed"), ordering="proposed_at")
    def proposed(self, correction):
        return moment(correction.proposed_at)

    @display(description=_("state"), ordering="state")
    def state_label(self, correction):
        return label(correction.state, correction.get_state_display(), STATE_COLOURS)

    @display(description=_("amount"), ordering="amount")
    def sum(self, correction):
        return nowrap(money(correction.amount, correction.currency))

    @display(description=_("booking"), ordering="booking_id")
    def of_booking(self, correction):
        return link(
            reverse("admin:bookings_booking_change", args=[correction.booking_id]), short(correction.booking_id)
        )

    @display(description=_("customer"))
    def customer(self, correction):
        return str(correction.booking.customer or DASH)

    @display(description=_("price of the booking"))
    def before_and_after(self, correction):
        """What it is now, and what it would be."""
        booking = correction.booking
        now = money(booking.price or 0, correction.currency)
        if correction.state != CorrectionState.PROPOSED or not correction.is_part_of_the_price:
            return now
        after = money((booking.price or 0) + correction.amount, correction.currency)
        return format_html("{} → <strong>{}</strong>", now, after)

    @display(description=_("given back to the customer this month"))
    def this_month(self, correction):
        found = services.allowance(booking=correction.booking, actor=correction.proposed_by, now=timezone.now())
        given = money(found.given, found.currency)
        if found.cap is None:
            return given
        return _("%(given)s of at most %(cap)s") % {"given": given, "cap": money(found.cap, found.currency)}

    @action(
        description=_("Approve"),
        icon="check_circle",
        permissions=["decide"],
        variant=ActionVariant.SUCCESS,
        url_path="approve",
        dialog={
            "title": _("Approve this correction"),
            "description": _("It is in the journal at once, part of the price of the booking, and told the provider."),
            "form_class": ReasonForm,
            "form_submit_text": _("Approve"),
        },
    )
    def approve(self, request, form, object_id):
        return self._decide(request, services.approve_correction, object_id, form, _("Approved: %(what)s."))

    @action(
        description=_("Refuse"),
        icon="cancel",
        permissions=["decide"],
        variant=ActionVariant.DANGER,
        url_path="refuse",
        dialog={
            "title": _("Refuse this correction"),
            "description": _("The journal stays as it is."),
            "form_class": ReasonForm,
            "form_submit_text": _("Refuse"),
        },
    )
    def refuse(self, request, form, object_id):
        return self._decide(request, services.refuse_correction, object_id, form, _("Refused: %(what)s."))

    def _decide(self, request, service, object_id, form, done):
        correction = self.existing(request, object_id)
        why, actor = form.cleaned_data["reason"], request.user.get_username()
        attempt(
            request,
            lambda: service(correction_id=correction.pk, now=timezone.now(), actor=actor, reason=why),
            lambda decided: done % {"what": decided},
        )
        return back(request)
