"""GET /bookings …"""

import pytest
from django.db import connection

from bookings.models import Booking, BookingState
from tests.client import refused
from tests.fleet_factories import AssetFactory
from tests.journey import HERE, NOW, at, given_booking, given_leg, given_offer, minutes, nothing_changes


def listed(answer):
    assert answer.status_code == 200
    return [booking["id"] for booking in answer.json()]


def ids(*bookings):
    return [str(booking.id) for booking in bookings]


def test_shows_what_this_provider_booked_the_newest_first(mp, other_mp):
    first = given_booking(mp.provider, now=NOW)
    second = given_booking(mp.provider, now=NOW + minutes(1))
    given_offer(mp.provider)
    given_booking(other_mp.provider)

    assert listed(mp.get("/bookings")) == ids(second, first)


def test_shows_each_as_it_is_shown_alone(mp):
    booking = given_booking(mp.provider, state="STARTED")

    [shown] = mp.get("/bookings").json()

    assert shown == mp.get(f"/bookings/{booking.id}").json()


def test_never_shows_what_opens_the_vehicle(mp):
    given_booking(mp.provider, state="CONFIRMED")

    [shown] = mp.get("/bookings").json()

    assert "assetAccessData" not in shown["legs"][0]


@pytest.mark.parametrize("state", [state for state in BookingState if state != BookingState.NEW])
def test_shows_one_state(mp, state):
    of_each = {
        each: given_booking(mp.provider, state=each) for each in ("PENDING", "CONFIRMED", "FINISHED", "CANCELLED")
    }
    wanted = of_each.get(state) or given_booking(mp.provider, state=state)

    assert listed(mp.get("/bookings", state=state)) == ids(wanted)


def test_never_shows_offers(mp):
    given_offer(mp.provider)

    assert listed(mp.get("/bookings", state="NEW")) == []


def test_shows_lapsed_bookings_as_expired(mp, clock):
    lapsed = given_booking(mp.provider)
    clock.move_to(NOW + minutes(15))
    pending = given_booking(mp.provider, now=NOW + minutes(15))

    assert listed(mp.get("/bookings", state="PENDING")) == ids(pending)
    assert listed(mp.get("/bookings", state="EXPIRED")) == ids(lapsed)
    assert Booking.objects.get(pk=lapsed.pk).state == "EXPIRED"


@pytest.mark.parametrize(
    ("window", "shown"),
    [
        ({"min-time": "2026-06-01T12:20:00Z"}, True),
        ({"min-time": "2026-06-01T12:20:01Z"}, False),
        ({"max-time": "2026-06-01T12:00:00Z"}, True),
        ({"max-time": "2026-06-01T11:59:59Z"}, False),
        ({"min-time": "2026-06-01T12:05:00Z", "max-time": "2026-06-01T12:10:00Z"}, True),
        ({"min-time": "2026-06-01T14:05:00+02:00", "max-time": "2026-06-01T14:10:00+02:00"}, True),
        ({"min-time": "2026-05-31T15:34:00-20:46"}, True),  # PostgreSQL takes no such offset
        ({"min-time": "2026-06-01T12:20:00Z", "max-time": "2026-06-01T13:00:00Z"}, True),
        ({"min-time": "2026-06-01T12:20:01Z", "max-time": "2026-06-01T13:00:00Z"}, False),
        ({"min-time": "2026-06-01T12:20:00Z", "max-time": "2026-06-01T12:00:00Z"}, True),  # all of that time
        ({"min-time": "2026-06-01T12:20:01Z", "max-time": "2026-06-01T12:00:00Z"}, False),
    ],
    ids=str,
)
def test_shows_trips_that_overlap_the_window(mp, window, shown):
    """The trip is planned from 12:00 to 12:20."""
    asset = AssetFactory()
    place = {"coordinates": {"lat": asset.lat, "lng": asset.lon}}
    mp.one_stop(**{"from": place}, useAssets=[str(asset.public_id)], arrivalTime="2026-06-01T12:20:00Z")

    assert len(listed(mp.get("/bookings", **window))) == shown


def test_looks_at_when_the_ride_really_ended(mp):
    given_leg(mp.provider, state="FINISHED", now=NOW)

    assert len(listed(mp.get("/bookings", **{"min-time": "2026-06-01T12:00:00Z"}))) == 1
    assert listed(mp.get("/bookings", **{"min-time": "2026-06-01T12:00:01Z"})) == []


