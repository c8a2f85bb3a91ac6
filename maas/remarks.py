"""What was remarkable about a call, and the tally of it: counted in the process, written now and then.

A call costs no statement of its own. What is new in a process is written at once, so that whoever tries something out
finds it in the report; repetitions, and how many calls there were, are written by the next call that ends WRITTEN_EVERY
seconds after the last time, all in one statement. What a process counted since then is lost when it ends.
"""

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache

from django.db import connection
from django.http.request import HttpHeaders
from rest_framework.request import Request
from rest_framework.response import Response

from fleet import information
from maas.authentication import ProviderAuthentication
from maas.models import MaasProvider, Remark, RemarkKind
from maas.peculiar import meant_header, meant_member
from tomp.declarations import PARAMETERS, headers_of
from tomp.errors import TompError
from tomp.operations import BOOKING_EVENTS, LEG_EVENTS, OPERATIONS

WRITTEN_EVERY = 5.0  # seconds
MOST_KEYS = 500  # of a provider, a day: whoever makes up a new mistake each time fills no table
EVENTS = {*BOOKING_EVENTS, *LEG_EVENTS, "EXTEND_EXPIRY_TIME", "DENY", "TIME_EXTEND", "TIME_POSTPONE"}
WORDS = {word for operation in OPERATIONS for word in operation.path.split("/") if "{" not in word}
FAULT = re.compile(r"Field: ([A-Za-z][A-Za-z_.-]{0,59}),")
ASKED_VERSION = re.compile(r"\d{1,3}(\.\d{1,5}){0,2}", re.ASCII)
UNSUPPORTED_VERSION = 8
Key = tuple[int, date, str, str, int, int, str]  # as the unique constraint of Remark


