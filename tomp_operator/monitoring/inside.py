"""What is asked from inside: /health/live, /health/ready and /metrics.

Answered before anything else looks at the request, so that a load balancer may ask by address and without https, no
session is opened, nothing is logged or counted, and a failure of whatever comes after does not hide how we are.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import asdict

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from tomp import callers
from tomp_operator.monitoring import health
from tomp_operator.monitoring.figures import Figures

log = structlog.get_logger(__name__)

HOW_TO_BE_LET_IN = "Ask from TOMP_METRICS_NETWORKS, or with Authorization: Bearer and the TOMP_METRICS_TOKEN.\n"


class Inside:
    """Answers those addresses itself; everything else goes on as it came."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        view = VIEWS.get(request.path_info.removesuffix("/"))
        if view is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        answer = view(request)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def live(request: HttpRequest) -> HttpResponse:
    """The process answers; whatever else is wrong, starting it again would not help."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> HttpResponse:
    """200 if requests can be answered, 503 if not, and in words what was found."""
    found = health.examine(timezone.now())
    if not found.is_ready:
        log.warning("not_ready", **asdict(found))
    status = "ready" if found.is_ready else "not ready"
    return JsonResponse({"status": status, **asdict(found)}, status=200 if found.is_ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, as Prometheus reads them."""
    if not _may_see_figures(request):
        return HttpResponse(HOW_TO_BE_LET_IN, "text/plain", status=403)
    registry = CollectorRegistry()
    if settings.METRICS_ARE_SHARED:
        MultiProcessCollector(registry)
    traffic = generate_latest(registry if settings.METRICS_ARE_SHARED else REGISTRY)
    figures = CollectorRegistry()
    figures.register(Figures())
    return HttpResponse(traffic + generate_latest(figures), CONTENT_TYPE_LATEST)


VIEWS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/health/live": live,
    "/health/ready": ready,
    "/metrics": metrics,
}


def _may_see_figures(request: HttpRequest) -> bool:
    """They say how much business there is and with whom: that is nothing for the world."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if settings.TOMP_METRICS_TOKEN and scheme.lower() == "bearer":
        return constant_time_compare(token.strip(), settings.TOMP_METRICS_TOKEN)
    if not settings.BEHIND_PROXY and callers.is_forwarded(request):
        return False  # by a proxy we were not told of: its own address would let in everybody
    try:
        address = ipaddress.ip_address(callers.address_of(request))
    except ValueError:
        return False
    return any(address in network for network in settings.METRICS_NETWORKS)
