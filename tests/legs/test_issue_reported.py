"""A user who cannot go on (POST /support/ with ERROR_CANNOT_CONTINUE) …"""

from decimal import Decimal

import pytest

from fleet.models import Reservation
from legs.models import Leg, LegEvent
from payments.models import JournalEntry
from tests.client import refused
from tests.fleet_factories import AssetFactory, AssetTypeFactory
from tests.journey import HERE, NOW, at, given_leg, minutes, mp_client, nothing_changes, pause_plan


def call_for_help(mp, leg, priority="ERROR_CANNOT_CONTINUE", **more):
    return mp.post(
        "/support/", {"id": str(leg.id), "supportType": "BROKEN_DOWN", "priority": priority, "comment": "flat", **more}
    )


def priced():
    """1.00 to unlock, 0.20 a minute, 0.05 a minute paused."""
    return AssetFactory(asset_type__default_plan=pause_plan())


@pytest.mark.parametrize("state", ["IN_USE", "PAUSED", "FINISHING"])
def test_moves_the_running_leg(mp, clock, state):
    leg = given_leg(mp.provider, state=state)
    clock.move_to(NOW + minutes(5))

    assert call_for_help(mp, leg).status_code == 200

    assert mp.get(f"/legs/{leg.id}").json()["state"] == "ISSUE_REPORTED"
    event = LegEvent.objects.last()
    assert (event.event, event.state, event.at, event.asked_by) == (
        "ISSUE_REPORTED",
        "ISSUE_REPORTED",
        NOW + minutes(5),
        "MP",
    )
    assert Reservation.objects.exists()


@pytest.mark.parametrize("state", ["NOT_STARTED", "PREPARING", "FINISHED", "CANCELLED"])
def test_moves_no_other_leg(mp, state):
    leg = given_leg(mp.provider, state=state)

    assert call_for_help(mp, leg).status_code == 200

    assert Leg.objects.get().state == state


@pytest.mark.parametrize("priority", ["ERROR_CAN_CONTINUE", "DISTURBING_ISSUE", "QUESTION", "OTHER"])
def test_is_not_everybody_who_asks(mp, priority):
    leg = given_leg(mp.provider, state="IN_USE")

    call_for_help(mp, leg, priority)

    assert Leg.objects.get().state == "IN_USE"


def test_is_recorded_once(mp, clock):
    leg = given_leg(mp.provider, state="IN_USE")
    call_for_help(mp, leg)
    clock.move_to(NOW + minutes(1))

    call_for_help(mp, leg)

    assert LegEvent.objects.filter(event="ISSUE_REPORTED").count() == 1


def test_who_rides_on_is_not_moved_by_the_same_call_again(mp):
    leg = given_leg(mp.provider, state="IN_USE")
    call_for_help(mp, leg)
    mp.event(leg.id, "SET_IN_USE")

    assert call_for_help(mp, leg).status_code == 200

    assert Leg.objects.get().state == "IN_USE"
    assert LegEvent.objects.filter(event="ISSUE_REPORTED").count() == 1


def test_has_given_the_vehicle_back_already(entur):
    leg = given_leg(entur.provider, state="FINISHING")

    call_for_help(entur, leg)

    assert Leg.objects.get().state == "FINISHING"


def test_cannot_move_the_leg_of_another_provider(mp, other_mp):
    leg = given_leg(other_mp.provider, state="IN_USE")

    with nothing_changes():
        refused(call_for_help(mp, leg), 404, 5204)


