"""Back office: all that was said about any request, by providers and by us."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from support.admin.shown import status_label
from support.models import SupportStatus
from tomp.admin import DayRangeFilter, ReadOnlyAdmin, link


@admin.register(SupportStatus)
class SupportStatusAdmin(ReadOnlyAdmin):
    """Latest first."""

    list_display = ("at", "status_label", "said_by", "actor", "of_request", "comment")
    list_filter = (("status", ChoicesDropdownFilter), ("said_by", ChoicesDropdownFilter), ("at", DayRangeFilter))
    list_select_related = ("request",)
    ordering = ("-id",)
    search_fields = ("reference", "comment", "actor")
    search_help_text = _("Booking id, name of a colleague, or a word of the comment")
    fields = (
        ("of_request", "order"),
        ("status_label", "resolution_minutes"),
        "comment",
        ("said_by", "actor"),
        "at",
        "reference",
    )
    readonly_fields = ("of_request", "status_label")

    @display(description=_("status"), ordering="status")
    def status_label(self, said):
        return status_label(said)

    @display(description=_("request"), ordering="request")
    def of_request(self, said):
        return link(reverse("admin:support_supportrequest_change", args=[said.request_id]), str(said.request))
