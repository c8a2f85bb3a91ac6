"""Which kind of answer does a client take? There is one: JSON."""

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

JSON = "application/json"
PLAIN = ("*/*", JSON)  # what nearly all of them say


class Negotiation(DefaultContentNegotiation):
    """As the framework's, which takes every header apart, but quick where nothing is to be weighed."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> Any:
        [renderer, *others] = renderers
        is_plain = request.META.get("HTTP_ACCEPT", "*/*") in PLAIN and renderer.media_type == JSON
        if is_plain and not (format_suffix or others or self.settings.URL_FORMAT_OVERRIDE in request.query_params):
            return renderer, JSON
        return super().select_renderer(request, renderers, format_suffix)
