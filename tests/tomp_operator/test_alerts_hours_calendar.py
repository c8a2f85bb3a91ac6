"""GET /operator/alerts, /operator/operating-hours and /operator/operating-calendar …"""

from datetime import time, timedelta

import pytest

from fleet.models import Alert
from tests.client import refused
from tests.fleet_factories import (
    AlertFactory,
    CalendarPeriodFactory,
    OpeningHoursFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
)
from tests.journey import NOW


@pytest.fixture
def dom(db):
    """A station in the centre."""
    return StationFactory(station_id="dom", region=RegionFactory(region_id="centre"))


@pytest.fixture
def gate(db):
    """A station in no region."""
    return StationFactory(station_id="gate")


# Alerts


def alert_ids(answer):
    assert answer.status_code == 200, answer.content
    return [alert["alertId"] for alert in answer.json()]


def test_an_alert_tells_what_when_and_where(mp, dom):
    AlertFactory(
        alert_id="works",
        kind=Alert.Kind.STATION_CLOSURE,
        summary={"en": "Closed"},
        description={"en": "Works in the street"},
        url="https://rides.example/works",
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=2),
        stations=[dom],
        regions=[dom.region],
    )

    assert mp.get("/operator/alerts").json() == [
        {
            "alertId": "works",
            "alertType": "STATION_CLOSURE",
            "startAndEndTimes": [["2026-06-01T12:00:00Z", "2026-06-01T14:00:00Z"]],
            "stationIds": ["dom"],
            "regionId": ["centre"],
            "url": "https://rides.example/works",
            "summary": "Closed",
            "description": "Works in the street",
            "lastUpdated": "2026-06-01T12:00:00Z",
        }
    ]


@pytest.mark.parametrize("ends", [{}, {"starts_at": NOW}, {"ends_at": NOW + timedelta(days=1)}], ids=str)
def test_an_alert_without_two_ends_tells_no_times(mp, ends):
    AlertFactory(alert_id="open", **ends)

    [told] = mp.get("/operator/alerts").json()

    assert told["alertId"] == "open"
    assert "startAndEndTimes" not in told


def test_an_alert_speaks_the_language_asked_for(mp):
    SystemFactory(languages=["en", "nl"])
    AlertFactory(summary={"en": "Fewer scooters", "nl": "Minder steps"})
    mp.headers["Accept-Language"] = "nl"

    assert mp.get("/operator/alerts").json()[0]["summary"] == "Minder steps"


def test_an_alert_goes_when_it_is_over(mp, clock):
    AlertFactory(alert_id="short", ends_at=NOW + timedelta(minutes=1))
    AlertFactory(alert_id="future", starts_at=NOW + timedelta(days=1))

    assert alert_ids(mp.get("/operator/alerts")) == ["future", "short"]
    clock.shift(60)
    assert alert_ids(mp.get("/operator/alerts")) == ["future"]


def test_alerts_about_a_place_are_those_that_concern_it(mp, dom, gate):
    AlertFactory(alert_id="a-everywhere")
    AlertFactory(alert_id="b-centre", regions=[dom.region])
    AlertFactory(alert_id="c-dom", stations=[dom])
    AlertFactory(alert_id="d-gate", stations=[gate])
    AlertFactory(alert_id="e-both", stations=[dom, gate], regions=[dom.region])

    def about(**place):
        return alert_ids(mp.get("/operator/alerts", **place))

    assert about() == ["a-everywhere", "b-centre", "c-dom", "d-gate", "e-both"]
    assert about(regionId="", stationId="") == ["a-everywhere", "b-centre", "c-dom", "d-gate", "e-both"]
    assert about(regionId="centre") == ["a-everywhere", "b-centre", "c-dom", "e-both"]
    assert about(stationId="dom") == ["a-everywhere", "b-centre", "c-dom", "e-both"]
    assert about(stationId="gate") == ["a-everywhere", "d-gate", "e-both"]
    assert about(stationId="nowhere") == about(regionId="nowhere") == []
    assert about(stationId="gate", regionId="centre") == []


def test_alerts_come_in_pages(mp, dom):
    for name in "cab":
        AlertFactory(alert_id=name, stations=[dom])

    assert alert_ids(mp.get("/operator/alerts", offset=1, limit=1)) == ["b"]
    assert alert_ids(mp.get("/operator/alerts", stationId="dom", offset=1, limit=5)) == ["b", "c"]
    assert alert_ids(mp.get("/operator/alerts", limit=0)) == []
    refused(mp.get("/operator/alerts", limit=1001), 400, 1009)
    refused(mp.get("/operator/alerts", offset="x"), 400, 1002)


