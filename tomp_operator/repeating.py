"""The answer of a moment ago, sent again before Django looks at the request.

Of a feed many ask the same in the same second, and to each of them Django would say the same. The view says until when
that is so (gbfs/views.py); until then who asks just that is sent those very bytes and headers, and is counted and
slowed down like everybody. The log has one line with the number of repetitions instead of one for each: a line costs
more than the answer.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from django.http import HttpResponse
from django.urls import resolve

from maas import throttling
from tomp import callers
from tomp_operator.middleware import FEEDS
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


@dataclass(slots=True)
class Answer:
    """What was sent, and how often again; `until` is a moment of time.monotonic()."""

    code: int
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    route: str
    until: float
    times: int = 0


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
        answer.times += 1
        traffic.count(environ["REQUEST_METHOD"], answer.route, answer.code, time.perf_counter() - began)
        return [answer.body]

    def _ask(self, asked: tuple[Any, ...], environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Django answers; what may be repeated is kept in place of what may not any more."""
        response: Any = self.application(environ, start_response)
        until = getattr(response, "repeatable_until", None)
        if until is not None:
            now = time.monotonic()
            _log(kept for kept in self.kept.items() if kept[1].until <= now)
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


def _log(over: Iterable[tuple[tuple[Any, ...], Answer]]) -> None:
    """What was asked, and how often it was answered again; Django's own line tells of the first time."""
    for (method, path, *_others), answer in over:
        if answer.times:
            log.info("request_repeated", code=answer.code, request=f"{method} {path}", times=answer.times)
