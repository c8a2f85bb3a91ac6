"""GET /legs/{id}/progress …"""

import pytest

from fleet.models import Asset
from legs import services
from legs.models import Leg
from tests.client import refused
from tests.fleet_factories import AssetFactory
from tests.journey import NEARBY, NOW, given_leg, minutes, nothing_changes


def progress(mp, leg, **query):
    return mp.get(f"/legs/{leg.id}/progress", **query)


@pytest.mark.parametrize("state", ["IN_USE", "PAUSED", "FINISHING", "ISSUE_REPORTED"])
def test_shows_where_the_vehicle_is(mp, clock, state):
    asset = AssetFactory(vehicle_code="157103")
    leg = given_leg(mp.provider, asset, state=state)
    services.track(asset_id=asset.pk, positions=[(NOW + minutes(5), *NEARBY)])
    Asset.objects.update(state_of_charge=60)
    Leg.objects.update(distance_m=1250)
    clock.move_to(NOW + minutes(10))

    place = {"coordinates": {"lat": NEARBY[0], "lng": NEARBY[1]}}
    assert progress(mp, leg).json() == {
        **place,
        "duration": 600_000,
        "distance": 1250,
        "asset": {
            "id": str(asset.public_id),
            "stateOfCharge": 60,
            "overriddenProperties": {"location": place, "meta": {"vehicleCode": "157103"}},
        },
    }


@pytest.mark.parametrize("value", ["true", "1", "True"])
def test_shows_only_the_place_if_that_is_all_that_is_wanted(mp, value):
    leg = given_leg(mp.provider, state="IN_USE")

    answer = progress(mp, leg, **{"location-only": value})

    assert answer.json() == {"coordinates": {"lat": 52.09, "lng": 5.12}}


def test_shows_all_if_more_is_wanted(mp):
    leg = given_leg(mp.provider, state="IN_USE")

    assert "duration" in progress(mp, leg, **{"location-only": "false"}).json()
    assert "duration" in progress(mp, leg, **{"location-only": ""}).json()


def test_does_not_understand_anything_else(mp):
    leg = given_leg(mp.provider, state="IN_USE")

    refused(progress(mp, leg, **{"location-only": "perhaps"}), 400, 4002)


@pytest.mark.parametrize("state", ["NOT_STARTED", "PREPARING", "FINISHED", "CANCELLED"])
def test_is_of_running_legs_only(mp, state):
    leg = given_leg(mp.provider, state=state)

    with nothing_changes():
        answer = progress(mp, leg)

    refused(answer, 404, 4204)


def test_needs_to_know_the_place(mp):
    leg = given_leg(mp.provider, state="IN_USE")
    Asset.objects.update(lat=None, lon=None)
    Leg.objects.update(track=[])

    refused(progress(mp, leg), 404, 4204)


def test_is_private(mp, other_mp):
    leg = given_leg(other_mp.provider, state="IN_USE")

    refused(progress(mp, leg), 404, 4204)
