"""Two things happen to one trip at the same moment: one comes first, and the other sees it."""

import random
from collections import Counter
from functools import partial

import pytest

from bookings import services as bookings
from bookings import tasks
from bookings.errors import BookingLapsed
from bookings.models import Booking, BookingEvent
from customers.models import Customer
from fleet import care
from fleet.models import Asset, AssetPublicId, Reservation
from legs import services as legs
from legs import tasks as leg_tasks
from legs.models import Leg, LegEvent
from payments.models import JournalEntry
from support.models import SupportRequest
from tests.concurrency.races import ROUNDS, assert_consistent, at_once, race, statuses
from tests.factories import MaasProviderFactory
from tests.fleet_factories import (
    AncillaryFactory,
    AssetFactory,
    AssetTypeFactory,
    ConditionFactory,
    DamageFactory,
    StationFactory,
)
from tests.journey import HERE, NOW, at, given_booking, given_leg, minutes, mp_client

pytestmark = [
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock", "all_adds_up"),
]


# The end of a ride


@pytest.mark.parametrize("apart", [0, 1], ids=["the same report", "reports a second apart"])
def test_eight_times_finish_is_charged_once(clock, apart):
    mp = mp_client()
    leg = given_leg(mp.provider, state="IN_USE")
    clock.move_to(NOW + minutes(10))
    times = [f"2026-06-01T12:09:{apart * number:02}Z" for number in range(8)]

    answers = at_once(partial(mp.event, leg.id, "FINISH", time=time) for time in times)

    assert statuses(answers) == {200: 8}
    assert len({str(answer.json()["pricing"]) for answer in answers}) == 1
    assert JournalEntry.objects.count() == 1
    assert AssetPublicId.objects.count() == 1
    assert BookingEvent.objects.filter(operation="FINISH").count() == 1
    assert LegEvent.objects.filter(event="FINISH").count() == (8 if apart else 1)
    assert_consistent()


def test_a_finish_of_the_user_and_one_of_ours_are_one_end(clock):
    for _ in range(ROUNDS):
        mp = mp_client()
        leg = given_leg(mp.provider, state="IN_USE")

        at_once(
            [
                partial(mp.event, leg.id, "FINISH"),
                partial(legs.apply, "FINISH", leg_id=leg.id, at=NOW, now=NOW, asked_by="TO"),
            ]
        )

        assert JournalEntry.objects.filter(leg=leg).count() == 1
    assert_consistent()


def test_a_finish_of_the_user_one_of_staff_and_one_of_the_clock_are_one_end(clock):
    mp = mp_client()
    for _ in range(ROUNDS):
        clock.move_to(NOW)
        leg = given_leg(mp.provider, state="FINISHING")
        clock.move_to(NOW + minutes(61))
        by_staff = partial(legs.apply, "FINISH", leg_id=leg.pk, at=NOW, now=NOW + minutes(61), asked_by="TO")

        race(partial(mp.event, leg.id, "FINISH"), by_staff, partial(leg_tasks.finish_forgotten, timestamp=0))

        assert JournalEntry.objects.filter(leg=leg).count() == 1
        assert AssetPublicId.objects.filter(asset=leg.asset_id).count() == 1
        assert BookingEvent.objects.filter(booking=leg.booking_id, operation="FINISH").count() == 1
    assert_consistent()


def test_the_same_report_is_written_once():
    mp = mp_client()
    leg = given_leg(mp.provider)

    answers = at_once(partial(mp.event, leg.id, "SET_IN_USE", time="2026-06-01T12:00:00Z") for _ in range(8))

    assert statuses(answers) == {200: 8}
    assert LegEvent.objects.count() == 1
    assert Leg.objects.get().segments == [["IN_USE", 0]]


@pytest.mark.parametrize(("state", "end"), [("IN_USE", "FINISH"), ("NOT_STARTED", "CANCEL")])
def test_the_end_of_a_trip_against_who_finds_the_vehicle_damaged(state, end):
    """It leaves service after the trip; whoever comes first, nobody else is to ride it."""
    mp = mp_client()
    for _ in range(ROUNDS):
        leg = given_leg(mp.provider, state=state)
        damage = DamageFactory(asset=leg.asset)
        tell = mp.event if end == "FINISH" else mp.operation

        ended, _damaged = race(partial(tell, leg.id, end), partial(care.take_out_of_service, damage=damage))

        assert ended.status_code == 200
        left = Asset.objects.get(pk=leg.asset_id)
        assert (left.state, left.state_reason, left.out_after_trip) == ("OUT_OF_SERVICE", str(damage), "")
    assert_consistent()


