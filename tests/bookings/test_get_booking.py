"""GET /bookings/{id} …"""

import uuid

import pytest

from bookings.models import Booking
from fleet.models import Asset, Reservation
from fleet.models.vehicles import AssetState
from legs import services as legs
from tests.client import MpClient, refused
from tests.fleet_factories import AssetFactory
from tests.journey import HERE, NOW, at, given_booking, given_leg, given_offer, minutes, nothing_changes, pause_plan

CARD = {"type": "ID", "cardNumber": "7"}
CARD_WITH_AN_END = {"type": "CREDIT", "cardNumber": "8", "validUntil": "2030-01-31"}


def test_is_what_the_booking_answered(mp):
    asset = AssetFactory()
    booked = mp.one_stop(**{"from": {"coordinates": {"lat": 52.09, "lng": 5.12}}}, useAssets=[str(asset.public_id)])

    answer = mp.get(f"/bookings/{booked.json()['id']}")

    assert (answer.status_code, answer.json()) == (200, booked.json())
    assert "Expires" not in answer.headers


@pytest.mark.parametrize("state", ["PENDING", "CONFIRMED", "STARTED", "FINISHED", "CANCELLED"])
def test_never_shows_what_opens_the_vehicle(mp, state):
    booking = given_booking(mp.provider, state=state)

    [leg] = mp.get(f"/bookings/{booking.id}").json()["legs"]

    assert "assetAccessData" not in leg


@pytest.mark.parametrize("api_version", ["1.6.1"])
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({}, None),
        ({"firstName": "Ada"}, None),
        ({"externalId": "c-1"}, {"externalId": "c-1", "id": "c-1"}),
        ({"id": "c-1", "externalId": "c-2"}, {"id": "c-1", "externalId": "c-2"}),
        ({"id": "c-1", "cards": [CARD, CARD_WITH_AN_END]}, {"id": "c-1", "cards": [CARD_WITH_AN_END]}),
        ({"id": "c-1", "cards": [CARD]}, {"id": "c-1", "cards": []}),
    ],
    ids=str,
)
def test_shows_readers_of_1_5_of_a_customer_only_what_has_all_they_require(mp, said, shown):
    asset = AssetFactory()
    booked = mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)], customer=said).json()

    answer = MpClient(mp.provider, "1.5.0").get(f"/bookings/{booked['id']}")

    assert booked["customer"] == said
    assert answer.json().get("customer") == shown


def test_notices_a_lapse_and_frees_the_vehicle(mp, clock):
    booking = given_booking(mp.provider)
    clock.move_to(NOW + minutes(15))

    answer = mp.get(f"/bookings/{booking.id}")

    assert answer.json()["state"] == Booking.objects.get().state == "EXPIRED"
    assert answer.json()["legs"][0]["state"] == "CANCELLED"
    assert Asset.objects.get().state == AssetState.AVAILABLE
    assert not Reservation.objects.exists()


def test_shows_no_lapse_before_it_is_time(mp, clock):
    booking = given_booking(mp.provider)
    clock.move_to(NOW + minutes(14))

    with nothing_changes():
        answer = mp.get(f"/bookings/{booking.id}")

    assert answer.json()["state"] == "PENDING"


def test_shows_the_price_so_far(mp, clock):
    """1.00 to unlock, 0.20 a minute riding, 0.05 a minute paused."""
    leg = given_leg(mp.provider, AssetFactory(asset_type__default_plan=pause_plan()), state="IN_USE")
    clock.move_to(NOW + minutes(10))
    legs.apply("PAUSE", leg_id=leg.id, at=NOW + minutes(10), now=NOW + minutes(10))
    clock.move_to(NOW + minutes(20))

    pricing = mp.get(f"/bookings/{leg.id}").json()["pricing"]

    assert pricing["estimated"] is True
    [part] = pricing["parts"]
    assert (part["type"], part["amount"], part["amountExVat"]) == ("FIXED", 3.5, 2.89)


def test_tells_nothing_of_where_a_vehicle_is_that_was_given_back(mp, other_mp):
    """The next rider moves it; the former one may not follow."""
    asset = AssetFactory(vehicle_code="157103")
    leg = given_leg(mp.provider, asset, state="FINISHED")
    given_leg(other_mp.provider, Asset.objects.get(), state="IN_USE")
    Asset.objects.update(lat=52.5, lon=5.5, state_of_charge=20)

    [shown] = mp.get(f"/bookings/{leg.id}").json()["legs"]

    assert shown["asset"] == {
        "id": str(asset.public_id),
        "overriddenProperties": {"meta": {"vehicleCode": "157103"}},
    }


@pytest.mark.parametrize("booking_id", [uuid.UUID(int=7), "nonsense", "x" * 300])
def test_does_not_find_what_was_never_booked(mp, booking_id):
    refused(mp.get(f"/bookings/{booking_id}"), 404, 3204)


def test_does_not_find_an_offer(mp):
    refused(mp.get(f"/bookings/{given_offer(mp.provider).id}"), 404, 3204)


def test_does_not_find_the_booking_of_another_provider(mp, other_mp, clock):
    booking = given_booking(other_mp.provider)
    clock.move_to(NOW + minutes(60))

    with nothing_changes():
        answer = mp.get(f"/bookings/{booking.id}")

    refused(answer, 404, 3204)
