"""Back office: which plan holds where and when."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from fleet.admin.schedule import DaysForm, PlaceBoundAdmin
from fleet.models import PlanRule


@admin.register(PlanRule)
class PlanRuleAdmin(PlaceBoundAdmin):
    """Another price at certain times, from certain places. A vehicle's own plan comes before every rule.

    Offers know a change after a few seconds; those already made keep their price.
    """

    form = DaysForm
    list_display = ("plan", "for_type", "applies_to", "when", "priority")
    list_display_links = ("plan",)
    list_filter = (("asset_type", AutocompleteSelectFilter), *PlaceBoundAdmin.list_filter)
    list_select_related = ("plan", "asset_type", "region", "station")
    search_fields = ("plan__plan_id", "plan__name", "asset_type__type_id", "asset_type__name")
    autocomplete_fields = ("plan", "asset_type", "region", "station")
    fieldsets = (
        (None, {"fields": (("plan", "asset_type"), "priority")}),
        (_("When, on the operator's clocks"), {"fields": ("days", ("starts_at", "ends_at"))}),
        (_("From one place only (neither = everywhere)"), {"fields": (("region", "station"),)}),
    )

    @display(description=_("asset type"), ordering="asset_type")
    def for_type(self, rule):
        return str(rule.asset_type or _("all types"))

    @display(description=_("when"))
    def when(self, rule):
        return rule.when
