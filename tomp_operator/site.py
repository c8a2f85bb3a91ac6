"""The back office as a site of Django's admin."""

from typing import Any

from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite


class BackOfficeConfig(AdminConfig):
    default_site = "tomp_operator.site.BackOfficeSite"


class BackOfficeSite(UnfoldAdminSite):
    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Only where an app is asked for: every page wants the list of all, and shows the sidebar in its place."""
        return super().get_app_list(request, app_label) if app_label else []
