"""The answer of a moment ago, sent again before Django looks at the request.

Of a feed many ask the same in the same second, and to each of them Django would say the same. The view says until when
that is so (gbfs/views.py); until then who asks just that is sent those very bytes and headers, and is counted, logged
and slowed down like everybody.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import structlog
from django.http import HttpResponse
from django.urls import resolve

from maas import throttling
from tomp import callers
from tomp_operator.middleware import CORRELATION_ID, FEEDS, PLAUSIBLE_ID
from tomp_operator.monitoring import traffic

# All of a request that the answer may depend on: where one of them differs, Django answers.
ASKED = (
    "REQUEST_METHOD",
    "PATH_INFO",
    "QUERY_STRING",
    "SCRIPT_NAME",
    "wsgi.url_scheme",
    "HTTP_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_ORIGIN",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
)
MOST = 256  # answers; bytes that several of them send are there once

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was sent; `until` is a moment of time.monotonic()."""

    code: int
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    route: str
    until: float


class Repeating:
    """A WSGI callable around Django's."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.kept: dict[tuple[Any, ...], Answer] = {}

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(FEEDS):
            return self.application(environ, start_response)
        began = time.perf_counter()
        asked = tuple(map(environ.get, ASKED))
        answer = self.kept.get(asked)
        if answer is None or answer.until <= time.monotonic() or _is_in_a_hurry(environ):
            return self._ask(asked, environ, start_response)
        start_response(answer.status, list(answer.headers))
        _log(environ, answer)
        traffic.count(environ["REQUEST_METHOD"], answer.route, answer.code, time.perf_counter() - began)
        return [answer.body]

    def _ask(self, asked: tuple[Any, ...], environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Django answers; what may be repeated is kept in place of what may not any more."""
        response: Any = self.application(environ, start_response)
        until = getattr(response, "repeatable_until", None)
        if until is not None:
            now = time.monotonic()
            self.kept = {key: answer for key, answer in self.kept.items() if answer.until > now}
            if len(self.kept) < MOST:
                self.kept[asked] = _answer(response, environ["PATH_INFO"], until)
        return response


def _answer(response: HttpResponse, path: str, until: float) -> Answer:
    status = f"{response.status_code} {response.reason_phrase}"
    route = traffic.spelled_out(resolve(path).route)
    return Answer(response.status_code, status, list(response.items()), response.content, route, until)


def _is_in_a_hurry(environ: Environ) -> bool:
    """Counts the call. Whoever makes too many is told so by Django."""
    return throttling.seconds_to_wait_at(callers.address_in(environ)) > 0


def _log(environ: Environ, answer: Answer) -> None:
    """The line of any request (RequestLog)."""
    correlation_id = environ.get(CORRELATION_ID, "")
    ids = {"correlation_id": correlation_id} if PLAUSIBLE_ID.fullmatch(correlation_id) else {}
    asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    log.info("request_finished", code=answer.code, request=asked, request_id=str(uuid4()), **ids)
