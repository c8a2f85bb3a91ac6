"""Are we open at this moment, here? Reads three small tables, writes nothing."""

from dataclasses import dataclass, replace
from datetime import time

from fleet import geo
from fleet.models import CalendarPeriod, OpeningHours, Region
from fleet.models.schedule import WEEKDAYS


@dataclass(frozen=True)
class Schedule:
    """All opening hours and calendar periods, to ask as often as one likes.

    `regions` are the operating areas that have rules of their own.
    """

    hours: tuple[OpeningHours, ...]
    periods: tuple[CalendarPeriod, ...]
    regions: tuple[Region, ...] = ()

    @classmethod
    def load(cls):
        hours, periods = tuple(OpeningHours.objects.all()), tuple(CalendarPeriod.objects.all())
        ruled = {rule.region_id for rule in (*hours, *periods) if rule.region_id is not None}
        return cls(hours, periods, tuple(Region.objects.filter(pk__in=ruled)) if ruled else ())

    def on(self, regions):
        """The same hours and periods, where these regions ({primary key: region}) are."""
        return replace(self, regions=tuple(regions.get(each.pk, each) for each in self.regions))

    def is_open(self, local, *, station_id=None, region_id=None, point=None):
        """Whether trips may begin at this local time. Rules of the station beat those of its region, and those the
        system's; where there is no rule at all it is always open.

        What stands at no station lies in every operating area around its `point` (lat, lon).
        """
        region_ids = {region_id} if point is None else self._regions_at(*point)
        hours, periods = self.rules_for(station_id=station_id, region_ids=region_ids)
        return (not hours or any(_is_open(rule, local) for rule in hours)) and (
            not periods or any(_within_period(rule, local.date()) for rule in periods)
        )

    def holding(self, local):
        """For each of the hours and periods whether it holds at this local time: `is_open` asks nothing else of it."""
        return (
            tuple(_is_open(rule, local) for rule in self.hours),
            tuple(_within_period(rule, local.date()) for rule in self.periods),
        )

    def rules_for(self, *, station_id=None, region_ids=frozenset()):
        """The hours and the periods that hold at this place; for none in particular, those of the system."""
        return (
            _most_specific(self.hours, station_id, region_ids),
            _most_specific(self.periods, station_id, region_ids),
        )

    def _regions_at(self, lat, lon):
        return {
            region.pk
            for region in self.regions
            if region.kind == Region.Kind.OPERATING and geo.contains(region.area, lat, lon)
        }


def _most_specific(rules, station_id, region_ids):
    for chosen in (
        [rule for rule in rules if station_id and rule.station_id == station_id],
        [rule for rule in rules if rule.region_id and rule.region_id in region_ids],
        [rule for rule in rules if rule.station_id is None and rule.region_id is None],
    ):
        if chosen:
            return chosen
    return []


def _is_open(rule, local):
    return within_hours(local, days=rule.days, begins=rule.opens_at, ends=rule.closes_at)


def within_hours(local, *, days, begins, ends):
    """Whether this local time is in the hours that begin on these days; an end before the begin is the next morning."""
    today, yesterday = WEEKDAYS[local.weekday()], WEEKDAYS[local.weekday() - 1]
    now, overnight = local.time(), ends <= begins
    if overnight and ends != time(0) and yesterday in days and now < ends:
        return True
    return today in days and now >= begins and (overnight or now < ends)


def _within_period(rule, day):
    start, end = (rule.start_month, rule.start_day), (rule.end_month, rule.end_day)
    if rule.start_year and rule.end_year:
        return (rule.start_year, *start) <= (day.year, day.month, day.day) <= (rule.end_year, *end)
    today = (day.month, day.day)
    return start <= today <= end if start <= end else today >= start or today <= end
