"""Types for a user group are hidden from everybody else …"""

import pytest

from tests.client import refused
from tests.fleet_factories import AssetFactory, AssetTypeFactory, StationFactory, UserGroupFactory
from tests.journey import HERE, at, nothing_changes


@pytest.fixture
def campus_bike(mp):
    """Only for users of mp who study here."""
    asset_type = AssetTypeFactory(type_id="campus-bike")
    UserGroupFactory(group_id="students", providers=[mp.provider], asset_types=[asset_type])
    UserGroupFactory(group_id="staff", asset_types=[asset_type])
    UserGroupFactory(group_id="alumni", providers=[mp.provider])
    return AssetFactory(asset_type=asset_type)


def shown(mp, **request):
    answer = mp.offers(**at(HERE), **request)
    assert answer.status_code == 201
    return [option["mainAssetType"]["id"] for option in answer.json()["options"]]


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        ([], []),
        (["students"], ["campus-bike"]),
        (["nobody", "students"], ["campus-bike"]),
        (["staff"], []),  # of another provider
        (["alumni"], []),  # with other vehicles, if any
        (["nobody"], []),
    ],
)
def test_are_offered_to_who_names_a_group_that_has_them(mp, campus_bike, groups, found):
    assert shown(mp, userGroups=groups) == found
    assert shown(mp, userGroups=groups, useAssets=[str(campus_bike.public_id)]) == found
    assert shown(mp, userGroups=groups, useAssetTypes=["campus-bike"]) == found


def test_are_not_offered_to_another_provider_who_knows_the_name(mp, other_mp, campus_bike):
    assert shown(other_mp, userGroups=["students"]) == []


def test_are_offered_beside_those_for_all_and_once(mp, campus_bike):
    AssetFactory(asset_type__type_id="scooter")
    UserGroupFactory(group_id="teachers", providers=[mp.provider], asset_types=[campus_bike.asset_type])

    assert shown(mp) == ["scooter"]
    assert sorted(shown(mp, userGroups=["students", "teachers"])) == ["campus-bike", "scooter"]


def test_are_booked_in_one_step_by_their_group_only(mp, campus_bike):
    request = {**at(HERE), "useAssets": [str(campus_bike.public_id)]}

    with nothing_changes():
        refused(mp.one_stop(**request), 406, 3202)
    assert mp.one_stop(**request, userGroups=["students"]).status_code == 201


def test_are_promised_to_their_group_only(mp):
    cargo, hub = AssetTypeFactory(ahead=True, type_id="cargo"), StationFactory()
    AssetFactory(asset_type=cargo, station=hub, home_station=hub)
    UserGroupFactory(group_id="students", providers=[mp.provider], asset_types=[cargo])

    assert shown(mp) == []
    assert shown(mp, userGroups=["students"]) == ["cargo"]


def test_are_not_listed_to_others(mp, other_mp, campus_bike):
    cargo, hub = AssetTypeFactory(ahead=True, type_id="cargo"), StationFactory()
    AssetFactory(asset_type=cargo, station=hub, home_station=hub)
    UserGroupFactory(group_id="couriers", providers=[mp.provider], asset_types=[cargo])

    assert [row["id"] for row in mp.get("/operator/available-assets").json()] == ["campus-bike", "cargo"]
    assert other_mp.get("/operator/available-assets").json() == []
    assert mp.get("/operator/stations").json()[0].get("assetTypesAvailable", {}) == {}
