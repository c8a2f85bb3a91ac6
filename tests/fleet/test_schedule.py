"""We are open …"""

from datetime import datetime, time

import pytest

from fleet.models import CalendarPeriod, OpeningHours
from fleet.schedule import Schedule
from tests.fleet_factories import CalendarPeriodFactory, OpeningHoursFactory, RegionFactory, StationFactory

STATION, REGION = 1, 2


def hours(opens, closes, days="MON TUE WED THU FRI SAT SUN", **place):
    return OpeningHours(
        opens_at=time.fromisoformat(opens), closes_at=time.fromisoformat(closes), days=days.split(), **place
    )


def period(start, end, start_year=None, end_year=None, **place):
    (start_day, start_month), (end_day, end_month) = start, end
    return CalendarPeriod(
        start_day=start_day, start_month=start_month, start_year=start_year,
        end_day=end_day, end_month=end_month, end_year=end_year, **place,
    )  # fmt: skip


def is_open(moment, *rules, **place):
    """The moment is local; 1 June 2026 is a Monday."""
    schedule = Schedule(
        hours=tuple(rule for rule in rules if isinstance(rule, OpeningHours)),
        periods=tuple(rule for rule in rules if isinstance(rule, CalendarPeriod)),
    )
    return schedule.is_open(datetime.fromisoformat(moment), **place)


def test_always_where_there_is_no_rule():
    assert is_open("2026-06-01T03:00")


def test_on_the_first_day_that_python_knows():
    assert is_open("0001-01-01T12:00", hours("07:00", "23:00"))  # a Monday


@pytest.mark.parametrize(
    ("at", "expected"), [("06:59:59", False), ("07:00:00", True), ("22:59:59", True), ("23:00:00", False)]
)
def test_from_the_first_moment_to_the_last(at, expected):
    assert is_open(f"2026-06-01T{at}", hours("07:00", "23:00")) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-06-05T21:59", False),  # Friday
        ("2026-06-05T22:00", True),
        ("2026-06-06T05:59", True),
        ("2026-06-06T06:00", False),
        ("2026-06-06T22:00", False),  # Saturday is no day of the rule
        ("2026-06-05T03:00", False),  # nor was Thursday
    ],
)
def test_over_midnight_to_the_next_morning(at, expected):
    assert is_open(at, hours("22:00", "06:00", days="FRI")) == expected


@pytest.mark.parametrize(
    ("at", "expected"), [("2026-06-01T23:59:59", True), ("2026-06-02T00:00", False), ("2026-06-01T09:59", False)]
)
def test_until_midnight_when_it_ends_at_zero(at, expected):
    assert is_open(at, hours("10:00", "00:00", days="MON")) == expected


@pytest.mark.parametrize("at", ["00:00", "12:00", "23:59"])
def test_all_day_from_zero_to_zero(at):
    assert is_open(f"2026-06-01T{at}", hours("00:00", "00:00", days="MON"))
    assert not is_open(f"2026-06-02T{at}", hours("00:00", "00:00", days="MON"))


@pytest.mark.parametrize(("at", "expected"), [("2026-06-01T08:00", True), ("2026-06-02T07:59", True)])
def test_round_the_clock_from_eight_to_eight(at, expected):
    assert is_open(at, hours("08:00", "08:00", days="MON")) == expected


def test_in_any_of_several_hours():
    lunch = hours("08:00", "12:00"), hours("13:00", "17:00")

    assert [is_open(f"2026-06-01T{at}", *lunch) for at in ("11:59", "12:30", "13:00")] == [True, False, True]


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-03-31", False), ("2026-04-01", True), ("2027-10-31", True), ("2026-11-01", False)],
)
def test_in_the_season_of_every_year(day, expected):
    assert is_open(f"{day}T12:00", period((1, 4), (31, 10))) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-11-01", True), ("2026-12-31", True), ("2026-01-01", True), ("2026-02-28", True), ("2026-03-01", False)],
)
def test_in_a_season_over_new_year(day, expected):
    assert is_open(f"{day}T12:00", period((1, 11), (28, 2))) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-11-30", False), ("2026-12-01", True), ("2027-01-15", True), ("2027-01-16", False), ("2027-12-05", False)],
)
def test_in_a_season_of_certain_years(day, expected):
    assert is_open(f"{day}T12:00", period((1, 12), (15, 1), start_year=2026, end_year=2027)) == expected


def test_when_both_hours_and_season_allow():
    rules = hours("07:00", "23:00"), period((1, 4), (31, 10))

    assert is_open("2026-06-01T12:00", *rules)
    assert not is_open("2026-06-01T06:00", *rules)
    assert not is_open("2026-12-01T12:00", *rules)


def test_as_the_station_says_before_its_region_and_the_region_before_all():
    rules = (
        hours("07:00", "23:00"),
        hours("09:00", "17:00", region_id=REGION),
        hours("11:00", "12:00", station_id=STATION),
    )

    def opens(at, **place):
        return is_open(f"2026-06-01T{at}", *rules, **place)

    assert opens("08:00")
    assert not opens("08:00", region_id=REGION)
    assert opens("09:00", region_id=REGION)
    assert not opens("09:00", station_id=STATION, region_id=REGION)
    assert opens("11:00", station_id=STATION, region_id=REGION)
    assert opens("08:00", station_id=99)
    assert opens("09:00", station_id=99, region_id=REGION)
    assert not opens("08:00", station_id=99, region_id=REGION)


def test_by_the_hours_of_the_station_and_the_season_of_all():
    rules = hours("11:00", "12:00", station_id=STATION), period((1, 4), (31, 10))

    assert is_open("2026-06-01T11:30", *rules, station_id=STATION)
    assert not is_open("2026-12-01T11:30", *rules, station_id=STATION)


@pytest.mark.django_db
def test_as_is_written_in_the_tables(django_assert_num_queries):
    station, region = StationFactory(), RegionFactory()
    OpeningHoursFactory(station=station)
    CalendarPeriodFactory(region=region)

    with django_assert_num_queries(3):  # and the regions that have rules
        schedule = Schedule.load()

    night = datetime.fromisoformat("2026-06-01T03:00")
    winter = datetime.fromisoformat("2026-12-01T12:00")
    assert not schedule.is_open(night, station_id=station.pk)
    assert schedule.is_open(night)
    assert not schedule.is_open(winter, region_id=region.pk)
    assert schedule.is_open(winter)
