"""The length of a body that was sent without one.

Who streams a body in chunks (HTTP/1.1) or in frames (HTTP/2) need not say how long it will be, and to Django a body
without a length is none. So it is read before Django looks at the request, and the request then says its length.
"""

import io
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from tomp_operator.middleware import FOR_MACHINES

BODY_IS_IGNORED = ("GET", "HEAD")

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


class Measuring:
    """A WSGI callable around Django's. Pages are left alone: what browsers upload has a length, and other limits."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if "CONTENT_LENGTH" not in environ and environ["REQUEST_METHOD"] not in BODY_IS_IGNORED:
            _measure(environ)
        return self.application(environ, start_response)


def _measure(environ: Environ) -> None:
    """The body has its length. Of one that is too large no more is kept than shows that it is; it is refused later."""
    # Without input_terminated (granian says it) a read might wait for ever for what the client never sends.
    if environ["PATH_INFO"].startswith(FOR_MACHINES) and environ.get("wsgi.input_terminated"):
        body = environ["wsgi.input"].read(settings.TOMP_MAX_BODY_BYTES + 1)
        environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
