"""Photos that providers keep on servers of theirs, shown to staff: fetched by us, so no page asks another host.

Only what tomp.egress lets us call is asked, for a short time, and only images are passed on.
"""

import time
from urllib.parse import urlsplit

from tomp import egress

TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")
LARGEST_BYTES = 8 * 1024 * 1024
SECONDS, REST_SECONDS = 2.0, 60.0
_silent: dict[str, float] = {}  # hosts that did not answer, and until when they are not asked: others wait meanwhile


class NotShown(Exception):
    """There is no image at the address, or it cannot be fetched now."""


def forget():
    """Nobody is taken to be silent any more."""
    _silent.clear()


def fetch(url):
    """(the bytes of the image, its type). Takes two seconds at most, so not for use in a transaction.

    Raises NotShown.
    """
    host = urlsplit(url).netloc
    if _silent.get(host, 0.0) > time.monotonic():
        raise NotShown(f"{host} does not answer at the moment.")
    try:
        answer = egress.call(
            "GET", url, headers={"Accept": ", ".join(TYPES)}, seconds=SECONDS, largest=LARGEST_BYTES + 1
        )
    except egress.Unreachable as failure:
        _silent[host] = time.monotonic() + REST_SECONDS
        raise NotShown(str(failure)) from failure
    except egress.Forbidden as refusal:
        raise NotShown(str(refusal)) from refusal
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not answer.is_success or kind not in TYPES or len(answer.body) > LARGEST_BYTES:
        raise NotShown(f"{answer.status}, {kind or 'of no type'}: no image of at most 8 MB.")
    return answer.body, kind
