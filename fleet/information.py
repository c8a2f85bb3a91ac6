"""Who is the operator? Reads the one System row, at most every few seconds."""

import time
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from fleet.models import System

SECONDS = 5.0
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(9000, 1, 1)  # whose midnights every clock tells
UNNAMED = {"system_id": "operator", "name": {"en": "Operator"}, "languages": ["en"]}
_kept: dict[str, Any] = {"system": None, "until": 0.0}


class Zone(ZoneInfo):
    """A zone whose clocks tell every moment: what they would tell of a year before 1 or after 9999 is told in UTC.

    Feeds write 9999-12-31T23:59:59Z for what never ends.
    """

    def fromutc(self, moment):
        try:
            return super().fromutc(moment)
        except OverflowError:
            return moment


def system():
    """The operator's information; a nameless default until it is filled in. May be a few seconds old."""
    if time.monotonic() > _kept["until"]:
        _kept["system"] = System.objects.first() or System(**UNNAMED)
        _kept["until"] = time.monotonic() + SECONDS
    return _kept["system"]


def forget():
    """The next question reads the row again."""
    _kept["until"] = 0.0


def operator_id():
    """What MaaS providers call us: the setting, else the id in the system information; "" while there is neither."""
    known = system()
    return settings.TOMP_OPERATOR_ID or (known.system_id if known.pk else "")


def languages():
    """The languages the operator publishes, the default first."""
    return system().languages or ["en"]


def zone():
    """Where the operator's clocks are."""
    return Zone(system().timezone)


def local(moment):
    """The moment on the operator's clocks."""
    return moment.astimezone(zone())


def day_begins(day):
    """The first moment of this day on the operator's calendar."""
    return datetime.combine(day, clock.min, zone())


def is_far(day):
    """Whether nothing we know can have happened on this day, nor ever will."""
    return not FIRST_DAY <= day <= LAST_DAY


def month(day):
    """(the first day of its month, the last one)"""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def days(first, last):
    """(the first moment of the first day, the first moment after the last one)"""
    return day_begins(first), day_begins(last + timedelta(days=1))
