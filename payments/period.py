"""Which moments are these days? On the operator's calendar, whose days begin at its own midnight."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from fleet import information


def days(first, last):
    """(the first moment of the first day, the first moment after the last one)"""
    zone = ZoneInfo(information.system().timezone)
    return (
        datetime.combine(first, time.min, zone),
        datetime.combine(last + timedelta(days=1), time.min, zone),
    )