class Tally:
    """What one process counted and did not write yet."""

    def __init__(self):
        self.lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Nothing was counted in this process."""
        self.pending: dict[Key, tuple[int, datetime]] = {}
        self.known: dict[tuple, set[Key]] = {}  # by provider and day
        self.written_at = time.monotonic()

    def add(self, keys: list[Key], now: datetime) -> dict[Key, tuple[int, datetime]]:
        """Each counts once more. Returns what is to be written now: all there is, or nothing."""
        with self.lock:
            counted = [(key, self._is_new(key)) for key in keys]
            for key, is_new in counted:
                if is_new is not None:
                    count, last_at = self.pending.get(key, (0, now))
                    self.pending[key] = (count + 1, max(last_at, now))
            is_due = time.monotonic() - self.written_at >= WRITTEN_EVERY
            if not is_due and not any(is_new and key[2] != RemarkKind.CALL for key, is_new in counted):
                return {}
            taken, self.pending, self.written_at = self.pending, {}, time.monotonic()
            return taken

    def _is_new(self, key):
        """Whether this process meets it for the first time that day; None when it has met too many to count it."""
        of, day = key[:2], key[1]
        if of not in self.known:
            self.known = {other: keys for other, keys in self.known.items() if other[1] == day}
        known = self.known.setdefault(of, set())
        if key in known:
            return False
        if len(known) >= MOST_KEYS:
            return None
        known.add(key)
        return True


tally = Tally()


def note(request: Request, response: Response, *, now: datetime) -> None:
    """What is remarkable about this call is counted for its provider; calls of nobody we know are not.

    `request` is the REST framework's, `response` its answer, finished.
    """
    provider = _caller(request, response.status_code)
    if provider is None:
        return
    day = information.local(now).date()
    keys = [(provider.pk, day, *what) for what in dict.fromkeys(remarks_on(request, response))]
    taken = tally.add(keys, now)
    if taken:
        write(taken)


def _caller(request, status):
    """The provider, if it is one and no device.

    Also of a call that was refused before anybody asked who it is, or that was sent to no operation of ours.
    """
    try:
        if status == 404 and not request.authenticators:
            known = ProviderAuthentication().authenticate(request)
            return known[1] if known else None
        return request.auth if status != 401 and isinstance(request.auth, MaasProvider) else None
    except TompError:
        return None


WRITE = """
INSERT INTO {table} (provider_id, day, kind, operation, status, code, subject, count, last_at)
SELECT provider_id, day, kind, operation, status, code, subject, count, last_at
FROM jsonb_to_recordset(%s::jsonb) AS told(
    provider_id bigint, day date, kind text, operation text, status smallint, code integer, subject text,
    count bigint, last_at timestamptz
)
JOIN {providers} AS provider ON provider.id = told.provider_id
ORDER BY 1, 2, 3, 4, 5, 6, 7
ON CONFLICT (provider_id, day, kind, operation, status, code, subject) DO UPDATE
SET count = {table}.count + EXCLUDED.count, last_at = GREATEST({table}.last_at, EXCLUDED.last_at)
"""


def write(counted: Mapping[Key, tuple[int, datetime]]) -> None:
    """The counts are added to those in the database: one statement, its rows always in the same order.

    A provider that is gone meanwhile is left out.
    """
    names = ("provider_id", "day", "kind", "operation", "status", "code", "subject")
    rows = [
        {**dict(zip(names, key, strict=True)), "count": count, "last_at": last_at}
        for key, (count, last_at) in counted.items()
    ]
    tables = {"table": Remark._meta.db_table, "providers": MaasProvider._meta.db_table}
    with connection.cursor() as cursor:
        cursor.execute(WRITE.format(**tables), [json.dumps(rows, default=str)])


# What is remarkable: (kind, operation, status, code, subject)


def remarks_on(request: Request, response: Response) -> Iterator[tuple[str, str, int, int, str]]:
    """That there was a call, and each thing about it that should have been otherwise."""
    yield RemarkKind.CALL.value, "", 0, 0, ""
    if response.status_code >= 400:
        yield _refusal(request, response)
    yield from _about_headers(request, response.status_code)
    if getattr(request, "old_name", None):
        yield RemarkKind.OLD_NAME.value, _operation(request), 0, 0, ""
    else:
        yield from _about_members(request)


def _operation(request):
    """As in the official file, under the name it was called by; of other addresses no more than known words."""
    path, old = _path(_route(request)), getattr(request, "old_name", None)
    if path is None:
        words = [word if word in WORDS else "…" for word in request.path_info.split("/")[2:6]]
        path = "/" + "/".join(words)
    if old:
        path = old.old_path(path) or path
    return f"{request.method} {path}{_event(request, path)}"[:120]


def _route(request):
    return request.resolver_match.route if request.resolver_match else ""


def _path(route):
    """The path of the operation in the official file; None at an address we do not serve."""
    if not route or "<path:unknown>" in route:
        return None
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.removeprefix("tomp"))


def _event(request, path):
    body = _body(request) if path.endswith("/events") else {}
    named = body.get("event") or body.get("operation")
    return f" {named}" if isinstance(named, str) and named in EVENTS else ""


def _body(request):
    """What was sent and read; nothing if it was not, or is no object."""
    sent = getattr(request, "_full_data", None)
    return sent if isinstance(sent, Mapping) else {}


def _refusal(request, response):
    operation, error = _operation(request), json.loads(response.content)
    error = error["errors"][0] if "errors" in error else error
    fault = FAULT.match(str(error["detail"]))
    subject = fault[1] if fault else ""
    if error["errorcode"] % 1000 == UNSUPPORTED_VERSION:
        asked = request.headers.get("Api-Version", "").strip()
        operation, subject = "", asked if ASKED_VERSION.fullmatch(asked) else ""
    return RemarkKind.REFUSAL.value, operation, response.status_code, error["errorcode"], subject


def _about_headers(request, status):
    return _about_names(_route(request), tuple(request.META), is_refused=status >= 400)


@lru_cache(maxsize=200)  # a client sends the same ones each time
def _about_names(route, given, *, is_refused):
    """A maas-id that is missing where it matters is a refusal already."""
    path = _path(route)
    names = [name for each in given if (name := HttpHeaders.parse_header_name(each))]
    sent = {name.lower() for name in names}
    declared = [PARAMETERS[name]["name"] for name in headers_of(path) if PARAMETERS[name]["required"]]
    demanded = [name for name in declared if not (name == "maas-id" and is_refused)]
    missing = [name for name in demanded if name.lower() not in sent]
    odd = [f"{_without_digits(name)} → {meant}" for name in names if (meant := meant_header(name.lower()))]
    return [
        *((RemarkKind.MISSING_HEADER.value, "", 0, 0, name) for name in missing),
        *((RemarkKind.ODD_HEADER.value, "", 0, 0, name) for name in odd),
    ]


def _about_members(request):
    """Members we do not know, that resemble one we know and that was not sent."""
    known = getattr(request.parser_context["view"], "known_members", None)
    sent = _body(request)
    if known is None or known.issuperset(sent) or request.method == "PUT":  # a PUT sends back more than we read
        return
    missing = known.difference(sent)
    for name in list(sent)[:100]:
        meant = None if name in known else meant_member(name, missing)
        if meant:
            yield RemarkKind.ODD_MEMBER.value, _operation(request), 0, 0, f"{_without_digits(name)} → {meant}"


def _without_digits(name):
    """What tells somebody apart is mostly a number."""
    return re.sub(r"[^A-Za-z_-]", "", name).strip("-_")[:40]
