"""Opening hours, as GBFS 2.x lists them and as OpenStreetMap writes them (GBFS 3.x)."""

import re
from collections.abc import Iterable
from datetime import time

from django.utils.translation import gettext_noop as _

from fleet.importing.findings import Remarks
from fleet.importing.gbfs.items import Hours
from fleet.importing.gbfs.values import Item, text

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
USER_TYPES = {"member": "MEMBER", "nonmember": "NON_MEMBERS"}
CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::[0-5]\d)?")
OSM_DAY = {day[:2]: day for day in DAYS}  # "MO" → "MON"
OSM_SPAN = re.compile(r"(\d\d?:\d\d)\s*-\s*(\d\d?:\d\d)")
OSM_RULE = re.compile(rf"(?:([A-Za-z,\- ]+?)\s+)?((?:{OSM_SPAN.pattern})(?:\s*,\s*{OSM_SPAN.pattern})*)")
ALWAYS = Hours(days=DAYS, opens_at=time(0), closes_at=time(0))


def from_rental_hours(items: Iterable[Item], remarks: Remarks) -> list[Hours]:
    """system_hours; days of equal hours in one."""
    days: dict[tuple[time, time, str], set[str]] = {}
    for item in items:
        opens, closes = _clock(text(item, "start_time")), _clock(text(item, "end_time"))
        listed = item.get("days")
        written = {str(day).upper() for day in listed} if isinstance(listed, list) else set()
        if opens is None or closes is None or not written & set(DAYS):
            remarks.skip("", _("hours without days, start or end"))
            continue
        days.setdefault((opens, closes, _user_type(item)), set()).update(written & set(DAYS))
    return [
        Hours(days=_ordered(of_days), opens_at=opens, closes_at=closes, user_type=user_type)
        for (opens, closes, user_type), of_days in days.items()
    ]


def from_osm(written: str) -> list[Hours] | None:
    """ "24/7", "Mo-Fr 07:00-12:00,13:00-22:00; Sa,Su 09:00-18:00"; None if it says more than that."""
    if not written:
        return []
    if written.strip() == "24/7":
        return [ALWAYS]
    found = []
    for rule in filter(None, (part.strip() for part in written.split(";"))):
        match = OSM_RULE.fullmatch(rule)
        days = _osm_days(match[1] or "Mo-Su") if match else ()
        for span in OSM_SPAN.findall(match[2]) if match and days else [("", "")]:
            opens, closes = map(_clock, span)
            if opens is None or closes is None:
                return None
            found.append(Hours(days=_ordered(days), opens_at=opens, closes_at=closes))
    return found


def _osm_days(written: str) -> set[str]:
    """The days of "Mo-Fr,Su"; none if a word is no day."""
    found: set[str] = set()
    for span in written.upper().replace(" ", "").split(","):
        first, _dash, last = span.partition("-")
        if first not in OSM_DAY or (last or first) not in OSM_DAY:
            return set()
        start, end = DAYS.index(OSM_DAY[first]), DAYS.index(OSM_DAY[last or first])
        count = (end - start) % len(DAYS) + 1
        found |= {DAYS[(start + step) % len(DAYS)] for step in range(count)}
    return found


def _clock(written: str) -> time | None:
    """A time of day; 23:59 is the midnight that it means, 25:00 is 1:00 on the next morning."""
    match = CLOCK.fullmatch(written)
    if not match or int(match[1]) > 47:
        return None
    hour, minute = int(match[1]) % 24, int(match[2])
    return time(0) if (hour, minute) == (23, 59) else time(hour, minute)


def _user_type(item: Item) -> str:
    """Empty if it is for everybody."""
    listed = item.get("user_types")
    written = map(str, listed) if isinstance(listed, list) else ()
    types = {USER_TYPES[user] for user in written if user in USER_TYPES}
    return types.pop() if len(types) == 1 else ""


def _ordered(days: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(days, key=DAYS.index))
