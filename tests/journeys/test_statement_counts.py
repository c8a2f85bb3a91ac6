"""How many SQL statements a step takes (performance.md, P3). Two of those that write begin and end the transaction.

Today's numbers: a change that needs more has to say why.
"""

import pytest

from fleet import catalogue
from payments.models import JournalEntry
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ConditionFactory, OpeningHoursFactory, RegionFactory
from tests.journey import HERE, NEARBY, NOW, at, given_booking, given_leg, given_offer, located, minutes, pause_plan
from tests.trip_factories import CustomerFactory

TRANSACTION = 2


@pytest.fixture(autouse=True)
def city(clock):
    """Something of everything, so that nothing is counted too low for being empty."""
    RegionFactory()
    OpeningHoursFactory()


@pytest.fixture
def asset():
    asset_type = AssetTypeFactory(type_id="scooter", default_plan=pause_plan(), access_methods=["QR"])
    ConditionFactory(asset_type=asset_type, kind="conditionPayWhenFinished", details={})
    catalogue.current(type_ids=[asset_type.pk])  # as in a process that was asked before
    return AssetFactory(asset_type=asset_type, marked=True)


@pytest.fixture
def with_deposit(asset):
    ConditionFactory(asset_type=asset.asset_type)
    catalogue.forget()
    catalogue.current()
    return asset


def test_one_stop(auto_mp, asset, django_assert_max_num_queries):
    """Credentials; vehicle; customer; lock; what is held and booked, with its story."""
    CustomerFactory(provider=auto_mp.provider, external_id="c-1")

    with django_assert_max_num_queries(5 + TRANSACTION):
        answer = auto_mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)], customer={"id": "c-1"})

    assert answer.json()["state"] == "CONFIRMED"


def test_one_stop_with_a_deposit(auto_mp, with_deposit, django_assert_max_num_queries):
    """And the entry: a new booking has no other. There is no customer."""
    with django_assert_max_num_queries(5 + TRANSACTION):
        auto_mp.one_stop(**at(HERE), useAssets=[str(with_deposit.public_id)])

    assert JournalEntry.objects.get().category == "DEPOSIT"


def test_one_stop_by_type(auto_mp, asset, django_assert_max_num_queries):
    AssetFactory.create_batch(5, asset_type=asset.asset_type)

    with django_assert_max_num_queries(5 + TRANSACTION):  # no customer, but types that are booked as such
        answer = auto_mp.one_stop(**at(HERE), useAssetTypes=["scooter"])

    assert answer.status_code == 201


def test_offers(mp, asset, django_assert_max_num_queries):
    """What is one statement needs no transaction."""
    with django_assert_max_num_queries(5):
        answer = mp.offers(**at(HERE))

    [option] = answer.json()["options"]
    assert len(option["legs"]) == 1


def test_offers_that_lead_somewhere(mp, asset, django_assert_max_num_queries):
    """Where rides may end is remembered."""
    mp.offers(**at(HERE), to=at(NEARBY)["from"])

    with django_assert_max_num_queries(5):
        answer = mp.offers(**at(HERE), to=at(NEARBY)["from"])

    assert len(answer.json()["options"]) == 1


def test_offers_for_several(mp, asset, django_assert_max_num_queries):
    """As one-stop looks for it, and what so many bookings and legs need: a statement each."""
    AssetFactory.create_batch(5, asset_type=asset.asset_type)

    with django_assert_max_num_queries(5 + TRANSACTION):
        answer = mp.offers(**at(HERE), nrOfTravelers=6)

    [option] = answer.json()["options"]
    assert len(option["legs"]) == 6


def test_book(mp, asset, django_assert_max_num_queries):
    """Credentials; the lock, the leg; lock; what is held and booked."""
    offer = given_offer(mp.provider, asset)

    with django_assert_max_num_queries(5 + TRANSACTION):
        answer = mp.book(offer.id)

    assert answer.json()["state"] == "PENDING"


def test_commit(mp, asset, django_assert_max_num_queries):
    """Credentials; the booking, its lock, the leg; what is agreed."""
    booking = given_booking(mp.provider, asset)

    with django_assert_max_num_queries(5 + TRANSACTION):
        answer = mp.operation(booking.id, "COMMIT")

    assert answer.json()["state"] == "CONFIRMED"


