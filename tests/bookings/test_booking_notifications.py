"""/bookings/{id}/notifications …"""

import pytest

from bookings import services
from bookings.models import Booking, Notification, Party
from tests.client import refused
from tests.fleet_factories import AssetFactory, AssetTypeFactory
from tests.journey import HERE, NOW, at, given_booking, minutes, nothing_changes


def notify(mp, booking, **body):
    return mp.post(f"/bookings/{booking.id}/notifications", body)


@pytest.mark.parametrize("kind", Notification.Type.values)
def test_takes_and_shows_a_message(mp, kind):
    booking = given_booking(mp.provider)
    body = {"type": kind, "minutes": 4, "comment": "at the corner", "legId": str(booking.id), "asset": {"id": "x"}}

    answer = notify(mp, booking, **body)

    assert (answer.status_code, answer.content) == (204, b"")
    assert mp.get(f"/bookings/{booking.id}/notifications").json() == [body]
    kept = Notification.objects.get()
    assert (kept.booking, kept.sent_by, kept.at) == (booking, "MP", NOW)


def test_shows_messages_of_both_sides_in_order(mp):
    booking = given_booking(mp.provider)
    notify(mp, booking, type="OTHER", comment="where is it?")
    services.notify(
        booking_id=booking.id, type="MESSAGE_TO_END_USER", minutes=None, comment="behind the tree", leg_id="",
        asset=None, sent_by=Party.TO, now=NOW + minutes(1),
    )  # fmt: skip

    answer = mp.get(f"/bookings/{booking.id}/notifications")

    assert answer.json() == [
        {"type": "OTHER", "comment": "where is it?"},
        {"type": "MESSAGE_TO_END_USER", "comment": "behind the tree"},
    ]


def test_shows_an_empty_list_where_nothing_was_said(mp):
    assert mp.get(f"/bookings/{given_booking(mp.provider).id}/notifications").json() == []


def test_takes_null_for_nothing(mp):
    booking = given_booking(mp.provider)

    assert notify(mp, booking, type="OTHER", minutes=None, asset=None, comment=None, legId=None).status_code == 204
    assert mp.get(f"/bookings/{booking.id}/notifications").json() == [{"type": "OTHER"}]


@pytest.fixture
def party(mp):
    """A booking of two legs."""
    AssetFactory.create_batch(2, asset_type=AssetTypeFactory(type_id="scooter"))
    booking = mp.one_stop(**at(HERE), useAssetTypes=["scooter"], nrOfTravelers=2).json()
    return Booking.objects.get(pk=booking["id"])


def test_wants_to_know_which_of_several_legs_it_is_about(mp, party):
    _first, second = party.legs.all()

    with nothing_changes():
        refused(notify(mp, party, type="OTHER"), 400, 3001)
        refused(notify(mp, party, type="OTHER", legId=""), 400, 3001)
        refused(notify(mp, party, type="OTHER", legId=str(party.id)), 400, 3002)

    assert notify(mp, party, type="OTHER", legId=str(second.id)).status_code == 204
    assert Notification.objects.get().leg_id == str(second.id)


def test_is_about_a_leg_of_the_booking(mp):
    booking, other = given_booking(mp.provider), given_booking(mp.provider)

    with nothing_changes():
        refused(notify(mp, booking, type="OTHER", legId=str(other.id)), 400, 3002)
        refused(notify(mp, booking, type="OTHER", legId="nonsense"), 400, 3002)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 3001),
        ({"type": "HELLO"}, 3002),
        ({"type": 5}, 3002),
        ({"type": "ETA", "minutes": -1}, 3002),
        ({"type": "ETA", "minutes": "soon"}, 3002),
        ({"type": "OTHER", "comment": 5}, 3002),
    ],
    ids=str,
)
def test_refuses_what_makes_no_sense(mp, body, code):
    booking = given_booking(mp.provider)

    with nothing_changes():
        answer = notify(mp, booking, **body)

    refused(answer, 400, code)


ASSET = {
    "id": "bike-1",
    "isReserved": False,
    "isReservedFrom": "2026-06-01T12:00:00Z",
    "mileage": 1234.5,
    "stateOfCharge": 80,
    "damages": [{"vehicleComponent": "TIRE", "description": "flat", "pictures": ["https://mp.example.org/1.jpg"]}],
    "overriddenProperties": {
        "location": {"coordinates": {"lat": 52.09, "lng": 5.12}},
        "fuel": "NONE",
        "ancillaries": [{"category": "AV", "number": "07", "variable-number": 2, "applicable-days": ["MO"]}],
        "meta": {"vehicleCode": "157103"},
    },
}


def test_keep_the_asset_without_its_nulls(mp):
    booking = given_booking(mp.provider)
    properties = {**ASSET["overriddenProperties"], "colour": None}

    answer = notify(
        mp, booking, type="OTHER", asset={**ASSET, "licensePlate": None, "overriddenProperties": properties}
    )

    assert answer.status_code == 204
    assert mp.get(f"/bookings/{booking.id}/notifications").json() == [{"type": "OTHER", "asset": ASSET}]


def test_keep_what_nobody_declared_of_an_asset(mp):
    booking = given_booking(mp.provider)

    notify(mp, booking, type="OTHER", asset={"id": "bike-1", "bell": [1]})

    assert Notification.objects.get().asset == {"id": "bike-1", "bell": [1]}


@pytest.mark.parametrize(
    ("asset", "code", "member"),
    [
        ("bike-1", 3002, "asset"),
        ({}, 3001, "asset.id"),
        ({"id": None}, 3001, "asset.id"),
        ({"id": [1]}, 3002, "asset.id"),
        ({"id": 1.5}, 3002, "asset.id"),
        ({"id": "x", "stateOfCharge": "x"}, 3002, "asset.stateOfCharge"),
        ({"id": "x", "stateOfCharge": 101}, 3002, "asset.stateOfCharge"),
        ({"id": "x", "isDisabled": "no"}, 3002, "asset.isDisabled"),
        ({"id": "x", "availableUntil": "tomorrow"}, 3002, "asset.availableUntil"),
        ({"id": "x", "damages": [{"vehicleComponent": "WING", "description": "?"}]}, 3002,
         "asset.damages.0.vehicleComponent"),
        ({"id": "x", "damages": [None]}, 3001, "asset.damages.0.vehicleComponent"),
        ({"id": "x", "overriddenProperties": {"location": {"name": "here"}}}, 3001,
         "asset.overriddenProperties.location.coordinates"),
        ({"id": "x", "overriddenProperties": {"fuel": "WATER"}}, 3002, "asset.overriddenProperties.fuel"),
    ],
    ids=str,
)  # fmt: skip
def test_refuses_an_asset_that_is_none(mp, asset, code, member):
    booking = given_booking(mp.provider)

    with nothing_changes():
        answer = notify(mp, booking, type="OTHER", asset=asset)

    assert refused(answer, 400, code)["detail"].startswith(f"Field: {member}, Reason: ")


def test_are_private(mp, other_mp):
    booking = given_booking(other_mp.provider)

    with nothing_changes():
        answers = notify(mp, booking, type="OTHER"), mp.get(f"/bookings/{booking.id}/notifications")

    for answer in answers:
        refused(answer, 404, 3204)
