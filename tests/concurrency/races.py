"""Doing several things at the same moment, and looking at what is left of it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from bookings.models import OPEN_STATES, Booking, BookingEvent
from fleet.models import Asset, Reservation
from legs.models import Leg


def at_once(jobs):
    """What each job returns; all begin together, each on a connection of its own."""
    jobs = list(jobs)
    start = Barrier(len(jobs))

    def run(job):
        try:
            start.wait(30)
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(run, job) for job in jobs]]


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