def test_alerts_take_four_statements_for_any_number(mp, dom, gate, django_assert_num_queries):
    AlertFactory.create_batch(3, stations=[dom, gate], regions=[dom.region])
    mp.get("/operator/alerts")  # the operator's languages are known from now on

    with django_assert_num_queries(4):  # the key, the alerts, their stations, their regions
        assert len(mp.get("/operator/alerts").json()) == 3


# Opening hours


def test_hours_tell_from_when_until_when(mp):
    OpeningHoursFactory(days=["SAT", "SUN"], opens_at=time(9), closes_at=time(17, 30), user_type="MEMBER")

    assert mp.get("/operator/operating-hours").json() == [
        {"userType": "MEMBER", "startTime": "09:00", "endTime": "17:30", "days": ["SAT", "SUN"]}
    ]


@pytest.mark.parametrize(
    ("opens", "closes", "told"),
    [
        (time(7), time(0), ("07:00", "24:00")),
        (time(18), time(2, 30), ("18:00", "26:30")),
        (time(0), time(0), ("00:00", "24:00")),
        (time(7), time(7), ("07:00", "31:00")),
    ],
)
def test_hours_past_midnight_count_on(mp, opens, closes, told):
    OpeningHoursFactory(opens_at=opens, closes_at=closes)

    [hours] = mp.get("/operator/operating-hours").json()

    assert (hours["startTime"], hours["endTime"]) == told


def test_hours_name_the_place_they_are_for(mp, dom):
    OpeningHoursFactory(station=dom)
    OpeningHoursFactory(region=dom.region)

    first, second = mp.get("/operator/operating-hours").json()

    assert (first["stationId"], "regionId" in first) == ("dom", False)
    assert (second["regionId"], "stationId" in second) == ("centre", False)


def test_hours_of_a_place_are_those_that_hold_there(mp, dom, gate):
    OpeningHoursFactory(opens_at=time(1))
    OpeningHoursFactory(opens_at=time(2), region=dom.region)
    OpeningHoursFactory(opens_at=time(3), station=dom)
    RegionFactory(region_id="suburb")

    def starts(**place):
        return [hours["startTime"] for hours in mp.get("/operator/operating-hours", **place).json()]

    assert starts() == starts(stationId="", regionId="") == ["01:00", "02:00", "03:00"]
    assert starts(stationId="dom") == ["03:00"]
    assert starts(regionId="centre") == ["02:00"]
    assert starts(regionId="suburb") == starts(stationId="gate") == ["01:00"]
    assert starts(stationId="nowhere") == starts(regionId="nowhere") == []


def test_hours_of_a_station_without_its_own_are_those_of_its_region(mp, dom):
    OpeningHoursFactory(opens_at=time(1))
    OpeningHoursFactory(opens_at=time(2), region=dom.region)

    assert [hours["startTime"] for hours in mp.get("/operator/operating-hours", stationId="dom").json()] == ["02:00"]


def test_hours_take_two_statements_for_any_number(mp, dom, django_assert_num_queries):
    OpeningHoursFactory.create_batch(3, station=dom)
    mp.get("/operator/operating-hours")  # the operator's languages are known from now on

    with django_assert_num_queries(2):  # the key, the hours with their places
        assert len(mp.get("/operator/operating-hours").json()) == 3


# The calendar


def test_a_period_of_every_year_has_no_year(mp):
    CalendarPeriodFactory()

    assert mp.get("/operator/operating-calendar").json() == [
        {"startMonth": 4, "startDay": 1, "endMonth": 10, "endDay": 31}
    ]


def test_a_period_of_one_year_names_it(mp, dom):
    CalendarPeriodFactory(start_year=2026, end_year=2027, station=dom)

    assert mp.get("/operator/operating-calendar").json() == [
        {
            "stationId": "dom",
            "startMonth": 4,
            "startDay": 1,
            "startYear": 2026,
            "endMonth": 10,
            "endDay": 31,
            "endYear": 2027,
        }
    ]


def test_the_calendar_of_a_place_is_the_one_that_holds_there(mp, dom, gate):
    CalendarPeriodFactory(start_day=1)
    CalendarPeriodFactory(start_day=2, region=dom.region)

    def days(**place):
        return [period["startDay"] for period in mp.get("/operator/operating-calendar", **place).json()]

    assert days() == [1, 2]
    assert days(stationId="dom") == days(regionId="centre") == [2]
    assert days(stationId="gate") == [1]
    assert days(stationId="nowhere") == days(regionId="nowhere") == []
