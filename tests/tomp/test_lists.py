"""A list offers the periods it has rows in …"""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.fleet_factories import SystemFactory
from tests.trip_factories import BookingFactory, LegFactory

BOOKINGS = "/admin/bookings/booking/"


@pytest.fixture
def staff(db, client):
    SystemFactory()  # in Utrecht
    client.force_login(User.objects.create_superuser("rita"))
    return client


def offered(staff):
    """The periods one can choose on the list of bookings, by their first days."""
    calendar = staff.get(BOOKINGS).context["cl"].calendar
    with timezone.override("Europe/Amsterdam"):  # as the page does
        found = {kind: calendar.queryset.datetimes("created_at", kind) for kind in ("year", "month", "day")}
    return {kind: [f"{each:%Y-%m-%d}" for each in moments] for kind, moments in found.items()}


def made(*moments):
    for moment in moments:
        BookingFactory(created_at=moment)


def test_from_the_first_to_the_last_of_the_operators_clock(staff):
    made(datetime(2025, 11, 30, 23, 30, tzinfo=UTC), datetime(2026, 2, 3, 12, 0, tzinfo=UTC))

    assert offered(staff)["year"] == ["2025-01-01", "2026-01-01"]
    assert offered(staff)["month"] == ["2025-12-01", "2026-01-01", "2026-02-01"]


def test_day_by_day_also_when_the_clocks_change(staff):
    made(datetime(2026, 3, 27, 23, 30, tzinfo=UTC), datetime(2026, 3, 30, 21, 30, tzinfo=UTC))

    assert offered(staff)["day"] == ["2026-03-28", "2026-03-29", "2026-03-30"]


def test_none_while_there_are_no_rows(staff):
    assert offered(staff) == {"year": [], "month": [], "day": []}


def test_as_links_that_narrow_the_list(staff):
    made(datetime(2026, 3, 28, 12, 0, tzinfo=UTC), datetime(2026, 3, 30, 12, 0, tzinfo=UTC))

    month = staff.get(BOOKINGS).content.decode()
    day = staff.get(f"{BOOKINGS}?created_at__year=2026&created_at__month=3&created_at__day=30")

    assert "?created_at__day=30&amp;created_at__month=3&amp;created_at__year=2026" in month
    assert day.context["cl"].result_count == 1


def test_with_no_statement_for_what_each_row_repeats(staff, django_assert_num_queries):
    for _row in range(3):
        LegFactory(booking__state="FINISHED")

    page = staff.get(BOOKINGS).context["cl"]

    with django_assert_num_queries(0):
        assert page.get_query_string({"p": 2}) == page.get_query_string({"p": 2}) == "?p=2"
    assert page.get_query_string({"p": 3}) == "?p=3"
    assert page.get_query_string({}, ["p"]) == "?"
