"""TIME_EXTEND and TIME_POSTPONE …"""

import datetime

import pytest

from bookings.models import Booking
from bookings.timeline import timeline
from fleet.models import Reservation
from legs.models import Leg, LegEvent
from tests.client import refused
from tests.fleet_factories import (
    AssetFactory,
    AssetTypeFactory,
    FarePartFactory,
    OpeningHoursFactory,
    PricingPlanFactory,
    RegionFactory,
    ReservationFactory,
    StationFactory,
)
from tests.journey import HERE, NOW, at, given_leg, minutes, nothing_changes

FROM_TWO_TO_FOUR = {"departureTime": "2026-06-01T14:00:00Z", "arrivalTime": "2026-06-01T16:00:00Z"}


def today(hour, minute=0):
    return f"2026-06-01T{hour:02}:{minute:02}:00Z"


def moment(hour, minute=0):
    return NOW + minutes(60 * (hour - 12) + minute)


@pytest.fixture
def hub():
    return StationFactory(station_id="hub")


@pytest.fixture
def cargo():
    """3.50 an hour, 21 % VAT; the user may pick."""
    hourly = FarePartFactory.build(type="FLEX", unit_type="HOUR", units=1, amount="3.50")
    return AssetTypeFactory(
        ahead=True, type_id="cargo", user_may_pick=True, default_plan=PricingPlanFactory(parts=[hourly])
    )


@pytest.fixture
def bikes(cargo, hub):
    return AssetFactory.create_batch(2, asset_type=cargo, station=hub, home_station=hub)


@pytest.fixture
def promised(auto_mp, bikes):
    """The id of a confirmed booking of one of two bikes from two to four, without a vehicle."""
    return auto_mp.one_stop(**at(HERE), useAssetTypes=["cargo"], **FROM_TWO_TO_FOUR).json()["id"]


def promise_others(cargo, hub, count, since, until):
    for _ in range(count):
        ReservationFactory(asset_type=cargo, station=hub, period=(moment(since), moment(until)))


def held():
    period = Reservation.objects.get(leg_id=Leg.objects.get().pk).period
    return period.lower, period.upper


# Longer


@pytest.mark.parametrize("state", ["NOT_STARTED", "PREPARING", "IN_USE", "PAUSED"])
def test_gives_an_open_ended_ride_an_end(mp, state):
    leg = given_leg(mp.provider, state=state)

    answer = mp.event(leg.id, "TIME_EXTEND", time=today(15))

    assert (answer.json()["state"], answer.json()["arrivalTime"]) == (state, today(15))
    assert Booking.objects.get().arrives_at == moment(15)
    assert held() == (NOW, None)  # whoever rides keeps the vehicle


def test_makes_the_promise_last_longer_and_the_price_follow(auto_mp, promised):
    answer = auto_mp.event(promised, "TIME_EXTEND", time=today(17))

    assert (answer.json()["departureTime"], answer.json()["arrivalTime"]) == (today(14), today(17))
    assert held() == (moment(14), moment(17))
    booking = auto_mp.get(f"/bookings/{promised}").json()
    assert (booking["arrivalTime"], booking["pricing"]["parts"][0]["amount"]) == (today(17), 10.5)
    assert Booking.objects.get().price == 10.5


def test_makes_the_time_of_the_assigned_vehicle_longer(auto_mp, promised, clock, bikes):
    auto_mp.event(promised, "ASSIGN_ASSET", asset={"id": str(bikes[0].public_id)})
    clock.move_to(moment(14))
    auto_mp.event(promised, "SET_IN_USE")

    answer = auto_mp.event(promised, "TIME_EXTEND", time=today(18))

    assert (answer.status_code, held()) == (200, (NOW, moment(18)))


def test_leaves_to_others_what_is_promised_to_them(auto_mp, promised, cargo, hub):
    promise_others(cargo, hub, 2, 16, 17)

    with nothing_changes():
        answer = auto_mp.event(promised, "TIME_EXTEND", time=today(16, 30))

    assert "No vehicle of this type is left" in refused(answer, 403, 4004)["detail"]


