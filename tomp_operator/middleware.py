"""What every answer carries and every request leaves in the log."""

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django_structlog.middlewares import RequestMiddleware

from tomp.middleware import PREFIX

FEEDS = "/gbfs/"
MAPS = ("/admin/map/", "/admin/bookings/booking/")
ADMIN_SOURCES = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}


class ContentSecurityPolicy(CSPMiddleware):
    """The policy of the settings, loosened under /admin/: unfold evaluates expressions and sets styles.

    Pages with a map may show the tiles of the server that the operator named, and nothing else of it.
    """

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
    """Pages speak their reader's language. In the API Django speaks English: why a field is invalid is told in the
    `detail` of a refusal, which is English; all else the API chooses the language of by itself (tomp/language.py).
    """

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(PREFIX):
            translation.activate("en")
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The language of a feed is in its address: a cache need not keep it once for each reader's."""
        return response if request.path_info.startswith(FEEDS) else super().process_response(request, response)


class RequestLog(RequestMiddleware):
    """One line per request, under its own request id."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """The path alone: a query may carry what identifies a person."""
        return f"{request.method} {request.path}"
