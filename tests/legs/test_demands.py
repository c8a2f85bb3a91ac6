"""What the agreed steps say with SEND_ …"""

import pytest

from bookings.models import Party
from fleet.models import Condition
from legs import services
from legs.models import Evidence, Leg
from tests.client import refused
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ConditionFactory, StationFactory, square
from tests.journey import FAR_AWAY, HERE, NEARBY, NOW, given_leg, located, minutes, nothing_changes

PHOTOS = [f"https://mp.example.org/{number}.jpg" for number in range(3)]


def vehicle(kind, *actions, **fields):
    """A vehicle whose type has these steps."""
    asset = AssetFactory(**fields)
    ConditionFactory(asset_type=asset.asset_type, kind=kind, details={"steps": [{"action": each} for each in actions]})
    return asset


def test_has_to_be_prepared_before_the_ride(mp):
    leg = given_leg(mp.provider, vehicle(Condition.Kind.ONBOARDING_STEPS, "SEND_PREPARE", "UNLOCK_ASSET"))

    with nothing_changes():
        answer = mp.event(leg.id, "SET_IN_USE")
    refused(answer, 403, 4004)
    assert "Send PREPARE first" in answer.json()["detail"]

    mp.event(leg.id, "PREPARE")
    assert mp.event(leg.id, "SET_IN_USE").json()["state"] == "IN_USE"


def test_does_not_bind_the_operator(mp):
    asset = vehicle(Condition.Kind.ONBOARDING_STEPS, "SEND_PREPARE", "SEND_ASSIGN_ASSET")
    steps = {"steps": [{"action": "SEND_START_FINISHING"}, {"action": "SEND_EVIDENCE_PARKED"}]}
    ConditionFactory(asset_type=asset.asset_type, kind=Condition.Kind.OFFBOARDING_STEPS, details=steps)
    leg = given_leg(mp.provider, asset)

    services.apply("SET_IN_USE", leg_id=leg.id, at=NOW, now=NOW, asked_by=Party.TO)
    services.apply("FINISH", leg_id=leg.id, at=NOW, now=NOW, asked_by=Party.TO)

    assert Leg.objects.get().state == "FINISHED"


def test_resumes_without_preparing_again(mp):
    leg = given_leg(mp.provider, vehicle(Condition.Kind.ONBOARDING_STEPS, "SEND_PREPARE"), state="PAUSED")

    assert mp.event(leg.id, "SET_IN_USE").json()["state"] == "IN_USE"


def test_has_to_be_assigned_before_the_ride(mp, clock):
    station = StationFactory()
    cargo = AssetTypeFactory(ahead=True, user_may_pick=True)
    steps = {"steps": [{"action": "SEND_ASSIGN_ASSET"}]}
    ConditionFactory(asset_type=cargo, kind=Condition.Kind.ONBOARDING_STEPS, details=steps)
    bike = AssetFactory(asset_type=cargo, station=station, home_station=station)
    place = {"from": {"stationId": station.station_id, "coordinates": {"lat": HERE[0], "lng": HERE[1]}}}
    booking = mp.one_stop(**place, useAssetTypes=[cargo.type_id]).json()
    mp.operation(booking["id"], "COMMIT")

    with nothing_changes():
        answer = mp.event(booking["id"], "SET_IN_USE")
    refused(answer, 403, 4004)
    assert "Send ASSIGN_ASSET first" in answer.json()["detail"]

    mp.event(booking["id"], "ASSIGN_ASSET", asset={"id": str(bike.public_id)})
    clock.move_to(NOW + minutes(1))
    assert mp.event(booking["id"], "SET_IN_USE").json()["state"] == "IN_USE"


@pytest.mark.parametrize("state", ["IN_USE", "PAUSED"])
def test_has_to_start_finishing_before_the_end(mp, state):
    leg = given_leg(mp.provider, vehicle(Condition.Kind.OFFBOARDING_STEPS, "SEND_START_FINISHING"), state=state)

    with nothing_changes():
        answer = mp.event(leg.id, "FINISH")
    refused(answer, 403, 4004)
    assert "Send START_FINISHING first" in answer.json()["detail"]

    mp.event(leg.id, "START_FINISHING")
    assert mp.event(leg.id, "FINISH").json()["state"] == "FINISHED"
    assert mp.event(leg.id, "FINISH", time="2026-06-01T12:00:01Z").json()["state"] == "FINISHED"


