"""Fourteen days at a glance: a row of bars, as numbers an SVG is written from. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format

STEP, HEIGHT = 10, 40  # of the drawing: from bar to bar, and the tallest
LEAST = 1.0  # what is more than nothing is seen


@dataclass(frozen=True)
class Bar:
    """One day. Where nothing is known the bar has no height and says so by its text."""

    x: int
    y: float
    height: float
    text: str
    address: str
    is_last: bool


def bars(
    days: Sequence[date],
    values: Mapping[date, Any],
    text_of: Callable[[Any], str],
    address_of: Callable[[date], str] | None = None,
) -> list[Bar]:
    """A bar for each day, in proportion to the largest; what is below zero has no height, and its number in words."""
    tallest = max([float(value) for value in values.values()], default=0.0)
    made = []
    for place, day in enumerate(days):
        value = values.get(day)
        height = _height(float(value or 0), tallest)
        text = f"{date_format(day, 'DATE_FORMAT')}: {'–' if value is None else text_of(value)}"
        address = address_of(day) if address_of else ""
        made.append(Bar(place * STEP, HEIGHT - height, height, text, address, is_last=place == len(days) - 1))
    return made


def _height(value: float, tallest: float) -> float:
    return round(max(LEAST, HEIGHT * value / tallest), 1) if value > 0 else 0.0
