"""Back office: what the columns of fleet lists meant, kept for the next file with the same headers."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from fleet.admin.imports import may_import
from fleet.models import ColumnMapping
from tomp.admin import StaffAdmin


@admin.register(ColumnMapping)
class ColumnMappingAdmin(StaffAdmin):
    """What staff kept of files they read before: to be renamed, or deleted so that columns are guessed again."""

    list_display = ("name", "meanings")
    search_fields = ("name",)
    fields = ("name", "meanings")
    readonly_fields = ("meanings",)

    @display(description=_("columns"))
    def meanings(self, mapping):
        by_place = sorted(mapping.columns.items(), key=lambda column: column[1])
        return ", ".join(f"{place + 1}: {column}" for column, place in by_place)

    def has_add_permission(self, request):
        return False

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) or may_import(request)

    def has_change_permission(self, request, obj=None):
        return may_import(request)

    def has_delete_permission(self, request, obj=None):
        return may_import(request)
