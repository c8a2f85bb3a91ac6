"""Back office: what users may add to a ride."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from fleet.models import Ancillary
from tomp.admin import HistoryAdmin
from tomp.forms import StaffForm


@admin.register(Ancillary)
class AncillaryAdmin(HistoryAdmin):
    """A new price is for rides to come; what was added already keeps its own."""

    form = StaffForm
    list_display = ("__str__", "category", "number", "price", "max_per_leg", "types")
    list_filter = (("asset_types", AutocompleteSelectFilter),)
    search_fields = ("name", "category", "number")
    autocomplete_fields = ("asset_types",)
    fieldsets = (
        (None, {"fields": ("name", ("category", "number"))}),
        (_("Where, how many and for how much"), {"fields": ("asset_types", ("price", "max_per_leg"))}),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("asset_types")

    @display(description=_("asset types"))
    def types(self, ancillary):
        return ", ".join(str(asset_type) for asset_type in ancillary.asset_types.all())
