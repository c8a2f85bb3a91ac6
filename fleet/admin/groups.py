"""Back office: user groups, and who may belong to them."""

from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectMultipleFilter
from unfold.decorators import display

from fleet.models import UserGroup
from tomp.admin import HistoryAdmin


@admin.register(UserGroup)
class UserGroupAdmin(HistoryAdmin):
    """Which types are theirs is said on the pages of the types."""

    list_display = ("__str__", "group_id", "types")
    list_filter = (("providers", AutocompleteSelectMultipleFilter),)
    search_fields = ("group_id", "name")
    autocomplete_fields = ("providers",)
    fields = ("group_id", "name", "providers")

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(all_types=Count("asset_types"))

    @display(description=_("asset types"), ordering="all_types")
    def types(self, group):
        return getattr(group, "all_types", 0)
