"""Every answer to a provider passes here, when all transactions are over."""

import structlog
from django.utils import timezone

from maas import remarks

log = structlog.get_logger(__name__)


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
