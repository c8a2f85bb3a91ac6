"""Back office: who speaks for the vehicles."""

from django.contrib import admin, messages
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from fleet.gateway import credentials
from fleet.models import DeviceGroup
from tomp.admin import ConfirmForm, HistoryAdmin, back


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
