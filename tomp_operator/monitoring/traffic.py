"""How many requests, how they were answered and how long that took: counted by each web process for itself.

The processes of a host share a folder (PROMETHEUS_MULTIPROC_DIR), in which each keeps its counts in a file mapped into
memory; whichever is asked adds them up. Counting in the database would be a write for every request.
"""

import re
import time
from collections.abc import Callable
from functools import cache

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Counter, Histogram

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
NOWHERE = "none"
MANY_PAGES = ("admin/", "static/")  # each of them one route: what is slow there has its own tools

REQUESTS = Counter("tomp_http_requests", "Requests that were answered.", ["method", "route", "status"])
SECONDS = Histogram("tomp_http_request_duration_seconds", "How long it took.", ["method", "route"], buckets=BUCKETS)

_NAMED_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)|<(?:\w+:)?(\w+)>")


class Traffic:
    """Counts every request that is for somebody, by what it was routed to and never by its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        count(str(request.method), route_of(request), response.status_code, time.perf_counter() - began)
        return response


def count(method: str, route: str, status: int, seconds: float) -> None:
    """A request was answered."""
    method = method if method in METHODS else "OTHER"
    _answered(method, route, status).inc()
    _lasting(method, route).observe(seconds)


# There are few of each, and to look one up takes longer than to count.
_answered = cache(REQUESTS.labels)
_lasting = cache(SECONDS.labels)


def route_of(request: HttpRequest) -> str:
    """The pattern of its address, as `/tomp/bookings/{id}`: there are as many as we have routes."""
    path = request.path_info.removeprefix("/")
    for folder in MANY_PAGES:
        if path.startswith(folder):
            return f"/{folder}"
    match = request.resolver_match
    return spelled_out(match.route) if match else NOWHERE


@cache
def spelled_out(pattern: str) -> str:
    """A route of Django's, or a regular expression, as a person writes it."""
    named = _NAMED_GROUP.sub(lambda found: f"{{{found[1] or found[2]}}}", pattern)
    plain = re.sub(r"/\?(?=\\Z|\$|$)", "", named)
    return "/" + re.sub(r"\\Z|[\^$\\]", "", plain)
