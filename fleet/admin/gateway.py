"""Back office: who speaks for the vehicles, and what somebody should look at."""

from django.contrib import admin, messages
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action, display

from fleet.gateway import credentials
from fleet.models import Command, DeviceGroup, Gateway, VehicleAlert
from tomp.admin import ConfirmForm, DayRangeFilter, HistoryAdmin, ReadOnlyAdmin, StaffAdmin, back, has_id, label, moment
from tomp.forms import SecretField, StaffForm


@admin.register(DeviceGroup)
class DeviceGroupAdmin(HistoryAdmin):
    """A key is shown once, in the message after it was made."""

    list_display = ("name", "is_active", "key")
    list_filter = ("is_active",)
    search_fields = ("name", "prefix")
    autocomplete_fields = ("asset_types",)
    fields = ("name", "is_active", "asset_types", "key")
    readonly_fields = ("key",)
    actions_detail = ("new_key",)

    def save_model(self, request, obj, form, change):
        """A new group can report at once."""
        super().save_model(request, obj, form, change)
        if not change:
            self._show_new_key(request, obj)

    @display(description=_("key"))
    def key(self, group):
        return f"{group.prefix}…" if group.prefix else None

    @action(
        description=_("New key"),
        icon="lock_reset",
        permissions=["change"],
        url_path="new-key",
        dialog={
            "title": _("New key"),
            "description": _("Whoever uses the key before it is locked out from now on."),
            "form_class": ConfirmForm,
            "form_submit_text": _("Make a new key"),
        },
    )
    def new_key(self, request, form, object_id):
        self._show_new_key(request, self.existing(request, object_id))
        return back(request)

    def _show_new_key(self, request, group):
        secret = credentials.issue_key(group=group)
        self.log_change(request, group, f"Made a new key {group.prefix}…")
        text = _("New key, shown only this once:")
        messages.success(
            request, format_html('{} <code style="font-family: monospace; user-select: all">{}</code>', text, secret)
        )


KIND_COLOURS = {
    VehicleAlert.Kind.LOW_CHARGE: "warning",
    VehicleAlert.Kind.OUTSIDE_AREA: "warning",
    VehicleAlert.Kind.MOVED_UNBOOKED: "danger",
    VehicleAlert.Kind.FAULT: "danger",
    VehicleAlert.Kind.SILENT: "info",
}


class OpenFilter(DropdownFilter):
    title = _("state")
    parameter_name = "is"

    def lookups(self, request, model_admin):
        return [("open", _("open")), ("over", _("over"))]

    def queryset(self, request, queryset):
        return queryset.filter(closed_at__isnull=self.value() == "open") if self.value() else queryset


class VirtualFilter(DropdownFilter):
    """What virtual vehicles tell is play; who wants to see it asks for it."""

    title = _("sandbox")
    parameter_name = "sandbox"

    def lookups(self, request, model_admin):
        return [("virtual", _("virtual vehicles")), ("both", _("both"))]

    def queryset(self, request, queryset):
        return {"virtual": queryset.exclude(asset__script=""), "both": queryset}.get(self.value(), queryset.real())


@admin.register(VehicleAlert)
class VehicleAlertAdmin(ReadOnlyAdmin):
    """What vehicles told that somebody should look at."""

    list_display = ("asset", "kind_label", "details", "began", "seen", "over")
    list_filter = (OpenFilter, ("kind", ChoicesDropdownFilter), VirtualFilter, ("since", DayRangeFilter))
    list_select_related = ("asset",)
    search_fields = ("asset__vehicle_number", "asset__imei", "details")
    search_help_text = _("Vehicle number, IMEI, details")
    fields = list_display
    readonly_fields = list_display

    @display(description=_("kind"), ordering="kind")
    def kind_label(self, alert):
        return label(alert.kind, alert.get_kind_display(), KIND_COLOURS)

    @display(description=_("since"), ordering="since")
    def began(self, alert):
        return moment(alert.since)

    @display(description=_("last seen"), ordering="last_seen_at")
    def seen(self, alert):
        return moment(alert.last_seen_at)

    @display(description=_("over"), ordering="closed_at")
    def over(self, alert):
        return moment(alert.closed_at)


class GatewayForm(StaffForm):
    """The secret is written, never shown; left empty, it stays as it is."""

    secret = SecretField(label=_("Secret"), help_text=_("Shown there as a bearer token."))

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        cleaned["secret"] = cleaned.get("secret") or self.instance.secret
        if cleaned.get("kind") == Gateway.Kind.HTTP and not cleaned.get("url"):
            self.add_error("url", _("Over HTTP it needs an address."))
        return cleaned


@admin.register(Gateway)
class GatewayAdmin(StaffAdmin):
    """Through whom vehicles are opened and closed."""

    form = GatewayForm
    list_display = ("name", "kind", "url", "timeout_seconds")
    list_filter = (("kind", ChoicesDropdownFilter),)
    search_fields = ("name", "url")
    fields = ("name", "kind", "url", "secret", "timeout_seconds")


STATE_COLOURS = {Command.State.SENT: "info", Command.State.DONE: "success", Command.State.FAILED: "danger"}


@admin.register(Command)
class CommandAdmin(ReadOnlyAdmin):
    """What vehicles were told to do, and what came of it."""

    list_display = ("sent", "asset", "kind", "state_label", "outcome", "event", "leg_id")
    list_filter = (("kind", ChoicesDropdownFilter), ("state", ChoicesDropdownFilter), ("at", DayRangeFilter))
    list_select_related = ("asset",)
    search_fields = ("asset__vehicle_number", "outcome")
    search_help_text = _("Vehicle number, leg id, outcome")
    fields = (*list_display, "event_at")
    readonly_fields = fields

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(has_id("leg_id", search_term)), may_repeat

    @display(description=_("at"), ordering="at")
    def sent(self, command):
        return moment(command.at)

    @display(description=_("state"), ordering="state")
    def state_label(self, command):
        return label(command.state, command.get_state_display(), STATE_COLOURS)
