"""A contract allows so many vehicles per hour, day, week or month …"""

import datetime

import pytest

from bookings.models import BookingState
from bookings.services import quotas
from tests.client import refused
from tests.fleet_factories import AssetFactory, AssetTypeFactory, SystemFactory
from tests.journey import HERE, NOW, at, given_booking, given_offer, minutes, nothing_changes

CAME_TO_NOTHING = ("RELEASED", "EXPIRED", "REJECTED")


def allow(mp, count, period="DAY"):
    mp.provider.max_bookings, mp.provider.quota_period = count, period
    mp.provider.save()


def test_refuses_the_booking_that_would_be_too_many(mp):
    allow(mp, 1)
    given_booking(mp.provider)
    offer = given_offer(mp.provider)

    with nothing_changes():
        answer = mp.book(offer.id)

    assert refused(answer, 403, 3201)["detail"] == "Your contract allows you to book 1 assets per day."


def test_refuses_it_in_one_step_too(mp):
    allow(mp, 0, "WEEK")
    asset = AssetFactory()

    with nothing_changes():
        answer = mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)])

    assert refused(answer, 403, 3201)["detail"] == "Your contract allows you to book 0 assets per week."


def test_counts_vehicles(mp):
    allow(mp, 2)
    AssetFactory.create_batch(3, asset_type=AssetTypeFactory(type_id="scooter"))
    request = {**at(HERE), "useAssetTypes": ["scooter"]}

    with nothing_changes():
        refused(mp.one_stop(**request, nrOfTravelers=3), 403, 3201)
    assert mp.one_stop(**request, nrOfTravelers=2).status_code == 201
    refused(mp.one_stop(**request), 403, 3201)


@pytest.mark.parametrize("limit", ["max_bookings", "max_open_bookings"])
def test_does_not_count_what_lapsed_before_anybody_noticed(mp, clock, limit):
    given_booking(mp.provider)
    setattr(mp.provider, limit, 1)
    mp.provider.save()
    asset = AssetFactory()
    clock.move_to(NOW + minutes(15))

    assert mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)]).status_code == 201


@pytest.mark.parametrize("state", [state for state in BookingState if state != BookingState.NEW])
def test_counts_what_came_to_something(mp, state):
    allow(mp, 1)
    given_booking(mp.provider, state=state)

    answer = mp.book(given_offer(mp.provider).id)

    assert answer.status_code == (201 if state in CAME_TO_NOTHING else 403)


def test_counts_neither_offers_nor_the_bookings_of_others(mp, other_mp):
    allow(mp, 1)
    given_booking(other_mp.provider)
    given_offer(mp.provider)

    assert mp.book(given_offer(mp.provider).id).status_code == 201


def test_counts_anew_with_the_next_period(mp, clock):
    allow(mp, 1, "HOUR")
    given_booking(mp.provider, state="CONFIRMED")
    clock.move_to(NOW + minutes(59))
    refused(mp.book(given_offer(mp.provider, now=NOW + minutes(59)).id), 403, 3201)
    clock.move_to(NOW + minutes(60))

    assert mp.book(given_offer(mp.provider, now=NOW + minutes(60)).id).status_code == 201


@pytest.mark.parametrize(
    ("period", "began"),
    [
        ("HOUR", "2026-06-04T00:00:00+02:00"),
        ("DAY", "2026-06-04T00:00:00+02:00"),
        ("WEEK", "2026-06-01T00:00:00+02:00"),
        ("MONTH", "2026-06-01T00:00:00+02:00"),
    ],
)
def test_periods_begin_on_the_clocks_of_the_city(clock, period, began):
    SystemFactory(timezone="Europe/Amsterdam")
    shortly_after_midnight = datetime.datetime(2026, 6, 3, 22, 30, tzinfo=datetime.UTC)

    assert quotas.began_at(period, shortly_after_midnight) == datetime.datetime.fromisoformat(began)
