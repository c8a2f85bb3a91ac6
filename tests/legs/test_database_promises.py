"""Whoever writes, whatever the code does, the database allows no trip …"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings.models import Booking
from fleet.models import Reservation
from legs.models import Leg, LegEvent
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, ReservationFactory
from tests.journey import NOW, given_booking, given_leg, minutes
from tests.trip_factories import LegFactory

pytestmark = pytest.mark.django_db


def refuses(constraint):
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.parametrize(
    ("start", "end", "allowed"),
    [(0, 60, False), (59, 90, False), (-30, 1, False), (-30, None, False), (60, 90, True), (-30, 0, True)],
)
def test_with_a_vehicle_that_another_holds(start, end, allowed):
    asset = AssetFactory()
    held = {"asset": asset, "asset_type": asset.asset_type}
    ReservationFactory(**held, period=(NOW, NOW + minutes(60)))
    period = (NOW + minutes(start), None if end is None else NOW + minutes(end))

    if allowed:
        ReservationFactory(**held, period=period)
    else:
        with refuses("reservations_of_an_asset_never_overlap"), transaction.atomic():
            ReservationFactory(**held, period=period)
    ReservationFactory(asset=AssetFactory(), asset_type=asset.asset_type, period=period)


def test_that_holds_two_things():
    first = ReservationFactory(period=(NOW, None))

    with refuses("leg_id"), transaction.atomic():
        ReservationFactory(leg_id=first.leg_id, period=(NOW, None))

    assert Reservation.objects.count() == 1


@pytest.mark.parametrize("state", ["IN_USE", "PAUSED", "ISSUE_REPORTED"])
def test_on_a_vehicle_that_is_ridden(state):
    asset = AssetFactory()
    LegFactory(asset=asset, booking__state="STARTED")

    with refuses("one_running_leg_per_asset"), transaction.atomic():
        LegFactory(asset=asset, booking__state="STARTED", state=state)


@pytest.mark.parametrize("state", ["NOT_STARTED", "FINISHING", "FINISHED", "CANCELLED"])
def test_but_lets_a_vehicle_have_a_past_and_a_future(state):
    asset = AssetFactory()
    LegFactory(asset=asset, booking__state="STARTED")

    LegFactory(asset=asset, booking__state="STARTED", state=state)

    assert Leg.objects.filter(asset=asset).count() == 2


def test_to_which_the_same_happened_twice():
    leg = given_leg(MaasProviderFactory(), state="IN_USE")
    event = LegEvent.objects.get()

    with refuses("a_leg_event_is_reported_once"), transaction.atomic():
        LegEvent.objects.create(
            leg=leg, event=event.event, at=event.at, asked_by=event.asked_by, state="IN_USE", received_at=NOW
        )


@pytest.mark.parametrize(
    ("state", "change", "constraint"),
    [
        ("NOT_STARTED", {"asset_public_id": None}, "an_asset_of_a_leg_has_its_public_id"),
        ("FINISHED", {"arrived_at": NOW - timedelta(seconds=1)}, "a_leg_departed_before_it_arrived"),
        ("FINISHED", {"departed_at": None}, "a_leg_departed_before_it_arrived"),
        ("FINISHED", {"fare": None}, "a_finished_leg_has_its_price"),
        ("IN_USE", {"state": "FINISHED"}, "a_finished_leg_has_its_price"),
    ],
)
def test_that_is_half_told(state, change, constraint):
    given_leg(MaasProviderFactory(), state=state)

    with refuses(constraint), transaction.atomic():
        Leg.objects.update(**change)


@pytest.mark.parametrize(
    ("state", "change", "constraint"),
    [
        ("PENDING", {"expires_at": None}, "a_waiting_booking_expires"),
        ("CONDITIONAL_CONFIRMED", {"expires_at": None}, "a_waiting_booking_expires"),
        ("CONFIRMED", {"state": "STARTED"}, "a_started_booking_has_departed"),
        ("FINISHED", {"departed_at": None}, "a_started_booking_has_departed"),
        ("FINISHED", {"currency": ""}, "a_price_has_a_currency"),
    ],
)
def test_whose_booking_is_half_told(state, change, constraint):
    given_booking(MaasProviderFactory(), state=state)

    with refuses(constraint), transaction.atomic():
        Booking.objects.update(**change)
