"""Back office: what providers claim, to approve or reject."""

from django.contrib import admin
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from fleet.admin.wording import money
from maas.admin.sandbox import SandboxFilter
from payments import services
from payments.admin.corrections import proposed
from payments.models import Claim, ClaimState, Correction
from tomp.admin import DayRangeFilter, ReadOnlyAdmin, ReasonForm, attempt, back, has_id, label, link, moment, short

STATE_COLOURS = {ClaimState.PROPOSED: "warning", ClaimState.APPROVED: "success", ClaimState.REJECTED: "danger"}


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """Those under review first, the oldest of them on top."""

    list_display = ("claimed", "state_label", "provider", "of_booking", "category", "sum", "description", "decided_by")
    list_display_links = ("claimed",)
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("provider", AutocompleteSelectFilter),
        ("category", ChoicesDropdownFilter),
        SandboxFilter,
        ("created_at", DayRangeFilter),
    )
    list_select_related = ("provider",)
    ordering = (F("decided_at").desc(nulls_first=True), "created_at")
    search_fields = ("description", "decided_by")
    search_help_text = _("Booking id, a word of the description, or name of a colleague")
    actions_detail = ("approve", "reject")
    readonly_fields = ("claimed", "state_label", "sum")
    fieldsets = (
        (None, {"fields": (("provider", "booking"), ("state_label", "claimed"))}),
        (_("Claimed"), {"fields": (("category", "sum"), ("vat_rate", "vat_country"), "description", "details")}),
        (_("Decided"), {"fields": (("decided_at", "decided_by"), "reason", "entry")}),
    )

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(has_id("booking_id", search_term)), may_repeat

    def get_actions_detail(self, request, object_id):
        """Nothing to press once it is decided."""
        claim = self.get_object(request, object_id)
        is_open = claim is not None and claim.state == ClaimState.PROPOSED
        return super().get_actions_detail(request, object_id) if is_open else []

    def has_decide_permission(self, request, obj=None):
        return request.user.has_perm("payments.change_claim")

    @display(description=_("claimed"), ordering="created_at")
    def claimed(self, claim):
        return moment(claim.created_at)

    @display(description=_("amount"), ordering="amount")
    def sum(self, claim):
        return money(claim.amount, claim.currency)

    @display(description=_("state"), ordering="state")
    def state_label(self, claim):
        return label(claim.state, claim.get_state_display(), STATE_COLOURS)

    @display(description=_("booking"), ordering="booking_id")
    def of_booking(self, claim):
        return link(reverse("admin:bookings_booking_change", args=[claim.booking_id]), short(claim.booking_id))

    @action(
        description=_("Approve"),
        icon="check_circle",
        permissions=["decide"],
        variant=ActionVariant.SUCCESS,
        url_path="approve",
        dialog={
            "title": _("Approve this claim"),
            "description": _("It is in the journal at once, and part of the price of the booking."),
            "form_class": ReasonForm,
            "form_submit_text": _("Approve"),
        },
    )
    def approve(self, request, form, object_id):
        return self._decide(request, services.approve, object_id, form, _approved)

    @action(
        description=_("Reject"),
        icon="cancel",
        permissions=["decide"],
        variant=ActionVariant.DANGER,
        url_path="reject",
        dialog={
            "title": _("Reject this claim"),
            "description": _("The journal stays as it is."),
            "form_class": ReasonForm,
            "form_submit_text": _("Reject"),
        },
    )
    def reject(self, request, form, object_id):
        return self._decide(request, services.reject, object_id, form, _("The claim is rejected."))

    def _decide(self, request, service, object_id, form, done):
        claim_id, reason = self.existing(request, object_id).pk, form.cleaned_data["reason"]
        attempt(
            request,
            lambda: service(claim_id=claim_id, now=timezone.now(), actor=request.user.get_username(), reason=reason),
            done,
        )
        return back(request)


def _approved(result):
    return proposed(result) if isinstance(result, Correction) else _("The claim is approved.")
