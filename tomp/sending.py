"""Answers that many ask for, as bytes: compressed for who can read that, and not at all to who has them already."""

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

COMPRESSION = 4  # of 9; above that the ids of vehicles are no shorter, only later


class Content(Protocol):
    """What can be sent, plain or packed; `etag` is another one for other content."""

    @property
    def plain(self) -> bytes: ...
    @property
    def gzipped(self) -> bytes: ...
    @property
    def etag(self) -> str: ...


@dataclass(frozen=True)
class Body:
    """Content that is packed when somebody wants it so."""

    plain: bytes

    @cached_property
    def gzipped(self) -> bytes:
        return packed(self.plain)

    @cached_property
    def etag(self) -> str:
        return etag_of(self.plain)


def packed(body: bytes) -> bytes:
    return gzip.compress(body, COMPRESSION, mtime=0)


def etag_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


def send(
    request: HttpRequest,
    content: Content,
    *,
    headers: dict[str, Any],
    vary: Iterable[str] = (),
    last_modified: int | None = None,
) -> HttpResponseBase:
    """200 with the bytes, or 304 for who has them already."""
    is_packed = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    body = content.gzipped if is_packed else content.plain
    etag = f'"{content.etag}-gzip"' if is_packed else f'"{content.etag}"'
    coding = {"Content-Encoding": "gzip"} if is_packed else {}
    whole = HttpResponse(
        b"" if request.method == "HEAD" else body,
        content_type="application/json",
        headers={"Content-Length": str(len(body)), "ETag": etag, **coding, **headers},
    )
    patch_vary_headers(whole, ("Accept-Encoding", *vary))
    return get_conditional_response(request, etag=etag, last_modified=last_modified, response=whole) or whole


def accepts_gzip(header: str) -> bool:
    """RFC 9110 §12.5.3: gzip is named, or everything is, and not refused with q=0."""
    weights = {}
    for item in header.lower().split(","):
        coding, _, parameters = item.partition(";")
        refused = re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", parameters)
        weights[coding.strip()] = not refused
    return weights.get("gzip", weights.get("*", False))
