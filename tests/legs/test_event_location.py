"""Where an event happens …"""

import pytest

from bookings.models import Party
from fleet.models import Asset
from legs import services
from legs.models import LegEvent
from maas.models import LocatedEvent
from tests.client import refused
from tests.fleet_factories import AssetFactory, RegionFactory
from tests.journey import AROUND_THE_CORNER, FAR_AWAY, HERE, NEARBY, NOW, given_leg, located, mp_client, nothing_changes

STATES = {
    "ASSIGN_ASSET": "NOT_STARTED",
    "SET_IN_USE": "NOT_STARTED",
    "PAUSE": "IN_USE",
    "OPEN_TRUNK": "IN_USE",
    "TIME_EXTEND": "IN_USE",
    "FINISH": "IN_USE",
}


LATER = {"TIME_EXTEND": {"time": "2026-06-01T13:00:00Z"}}  # what is asked for; the others happen now


def given_trunk(mp, event):
    """A leg of a vehicle with a trunk, in a state in which the event is possible."""
    return given_leg(mp.provider, AssetFactory(asset_type__has_trunk=True), state=STATES[event])


def person(place):
    lat, lon = place
    return {"userLocation": {"coordinates": {"lat": lat, "lng": lon}}}


def location_identifiers(mp):
    execution = mp.get("/operator/meta").json()[0]["processIdentifiers"]["tripExecution"]
    return [name for name in execution if name.startswith("LEG_EVENT_LOCATION_")]


@pytest.mark.parametrize("event", STATES)
def test_is_demanded_of_the_agreed_event(clock, api_version, event):
    mp = mp_client(api_version, location_required_on=[event])
    leg, told = given_trunk(mp, event), LATER.get(event, {})
    vehicle = {"asset": {"id": str(leg.asset_public_id)}}

    with nothing_changes():
        refused(mp.event(leg.id, event, **vehicle, **told), 400, 4001)
        refused(mp.event(leg.id, event, **vehicle, **told, **person(HERE)), 400, 4001)

    assert mp.event(leg.id, event, **located(id=str(leg.asset_public_id)), **told).status_code == 200
    assert location_identifiers(mp) == [f"LEG_EVENT_LOCATION_REQUIRED_{event}"]


@pytest.mark.parametrize("event", STATES)
def test_is_not_demanded_of_others(clock, event):
    others = [name for name in LocatedEvent.values if name != event]
    mp = mp_client(location_required_on=others)
    leg = given_trunk(mp, event)

    answer = mp.event(leg.id, event, asset={"id": str(leg.asset_public_id)}, **LATER.get(event, {}))

    assert answer.status_code == 200
    assert set(location_identifiers(mp)) == {f"LEG_EVENT_LOCATION_REQUIRED_{name}" for name in others}


def test_is_not_demanded_of_ourselves(clock):
    mp = mp_client(location_required_on=LocatedEvent.values)
    leg = given_leg(mp.provider)

    leg = services.apply("SET_IN_USE", leg_id=leg.pk, at=NOW, now=NOW, asked_by=Party.TO)

    assert leg.state == "IN_USE"


def test_is_not_demanded_to_hear_again_that_it_is_over(clock):
    mp = mp_client(location_required_on=["FINISH"])
    leg = given_leg(mp.provider, state="FINISHED")

    with nothing_changes():
        refused(mp.event(leg.id, "PAUSE"), 403, 4004)
    assert mp.event(leg.id, "FINISH").json()["state"] == "FINISHED"


def test_moves_the_vehicle_and_is_kept(mp):
    RegionFactory()
    leg = given_leg(mp.provider, state="IN_USE")

    mp.event(leg.id, "FINISH", **located(NEARBY), **person(AROUND_THE_CORNER))

    asset, event = Asset.objects.get(), LegEvent.objects.get(event="FINISH")
    assert (asset.lat, asset.lon) == (event.lat, event.lon) == NEARBY


@pytest.mark.parametrize("told", [person(NEARBY), located(NEARBY), located(FAR_AWAY) | person(NEARBY)], ids=str)
def test_of_a_person_moves_no_vehicle_and_is_not_kept(clock, told):
    RegionFactory()
    mp = mp_client(location_is_of_user=True, location_required_on=["FINISH"])
    leg = given_leg(mp.provider, state="IN_USE")

    answer = mp.event(leg.id, "FINISH", **told)

    asset, event = Asset.objects.get(), LegEvent.objects.get(event="FINISH")
    assert answer.json()["state"] == "FINISHED"
    assert (asset.lat, asset.lon) == HERE
    assert (event.lat, event.lon) == (None, None)
    assert "LEG_EVENT_LOCATION_IS_USER_LOCATION" in location_identifiers(mp)


def test_of_a_person_tells_whether_the_ride_may_end_there(clock):
    RegionFactory()
    mp = mp_client(location_is_of_user=True)
    leg = given_leg(mp.provider, state="IN_USE")

    with nothing_changes():
        refused(mp.event(leg.id, "FINISH", **person(FAR_AWAY)), 403, 4500)
