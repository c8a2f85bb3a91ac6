"""The lock of a vehicle …"""

import pytest

from fleet.models import Asset, Condition
from legs.models import Leg
from tests.client import refused
from tests.fleet_factories import AssetFactory, ConditionFactory
from tests.journey import NOW, given_leg, located, minutes, nothing_changes

BY_HAND = {"asset_type__must_be_locked": True, "asset_type__access_methods": ["QR"]}
BY_US = {"asset_type__access_methods": ["TOMP-API"]}


def lock():
    return Asset.objects.get().lock_state


def test_follows_the_ride_when_we_work_it(mp, clock):
    leg = given_leg(mp.provider, AssetFactory(**BY_US))
    seen = [lock()]
    for minute, event in enumerate(["PREPARE", "SET_IN_USE", "PAUSE", "SET_IN_USE", "START_FINISHING", "FINISH"], 1):
        clock.move_to(NOW + minutes(minute))
        assert mp.event(leg.id, event, **located()).status_code == 200
        seen.append(lock())

    assert seen == ["UNKNOWN", "UNKNOWN", "OPEN", "CLOSED", "OPEN", "OPEN", "CLOSED"]


def test_is_somebody_elses_when_we_do_not(mp):
    leg = given_leg(mp.provider, AssetFactory(asset_type__access_methods=["AXA-EKEY-OTP"]))

    mp.event(leg.id, "SET_IN_USE")

    assert lock() == "UNKNOWN"


def test_stays_open_in_a_pause_whose_steps_leave_it_open(mp, clock):
    asset = AssetFactory(**BY_US)
    steps = {"steps": [{"action": "PARK_ASSIST", "text": {"en": "Use the stand."}}, {"action": "SEND_PAUSE"}]}
    ConditionFactory(asset_type=asset.asset_type, kind=Condition.Kind.PAUSING_STEPS, details=steps)
    leg = given_leg(mp.provider, asset, state="IN_USE")

    assert mp.event(leg.id, "PAUSE").json()["state"] == "PAUSED"

    assert lock() == "OPEN"


@pytest.mark.parametrize("state", ["IN_USE", "PAUSED", "FINISHING"])
def test_must_not_be_open_at_the_end_if_the_user_locks_it(mp, clock, state):
    leg = given_leg(mp.provider, AssetFactory(**BY_HAND, lock_state="OPEN"), state=state)
    clock.move_to(NOW + minutes(10))

    with nothing_changes():
        answer = mp.event(leg.id, "FINISH")

    refused(answer, 403, 4501)
    assert Leg.objects.get().metered_since == NOW  # and so it still bills


@pytest.mark.parametrize("lock_state", ["CLOSED", "UNKNOWN"])
def test_may_be_closed_or_unknown_at_the_end(mp, lock_state):
    leg = given_leg(mp.provider, AssetFactory(**BY_HAND, lock_state=lock_state), state="IN_USE")

    assert mp.event(leg.id, "FINISH").json()["state"] == "FINISHED"


def test_is_no_matter_where_nobody_has_to_lock(mp):
    leg = given_leg(mp.provider, AssetFactory(lock_state="OPEN"), state="IN_USE")

    assert mp.event(leg.id, "FINISH").json()["state"] == "FINISHED"


def test_is_closed_by_us_whoever_would_have_to(mp):
    leg = given_leg(mp.provider, AssetFactory(**BY_HAND | BY_US), state="IN_USE")
    assert lock() == "OPEN"

    assert mp.event(leg.id, "FINISH").json()["state"] == "FINISHED"

    assert lock() == "CLOSED"


def test_is_looked_at_when_the_vehicle_is_given_back_earlier(entur):
    leg = given_leg(entur.provider, AssetFactory(**BY_HAND, lock_state="OPEN"), state="IN_USE")

    with nothing_changes():
        refused(entur.event(leg.id, "START_FINISHING"), 403, 4501)
    Asset.objects.update(lock_state="CLOSED")
    entur.event(leg.id, "START_FINISHING")
    Asset.objects.update(lock_state="OPEN")  # by the next one

    assert entur.event(leg.id, "FINISH").json()["state"] == "FINISHED"
