"""What Django refuses before or around a view: under /tomp/ in the protocol's words, elsewhere as a page.

To be named in the root URLconf as handler400, handler403, handler404 and handler500.
"""

import sys

import structlog
from django.http import HttpResponse, JsonResponse
from django.views import defaults

from tomp import errors, titles
from tomp.middleware import PREFIX

IN_ENVELOPE = f"{PREFIX}customers/"

log = structlog.get_logger(__name__)


class RefusalOutsideViews(JsonResponse):
    """The TOMP error; `instance` is the name the log has for it."""

    def __init__(self, request, refusal):
        language = titles.language_of(request)
        error = errors.error_body(refusal, module=errors.GENERAL, language=language)
        body = errors.in_envelope([error]) if f"{request.path_info}/".startswith(IN_ENVELOPE) else error
        super().__init__(body, status=error["status"], headers={"Content-Language": language, **refusal.headers})
        self.instance = error["instance"]


def bad_request(request, exception):
    """A host we are not, too many fields, a suspicious path."""
    if not _is_protocol(request):
        return defaults.bad_request(request, exception)
    refusal = errors.Invalid("The request cannot be understood: look at its host, path and headers.")
    return RefusalOutsideViews(request, refusal)


def permission_denied(request, exception):
    """Something that is not open to the caller."""
    if not _is_protocol(request):
        return defaults.permission_denied(request, exception)
    return RefusalOutsideViews(request, errors.NoAccess("This is not open to you."))


def page_not_found(request, exception):
    """Nothing is served at this address."""
    if not _is_protocol(request):
        return defaults.page_not_found(request, exception)
    return RefusalOutsideViews(request, errors.NotFound("There is nothing at this address."))


def server_error(request):
    """Something failed outside any view. Django logs the traceback; the line here gives it the name the caller has."""
    error = sys.exception()
    if not _is_protocol(request):
        return _page(request, error)
    response = RefusalOutsideViews(request, errors.unforeseen(error))
    log.error("unexpected_error", instance=response.instance, path=request.path)
    return response


def _page(request, error):
    """The same for people and for readers of feeds: 503 where trying again may help."""
    response = defaults.server_error(request)
    if not isinstance(error, errors.PASSING):
        return response
    return HttpResponse(response.content, status=503, headers=errors.TRY_AGAIN)


def _is_protocol(request):
    return f"{request.path_info}/".startswith(PREFIX)