def test_counts_only_the_added_time(auto_mp, promised, cargo, hub):
    promise_others(cargo, hub, 1, 14, 15)
    promise_others(cargo, hub, 1, 16, 18)

    assert auto_mp.event(promised, "TIME_EXTEND", time=today(18)).status_code == 200


def test_leaves_to_others_the_places_of_an_assigned_vehicle(auto_mp, promised, clock, cargo, hub, bikes):
    auto_mp.event(promised, "ASSIGN_ASSET", asset={"id": str(bikes[0].public_id)})
    promise_others(cargo, hub, 2, 16, 17)

    with nothing_changes():
        answer = auto_mp.event(promised, "TIME_EXTEND", time=today(16, 30))

    refused(answer, 403, 4004)


def test_leaves_a_vehicle_to_whoever_has_it_next(auto_mp, promised, cargo, hub, bikes):
    auto_mp.event(promised, "ASSIGN_ASSET", asset={"id": str(bikes[0].public_id)})
    ReservationFactory(asset_type=cargo, asset=bikes[0], station=hub, period=(moment(17), moment(19)))

    with nothing_changes():
        answer = auto_mp.event(promised, "TIME_EXTEND", time=today(17, 30))

    assert "somebody else" in refused(answer, 403, 4004)["detail"]
    assert auto_mp.event(promised, "TIME_EXTEND", time=today(17)).status_code == 200


def test_of_a_late_ride_counts_from_now(auto_mp, promised, clock, bikes):
    auto_mp.event(promised, "ASSIGN_ASSET", asset={"id": str(bikes[0].public_id)})
    clock.move_to(moment(15))
    auto_mp.event(promised, "SET_IN_USE")
    clock.move_to(moment(16, 20))

    assert auto_mp.event(promised, "TIME_EXTEND", time=today(17)).json()["arrivalTime"] == today(17)
    with nothing_changes():
        refused(auto_mp.event(promised, "TIME_EXTEND", time=today(16, 10)), 403, 4004)


@pytest.mark.parametrize("time", [today(11, 59), today(12), "2026-07-02T12:00:01Z", "9999-12-31T23:59:59Z"])
def test_ends_neither_in_the_past_nor_ages_from_now(mp, time):
    leg = given_leg(mp.provider, state="IN_USE")

    with nothing_changes():
        answer = mp.event(leg.id, "TIME_EXTEND", time=time)

    refused(answer, 403, 4004)


def test_never_means_shorter(auto_mp, promised):
    with nothing_changes():
        answer = auto_mp.event(promised, "TIME_EXTEND", time=today(15))

    refused(answer, 403, 4004)


@pytest.mark.parametrize(("event", "time"), [("TIME_EXTEND", today(17)), ("TIME_POSTPONE", today(14, 30))])
def test_is_answered_alike_when_it_is_asked_again(auto_mp, promised, event, time):
    first = auto_mp.event(promised, event, time=time)

    with nothing_changes():
        again = auto_mp.event(promised, event, time=time)

    assert (again.status_code, again.json()) == (200, first.json())
    assert LegEvent.objects.get().at.isoformat() == time.replace("Z", "+00:00")


def test_stands_in_the_story_where_it_was_asked(auto_mp, promised, clock):
    clock.move_to(NOW + minutes(5))
    auto_mp.event(promised, "TIME_EXTEND", time=today(17))
    clock.move_to(NOW + minutes(10))
    auto_mp.event(promised, "PREPARE")

    [*_booked, asked, prepared] = timeline(promised)

    assert [(entry.what, entry.at) for entry in (asked, prepared)] == [
        ("TIME_EXTEND", NOW + minutes(5)),
        ("PREPARE", NOW + minutes(10)),
    ]
    assert asked.detail.startswith("→ ")


# Later


