"""Opening hours …"""

from datetime import time

import pytest

from fleet.importing.gbfs.hours import from_osm
from fleet.models import CalendarPeriod, OpeningHours
from fleet.models.schedule import WEEKDAYS
from gbfs.feeds import hours
from tests.fleet_factories import CalendarPeriodFactory, OpeningHoursFactory, StationFactory
from tests.gbfs.feeds import data, every_feed

WEEK, WORKDAYS, WEEKEND = list(WEEKDAYS), list(WEEKDAYS[:5]), list(WEEKDAYS[5:])


def rule(opens, closes, days=WEEK, user_type=""):
    return OpeningHours(
        days=days, opens_at=time.fromisoformat(opens), closes_at=time.fromisoformat(closes), user_type=user_type
    )


def period(start, end, years=(None, None)):
    (start_month, start_day), (end_month, end_day) = start, end
    return CalendarPeriod(
        start_month=start_month,
        start_day=start_day,
        start_year=years[0],
        end_month=end_month,
        end_day=end_day,
        end_year=years[1],
    )


@pytest.mark.parametrize(
    ("rules", "written"),
    [
        ([], "24/7"),
        ([rule("00:00", "00:00")], "24/7"),
        ([rule("07:00", "07:00")], "24/7"),
        ([rule("00:00", "12:00"), rule("12:00", "00:00")], "24/7"),
        ([rule("07:00", "22:00", WORKDAYS), rule("09:00", "18:00", WEEKEND)], "Mo-Fr 07:00-22:00; Sa-Su 09:00-18:00"),
        ([rule("13:00", "18:00"), rule("08:00", "12:00")], "Mo-Su 08:00-12:00,13:00-18:00"),
        ([rule("08:00", "14:00"), rule("12:00", "18:00")], "Mo-Su 08:00-18:00"),
        ([rule("09:00", "17:00", ["MON", "WED", "THU", "SUN"])], "Mo,We-Th,Su 09:00-17:00"),
        ([rule("22:00", "02:00", ["FRI"])], "Fr 22:00-24:00; Sa 00:00-02:00"),
        ([rule("22:00", "02:00", ["SUN"])], "Mo 00:00-02:00; Su 22:00-24:00"),
        ([rule("09:00", "17:00", [])], "off"),
    ],
)
def test_are_written_as_openstreetmap_does(rules, written):
    assert hours.osm(rules, []) == written


@pytest.mark.parametrize(
    ("periods", "written"),
    [
        ([period((4, 1), (10, 31))], "Apr 01-Oct 31 Mo-Su 07:00-22:00"),
        ([period((11, 1), (3, 31))], "Nov 01-Mar 31 Mo-Su 07:00-22:00"),
        ([period((4, 1), (10, 31), (2026, 2027))], "2026 Apr 01-2027 Oct 31 Mo-Su 07:00-22:00"),
        ([period((1, 1), (12, 31))], "Mo-Su 07:00-22:00"),
        (
            [period((4, 1), (5, 31)), period((9, 1), (9, 30))],
            "Apr 01-May 31 Mo-Su 07:00-22:00; Sep 01-Sep 30 Mo-Su 07:00-22:00",
        ),
    ],
)
def test_say_in_which_part_of_the_year_they_hold(periods, written):
    assert hours.osm([rule("07:00", "22:00")], periods) == written


def test_that_are_always_have_a_season_too():
    assert hours.osm([], [period((4, 1), (10, 31))]) == "Apr 01-Oct 31 Mo-Su 00:00-24:00"


@pytest.mark.parametrize(
    "rules",
    [
        [rule("00:00", "00:00")],
        [rule("07:00", "22:00", WORKDAYS), rule("09:00", "18:00", WEEKEND)],
        [rule("22:00", "02:00", ["FRI"]), rule("09:00", "17:00", ["SAT"])],
        [rule("08:00", "12:00"), rule("13:00", "00:00")],
    ],
)
def test_are_read_by_our_own_import_as_they_were_meant(rules):
    written = hours.osm(rules, [])

    assert hours.osm(from_osm(written), []) == written


def test_in_2_3_end_with_the_day_and_say_for_whom_they_are():
    rows = hours.rental_hours([rule("07:00", "00:00", WORKDAYS), rule("22:00", "02:00", ["SAT"], user_type="MEMBER")])

    everybody, members = ["member", "nonmember"], ["member"]
    assert rows == [
        {
            "user_types": everybody,
            "days": ["mon", "tue", "wed", "thu", "fri"],
            "start_time": "07:00:00",
            "end_time": "23:59:59",
        },
        {"user_types": members, "days": ["sun"], "start_time": "00:00:00", "end_time": "02:00:00"},
        {"user_types": members, "days": ["sat"], "start_time": "22:00:00", "end_time": "23:59:59"},
    ]


@pytest.mark.django_db
def test_in_2_3_are_feeds_of_their_own():
    OpeningHoursFactory(days=["MON"])
    OpeningHoursFactory(days=["TUE"], station=StationFactory())
    CalendarPeriodFactory(start_year=2026, end_year=2026)
    CalendarPeriodFactory(start_month=5, start_year=2027)

    assert [row["days"] for row in data("system_hours", "2.3")["rental_hours"]] == [["mon"]]
    assert data("system_calendar", "2.3")["calendars"] == [
        {
            "start_month": 4,
            "start_day": 1,
            "start_year": 2026,
            "end_month": 10,
            "end_day": 31,
            "end_year": 2026,
        },
        {"start_month": 5, "start_day": 1, "end_month": 10, "end_day": 31},
    ]
    assert ("system_calendar", "2.3/system_calendar.json") in every_feed("2.3")


@pytest.mark.django_db
def test_without_a_season_make_no_calendar():
    assert "system_calendar" not in [name for name, _path in every_feed("2.3")]
    assert data("system_calendar", "2.3") == {"calendars": []}
