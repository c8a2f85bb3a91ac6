"""Back office: every call we owed a provider, and what came of it."""

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action, display

from fleet.admin.days import DaysFilter
from maas import delivery
from maas.admin.sandbox import SandboxFilter
from maas.models import Callback, CallbackAttempt, CallbackState
from tomp.admin import (
    DASH,
    ConfirmForm,
    DayRangeFilter,
    ReadOnlyAdmin,
    ReadOnlyInline,
    attempt,
    back,
    has_id,
    label,
    link,
    moment,
    nowrap,
    short,
)
from tomp.words import grouped

STATE_COLOURS = {CallbackState.OWED: "warning", CallbackState.DELIVERED: "success", CallbackState.GIVEN_UP: "danger"}


STATE_PARAMETER = "state__exact"
STATE_PARAMETERS = [STATE_PARAMETER, "state__isnull"]  # as the filter of a field with choices names them


class AttemptInline(ReadOnlyInline):
    """Each time it was tried, latest last."""

    model = CallbackAttempt
    fields = ("tried", "status", "took", "said")
    readonly_fields = ("tried", "took", "said")
    ordering = ("id",)
    hide_title = True

    @display(description=_("at"))
    def tried(self, attempt):
        return moment(attempt.at)

    @display(description=_("took"))
    def took(self, attempt):
        return nowrap(f"{attempt.duration_ms} ms")

    @display(description=_("outcome"))
    def said(self, attempt):
        return attempt.outcome or _("delivered")


def state_cards(request, changelist):
    """How many of the calls that are filtered are in which state: one query; each card is a filter."""
    filtered = changelist.get_queryset(request, exclude_parameters=STATE_PARAMETERS)
    counts = dict(filtered.order_by("state").values_list("state").annotate(Count("pk")))
    chosen = changelist.params.get(STATE_PARAMETER, "")
    everything = {"text": _("all"), "value": "", "count": sum(counts.values())}
    states = [{"text": text, "value": value, "count": counts.get(value, 0)} for value, text in CallbackState.choices]
    return [
        {
            **card,
            "is_chosen": card["value"] == chosen,
            "address": changelist.get_query_string({STATE_PARAMETER: card["value"] or None}),
        }
        for card in [everything, *states]
    ]


class FailingFilter(DropdownFilter):
    title = _("tried in vain")
    parameter_name = "failing"

    def lookups(self, request, model_admin):
        return [("yes", _("Owed, and tried in vain"))]

    def queryset(self, request, queryset):
        return queryset.failing() if self.value() == "yes" else queryset


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
        FailingFilter,
        SandboxFilter,
        DaysFilter,
        ("created_at", DayRangeFilter),
    )
    list_select_related = ("provider",)
    list_before_template = "admin/maas/callback/states.html"
    search_help_text = _("Booking id, or correlation id")
    search_fields = ("outcome",)
    ordering = ("-id",)
    actions = ("send_all_again",)
    actions_detail = ("send_again",)
    inlines = (AttemptInline,)
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

    def changelist_view(self, request, extra_context=None):
        """Adds how many there are in each state."""
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown:
            shown["states"] = state_cards(request, shown["cl"])
        return response

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
        if callback.state != CallbackState.OWED:
            return DASH
        if callback.provider.calls_paused_at is not None:
            return label("paused", _("paused"), {"paused": "warning"})
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
        if attempt(
            request,
            lambda: delivery.send_again(callback_id=callback.pk, now=timezone.now()),
            _("It will be sent again."),
        ):
            self.log_change(request, callback, "Sent again")
        return back(request)

    @admin.action(description=_("Send again what was given up"), permissions=["send"])
    def send_all_again(self, request, queryset):
        """The selected ones, or all that match the filter."""
        chosen = list(queryset.values_list("pk", flat=True))
        owed = delivery.send_all_again(callback_ids=chosen, now=timezone.now())
        again = Callback.objects.filter(pk__in=owed)
        LogEntry.objects.log_actions(request.user.pk, again, CHANGE, "Sent again", single_object=False)
        if owed:
            text = ngettext("%(n)s call will be sent again.", "%(n)s calls will be sent again.", len(owed))
            messages.success(request, text % {"n": grouped(len(owed))})
        if skipped := len(chosen) - len(owed):
            text = ngettext(
                "%(n)s call was skipped: it was not given up.",
                "%(n)s calls were skipped: they were not given up.",
                skipped,
            )
            messages.warning(request, text % {"n": grouped(skipped)})
