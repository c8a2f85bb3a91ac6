"""What every answer carries and every request leaves in the log."""

import re
from collections.abc import Callable
from typing import Any, cast
from uuid import uuid4

import structlog
from corsheaders.middleware import CorsMiddleware
from csp.constants import HEADER, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django_structlog.middlewares.request import RequestMiddleware, logger

from fleet import information
from tomp import logs
from tomp.middleware import PREFIX

FEEDS = "/gbfs/"
FOR_MACHINES = (PREFIX, FEEDS, "/oauth/", "/telemetry/")  # what they read and we keep must not depend on a browser
CUSTOMER = re.compile(r"(/customers/).+")
CORRELATION_ID = "HTTP_X_CORRELATION_ID"
PLAUSIBLE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
NAMED_BY_ADDRESS = {
    f"{PREFIX}bookings/": "booking_id",
    f"{PREFIX}payment/": "booking_id",
    f"{PREFIX}legs/": "leg_id",
}
MAPS = (
    "/admin/map/",
    "/admin/fleet/asset/",
    "/admin/fleet/region/",
    "/admin/fleet/station/",
    "/admin/bookings/booking/",
)
ADMIN_SOURCES = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}


class ContentSecurityPolicy(CSPMiddleware):
    """The policy of the settings, loosened under /admin/: unfold evaluates expressions and sets styles.

    Pages with a map may show the tiles of the server that the operator named, and nothing else of it. What machines
    read has no page that could ask for more: its policy is written once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self.of_settings = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(FOR_MACHINES):
            return cast(HttpResponseBase, super().__call__(request))
        response = cast(HttpResponseBase, self.get_response(request))
        response.headers[HEADER] = self.of_settings
        return response

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/"):
            parts.replace = {**ADMIN_SOURCES, **(parts.replace or {})}
        if settings.MAP_TILES_SOURCE and request.path_info.startswith(MAPS):
            parts.update = {**(parts.update or {}), "img-src": settings.MAP_TILES_SOURCE}
        return parts


class PageLanguage(LocaleMiddleware):
    """Pages speak their reader's language. To machines Django speaks English: why a field is invalid is told in the
    `detail` of a refusal, which is English; all else API and feeds choose the language of (tomp/language.py).
    """

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(FOR_MACHINES):
            translation.activate("en")
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """What a machine is answered says by itself in which language; that of a feed is in its address."""
        return response if request.path_info.startswith(FOR_MACHINES) else super().process_response(request, response)


class OtherSites(CorsMiddleware):
    """Lets pages of the sites in CORS_ALLOWED_ORIGINS read the answer. Whoever is no browser comes from no site."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.CORS_ALLOWED_ORIGINS or settings.CORS_ALLOW_ALL_ORIGINS:
            return cast(HttpResponseBase, super().__call__(request))
        return cast(HttpResponseBase, self.get_response(request))

    def add_response_headers(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if "HTTP_ORIGIN" in request.META:
            return super().add_response_headers(request, response)
        if self.is_enabled(request):
            patch_vary_headers(response, ("origin",))
        return response


class OperatorsTime:
    """The back office tells moments, and takes those that are typed, on the operator's clocks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/admin/"):
            return self.get_response(request)
        with timezone.override(information.zone()):
            return self.get_response(request)


class RequestLog(RequestMiddleware):
    """One line per request, under its own request id, with the ids of what it is about."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """As django-structlog's, which asks for each request anew whether it is asynchronous."""
        self.prepare(request)
        response = cast(HttpResponse, self.get_response(request))
        self.handle_response(request, response)
        return response

    def prepare(self, request: HttpRequest) -> None:
        """Its lines have an id of ours, and the caller's correlation id where that looks like one.

        django-structlog's looks into all headers, and asks who might want to say more in a line that is not written.
        """
        ids = {"request_id": str(uuid4())}
        told = request.META.get(CORRELATION_ID, "")
        if PLAUSIBLE_ID.fullmatch(told):
            ids["correlation_id"] = told
        structlog.contextvars.bind_contextvars(**ids)

    def handle_response(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """As django-structlog's, which asks for each line who might want to say more in it."""
        if response.streaming or hasattr(request, "_raised_exception"):
            return super().handle_response(request, cast(HttpResponse, response))
        self.bind_user_id(request)
        level = self._log_level_for_status_code(response.status_code)
        logger.log(level, "request_finished", code=response.status_code, request=self.format_request(request))
        return structlog.contextvars.clear_contextvars()

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Who is signed in. No machine is; whose call it is, its credential tells (maas/authentication.py)."""
        if not request.path_info.startswith(FOR_MACHINES):
            RequestMiddleware.bind_user_id(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """What the address names is what the lines are about."""
        named = logs.uuid_in(str(kwargs.get("id", "")))
        for beginning, name in NAMED_BY_ADDRESS.items():
            if named and request.path_info.startswith(beginning):
                logs.bind(**{name: named})

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """The path alone, for a query may carry what identifies a person; and what providers call their customers is
        theirs to know.
        """
        path = CUSTOMER.sub(r"\1…", request.path)
        return f"{request.method} {path}"
