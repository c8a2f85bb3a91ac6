"""Back office: what is real, and what providers only try out (docs/sandbox.md)."""

from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter


class SandboxFilter(DropdownFilter):
    """Rows of providers that are in the sandbox or are not; `provider` is the way from a row to its provider."""

    title = _("sandbox")
    parameter_name = "sandbox"
    provider = "provider"

    def lookups(self, request, model_admin):
        return [("real", _("without the sandbox")), ("only", _("the sandbox only"))]

    def queryset(self, request, queryset):
        if self.value() not in ("real", "only"):
            return queryset
        return queryset.filter(**{f"{self.provider}__is_sandbox": self.value() == "only"})


class SandboxFilterByBooking(SandboxFilter):
    provider = "booking__provider"