# Before the ride


def test_commit_against_cancel():
    """Calling off costs something once it is confirmed, and then the deposit comes back."""
    mp, kind = mp_client(cancellation_fee=5), AssetTypeFactory()
    ConditionFactory(asset_type=kind)
    seen = set()
    for _ in range(ROUNDS):
        booking = given_booking(mp.provider, AssetFactory(asset_type=kind))

        committed, cancelled = race(
            partial(mp.operation, booking.id, "COMMIT"), partial(mp.operation, booking.id, "CANCEL")
        )

        state = Booking.objects.get(pk=booking.pk).state
        seen.add((committed.status_code, cancelled.status_code, cancelled.json()["state"], state, money_of(booking)))
    assert seen <= {
        (200, 200, "CANCELLED", "CANCELLED", ("DEPOSIT", "REFUND", "OTHER")),
        (403, 200, "RELEASED", "RELEASED", ()),
    }
    assert set(Asset.objects.values_list("state", flat=True)) == {"AVAILABLE"}
    assert_consistent()


def money_of(booking):
    return tuple(JournalEntry.objects.filter(booking=booking).order_by("sequence").values_list("category", flat=True))


def test_commit_against_expiry(clock):
    """The commit came in the last second; two workers and a reader notice the lapse."""
    mp = mp_client()
    seen = set()
    for _ in range(ROUNDS):
        clock.move_to(NOW)
        booking = given_booking(mp.provider)
        clock.move_to(NOW + minutes(15))
        commit = partial(bookings.commit, booking_id=booking.pk, now=NOW + minutes(14.9))

        refusal, *_others = race(
            commit,
            partial(tasks.expire_bookings, timestamp=0),
            partial(tasks.expire_bookings, timestamp=0),
            partial(mp.get, f"/bookings/{booking.id}"),
        )

        state = Booking.objects.get(pk=booking.pk).state
        ended = BookingEvent.objects.filter(booking=booking.pk, operation="EXPIRE").count()
        held = Reservation.objects.filter(leg_id=booking.pk).count()
        seen.add((refusal == BookingLapsed.__name__, state, ended, held))
    assert seen <= {(False, "CONFIRMED", 0, 1), (True, "EXPIRED", 1, 0)}
    assert_consistent()


def test_nobody_came_against_the_start_of_the_ride(clock):
    mp = mp_client()
    seen = set()
    for _ in range(ROUNDS):
        clock.move_to(NOW)
        leg = given_leg(mp.provider)
        clock.move_to(NOW + minutes(30))

        _settled, started = race(partial(tasks.settle_unstarted, timestamp=0), partial(mp.event, leg.id, "SET_IN_USE"))

        state = Booking.objects.get(pk=leg.pk).state
        seen.add((started.status_code, state, Reservation.objects.filter(leg_id=leg.pk).count()))
    assert seen <= {(403, "CANCELLED", 0), (200, "STARTED", 1)}
    assert_consistent()


def test_cancel_against_the_start_of_the_ride():
    seen = set()
    for _ in range(ROUNDS):
        mp = mp_client()
        leg = given_leg(mp.provider)

        cancelled, started = at_once([partial(mp.operation, leg.id, "CANCEL"), partial(mp.event, leg.id, "SET_IN_USE")])

        state = Booking.objects.get(pk=leg.pk).state
        seen.add((cancelled.status_code, started.status_code, state))
    assert seen <= {(200, 403, "CANCELLED"), (403, 200, "STARTED")}
    assert_consistent()


def test_more_time_is_given_as_often_as_agreed():
    mp = mp_client(max_extensions=2)
    booking = given_booking(mp.provider)

    answers = at_once(partial(mp.operation, booking.id, "EXTEND_EXPIRY_TIME") for _ in range(6))

    assert statuses(answers) == {200: 2, 410: 4}
    assert Booking.objects.get().extensions == 2


def test_several_workers_expire_each_booking_once(clock):
    provider = MaasProviderFactory()
    for _ in range(5):
        given_booking(provider)
    clock.move_to(NOW + minutes(15))

    at_once(partial(tasks.expire_bookings, timestamp=0) for _ in range(4))

    assert set(Booking.objects.values_list("state", flat=True)) == {"EXPIRED"}
    assert BookingEvent.objects.filter(operation="EXPIRE").count() == 5
    assert_consistent()


