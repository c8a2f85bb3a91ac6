"""Back office: every call we owed a provider, and what came of it."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display

from maas import delivery
from maas.models import Callback, CallbackState
from tomp.admin import ConfirmForm, DayRangeFilter, ReadOnlyAdmin, attempt, back, has_id, label, link, moment, short

STATE_COLOURS = {CallbackState.OWED: "warning", CallbackState.DELIVERED: "success", CallbackState.GIVEN_UP: "danger"}


@admin.register(Callback)
class CallbackAdmin(ReadOnlyAdmin):
    """Every call we owed a provider, and what came of it."""

    list_display = (
        "created",
        "subject",
        "provider",
        "of_booking",
        "state_label",
        "attempts",
        "outcome",
        "next_attempt",
    )
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("provider", AutocompleteSelectFilter),
        ("created_at", DayRangeFilter),
    )
    list_select_related = ("provider",)
    search_help_text = _("Booking id, or correlation id")
    search_fields = ("outcome",)
    ordering = ("-id",)
    actions_detail = ("send_again",)
    fields = (
        ("provider", "of_booking"),
        "address",
        "body",
        ("state_label", "attempts"),
        "outcome",
        ("created", "attempted"),
        ("next_attempt", "api_version"),
        "correlation_id",
    )
    readonly_fields = ("address", "created", "attempted", "next_attempt", "state_label", "of_booking", "correlation_id")

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        by_id = queryset.filter(has_id("booking_id", search_term) | has_id("correlation_id", search_term))
        return found | by_id, may_repeat

    def get_actions_detail(self, request, object_id):
        callback = self.get_object(request, object_id)
        is_over = callback is not None and callback.state == CallbackState.GIVEN_UP
        return super().get_actions_detail(request, object_id) if is_over else []

    def has_send_permission(self, request, obj=None):
        return request.user.has_perm("maas.change_callback")

    @display(description=_("state"), ordering="state")
    def state_label(self, callback):
        return label(callback.state, callback.get_state_display(), STATE_COLOURS)

    @display(description=_("booking"), ordering="booking_id")
    def of_booking(self, callback):
        address = reverse("admin:bookings_booking_change", args=[callback.booking_id])
        return link(address, short(callback.booking_id))

    @display(description=_("sent to"))
    def address(self, callback):
        return f"{callback.method} {callback.url}"

    @display(description=_("tells"))
    def subject(self, callback):
        return callback.subject

    @display(description=_("created"), ordering="created_at")
    def created(self, callback):
        return moment(callback.created_at)

    @display(description=_("last tried"))
    def attempted(self, callback):
        return moment(callback.attempted_at)

    @display(description=_("next try"))
    def next_attempt(self, callback):
        return moment(callback.next_attempt_at)

    @action(
        description=_("Send again"),
        icon="refresh",
        permissions=["send"],
        dialog={
            "title": _("Send again"),
            "description": _("The call is owed once more, after all others about this booking."),
            "form_class": ConfirmForm,
            "form_submit_text": _("Send again"),
        },
    )
    def send_again(self, request, form, object_id):
        callback = self.existing(request, object_id)
        if attempt(request, lambda: delivery.send_again(callback_id=callback.pk), _("It will be sent again.")):
            self.log_change(request, callback, "Sent again")
        return back(request)
