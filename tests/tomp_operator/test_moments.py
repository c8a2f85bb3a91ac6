"""Moments come out of the database as they went in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DataError, connection

from tests.fleet_factories import AssetFactory
from tomp_operator.moments import MomentLoader

pytestmark = pytest.mark.django_db


def told(literal):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [literal])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 5, 4, 17, 30, tzinfo=UTC),
        datetime(2026, 5, 4, 17, 30, 0, 500_000, tzinfo=UTC),
        datetime(2026, 5, 4, 17, 30, 59, 123_456, tzinfo=UTC),
        datetime(2026, 5, 4, 17, 30, 59, 7, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_reads_what_was_written(moment):
    assert told(moment) == moment


def test_is_in_utc_whatever_was_written():
    read = told(datetime(2026, 5, 4, 17, 30, tzinfo=timezone(timedelta(hours=2))))

    assert (read, read.tzinfo) == (datetime(2026, 5, 4, 15, 30, tzinfo=UTC), UTC)


@pytest.mark.parametrize("literal", ["infinity", "0044-03-15 12:00 BC", "12026-05-04 12:00Z"])
def test_what_python_cannot_tell_is_an_error_of_the_data(literal):
    with pytest.raises(DataError, match="timestamp"):
        told(literal)


def test_nothing_is_nothing():
    assert told(None) is None


def test_rows_are_read_so():
    made = AssetFactory(reported_at=datetime(2026, 5, 4, 17, 30, 0, 1, tzinfo=UTC))
    made.refresh_from_db()

    assert made.reported_at == datetime(2026, 5, 4, 17, 30, 0, 1, tzinfo=UTC)
    assert connection.connection.adapters.get_loader(1184, 0) is MomentLoader