def test_one_trouble_is_one_request():
    mp = mp_client()
    booking = given_booking(mp.provider)
    body = {"id": str(booking.id), "supportType": "UNABLE_TO_CLOSE", "comment": "stuck"}

    answers = at_once(partial(mp.post, "/support/", body) for _ in range(6))

    assert statuses(answers) == {200: 6}
    assert list(SupportRequest.objects.get().statuses.values_list("order", flat=True)) == list(range(6))


# Customers


def test_one_number_is_one_account():
    mp = mp_client()

    answers = at_once(partial(mp.post, "/customers", {"externalId": "a-1", "age": age}) for age in range(6))

    assert statuses(answers) == {200: 6}
    assert len({answer.json()["id"] for answer in answers}) == Customer.objects.count() == 1


def test_who_books_is_not_erased_and_who_is_erased_does_not_book():
    """Never is there an active booking of somebody nobody knows."""
    for number in range(ROUNDS):
        mp = mp_client()
        account = mp.post("/customers", {"externalId": f"a-{number}"}).json()
        wish = {**at(HERE), "useAssets": [str(AssetFactory().public_id)], "customer": {"id": account["id"]}}

        booked, erased = at_once([partial(mp.one_stop, **wish), partial(mp.delete, f"/customers/{account['id']}")])

        assert (booked.status_code, erased.status_code) in {(201, 403), (403, 200)}
        assert not Booking.objects.open().filter(customer__erased_at__isnull=False).exists()


# Everything at once


def test_a_busy_hour_leaves_everything_in_order():
    """Eight apps book, ride and cancel at random among six scooters; nothing breaks, nothing is left over."""
    scooter = AssetTypeFactory(type_id="scooter")
    AssetFactory.create_batch(6, asset_type=scooter)
    mps = [mp_client(auto_commit=bool(number % 2)) for number in range(8)]
    request = {**at(HERE), "useAssetTypes": ["scooter"]}

    def ride(mp, chance):
        answers = []
        for _ in range(6):
            booked = mp.one_stop(**request)
            answers.append(booked)
            if booked.status_code != 201:
                continue
            booking_id = booked.json()["id"]
            plans = (["CANCEL"], ["COMMIT", "CANCEL"], ["COMMIT", "SET_IN_USE", "FINISH"], ["COMMIT", "SET_IN_USE"])
            for step in chance.choice(plans):
                is_event = step in ("SET_IN_USE", "FINISH")
                answers.append((mp.event if is_event else mp.operation)(booking_id, step))
        return answers

    rides = at_once(partial(ride, mp, random.Random(number)) for number, mp in enumerate(mps))

    assert {answer.status_code for answers in rides for answer in answers} <= {200, 201, 403, 406}
    assert_consistent()
    finished = Leg.objects.filter(state="FINISHED")
    assert Counter(finished.values_list("pk", flat=True)) == Counter(JournalEntry.objects.values_list("leg", flat=True))
    assert AssetPublicId.objects.count() == finished.count()


# More than there is


def test_one_of_two_gets_the_last_place_for_longer(clock):
    hub, cargo = StationFactory(), AssetTypeFactory(ahead=True, type_id="cargo")
    AssetFactory.create_batch(2, asset_type=cargo, station=hub, home_station=hub)
    mp = mp_client(auto_commit=True)
    later = {"departureTime": "2026-06-01T16:00:00Z", "arrivalTime": "2026-06-01T17:00:00Z"}
    assert mp.one_stop(**at(HERE), useAssetTypes=["cargo"], **later).status_code == 201
    trip = {"departureTime": "2026-06-01T14:00:00Z", "arrivalTime": "2026-06-01T16:00:00Z"}
    mine = [mp.one_stop(**at(HERE), useAssetTypes=["cargo"], **trip).json()["id"] for _ in range(2)]

    answers = at_once(partial(mp.event, each, "TIME_EXTEND", time="2026-06-01T17:00:00Z") for each in mine)

    assert statuses(answers) == {200: 1, 403: 1}
    assert sorted(leg.arrives_at.hour for leg in Leg.objects.filter(pk__in=mine)) == [16, 17]


def test_a_leg_gets_one_child_seat_however_often_it_is_asked_for(clock):
    asset = AssetFactory()
    AncillaryFactory(category="AV", number="07", asset_types=[asset.asset_type])
    mp = mp_client()
    leg = given_leg(mp.provider, asset)

    answers = at_once(partial(mp.post, f"/legs/{leg.id}/ancillaries/AV/07") for _ in range(4))

    assert statuses(answers) == {200: 1, 403: 3}
    assert len(Leg.objects.get().ancillaries) == 1
    assert Booking.objects.get().price == 3
