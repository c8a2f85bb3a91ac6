"""How a document is fetched: with time-outs, up to a size, and never from another host without saying so."""

import time
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import urllib3
from django.utils.translation import gettext_noop as _

from fleet.importing.gbfs.values import is_web_address
from tomp import egress
from tomp.sentences import Refusal

TIMEOUT = urllib3.Timeout(connect=10, read=30)
LONGEST_S = 120
MB = 1024 * 1024
LARGEST_BYTES = 64 * MB
MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
GUARDED_S = 60
CHUNK_BYTES = 256 * 1024
TOO_LARGE = _("larger than %(mb)s MB")
ANSWERED = _("the server answered %(status)s")
HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "tomp-operator import_gbfs"}


class Unreadable(Refusal):
    """The document could not be had."""


class Site:
    """Documents by URL; `tell(url, host)` is called whenever one comes from another host than asked.

    Guarded, it asks only what tomp/egress.py lets us call, at every redirect: whoever types an address into the back
    office sees no more of our network than anybody else.
    """

    def __init__(self, tell: Callable[[str, str], None], *, is_guarded: bool = False):
        self.tell = tell
        self.once = _once_guarded if is_guarded else self._once
        self.pool = urllib3.PoolManager(retries=False, timeout=TIMEOUT, headers=HEADERS)

    def fetch(self, url: str) -> bytes:
        """The body behind the URL, redirects followed. Raises Unreadable."""
        asked = host(url)
        for _attempt in range(MOST_REDIRECTS + 1):
            if not is_web_address(url):
                raise Unreadable(_("%(url)s is not an http(s) address"), url=url)
            if host(url) != asked:
                self.tell(url, host(url))
            target, body = self.once(url)
            if target is None:
                return body
            url = urljoin(url, target)
        raise Unreadable(_("more than %(most)s redirects"), most=MOST_REDIRECTS)

    def _once(self, url: str) -> tuple[str | None, bytes]:
        """(where to look instead, b"") or (None, the body)."""
        try:
            answer = self.pool.request("GET", url, preload_content=False, redirect=False)
            try:
                if target := answer.get_redirect_location():
                    return target, b""
                if answer.status != 200:
                    raise Unreadable(ANSWERED, status=answer.status)
                return None, _body(answer)
            finally:
                answer.close()
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if isinstance(error, Unreadable):
                raise
            raise _reason(error) from error


def _once_guarded(url: str) -> tuple[str | None, bytes]:
    try:
        answer = egress.call("GET", url, headers=HEADERS, seconds=GUARDED_S, largest=LARGEST_BYTES + 1)
    except egress.Forbidden as error:
        raise Unreadable(_("it may not be called: %(reason)s"), reason=error) from error
    except egress.Unreachable as error:
        raise Unreadable(_("no answer from the server")) from error
    if answer.status in REDIRECTS and answer.headers.get("location"):
        return answer.headers["location"], b""
    if answer.status != 200:
        raise Unreadable(ANSWERED, status=answer.status)
    if len(answer.body) > LARGEST_BYTES:
        raise Unreadable(TOO_LARGE, mb=LARGEST_BYTES // MB)
    return None, answer.body


def host(url: str) -> str:
    """Name and port; "" if it is no web address."""
    return urlsplit(url).netloc if is_web_address(url) else ""


def _body(answer: urllib3.BaseHTTPResponse) -> bytes:
    body, until = bytearray(), time.monotonic() + LONGEST_S
    for chunk in answer.stream(CHUNK_BYTES, decode_content=True):
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise Unreadable(TOO_LARGE, mb=LARGEST_BYTES // MB)
        if time.monotonic() > until:
            raise Unreadable(_("not complete after %(seconds)s s"), seconds=LONGEST_S)
    return bytes(body)


def _reason(error: Exception) -> Unreadable:
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return Unreadable(_("no connection to the server"))
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return Unreadable(_("the server did not answer in time"))
    return Unreadable(" ".join(str(error).split())[:200])
