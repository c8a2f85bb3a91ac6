"""From where does a request come? The address is used and never kept as it is: it is personal data."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"


def address_of(request: HttpRequest) -> str:
    """The address of the caller; `UNKNOWN` where nobody told us."""
    return address_in(request.META)


def address_in(environ: Mapping[str, Any]) -> str:
    """The same of a request as WSGI has it.

    Behind a proxy it is the last one in X-Forwarded-For, which is what our proxy itself saw; those before it are what
    the caller claims. Without a proxy that header is not believed.
    """
    if not settings.BEHIND_PROXY:
        return environ.get("REMOTE_ADDR") or UNKNOWN
    return environ.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or UNKNOWN


def is_forwarded(request: HttpRequest) -> bool:
    """Whether somebody in between passed it on: then its nearest address says nothing about who asks."""
    return "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