def test_moves_the_departure_and_keeps_the_planned_end(auto_mp, promised):
    answer = auto_mp.event(promised, "TIME_POSTPONE", time=today(15))

    assert (answer.json()["departureTime"], answer.json()["arrivalTime"]) == (today(15), today(16))
    assert held() == (moment(15), moment(16))
    booking = Booking.objects.get()
    assert (booking.departs_at, booking.arrives_at, booking.price) == (moment(15), moment(16), 3.5)


def test_moves_the_end_along_when_the_departure_reaches_it(auto_mp, promised):
    answer = auto_mp.event(promised, "TIME_POSTPONE", time=today(16))

    assert (answer.json()["departureTime"], answer.json()["arrivalTime"]) == (today(16), today(18))
    assert held() == (moment(16), moment(18))


def test_needs_a_place_in_the_new_time(auto_mp, promised, cargo, hub):
    promise_others(cargo, hub, 2, 17, 18)

    with nothing_changes():
        answer = auto_mp.event(promised, "TIME_POSTPONE", time=today(16))

    refused(answer, 403, 4004)


def test_holds_a_vehicle_for_its_minutes_from_the_booking_on(mp, clock):
    leg = given_leg(mp.provider, AssetFactory(asset_type__hold_minutes=20))
    clock.move_to(NOW + minutes(15))

    with nothing_changes():
        refused(mp.event(leg.id, "TIME_POSTPONE", time=today(12, 21)), 403, 4004)
    answer = mp.event(leg.id, "TIME_POSTPONE", time=today(12, 20))

    assert answer.json()["departureTime"] == today(12, 20)
    assert "arrivalTime" not in answer.json()
    assert held() == (NOW, None)


def test_goes_no_further_ahead_than_a_booking(auto_mp, promised, cargo):
    cargo.bookable_ahead_hours = 4
    cargo.save()

    with nothing_changes():
        refused(auto_mp.event(promised, "TIME_POSTPONE", time=today(16, 1)), 403, 4004)
    assert auto_mp.event(promised, "TIME_POSTPONE", time=today(16)).status_code == 200


@pytest.mark.parametrize("time", [today(11, 59), today(13, 59)])
def test_never_means_earlier(auto_mp, promised, time):
    with nothing_changes():
        answer = auto_mp.event(promised, "TIME_POSTPONE", time=time)

    refused(answer, 403, 4004)


def test_is_refused_when_that_departure_is_past(auto_mp, promised, clock):
    clock.move_to(moment(14, 30))

    with nothing_changes():
        answer = auto_mp.event(promised, "TIME_POSTPONE", time=today(14, 15))

    refused(answer, 403, 4004)


def test_asks_whether_we_are_open_then(auto_mp, promised):
    OpeningHoursFactory()  # until eleven in the evening

    with nothing_changes():
        answer = auto_mp.event(promised, "TIME_POSTPONE", time=today(23, 30))

    assert "closed" in refused(answer, 403, 4004)["detail"]


def test_asks_the_operating_area_in_which_a_vehicle_stands(auto_mp, clock):
    OpeningHoursFactory(region=RegionFactory(), closes_at=datetime.time(12, 10))
    leg = given_leg(auto_mp.provider)

    with nothing_changes():
        answer = auto_mp.event(leg.id, "TIME_POSTPONE", time=today(12, 15))

    assert "closed" in refused(answer, 403, 4004)["detail"]
    assert auto_mp.event(leg.id, "TIME_POSTPONE", time=today(12, 5)).status_code == 200


def test_a_leg_that_was_called_off_says_nothing_about_the_booking(auto_mp, bikes):
    booking = auto_mp.one_stop(**at(HERE), useAssetTypes=["cargo"], nrOfTravelers=2, **FROM_TWO_TO_FOUR).json()
    first, second = (leg["id"] for leg in booking["legs"])
    auto_mp.event(first, "CANCEL")

    auto_mp.event(second, "TIME_POSTPONE", time=today(15))

    assert auto_mp.get(f"/bookings/{booking['id']}").json()["departureTime"] == today(15)
