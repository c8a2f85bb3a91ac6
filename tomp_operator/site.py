"""The back office as a site of Django's admin."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import checks
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from unfold.sites import UnfoldAdminSite


class BackOfficeConfig(SimpleAdminConfig):
    """Its pages are loaded with the routes (urls.py): a worker has neither, and 8 MB less."""

    default_site = "tomp_operator.site.BackOfficeSite"

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_pages, checks.Tags.admin)


def check_pages(**options: Any) -> Any:
    """As Django checks its admin, whether or not the pages were loaded before."""
    admin.autodiscover()
    return check_admin_app(**options)


class BackOfficeSite(UnfoldAdminSite):
    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """What was to be done with rows that nothing can choose, such as an export, is not done with all of them:
        it leads back to the list, which tells why (tomp/lists.py).
        """
        checked = super().admin_view(view, cacheable)

        @wraps(checked)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                return checked(request, *args, **kwargs)
            except IncorrectLookupParameters:
                app_label, model_name = request.path.removeprefix(reverse("admin:index")).split("/")[:2]
                return redirect(f"admin:{app_label}_{model_name}_changelist")

        return answer

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Only where an app is asked for: every page wants the list of all, and shows the sidebar in its place."""
        return super().get_app_list(request, app_label) if app_label else []