@pytest.mark.parametrize("sent", [[], PHOTOS[:1], [PHOTOS[0], PHOTOS[0]]], ids=["none", "one", "one twice"])
def test_takes_a_photo_of_each_thing(mp, sent):
    asset = vehicle(Condition.Kind.OFFBOARDING_STEPS, "SEND_EVIDENCE_PARKED", "STOW_HELMET", "SEND_EVIDENCE_HELMET")
    leg = given_leg(mp.provider, asset, state="IN_USE")

    with nothing_changes():
        answer = mp.event(leg.id, "FINISH", url=sent)
    refused(answer, 400, 4502)
    assert "the parked vehicle (PARKED), the stowed helmet (HELMET_IN_BASKET)" in answer.json()["detail"]
    assert f"2 different ones are needed, {len(set(sent))} came" in answer.json()["detail"]


def test_counts_the_photos_of_both_events(mp):
    asset = vehicle(
        Condition.Kind.OFFBOARDING_STEPS, "SEND_EVIDENCE_PARKED", "SEND_EVIDENCE_HELMET", "SEND_EVIDENCE_CHARGER"
    )
    leg = given_leg(mp.provider, asset, state="IN_USE")

    mp.event(leg.id, "START_FINISHING", url=PHOTOS[:2])
    refused(mp.event(leg.id, "FINISH", url=PHOTOS[:1]), 400, 4502)

    assert mp.event(leg.id, "FINISH", url=PHOTOS[2:]).json()["state"] == "FINISHED"
    assert set(Evidence.objects.values_list("url", flat=True)) == set(PHOTOS)


def test_is_only_announced_for_the_trunk(mp):
    leg = given_leg(mp.provider, vehicle(Condition.Kind.ONBOARDING_STEPS, "SEND_OPEN_TRUNK", "TAKE_HELMET"))

    assert mp.event(leg.id, "SET_IN_USE").json()["state"] == "IN_USE"


# Where the ride may end


def returned_to(*areas):
    """A scooter that is brought back to one of these."""
    asset = AssetFactory()
    for area in areas:
        ConditionFactory(asset_type=asset.asset_type, kind=Condition.Kind.RETURN_AREA, details=area)
    return asset


NORTH = {"area": square(lat=HERE[0] + 1, half=0.01)}
POINT = {"coordinates": {"lat": HERE[0], "lng": HERE[1]}}


@pytest.mark.parametrize(
    ("areas", "place", "may_end"),
    [
        ([NORTH], FAR_AWAY, True),
        ([NORTH], HERE, False),
        ([POINT], (HERE[0] + 0.0001, HERE[1]), True),
        ([POINT], NEARBY, False),
        ([POINT], FAR_AWAY, False),
        ([NORTH, POINT], FAR_AWAY, True),
        ([NORTH, POINT], HERE, True),
        ([{"station_id": "hub"}], HERE, True),
        ([{"station_id": "hub"}], FAR_AWAY, False),
        ([{"station_id": "elsewhere"}], HERE, False),
        # NOW is a Monday, 14:00 in Utrecht but 12:00 UTC, which is the operator's time here
        ([{**POINT, "hours": [{"days": ["MON"], "opens": "12:00", "closes": "13:00"}]}], HERE, True),
        ([{**POINT, "hours": [{"days": ["TUE"], "opens": "12:00", "closes": "13:00"}]}], HERE, False),
        ([{**POINT, "hours": [{"days": ["SUN"], "opens": "22:00", "closes": "12:30"}]}], HERE, True),
    ],
)
def test_ends_in_any_of_its_return_areas(mp, areas, place, may_end):
    StationFactory(station_id="hub")
    leg = given_leg(mp.provider, returned_to(*areas), state="IN_USE")
    Condition.objects.all().delete()  # what was agreed counts

    answer = mp.event(leg.id, "FINISH", **located(place))

    if may_end:
        assert answer.json()["state"] == "FINISHED"
    else:
        refused(answer, 403, 4500)
        assert "outside the return areas of this ride" in answer.json()["detail"]
        assert Leg.objects.get().state == "IN_USE"
