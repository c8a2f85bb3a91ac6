"""Which place keeps this time? A feed may say CET where readers want a place: the nearest of the tz database. Pure."""

import re
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

from fleet import geo

NEAR_M = 1_000_000  # farther away it would be the time of somebody else
MONTHS = [datetime(year, month, 15, tzinfo=UTC) for year in range(2022, 2027) for month in range(1, 13)]
POSITION = re.compile(r"([+-]\d{2})(\d{2})(\d{2})?([+-]\d{3})(\d{2})(\d{2})?")  # ISO 6709: degrees, minutes, seconds


def place_of(zone: str, lat: float, lon: float) -> str | None:
    """The nearest place whose clocks agree with those of the zone all year round; None if there is none near."""
    clock = _clock(zone)
    near = sorted((geo.distance_m(lat, lon, *point), place) for place, point in _places().items())
    return next((place for metres, place in near if metres < NEAR_M and _clock(place) == clock), None)


@cache
def _clock(zone: str) -> tuple[object, ...]:
    known = ZoneInfo(zone)
    return tuple(moment.astimezone(known).utcoffset() for moment in MONTHS)


@cache
def _places() -> dict[str, tuple[float, float]]:
    """Each place of the tz database with its coordinates."""
    lines = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {place: _point(position) for _country, position, place, *_comment in rows if place in available_timezones()}


def _point(position: str) -> tuple[float, float]:
    """ "+5955+01045" """
    numbers = [number or "0" for number in POSITION.split(position)[1:-1]]
    return _degrees(*numbers[:3]), _degrees(*numbers[3:])


def _degrees(degrees: str, minutes: str, seconds: str) -> float:
    part = int(minutes) / 60 + int(seconds) / 3600
    return int(degrees) - part if degrees.startswith("-") else int(degrees) + part
