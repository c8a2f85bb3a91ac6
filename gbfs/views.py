"""The feeds over HTTP: bytes, whose age, encoding and language the address and the headers choose."""

import math
import time
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import http_date
from django.views import View

from gbfs import building, editions, store
from gbfs.editions import V2_3, V3_0
from gbfs.store import Kept
from tomp.public import only_read
from tomp.sending import send

WORDED = ("system_alerts", "system_information", "vehicle_types", "system_pricing_plans", "system_regions")
IN_WORDS = (*WORDED, "station_information", "geofencing_zones")
OF_VERSION = {
    V2_3.number: {"gbfs", *building.FEEDS_OF_2_3},
    V3_0.number: {"gbfs", *building.FEEDS_OF_3_0},
}


@only_read
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
        return answer(request, feed, now=now)


def _key(version: str, language: str, name: str) -> store.Key:
    """Which row it is. Raises Http404 for what GBFS or this operator does not have."""
    if name != building.MANIFEST and name not in OF_VERSION[version]:
        raise Http404
    if language and (version == V3_0.number or language not in editions.languages()[1:]):
        raise Http404
    in_words = version == V2_3.number and name in IN_WORDS
    return version, (language or editions.default_language()) if in_words else "", name


def answer(request: HttpRequest, feed: Kept, *, now: datetime) -> HttpResponseBase:
    """200 with the bytes, or 304 for who has them already."""
    built = int(feed.built_at.timestamp())
    left = max(0, math.ceil(feed.built_at.timestamp() + feed.ttl - now.timestamp()))
    headers = {"Last-Modified": http_date(built), "Cache-Control": f"public, max-age={min(left, feed.ttl)}"}
    sent: Any = send(request, feed, headers=headers, last_modified=built)
    if left:
        sent.repeatable_until = _until(feed, now)
    return sent


def _until(feed: Kept, now: datetime) -> float:
    """When (time.monotonic) the answer may be another: the row is looked at again, or max-age is a second less."""
    to_the_second = (feed.built_at.timestamp() + feed.ttl - now.timestamp()) % 1 or 1
    return min(feed.read_at + store.SECONDS, time.monotonic() + to_the_second)
