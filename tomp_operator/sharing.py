"""Answers that everybody asks for over and over: written once, sent while every row they are made of is the same.

Nothing tells a process that another one changed a row, so it looks: a number over all rows is much less work than the
answer. What cannot be seen in rows (hours, prices by time) changes on the five seconds.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any

from django.db.models import Aggregate, BigIntegerField

from tomp.renderers import written
from tomp.sending import Body

SECONDS = 5  # a divisor of the minute: what opens or changes its price on the minute does so here, too
MOST = 8  # answers a process remembers: by version, language, page
_kept: OrderedDict[Hashable, Body] = OrderedDict()


class Fingerprint(Aggregate):
    """A number that is another one as soon as one of these columns is another in one of the rows."""

    function = "bit_xor"
    template = "%(function)s(hash_record_extended(ROW(%(expressions)s), 0))"
    output_field = BigIntegerField()


def content(what: Hashable, *, stamp: Callable[[], Hashable], write: Callable[[], Any], now: datetime) -> Body:
    """The answer, as JSON. `stamp` says how the rows are, `write` what they say.

    What changed while it was written is not kept: the next one writes it again.
    """
    before = stamp()
    key = what, before, int(now.timestamp()) // SECONDS
    kept = _kept.get(key)
    if kept is None:
        kept = Body(written(write()))
        if stamp() == before:
            _kept[key] = kept
            while len(_kept) > MOST:
                _kept.popitem(last=False)
    return kept


def forget() -> None:
    """The next question is answered anew."""
    _kept.clear()
