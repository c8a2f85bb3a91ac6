"""Somebody wants another vehicle while others want it, too: the one gets it, the other keeps what it had."""

from collections import Counter
from functools import partial

import pytest

from fleet import care
from fleet import services as fleet
from fleet.models import Asset, Reservation
from legs import overriding
from legs.models import Leg
from tests.client import the_error
from tests.concurrency.races import ROUNDS, assert_consistent, at_once, race, statuses
from tests.fleet_factories import AssetFactory, AssetTypeFactory, DamageFactory
from tests.journey import HERE, NOW, at, given_leg, mp_client

pytestmark = [
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock", "all_adds_up"),
]


@pytest.fixture
def bikes(cargo, hub):
    """Makes so many cargo bikes at the hub."""
    return partial(AssetFactory.create_batch, asset_type=cargo, station=hub, home_station=hub)


@pytest.fixture
def mp(clock):
    return mp_client(auto_commit=True)


def pick(mp, leg_id, asset, time="2026-06-01T12:00:00Z"):
    return mp.event(leg_id, "ASSIGN_ASSET", time=time, asset={"id": str(asset.public_id)})


def booked(mp, *picked):
    """The id of a confirmed booking of a cargo bike, whose user picked this one, if any."""
    leg_id = mp.one_stop(**at(HERE), useAssetTypes=["cargo"]).json()["id"]
    for asset in picked:
        assert pick(mp, leg_id, asset, time="2026-06-01T11:59:00Z").status_code == 200
    return leg_id


def states():
    return Counter(Asset.objects.values_list("state", flat=True))


def assert_refused_politely(*answers):
    """Somebody else was faster: that vehicle is not available."""
    for answer in answers:
        assert (answer.status_code, the_error(answer)["errorcode"]) == (403, 4202)


def cancel(mp, *leg_ids):
    for leg_id in leg_ids:
        assert mp.operation(leg_id, "CANCEL").status_code == 200


def test_four_who_exchange_for_the_same_vehicle(mp, bikes):
    *had, wanted = bikes(5)
    leg_ids = [booked(mp, asset) for asset in had]

    answers = at_once(partial(pick, mp, leg_id, wanted) for leg_id in leg_ids)

    assert statuses(answers) == {200: 1, 403: 3}
    assert_refused_politely(*(answer for answer in answers if answer.status_code == 403))
    for leg_id, asset, answer in zip(leg_ids, had, answers, strict=True):
        assert Leg.objects.get(pk=leg_id).asset == (wanted if answer.status_code == 200 else asset)
    assert states() == {"RESERVED": 4, "AVAILABLE": 1}
    assert_consistent()


def test_two_who_exchange_for_what_the_other_has(mp, bikes):
    """Nobody waits for who waits for it; neither is free."""
    one, other = bikes(2)
    mine, yours = booked(mp, one), booked(mp, other)
    for _ in range(ROUNDS):
        answers = race(partial(pick, mp, mine, other), partial(pick, mp, yours, one))

        assert_refused_politely(*answers)
        assert (Leg.objects.get(pk=mine).asset, Leg.objects.get(pk=yours).asset) == (one, other)
    assert_consistent()


def test_an_exchange_against_who_picks_that_vehicle(mp, bikes):
    had, wanted, _spare = bikes(3)
    seen = set()
    for _ in range(ROUNDS):
        mine, yours = booked(mp, had), booked(mp)

        exchanged, picked = race(partial(pick, mp, mine, wanted), partial(pick, mp, yours, wanted))

        seen.add((exchanged.status_code, picked.status_code))
        assert_refused_politely(*(answer for answer in (exchanged, picked) if answer.status_code == 403))
        assert Leg.objects.get(pk=mine).asset == (wanted if exchanged.status_code == 200 else had)
        assert Leg.objects.get(pk=yours).asset == (wanted if picked.status_code == 200 else None)
        assert_consistent()
        cancel(mp, mine, yours)
    assert seen <= {(200, 403), (403, 200)}


def test_an_exchange_against_who_sets_off_with_any_vehicle(mp, bikes):
    had, wanted, _spare = bikes(3)
    for _ in range(ROUNDS):
        mine, yours = booked(mp, had), booked(mp)

        exchanged, began = race(partial(pick, mp, mine, wanted), partial(mp.event, yours, "SET_IN_USE"))

        assert began.status_code == 200
        assert Leg.objects.get(pk=mine).asset == (wanted if exchanged.status_code == 200 else had)
        assert Leg.objects.get(pk=yours).asset != Leg.objects.get(pk=mine).asset
        assert states() == {"RESERVED": 1, "IN_USE": 1, "AVAILABLE": 1}
        assert_consistent()
        assert mp.event(yours, "FINISH").status_code == 200
        cancel(mp, mine)
        for asset in (had, wanted):
            asset.refresh_from_db()


def test_an_exchange_of_staff_against_who_books_that_vehicle():
    mp, other_mp = mp_client(), mp_client()
    scooter = AssetTypeFactory(type_id="scooter")
    seen = set()
    for number in range(ROUNDS):
        leg = given_leg(mp.provider, AssetFactory(asset_type=scooter))
        wanted = AssetFactory(asset_type=scooter, vehicle_number=f"wanted-{number}")
        exchange = partial(overriding.reassign, leg_id=leg.pk, vehicle_number=wanted.vehicle_number, now=NOW)

        exchanged, booking = race(exchange, partial(other_mp.one_stop, **at(HERE), useAssets=[str(wanted.public_id)]))

        seen.add((exchanged == "AssetNotAvailable", booking.status_code))
        held = Reservation.objects.get(asset=wanted)
        assert (held.leg_id == leg.pk) == (booking.status_code == 406)
    assert seen <= {(True, 201), (False, 406)}
    assert_consistent()


def test_an_exchange_against_staff_who_take_that_vehicle_out_of_service(mp, bikes):
    had, wanted = bikes(2)
    retire = partial(fleet.change_service_state, asset_id=wanted.pk, reason="worn out", now=NOW)
    seen = set()
    for _ in range(ROUNDS):
        mine = booked(mp, had)

        exchanged, moved = race(partial(pick, mp, mine, wanted), partial(retire, move="take_out_of_service"))

        wanted.refresh_from_db()
        seen.add((exchanged.status_code, moved == "AssetNotAvailable", wanted.state))
        assert Leg.objects.get(pk=mine).asset == (wanted if exchanged.status_code == 200 else had)
        assert_consistent()
        cancel(mp, mine)
        if wanted.state == "OUT_OF_SERVICE":
            retire(move="put_in_service")
    assert seen <= {(200, True, "RESERVED"), (403, False, "OUT_OF_SERVICE")}


def test_an_exchange_against_staff_who_take_the_former_out_of_service(mp, bikes):
    """It is damaged: whoever comes first, nobody else is to ride it."""
    had, wanted = bikes(2)
    damage = DamageFactory(asset=had)
    for _ in range(ROUNDS):
        mine = booked(mp, had)

        exchanged, _damaged = race(partial(pick, mp, mine, wanted), partial(care.take_out_of_service, damage=damage))

        assert exchanged.status_code == 200
        had.refresh_from_db()
        assert (had.state, had.out_after_trip) == ("OUT_OF_SERVICE", "")
        assert_consistent()
        fleet.change_service_state(asset_id=had.pk, move="put_in_service", reason="", now=NOW)
        cancel(mp, mine)
