"""A step stores whatever it changed, though it does not write again what was agreed on when the trip was booked."""

import pytest

from bookings.models import Booking
from legs.models import Leg
from tests.fleet_factories import AssetFactory, AssetTypeFactory
from tests.journey import HERE, NOW, at, given_booking, given_leg, located, minutes, pause_plan
from tomp.progress import Agreement

ASKED_OF_BOOKINGS = ("COMMIT", "CANCEL", "EXPIRE", "EXTEND_EXPIRY_TIME")
ASKED_OF_LEGS = (
    *("ASSIGN_ASSET", "PREPARE", "SET_IN_USE", "PAUSE", "OPEN_TRUNK", "START_FINISHING", "FINISH", "CANCEL"),
    *("TIME_EXTEND", "TIME_POSTPONE"),
)


@pytest.fixture
def asset():
    asset_type = AssetTypeFactory(default_plan=pause_plan(), has_trunk=True, user_may_pick=True)
    return AssetFactory(asset_type=asset_type, marked=True)


@pytest.fixture
def stepped(monkeypatch):
    """Every booking and leg that took a step, as its process left it."""
    rows, progress = [], Agreement.progress
    monkeypatch.setattr(Agreement, "progress", lambda row: (rows.append(row), progress(row))[1])
    return rows


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def unstored(row):
    """{column: (what the process had, what is stored)}, where these differ."""
    kept, stored = columns(row), columns(type(row).objects.get(pk=row.pk))
    return {name: (kept[name], stored[name]) for name in kept if kept[name] != stored[name]}


@pytest.mark.parametrize("operation", ASKED_OF_BOOKINGS)
@pytest.mark.parametrize("state", ["PENDING", "CONFIRMED"])
def test_of_a_booking(mp, clock, asset, stepped, state, operation):
    booking = given_booking(mp.provider, asset, state=state)
    stepped.clear()
    clock.move_to(NOW + minutes(1))

    mp.operation(booking.id, operation)

    assert [unstored(row) for row in stepped if unstored(row)] == []


@pytest.mark.parametrize("event", ASKED_OF_LEGS)
@pytest.mark.parametrize("state", ["NOT_STARTED", "PREPARING", "IN_USE", "PAUSED", "FINISHING"])
def test_of_a_leg(mp, clock, asset, stepped, state, event):
    leg = given_leg(mp.provider, asset, state=state)
    stepped.clear()
    clock.move_to(NOW + minutes(10))

    mp.event(leg.id, event, **located(id=str(leg.asset_public_id)))

    assert [unstored(row) for row in stepped if unstored(row)] == []


def test_from_the_beginning_to_the_end(auto_mp, clock, asset, stepped):
    booking = auto_mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)]).json()
    for number, event in enumerate(["PREPARE", "SET_IN_USE", "PAUSE", "SET_IN_USE", "START_FINISHING", "FINISH"]):
        clock.move_to(NOW + minutes(1 + number))
        assert auto_mp.event(booking["legs"][0]["id"], event, **located()).status_code == 200

    assert {type(row) for row in stepped} == {Booking, Leg}
    assert len(stepped) == 8  # each event its leg, and the booking begins and ends
    assert unstored(stepped[-1]) == {}
    assert unstored([row for row in stepped if isinstance(row, Booking)][-1]) == {}


@pytest.mark.parametrize("model", [Booking, Leg])
def test_of_columns_that_there_are(model):
    assert {field.name for field in model._meta.concrete_fields} > model.AGREED