def test_commit_with_a_deposit(mp, with_deposit, django_assert_max_num_queries):
    """As without; the number of entries, the entry, and whether the provider has an address to be told at."""
    booking = given_booking(mp.provider, with_deposit)

    with django_assert_max_num_queries(8 + TRANSACTION):
        mp.operation(booking.id, "COMMIT")

    assert JournalEntry.objects.get().category == "DEPOSIT"


@pytest.mark.parametrize(("event", "most"), [("FINISH", 6), ("CANCEL", 8)])
def test_giving_a_deposit_back(mp, with_deposit, django_assert_max_num_queries, event, most):
    """The journal is read instead of counted, and the refund written along with the fare."""
    leg = given_leg(mp.provider, with_deposit, state="IN_USE" if event == "FINISH" else "NOT_STARTED")

    with django_assert_max_num_queries(most + TRANSACTION):
        mp.event(leg.id, event)

    assert JournalEntry.objects.latest("id").category == "REFUND"


@pytest.mark.parametrize(
    ("state", "event", "most"),
    [
        ("NOT_STARTED", "PREPARE", 4),
        ("NOT_STARTED", "SET_IN_USE", 4),
        ("IN_USE", "PAUSE", 4),
        ("PAUSED", "SET_IN_USE", 4),
        ("IN_USE", "START_FINISHING", 4),
        ("IN_USE", "FINISH", 6),
        ("FINISHING", "FINISH", 6),
        ("FINISHED", "FINISH", 4),
        ("NOT_STARTED", "CANCEL", 6),
    ],
)
def test_leg_event(mp, clock, asset, django_assert_max_num_queries, state, event, most):
    """Credentials; the lock, the leg; the leg with its event and, where they change, booking, vehicle and fare. FINISH
    asks where the vehicle stands, and gives it back."""
    leg = given_leg(mp.provider, asset, state=state)
    clock.move_to(NOW + minutes(10))

    with django_assert_max_num_queries(most + TRANSACTION):
        answer = mp.event(leg.id, event, **located(id=str(leg.asset_public_id)))

    assert answer.status_code == 200


@pytest.mark.parametrize(("state", "event"), [("IN_USE", "PAUSE"), ("PAUSED", "SET_IN_USE")])
def test_leg_event_that_turns_a_lock(mp, clock, django_assert_max_num_queries, state, event):
    """A lock that we work ourselves is written down with the leg."""
    leg = given_leg(mp.provider, AssetFactory(asset_type__access_methods=["TOMP-API"]), state=state)
    clock.move_to(NOW + minutes(10))

    with django_assert_max_num_queries(4 + TRANSACTION):
        answer = mp.event(leg.id, event, **located())

    assert answer.status_code == 200


def test_repeated_leg_event(mp, asset, django_assert_max_num_queries):
    leg = given_leg(mp.provider, asset)
    mp.event(leg.id, "SET_IN_USE", time="2026-06-01T12:00:00Z")

    with django_assert_max_num_queries(3 + TRANSACTION):
        answer = mp.event(leg.id, "SET_IN_USE", time="2026-06-01T12:00:00Z")

    assert answer.json()["state"] == "IN_USE"


@pytest.mark.parametrize("state", ["PENDING", "STARTED", "FINISHED"])
def test_get_booking(mp, asset, django_assert_max_num_queries, state):
    booking = given_booking(mp.provider, asset, state=state)

    with django_assert_max_num_queries(3):
        mp.get(f"/bookings/{booking.id}")


@pytest.mark.parametrize("state", ["IN_USE", "FINISHED"])
def test_get_leg(mp, asset, django_assert_max_num_queries, state):
    leg = given_leg(mp.provider, asset, state=state)

    with django_assert_max_num_queries(2):
        mp.get(f"/legs/{leg.id}")


def test_progress(mp, asset, django_assert_max_num_queries):
    leg = given_leg(mp.provider, asset, state="IN_USE")

    with django_assert_max_num_queries(2):
        mp.get(f"/legs/{leg.id}/progress")
