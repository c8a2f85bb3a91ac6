"""Doing several things at the same moment, and looking at what is left of it.

Each race is run a few times; TOMP_RACES says how often instead.
"""

import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from django.db import connection

from bookings.models import OPEN_STATES, Booking, BookingEvent
from fleet.models import Asset, Reservation
from legs.models import Leg
from tomp.errors import TompError

ROUNDS = int(os.environ.get("TOMP_RACES", "5"))
ABOUT_AS_LONG_AS_A_REQUEST_S = 0.02


def at_once(jobs):
    """What each job returns; all begin together, each on a connection of its own."""
    jobs = list(jobs)
    start = Barrier(len(jobs))

    def run(job):
        start.wait(30)
        return job()

    return crowd([partial(run, job) for job in jobs], at_a_time=len(jobs))


def crowd(jobs, at_a_time=20):
    """What each of many jobs returns, each on a connection of its own; the database has not one for all of them."""

    def run(job):
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(at_a_time) as pool:
        return [future.result() for future in [pool.submit(run, job) for job in jobs]]


def race(*jobs):
    """What each job returned, or the name of its refusal; any of them may be the first."""

    def after_a_moment(job):
        time.sleep(random.random() * ABOUT_AS_LONG_AS_A_REQUEST_S)
        try:
            return job()
        except TompError as refusal:
            return type(refusal).__name__

    return at_once(partial(after_a_moment, job) for job in jobs)


def statuses(answers):
    return Counter(answer.status_code for answer in answers)


def assert_consistent():
    """Exactly what is held is not free, each thing for one open booking, which has its leg and its story."""
    held = Reservation.objects.exclude(asset=None)
    assert set(held.values_list("asset_id", flat=True)) == set(
        Asset.objects.filter(state__in=("RESERVED", "IN_USE")).values_list("pk", flat=True)
    )
    open_legs = Leg.objects.filter(booking__state__in=OPEN_STATES)
    assert set(Reservation.objects.values_list("leg_id", flat=True)) == set(open_legs.values_list("pk", flat=True))
    booked = Booking.objects.booked()
    assert not booked.filter(legs=None).exists()
    assert set(BookingEvent.objects.values_list("booking", flat=True)) == set(booked.values_list("pk", flat=True))
