"""Every page of the back office needs at most twenty statements, and no more of them when there is more to show."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.admin.everything import one_of_each, tell_more_of
from tests.permissions.asking import address_of
from tests.permissions.routes import routes

MOST = 20
TIMES = 12
# Those of transactions; and once a minute, on whichever page it is, the session is prolonged.
OF_NO_PAGE = ("SAVEPOINT", "RELEASE", "ROLLBACK", 'UPDATE "django_session"')


def statements(staff, rows):
    """{pattern: how many statements it takes} of each page that can be looked at, its files read to their end."""
    counted = {}
    for route in routes():
        if route.method == "get" and route.pattern.startswith("admin/"):
            address = address_of(route.pattern, rows)
            with CaptureQueriesContext(connection) as asked:
                answer = staff.get(f"/{address}")
                b"".join(answer)
            if answer.status_code == 200:
                counted[route.pattern] = sum(
                    not query["sql"].startswith(OF_NO_PAGE) for query in asked.captured_queries
                )
    return counted


@pytest.fixture
def of_few(staff, everything):
    return statements(staff, everything)


@pytest.fixture
def of_many(staff, superuser, everything, of_few):
    for _time in range(TIMES):
        one_of_each(superuser)
        tell_more_of(everything, superuser)
    return statements(staff, everything)


def test_with_any_number_of_rows(of_few, of_many):
    assert len(of_many) > 200
    assert of_few.keys() == of_many.keys()
    assert {each: count for each, count in of_many.items() if count > of_few[each]} == {}
    assert {each: count for each, count in of_many.items() if count > MOST} == {}
