"""A job that looks every minute reads what is due, not the whole table (PostgreSQL's own plan, on 10,000 trips)."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection

from bookings import unstarted
from bookings.models import Booking, BookingState
from customers import services as customers
from customers.models import Customer
from legs.models import Leg, LegState
from tests.journey import NOW
from tests.trip_factories import BookingFactory, LegFactory

MANY = 10_000
DAY = timedelta(days=1)


QUERIES = {
    "lapsed": lambda: unstarted.lapsed(NOW),
    "to warn": lambda: unstarted.to_warn(NOW),
    "left finishing": lambda: Leg.objects.left_finishing(NOW),
    "too long": lambda: Leg.objects.ridden_too_long(NOW).filter(overdue_at=None),
    "to anonymise": lambda: Booking.objects.with_personal_data(NOW - 365 * DAY),
    "unused": lambda: customers.unused(NOW + DAY),
}
LARGE = (Booking, Leg, Customer)


@pytest.mark.django_db
def test_each_job_finds_what_is_due_by_an_index():
    _a_fleet_that_has_run_for_years()

    plans = {name: find().values_list("pk").explain() for name, find in QUERIES.items()}

    read_whole = {
        name: plan for name, plan in plans.items() for model in LARGE if f"Seq Scan on {model._meta.db_table} " in plan
    }
    assert read_whole == {}


def _a_fleet_that_has_run_for_years():
    """Nearly all of its trips are over and anonymised."""
    booking = BookingFactory(state="FINISHED", anonymised_at=NOW)
    _multiply(booking, LegFactory(booking=booking))
    with connection.cursor() as cursor:
        for model in LARGE:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def _multiply(booking, leg):
    """One in a thousand is confirmed, one in a thousand is being finished."""
    bookings, legs, people = [], [], []
    for number in range(MANY):
        at = NOW - DAY * (number % 1000)
        state, leg_state = BookingState.FINISHED, LegState.FINISHED
        if number % 1000 == 7:
            state, leg_state = BookingState.CONFIRMED, LegState.NOT_STARTED
        elif number % 1000 == 8:
            state, leg_state = BookingState.STARTED, LegState.FINISHING
        person = Customer(provider=booking.provider, external_id=f"p-{number}", erased_at=NOW if number % 100 else None)
        made = Booking(**_fields(booking) | {
            "id": uuid.uuid4(), "state": state, "departs_at": at, "created_at": at, "customer": person,
            "anonymised_at": None if number % 500 == 9 else NOW,
        })  # fmt: skip
        people.append(person)
        bookings.append(made)
        legs.append(Leg(**_fields(leg) | {
            "id": made.id, "booking": made, "state": leg_state, "departs_at": at, "departed_at": at, "arrived_at": None,
            "asset": None, "asset_public_id": None,
        }))  # fmt: skip
    Customer.objects.bulk_create(people)
    Booking.objects.bulk_create(bookings)
    Leg.objects.bulk_create(legs)


def _fields(instance):
    return {field.name: getattr(instance, field.name) for field in instance._meta.concrete_fields}
