"""Many want the same vehicle at the same moment: nobody gets it twice, and nothing is left lying about."""

import time
from collections import Counter
from functools import partial
from uuid import UUID

import pytest

from bookings.models import Booking, BookingEvent
from bookings.services import making
from customers.models import Customer
from fleet.models import Asset, Reservation
from legs import tasks
from legs.models import Leg, LegEvent
from tests.concurrency.races import ROUNDS, assert_consistent, at_once, crowd, race, statuses
from tests.fleet_factories import AssetFactory, AssetTypeFactory, StationFactory
from tests.journey import HERE, at, given_offer, mp_client

pytestmark = [
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock", "all_adds_up"),
]


def test_fifty_for_one_vehicle():
    mps = [mp_client() for _ in range(5)]
    asset = AssetFactory()
    request = {**at(HERE), "useAssets": [str(asset.public_id)]}

    answers = at_once(partial(mps[number % 5].one_stop, **request) for number in range(50))

    assert statuses(answers) == {201: 1, 406: 49}
    assert (Booking.objects.count(), Leg.objects.count(), Reservation.objects.count()) == (1, 1, 1)
    assert Asset.objects.get().state == "RESERVED"
    assert_consistent()


def test_fifty_with_an_offer_of_one_vehicle():
    mps = [mp_client() for _ in range(5)]
    asset = AssetFactory()
    offers = [(mp, given_offer(mp.provider, asset)) for mp in mps * 10]

    answers = at_once(partial(mp.book, offer.id) for mp, offer in offers)

    assert statuses(answers) == {201: 1, 410: 49}
    assert Counter(Booking.objects.values_list("state", flat=True)) == {"PENDING": 1, "NEW": 49}
    assert_consistent()


def test_one_offer_booked_eight_times():
    mp = mp_client()
    offer = given_offer(mp.provider)

    answers = at_once(partial(mp.book, offer.id) for _ in range(8))

    assert statuses(answers) == {201: 1, 409: 7}
    assert list(BookingEvent.objects.values_list("operation", flat=True)) == ["BOOK"]
    assert_consistent()


@pytest.mark.parametrize("by", ["useAssets", "useAssetTypes"])
def test_two_hundred_for_ten_vehicles_at_a_station(by):
    """As many as there are, and all of them, go to somebody, whether everybody names a vehicle or takes any."""
    mps = [mp_client(auto_commit=True) for _ in range(5)]
    bike = AssetTypeFactory(docked=True, type_id="bike")
    assets = AssetFactory.create_batch(10, asset_type=bike, station=StationFactory(station_id="central"))
    named = {"useAssets": [[str(asset.public_id)] for asset in assets], "useAssetTypes": [["bike"]]}[by]
    wishes = [{"from": {"stationId": "central"}, by: named[number % len(named)]} for number in range(200)]

    answers = crowd([partial(mps[number % 5].one_stop, **wish) for number, wish in enumerate(wishes)], at_a_time=50)

    assert statuses(answers) == {201: 10, 406: 190}
    assert Booking.objects.count() == Reservation.objects.count() == 10
    assert set(Asset.objects.values_list("state", flat=True)) == {"RESERVED"}
    assert_consistent()


def test_one_key_for_one_booking():
    mp = mp_client(auto_commit=True)
    AssetFactory.create_batch(8, asset_type=AssetTypeFactory(type_id="scooter"))
    request = {**at(HERE), "useAssetTypes": ["scooter"]}

    answers = at_once(partial(mp.post, "/bookings/one-stop", request, **{"Idempotency-Key": "key-1"}) for _ in range(8))

    assert statuses(answers) == {201: 8}
    assert len({answer.content for answer in answers}) == 1
    assert Booking.objects.count() == 1
    assert_consistent()


def test_one_new_customer_for_eight_bookings():
    mp = mp_client()
    AssetFactory.create_batch(8, asset_type=AssetTypeFactory(type_id="scooter"))
    request = {**at(HERE), "useAssetTypes": ["scooter"], "customer": {"id": "c-1"}}

    answers = at_once(partial(mp.one_stop, **request) for _ in range(8))

    assert statuses(answers) == {201: 8}
    assert Customer.objects.count() == 1
    assert_consistent()


def test_ten_bookings_where_the_contract_allows_three(monkeypatch):
    """Between counting and writing there is time enough for the others to count as well."""
    agree = making._agree
    monkeypatch.setattr(making, "_agree", lambda *args: time.sleep(0.05) or agree(*args))
    mp = mp_client(max_open_bookings=3)
    AssetFactory.create_batch(10, asset_type=AssetTypeFactory(type_id="scooter"))
    request = {**at(HERE), "useAssetTypes": ["scooter"]}

    answers = at_once(partial(mp.one_stop, **request) for _ in range(10))

    assert statuses(answers) == {201: 3, 403: 7}
    assert_consistent()