def test_takes_who_leaves_after_the_planned_arrival_for_one_who_has_not_arrived(mp):
    booking = given_booking(mp.provider)
    late = {"departs_at": NOW, "arrives_at": NOW + minutes(20), "departed_at": NOW + minutes(30)}
    Booking.objects.filter(pk=booking.pk).update(**late)

    def shown(since, until):
        return listed(mp.get("/bookings", **{"min-time": f"2026-06-01T{since}Z", "max-time": f"2026-06-01T{until}Z"}))

    assert shown("12:00:00", "12:29:59") == []
    assert shown("12:30:00", "12:40:00") == ids(booking)
    assert shown("12:30:01", "12:40:00") == []


def test_knows_that_a_ride_lasts_until_it_is_ended(mp, clock):
    ride = given_leg(mp.provider, state="IN_USE", now=NOW).booking
    Booking.objects.filter(pk=ride.pk).update(arrives_at=NOW + minutes(20))
    clock.shift(3600)

    def shown(since, **until):
        return listed(mp.get("/bookings", **{"min-time": f"2026-06-01T{since}Z", **until}))

    assert shown("12:59:59") == shown("12:30:00", **{"max-time": "2026-06-01T12:40:00Z"}) == ids(ride)
    assert shown("13:00:00") == ids(ride)
    assert shown("13:00:01") == []  # who knows
    assert shown("11:00:00", **{"max-time": "2026-06-01T11:59:59Z"}) == []


@pytest.mark.django_db
def test_finds_a_window_by_the_index_of_trips():
    window = Booking.objects.under_way_in(NOW + minutes(1), NOW + minutes(30), now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "booking_by_time" in window.order_by().explain()


@pytest.mark.parametrize(
    ("limits", "shown"),
    [
        ({"min-price": "6"}, True),
        ({"min-price": "6.01"}, False),
        ({"max-price": "6"}, True),
        ({"max-price": "5.99"}, False),
    ],
    ids=str,
)
def test_shows_trips_of_that_price(mp, limits, shown):
    """Twenty planned minutes at 0.25 and 1.00 to unlock."""
    asset = AssetFactory()
    place = {"coordinates": {"lat": asset.lat, "lng": asset.lon}}
    mp.one_stop(**{"from": place}, useAssets=[str(asset.public_id)], arrivalTime="2026-06-01T12:20:00Z")

    assert len(listed(mp.get("/bookings", **limits))) == shown


def test_shows_trips_with_that_type(mp):
    scooter = given_booking(mp.provider, AssetFactory(asset_type__type_id="scooter"))
    given_booking(mp.provider, AssetFactory(asset_type__type_id="bike"))

    assert listed(mp.get("/bookings", **{"contains-asset-type": "scooter"})) == ids(scooter)
    assert listed(mp.get("/bookings", **{"contains-asset-type": "boat"})) == []


def test_shows_no_more_than_a_page(mp, settings):
    settings.TOMP_MAX_PAGE_SIZE = 2
    bookings = [given_booking(mp.provider, now=NOW + minutes(minute)) for minute in range(3)]

    assert listed(mp.get("/bookings")) == ids(bookings[2], bookings[1])


@pytest.mark.parametrize(
    "query",
    [
        {"state": "RIDING"},
        {"min-time": "yesterday"},
        {"min-time": "0001-01-01T00:00:00+20:46"},
        {"max-time": "2026-13-01T00:00:00Z"},
        {"min-time": "2026-06-01T12:00:00"},
        {"max-time": "2026-06-01"},
        {"min-price": "cheap"},
        {"max-price": "NaN"},
    ],
    ids=str,
)
def test_refuses_what_makes_no_sense(mp, query):
    with nothing_changes():
        answer = mp.get("/bookings", **query)

    refused(answer, 400, 3002)


def test_refuses_a_moment_as_in_a_body(mp):
    """A local time means nothing to the other side."""
    in_query = mp.get("/bookings", **{"min-time": "2026-06-01T12:00:00"})
    in_body = mp.offers(**at(HERE), departureTime="2026-06-01T12:00:00")

    reason = "Datetime has wrong format. Use one of these formats instead: RFC 3339 with an offset."
    assert refused(in_query, 400, 3002)["detail"] == f"Field: min-time, Reason: {reason}"
    assert refused(in_body, 400, 2002)["detail"] == f"Field: departureTime, Reason: {reason}"


def test_reads_as_many_tables_for_two_bookings_as_for_ten(mp, django_assert_num_queries):
    for _ in range(2):
        given_booking(mp.provider)
    with django_assert_num_queries(4):  # credentials, lapsed ones, bookings, legs
        mp.get("/bookings")
    for _ in range(8):
        given_booking(mp.provider)

    with django_assert_num_queries(4):
        answer = mp.get("/bookings")

    assert len(answer.json()) == 10
