"""The bytes that are sent: built once for all processes, kept in PostgreSQL, remembered for a second by each.

A feed that has reached its age is built again by whoever finds it so first; the others send the bytes there are. The
worker builds ahead of that (gbfs/tasks.py), so that mostly nobody has to.
"""

import gzip
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet

from gbfs import building
from gbfs.building import Group
from gbfs.models import Feed

SECONDS = 1.0
LOCK = 0x47424653  # "GBFS": the first half of our advisory locks' names

Key = tuple[str, str, str]  # version, language, name
log = structlog.get_logger(__name__)


@dataclass
class Kept:
    """The bytes of a feed."""

    gzipped: bytes
    etag: str
    built_at: datetime
    ttl: int
    read_at: float = field(default_factory=time.monotonic)

    @cached_property
    def plain(self) -> bytes:
        return gzip.decompress(self.gzipped)

    def is_due(self, now: datetime) -> bool:
        return _is_due(self.built_at, self.ttl, now)


def _is_due(built_at: datetime, ttl: int, now: datetime, ahead: timedelta = timedelta(0)) -> bool:
    """Also where its time lies ahead: a clock was put right."""
    age = now - built_at
    return age + ahead >= timedelta(seconds=ttl) or age < timedelta(seconds=-ttl)


_kept: dict[Key, Kept] = {}


def forget() -> None:
    """The next question reads the row again."""
    _kept.clear()


def current(key: Key, now: datetime) -> Kept | None:
    """The feed, at most its ttl and a second old; None if there is no such feed.

    Older only while somebody else is building it, or when that failed; if there never was one, raises what went wrong.
    """
    group = building.GROUP_OF[key[2]]
    kept = _kept.get(key)
    if kept and 0 <= time.monotonic() - kept.read_at < SECONDS and not kept.is_due(now):
        return kept
    kept = _read(key)
    if kept is None or kept.is_due(now):
        if kept is None:
            refresh(group, now, wanted=key)
        else:
            _refresh_if_possible(group, now)
        kept = _read(key) or kept
    return kept


def _refresh_if_possible(group: Group, now: datetime) -> None:
    try:
        refresh(group, now)
    except Exception:
        log.exception("gbfs_not_built", feeds=group.names)


def refresh(group: Group, now: datetime, *, wanted: Key | None = None, ahead: timedelta = timedelta(0)) -> bool:
    """The feeds of the group are not due any more. Returns whether we built them.

    Feeds that will be due so soon (`ahead`) count as due. If somebody else is building them, nothing happens; but who
    wants a feed that does not exist yet waits for it.
    """
    with transaction.atomic():
        if not _lock(group, waits=wanted is not None):
            return False
        there = Feed.objects.filter(name__in=group.names)
        if not _are_due(group, there, now, wanted, ahead):
            return False
        feeds = building.build(group, now)
        if set(there.values_list("version", "language", "name")) != {feed.key for feed in feeds}:
            there.delete()  # a language came or went
        Feed.objects.bulk_create(
            feeds,
            update_conflicts=True,
            unique_fields=["version", "language", "name"],
            update_fields=["gzipped", "etag", "built_at", "ttl"],
        )
    return True


def _are_due(group: Group, there: QuerySet[Feed], now: datetime, wanted: Key | None, ahead: timedelta) -> bool:
    """Also if none of them is the wanted one: the operator speaks a new language."""
    built = there.only("version", "language", "name", "built_at", "ttl")
    if not built or (wanted is not None and wanted not in {feed.key for feed in built}):
        return True
    oldest = min(feed.built_at for feed in built)
    return any(_is_due(feed.built_at, feed.ttl, now, ahead) for feed in built) or group.is_outdated(oldest)


def _lock(group: Group, *, waits: bool) -> bool:
    """Until the end of the transaction nobody else builds this group; False if somebody does."""
    function = "pg_advisory_xact_lock" if waits else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [LOCK, building.GROUPS.index(group)])
        return cursor.fetchone()[0] is not False  # the one that waits answers nothing


def _read(key: Key) -> Kept | None:
    """The row, whose bytes are asked for only if they are others than those we know."""
    version, language, name = key
    known = _kept.get(key)
    row = Feed.objects.filter(version=version, language=language, name=name)
    if known and row.filter(etag=known.etag, built_at=known.built_at).exists():
        known.read_at = time.monotonic()
        return known
    values = row.values_list("gzipped", "etag", "built_at", "ttl").first()
    if values is None:
        _kept.pop(key, None)
        return None
    kept = _kept[key] = Kept(bytes(values[0]), *values[1:])
    return kept