@pytest.mark.parametrize(
    ("event", "state", "amount"),
    [
        ("SET_IN_USE", "IN_USE", "3.20"),  # 1.00, ten minutes before and one after
        ("PAUSE", "PAUSED", "3.05"),
        ("START_FINISHING", "FINISHING", "3.00"),
        ("FINISH", "FINISHED", "3.00"),
    ],
)
def test_pays_nothing_while_nothing_goes_on(mp, clock, event, state, amount):
    leg = given_leg(mp.provider, priced(), state="IN_USE")
    clock.move_to(NOW + minutes(10))
    call_for_help(mp, leg)
    clock.move_to(NOW + minutes(40))

    assert mp.event(leg.id, event).json()["state"] == state
    clock.move_to(NOW + minutes(41))
    mp.event(leg.id, "FINISH")

    assert JournalEntry.objects.get().amount == Decimal(amount)
    assert Leg.objects.get().segments[1][0] == "ISSUE_REPORTED"


def test_pays_on_where_the_contract_says_so(clock):
    mp = mp_client(issue_stops_meter=False)
    leg = given_leg(mp.provider, priced(), state="IN_USE")
    clock.move_to(NOW + minutes(10))
    call_for_help(mp, leg)
    clock.move_to(NOW + minutes(30))

    mp.event(leg.id, "FINISH")

    assert JournalEntry.objects.get().amount == Decimal("7.00")


def test_pays_what_was_concluded(clock):
    """Under a contract that bills until START_FINISHING the price is final there, whatever comes."""
    mp = mp_client(bill_until="START_FINISHING")
    leg = given_leg(mp.provider, priced(), state="IN_USE")
    clock.move_to(NOW + minutes(10))
    mp.event(leg.id, "START_FINISHING")
    clock.move_to(NOW + minutes(11))
    call_for_help(mp, leg)
    clock.move_to(NOW + minutes(30))

    assert mp.event(leg.id, "FINISH").json()["pricing"]["parts"][1]["amount"] == 2

    assert JournalEntry.objects.get().used_s == 600


@pytest.mark.parametrize("event", ["PREPARE", "OPEN_TRUNK", "TIME_EXTEND", "TIME_POSTPONE", "CANCEL"])
def test_cannot_do_anything_else(mp, event):
    leg = given_leg(mp.provider, AssetFactory(asset_type__has_trunk=True), state="ISSUE_REPORTED")

    with nothing_changes():
        answer = mp.event(leg.id, event)

    refused(answer, 403, 4203 if event == "CANCEL" else 4004)


def test_time_of_an_issue_is_not_reported_away(clock, db):
    """A report that claims to be from before the issue counts from the issue on."""
    mp = mp_client()
    leg = given_leg(mp.provider, priced(), state="IN_USE")
    clock.move_to(NOW + minutes(10))
    call_for_help(mp, leg)
    clock.move_to(NOW + minutes(12))

    mp.event(leg.id, "SET_IN_USE", time=(NOW + minutes(5)).isoformat())

    assert Leg.objects.get().segments == [["IN_USE", 600], ["ISSUE_REPORTED", 120], ["IN_USE", 0]]


@pytest.mark.parametrize("api_version", ["1.6.1"])
def test_is_that_of_the_named_vehicle_only(auto_mp, clock):
    """The other one rides on, and pays for it."""
    scooter = AssetTypeFactory(type_id="scooter", default_plan=pause_plan())
    AssetFactory.create_batch(2, asset_type=scooter)
    booking = auto_mp.one_stop(**at(HERE), useAssetTypes=["scooter"], nrOfTravelers=2).json()
    ada, bob = booking["legs"]
    for leg in (ada, bob):
        auto_mp.event(leg["id"], "SET_IN_USE")

    auto_mp.post("/support/", {"id": booking["id"], "priority": "ERROR_CANNOT_CONTINUE", "assetId": bob["asset"]["id"]})

    legs = auto_mp.get(f"/bookings/{booking['id']}").json()["legs"]
    assert [leg["state"] for leg in legs] == ["IN_USE", "ISSUE_REPORTED"]
    clock.shift(minutes(10))
    assert Leg.objects.get(pk=ada["id"]).price(NOW + minutes(10)).total == 3
    assert Leg.objects.get(pk=bob["id"]).price(NOW + minutes(10)).total == 1
