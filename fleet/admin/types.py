"""Back office: asset types and what a booking of them asks."""

from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from fleet.admin.conditions import ConditionInline
from fleet.admin.tables import AssetTypeTable, TableAdmin
from fleet.models import AssetType
from fleet.models.vehicles import AssetState
from tomp.admin import HistoryAdmin
from tomp.forms import StaffForm, WordsField


class AssetTypeForm(StaffForm):
    access_methods = WordsField(required=False, help_text=_("How it opens, with commas: TOMP-API, QR, DEEPLINK."))


@admin.register(AssetType)
class AssetTypeAdmin(TableAdmin, HistoryAdmin):
    """A kind of vehicle, its rules and its price."""

    resource_classes = (AssetTypeTable,)
    form = AssetTypeForm
    list_display = (
        "__str__", "type_id", "asset_class", "propulsion", "booked_by", "return_rule", "default_plan",
        "vehicles", "vehicles_available",
    )  # fmt: skip
    list_filter = (
        ("asset_class", ChoicesDropdownFilter),
        ("booked_by", ChoicesDropdownFilter),
        ("return_rule", ChoicesDropdownFilter),
        ("propulsion", ChoicesDropdownFilter),
    )
    list_select_related = ("default_plan",)
    search_fields = ("type_id", "name", "asset_subclass", "source_id")
    autocomplete_fields = ("default_plan", "plans", "user_groups")
    readonly_fields = ("vehicles", "vehicles_available", "source_id")
    inlines = (ConditionInline,)
    history_of_parts = ("conditions",)
    fieldsets = (
        (None, {"fields": ("type_id", "name", ("vehicles", "vehicles_available"), "source_id")}),
        (
            _("Vehicle"),
            {
                "fields": (
                    ("asset_class", "asset_subclass"),
                    ("form_factor", "propulsion"),
                    ("max_range_m", "has_trunk"),
                    ("minimum_age", "licence"),
                    "access_methods",
                    "access_details",
                    "properties",
                )
            },
        ),
        (_("Price"), {"fields": ("default_plan", "plans")}),
        (
            _("Booking and return"),
            {
                "fields": (
                    ("booked_by", "return_rule"),
                    ("hold_minutes", "min_charge_percent", "response_minutes"),
                    ("docks_report", "must_be_locked", "lock_pauses"),
                    "gateway",
                    "user_groups",
                )
            },
        ),
        (
            _("What the user is told"),
            {"fields": ("opening_instructions", "pausing_instructions", "closing_instructions")},
        ),
        (
            _("Booked by type, ahead of time"),
            {"fields": (("bookable_ahead_hours", "assign_minutes_before", "user_may_pick"),)},
        ),
    )

    def get_queryset(self, request):
        available = Count("assets", filter=Q(assets__state=AssetState.AVAILABLE, assets__script=""))
        return super().get_queryset(request).annotate(all_assets=Count("assets"), available_assets=available)

    @display(description=_("vehicles"), ordering="all_assets")
    def vehicles(self, asset_type):
        return getattr(asset_type, "all_assets", 0)

    @display(description=_("available"), ordering="available_assets")
    def vehicles_available(self, asset_type):
        return getattr(asset_type, "available_assets", 0)
