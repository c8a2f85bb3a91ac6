"""What staff announce: afterwards rows, API, feeds, trips, journal, calls, story and audit agree …"""

from tests.admin.acting import having, new, page, removing, with_other
from tests.configuration import configuration
from tests.fleet_factories import AlertFactory, CalendarPeriodFactory, OpeningHoursFactory
from tests.town import Act, ActsOfStaff, nothing

ALERT, HOURS, PERIOD = "fleet/alert", "fleet/openinghours", "fleet/calendarperiod"
EVERY_DAY = "MON TUE WED THU FRI SAT SUN"
RAIN = {"alert_id": "rain", "kind": "OTHER", "summary__en": "Rain"}
WEEKEND = {"days": ["SAT", "SUN"], "opens_at": "08:00", "closes_at": "20:00", "user_type": ""}
ALWAYS_OPEN = {("feed of operator", ""): ("Operator", "24/7")}
CLOSED_ON_MONDAYS = {
    ("hours", ""): ["SAT SUN 08:00-20:00"], ("feed of operator", ""): ("Operator", "Sa-Su 08:00-20:00"),
    ("offered", "FIRST"): None, ("feed", "FIRST"): None, ("offered", "SPARE"): None, ("feed", "SPARE"): None,
    ("price", "scooter"): None, ("conditions", "scooter"): None, ("feed of station", "dom"): (False, True, 0),
}  # fmt: skip
SUMMER = {"start_day": "1", "start_month": "6", "end_day": "31", "end_month": "8"}

raining = having(ALERT, AlertFactory, alert_id="rain", summary={"en": "Rain"}, stations=lambda town: [town.station])
open_daily = having(HOURS, OpeningHoursFactory)
open_in_season = having(PERIOD, CalendarPeriodFactory)


def backwards(town):
    """An alert that ends before it starts."""
    return {"starts_at_0": "2026-06-02", "starts_at_1": "12:00", "ends_at_0": "2026-06-01", "ends_at_1": "12:00"}


ACTS = {
    "announce": Act(
        new(ALERT),
        {("alert", "rain"): ("Rain", []), ("feed of alert", "rain"): ("Rain", [])},
        [("Alert", "added", "")],
        "add_alert",
        lambda town: RAIN,
        refused=nothing,
        refused_form=backwards,
        needs=("alert_id", "summary__en"),
    ),
    "announce something else": Act(
        page(ALERT),
        {("alert", "rain"): ("Storm", ["dom"]), ("feed of alert", "rain"): ("Storm", ["dom"])},
        [("Alert", "changed", "")],
        "change_alert",
        with_other(ALERT, summary__en="Storm"),
        given=raining,
        refused=raining,
        refused_form=backwards,
        needs=("kind", "summary__en"),
    ),
    **removing(ALERT, {("alert", "rain"): None, ("feed of alert", "rain"): None}, [("Alert", "deleted", "")], raining),
    "open at weekends": Act(
        new(HOURS),
        CLOSED_ON_MONDAYS,
        [("Opening hours", "added", "")],
        "add_openinghours",
        lambda town: WEEKEND,
        refused=nothing,
        refused_form=lambda town: {"opens_at": "25:00"},
        needs=("opens_at", "closes_at"),
    ),
    "close earlier": Act(
        page(HOURS),
        {("hours", ""): [f"{EVERY_DAY} 07:00-21:00"], ("feed of operator", ""): ("Operator", "Mo-Su 07:00-21:00")},
        [("Opening hours", "changed", "")],
        "change_openinghours",
        with_other(HOURS, closes_at="21:00"),
        given=open_daily,
        refused=open_daily,
        refused_form=lambda town: {"region": town.region.pk, "station": town.station.pk},
        needs=("opens_at", "days"),
    ),
    **removing(HOURS, {("hours", ""): []} | ALWAYS_OPEN, [("Opening hours", "deleted", "")], open_daily),
    "open in summer": Act(
        new(PERIOD),
        {("calendar", ""): ["1.6-31.8"], ("feed of operator", ""): ("Operator", "Jun 01-Aug 31 Mo-Su 00:00-24:00")},
        [("Calendar period", "added", "")],
        "add_calendarperiod",
        lambda town: SUMMER,
        refused=nothing,
        refused_form=lambda town: {"start_month": "13"},
        needs=("start_day", "end_month"),
    ),
    "close a month earlier": Act(
        page(PERIOD),
        {("calendar", ""): ["1.4-30.9"], ("feed of operator", ""): ("Operator", "Apr 01-Sep 30 Mo-Su 00:00-24:00")},
        [("Calendar period", "changed", "")],
        "change_calendarperiod",
        with_other(PERIOD, end_month="9", end_day="30"),
        given=open_in_season,
        refused=open_in_season,
        refused_form=lambda town: {"end_day": "32"},
        needs=("start_month",),
    ),
    **removing(PERIOD, {("calendar", ""): []} | ALWAYS_OPEN, [("Calendar period", "deleted", "")], open_in_season),
}


class TestOfTheSchedule(ActsOfStaff):
    acts = ACTS
    tell = (configuration,)
    empty = ""
