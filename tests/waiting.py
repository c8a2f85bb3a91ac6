"""Somebody waits for a lock that another one holds."""

import time

import pytest
from django.db import connections


def wait_until_somebody_waits():
    """Until a connection of the test database waits for a lock; a transaction would always see the same of them."""
    looking = connections["default"].copy()
    give_up_at = time.monotonic() + 10
    with looking.cursor() as cursor:
        while time.monotonic() < give_up_at:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone() != (0,):
                break
            time.sleep(0.01)
        else:
            pytest.fail("Nobody waits.")
    looking.close()
