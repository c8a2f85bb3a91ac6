"""OPEN_TRUNK …"""

import pytest

from legs.models import LegEvent
from tests.client import refused
from tests.fleet_factories import AssetFactory
from tests.journey import given_leg, nothing_changes


@pytest.mark.parametrize("state", ["PREPARING", "IN_USE", "PAUSED", "FINISHING"])
def test_changes_nothing_but_is_recorded(mp, state):
    leg = given_leg(mp.provider, AssetFactory(asset_type__has_trunk=True), state=state)

    answer = mp.event(leg.id, "OPEN_TRUNK")

    assert answer.json()["state"] == state
    event = LegEvent.objects.get(event="OPEN_TRUNK")
    assert (event.state, event.asked_by) == (state, "MP")


@pytest.mark.parametrize("state", ["PREPARING", "IN_USE"])
def test_needs_a_trunk(mp, state):
    leg = given_leg(mp.provider, state=state)

    with nothing_changes():
        answer = mp.event(leg.id, "OPEN_TRUNK")

    assert "no trunk" in refused(answer, 403, 4004)["detail"]


def test_needs_the_vehicle(entur):
    leg = given_leg(entur.provider, AssetFactory(asset_type__has_trunk=True), state="FINISHING")

    with nothing_changes():
        answer = entur.event(leg.id, "OPEN_TRUNK")

    refused(answer, 403, 4004)
