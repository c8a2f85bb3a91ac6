"""Is a second step still to be made? Then no page of the back office opens before it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

PREFIX = "/admin/"


class SecondStep:
    """Leads whoever has a second step to it, and whoever must have one to where it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        missing = _missing(request) if request.path_info.startswith(PREFIX) else None
        if missing is None:
            return self.get_response(request)
        address = reverse(missing)
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": address})
        return redirect(f"{address}?{urlencode({'next': request.get_full_path()})}")


def _missing(request: HttpRequest) -> str | None:
    """The name of the page where the user has to go first, if it is another one."""
    user: Any = request.user
    if not user.is_authenticated or user.is_verified():
        return None
    if getattr(user, "has_second_step", False):
        page, others = "second-step", ["admin:logout"]
    elif settings.TOMP_SECOND_STEP_REQUIRED and user.is_staff:
        page, others = "second-step-set-up", ["admin:logout", "admin:password_change"]
    else:
        return None
    return None if request.path_info in map(reverse, (page, *others)) else page
