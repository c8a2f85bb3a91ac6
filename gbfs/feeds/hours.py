"""Opening hours: as OpenStreetMap writes them (GBFS 3.0) and as lists of hours and periods (2.3)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from fleet.models import CalendarPeriod, OpeningHours
from fleet.models.schedule import WEEKDAYS
from gbfs.feeds.members import without_nothing

Span = tuple[int, int]  # minutes of the day, from and until
Week = tuple[tuple[Span, ...], ...]  # Monday first
DAY = 24 * 60
ALWAYS = "24/7"
WHOLE_WEEK: Week = (((0, DAY),),) * 7
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
USERS = {"MEMBER": ["member"], "NON_MEMBERS": ["nonmember"], "": ["member", "nonmember"]}


def osm(hours: Sequence[OpeningHours], periods: Sequence[CalendarPeriod]) -> str:
    """ "Mo-Fr 07:00-22:00; Sa-Su 09:00-18:00". No span goes past midnight: a later rule would replace it."""
    week = _week(hours)
    seasons = _seasons(periods)
    if week == WHOLE_WEEK and not seasons:
        return ALWAYS
    days = [f"{_days(which)} {_clock_spans(spans)}" for spans, which in _alike(week).items() if spans]
    if not days:
        return "off"
    return "; ".join(f"{season} {rule}".strip() for season in seasons or [""] for rule in days)


def rental_hours(hours: Sequence[OpeningHours]) -> list[dict[str, Any]]:
    """system_hours of 2.3, whose schema ends at 23:59:59."""
    rows = []
    for user_type in dict.fromkeys(rule.user_type for rule in hours) or [""]:
        week = _week([rule for rule in hours if rule.user_type == user_type])
        by_span: dict[Span, list[int]] = defaultdict(list)
        for day, spans in enumerate(week):
            for span in spans:
                by_span[span].append(day)
        rows += [
            {
                "user_types": USERS[user_type],
                "days": [WEEKDAYS[day].lower() for day in days],
                "start_time": f"{_clock(start)}:00",
                "end_time": "23:59:59" if end == DAY else f"{_clock(end)}:00",
            }
            for (start, end), days in sorted(by_span.items())
        ]
    return rows


def calendars(periods: Iterable[CalendarPeriod]) -> list[dict[str, Any]]:
    """system_calendar of 2.3; it knows years at both ends or at none."""
    return [_calendar(period) for period in periods]


def _calendar(period: CalendarPeriod) -> dict[str, Any]:
    has_years = period.start_year and period.end_year
    return without_nothing(
        start_month=period.start_month,
        start_day=period.start_day,
        start_year=period.start_year if has_years else None,
        end_month=period.end_month,
        end_day=period.end_day,
        end_year=period.end_year if has_years else None,
    )


def _week(hours: Sequence[OpeningHours]) -> Week:
    """What is open on each day, as spans that do not touch; without any hours always."""
    if not hours:
        return WHOLE_WEEK
    week: list[list[Span]] = [[] for _day in WEEKDAYS]
    for rule in hours:
        opens, closes = (at.hour * 60 + at.minute for at in (rule.opens_at, rule.closes_at))
        for day in (WEEKDAYS.index(name) for name in rule.days if name in WEEKDAYS):
            week[day].append((opens, closes if closes > opens else DAY))
            if 0 < closes <= opens:
                week[(day + 1) % 7].append((0, closes))
    return tuple(_merged(spans) for spans in week)


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def _alike(week: Week) -> dict[tuple[Span, ...], list[int]]:
    days: dict[tuple[Span, ...], list[int]] = defaultdict(list)
    for day, spans in enumerate(week):
        days[spans].append(day)
    return days


def _days(days: list[int]) -> str:
    """Mo-We,Fr: runs of days."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(_day(run[0]) if len(run) == 1 else f"{_day(run[0])}-{_day(run[-1])}" for run in runs)


def _day(day: int) -> str:
    return WEEKDAYS[day][:2].capitalize()


def _clock_spans(spans: Iterable[Span]) -> str:
    return ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _seasons(periods: Iterable[CalendarPeriod]) -> list[str]:
    """The parts of the year; none if one of them is the whole."""
    found = []
    for period in periods:
        has_years = period.start_year and period.end_year
        first, last = (period.start_month, period.start_day), (period.end_month, period.end_day)
        if (first, last) == ((1, 1), (12, 31)) and not has_years:
            return []
        start, end = (f"{MONTHS[month - 1]} {day:02}" for month, day in (first, last))
        found.append(f"{period.start_year} {start}-{period.end_year} {end}" if has_years else f"{start}-{end}")
    return found
