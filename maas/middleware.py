"""What is done around every request: callers in a hurry are slowed down, what is remarkable is counted."""

import structlog
from django.http import JsonResponse
from django.utils import timezone

from maas import remarks, throttling

log = structlog.get_logger(__name__)

OPEN_TO_ALL = ("/gbfs/", "/oauth/", "/r/")  # the views of the API count by themselves (maas/throttling.py)


class AnonymousPace:
    """Who may ask without a name may not ask without end: 429 with Retry-After."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        seconds = throttling.seconds_to_wait(request) if request.path_info.startswith(OPEN_TO_ALL) else 0
        if not seconds:
            return self.get_response(request)
        body = {"error": "too_many_requests", "error_description": f"Too many requests. Try again in {seconds} s."}
        return JsonResponse(body, status=429, headers={"Retry-After": str(seconds)})


class Remarks:
    """Counts what is remarkable about the calls of providers; whatever goes wrong with it, the answer stays.

    An answer that is given again under its Idempotency-Key does not count again.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        asked = (getattr(response, "renderer_context", None) or {}).get("request")
        if asked is not None:
            try:
                remarks.note(asked, response, now=timezone.now())
            except Exception:  # the caller has its answer, and counting is no reason to take it away
                log.warning("remark_not_counted", exc_info=True)
        return response