def test_parties_of_two_for_the_same_three_vehicles():
    """All vehicles of a party or none; who wants them in another order waits for nobody who waits for it."""
    mps = [mp_client() for _ in range(4)]
    assets = AssetFactory.create_batch(3, asset_type=AssetTypeFactory(type_id="scooter"))
    pairs = [(assets[first], assets[second]) for first, second in ((0, 1), (1, 2), (2, 0), (1, 0))]
    party = {**at(HERE), "nrOfTravelers": 2}
    offers = []
    for number in range(16):
        mp, pair = mps[number % 4], pairs[number // 4]
        [option] = mp.offers(**party, useAssets=[str(asset.public_id) for asset in pair]).json()["options"]
        offers.append((mp, option["id"]))

    answers = at_once(partial(mp.book, offer_id) for mp, offer_id in offers)

    assert statuses(answers) == {201: 1, 410: 15}
    assert Reservation.objects.count() == 2
    assert_consistent()


def test_parties_of_three_for_ten_vehicles_of_a_type():
    """Nine of them go to three parties; somebody else's vehicle is replaced, never shared."""
    mps = [mp_client(auto_commit=True) for _ in range(5)]
    AssetFactory.create_batch(10, asset_type=AssetTypeFactory(type_id="scooter"))
    request = {**at(HERE), "useAssetTypes": ["scooter"], "nrOfTravelers": 3}

    answers = at_once(partial(mps[number % 5].one_stop, **request) for number in range(15))

    booked = statuses(answers)[201]
    assert set(statuses(answers)) == {201, 406}
    assert 1 <= booked <= 3
    assert Reservation.objects.count() == 3 * booked
    assert Booking.objects.count() == booked
    assert_consistent()


def test_ten_bookings_where_the_contract_allows_three_a_day(monkeypatch):
    agree = making._agree
    monkeypatch.setattr(making, "_agree", lambda *args: time.sleep(0.05) or agree(*args))
    mp = mp_client(max_bookings=3)
    AssetFactory.create_batch(10, asset_type=AssetTypeFactory(type_id="scooter"))
    request = {**at(HERE), "useAssetTypes": ["scooter"]}

    answers = at_once(partial(mp.one_stop, **request) for _ in range(10))

    assert statuses(answers) == {201: 3, 403: 7}
    assert_consistent()


# Promises


def test_twenty_promises_of_three_vehicles(cargo, hub):
    """The periods overlap, each with each."""
    mp = mp_client()
    AssetFactory.create_batch(3, asset_type=cargo, station=hub, home_station=hub)

    answers = at_once(
        partial(
            mp.one_stop,
            **at(HERE),
            useAssetTypes=["cargo"],
            departureTime=f"2026-06-02T10:{number:02}:00Z",
            arrivalTime="2026-06-02T12:00:00Z",
        )
        for number in range(20)
    )

    assert statuses(answers) == {201: 3, 406: 17}
    assert Reservation.objects.filter(asset=None).count() == 3
    assert_consistent()


def confirmed(mp, count):
    request = {**at(HERE), "useAssetTypes": ["cargo"]}
    return [mp.one_stop(**request).json()["id"] for _ in range(count)]


def test_two_who_pick_the_same_vehicle(cargo, hub):
    mp = mp_client(auto_commit=True)
    assets = AssetFactory.create_batch(2, asset_type=cargo, station=hub, home_station=hub)
    booking_ids = confirmed(mp, 2)
    picked = {"asset": {"id": str(assets[0].public_id)}}

    answers = at_once(partial(mp.event, booking_id, "ASSIGN_ASSET", **picked) for booking_id in booking_ids)

    assert statuses(answers) == {200: 1, 403: 1}
    [loser] = [answer.json() for answer in answers if answer.status_code == 403]
    assert loser["errorcode"] == 4202
    assert Leg.objects.filter(asset=assets[0]).count() == 1
    assert Counter(Asset.objects.values_list("state", flat=True)) == {"RESERVED": 1, "AVAILABLE": 1}
    assert_consistent()


def test_eight_who_set_off_with_any_of_eight_vehicles(cargo, hub):
    mp = mp_client(auto_commit=True)
    AssetFactory.create_batch(8, asset_type=cargo, station=hub, home_station=hub)
    booking_ids = confirmed(mp, 8)

    answers = at_once(partial(mp.event, booking_id, "SET_IN_USE") for booking_id in booking_ids)

    assert statuses(answers) == {200: 8}
    assert len(set(Leg.objects.values_list("asset", flat=True))) == 8
    assert set(Asset.objects.values_list("state", flat=True)) == {"IN_USE"}
    assert_consistent()


def test_workers_who_assign_against_users_who_set_off(cargo, hub):
    """Two workers, and the travellers themselves, give vehicles to the same legs: each gets one of its own."""
    mp = mp_client(auto_commit=True)
    AssetFactory.create_batch(4, asset_type=cargo, station=hub, home_station=hub)
    for _ in range(ROUNDS):
        booked = confirmed(mp, 4)
        workers = [partial(tasks.assign_before_departure, timestamp=0)] * 2

        _none, _none, *answers = race(*workers, *(partial(mp.event, each, "SET_IN_USE") for each in booked[:2]))
        tasks.assign_before_departure(timestamp=0)

        assert statuses(answers) == {200: 2}
        assert len(set(Leg.objects.filter(pk__in=booked).values_list("asset", flat=True))) == 4
        by_us = LegEvent.objects.filter(leg__in=booked, event="ASSIGN_ASSET").values_list("leg", flat=True)
        assert len(by_us) == len(set(by_us))
        assert set(by_us) >= set(map(UUID, booked[2:]))
        assert_consistent()
        for booking_id in booked:
            for event in ("SET_IN_USE", "FINISH"):
                assert mp.event(booking_id, event).status_code == 200
