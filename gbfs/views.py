"""The feeds over HTTP: bytes, whose age, encoding and language the address and the headers choose."""

import math
import re
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.views import View

from gbfs import building, editions, store
from gbfs.editions import V2_3, V3_0
from gbfs.store import Kept

WORDED = ("system_alerts", "system_information", "vehicle_types", "system_pricing_plans", "system_regions")
IN_WORDS = (*WORDED, "station_information", "geofencing_zones")
OF_VERSION = {
    V2_3.number: {"gbfs", *building.FEEDS_OF_2_3},
    V3_0.number: {"gbfs", *building.FEEDS_OF_3_0},
}


class FeedView(View):
    """One feed. Anybody may read it, from a page of any site, and any cache may keep it until the next one is due."""

    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = super().dispatch(request, *args, **kwargs)
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer

    def get(self, request: HttpRequest, *, version: str, name: str, language: str = "") -> HttpResponseBase:
        now = timezone.now()
        feed = store.current(_key(version, language, name), now)
        if feed is None:
            raise Http404
        return answer(request, feed, ttl=building.GROUP_OF[name].ttl, now=now)


def _key(version: str, language: str, name: str) -> store.Key:
    """Which row it is. Raises Http404 for what GBFS or this operator does not have."""
    if name != building.MANIFEST and name not in OF_VERSION[version]:
        raise Http404
    if language and (version == V3_0.number or language not in editions.languages()[1:]):
        raise Http404
    in_words = version == V2_3.number and name in IN_WORDS
    return version, (language or editions.default_language()) if in_words else "", name


def answer(request: HttpRequest, feed: Kept, *, ttl: int, now: datetime) -> HttpResponseBase:
    """200 with the bytes, or 304 for who has them already."""
    is_packed = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    body = feed.gzipped if is_packed else feed.plain
    etag = f'"{feed.etag}-gzip"' if is_packed else f'"{feed.etag}"'
    built = int(feed.built_at.timestamp())
    left = max(0, math.ceil(feed.built_at.timestamp() + ttl - now.timestamp()))
    headers = {
        "Content-Length": str(len(body)),
        "ETag": etag,
        "Last-Modified": http_date(built),
        "Cache-Control": f"public, max-age={min(left, ttl)}",
    }
    if is_packed:
        headers["Content-Encoding"] = "gzip"
    content = b"" if request.method == "HEAD" else body
    whole = HttpResponse(content, content_type="application/json", headers=headers)
    patch_vary_headers(whole, ("Accept-Encoding",))
    return get_conditional_response(request, etag=etag, last_modified=built, response=whole) or whole


def accepts_gzip(header: str) -> bool:
    """RFC 9110 §12.5.3: gzip is named, or everything is, and not refused with q=0."""
    weights = {}
    for item in header.lower().split(","):
        coding, _, parameters = item.partition(";")
        refused = re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", parameters)
        weights[coding.strip()] = not refused
    return weights.get("gzip", weights.get("*", False))
