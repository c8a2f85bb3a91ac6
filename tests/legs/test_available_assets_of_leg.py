"""GET /legs/{id}/available-assets …"""

import pytest

from fleet.models import Asset, AssetType
from tests.client import refused
from tests.fleet_factories import AssetFactory, AssetTypeFactory, StationFactory
from tests.journey import HERE, NEARBY, at, given_leg, given_offer, nothing_changes


@pytest.fixture
def hub():
    return StationFactory(station_id="hub")


@pytest.fixture
def cargo(hub):
    return AssetTypeFactory(ahead=True, type_id="cargo", user_may_pick=True)


@pytest.fixture
def bikes(cargo, hub):
    return AssetFactory.create_batch(3, asset_type=cargo, station=hub, home_station=hub, marked=True)


@pytest.fixture
def promised(auto_mp, bikes):
    return auto_mp.one_stop(**at(HERE), useAssetTypes=["cargo"]).json()["id"]


def choice(mp, leg_id, **query):
    return mp.get(f"/legs/{leg_id}/available-assets", **query)


def ids(assets):
    return sorted(str(asset.public_id) for asset in assets)


def test_is_what_the_user_may_pick_from(auto_mp, promised, bikes):
    answer = choice(auto_mp, promised)

    assert answer.status_code == 200
    assert [asset["id"] for asset in answer.json()] == ids(bikes)
    first = next(bike for bike in bikes if str(bike.public_id) == ids(bikes)[0])
    assert answer.json()[0] == {
        "id": str(first.public_id),
        "stateOfCharge": 80,
        "stationId": "hub",
        "overriddenProperties": {
            "name": first.name,
            "location": {"coordinates": {"lat": 52.09, "lng": 5.12}},
        },
    }


def test_leaves_out_what_cannot_be_picked(auto_mp, promised, bikes, cargo, hub):
    elsewhere = StationFactory(lat=NEARBY[0])
    AssetFactory(asset_type=cargo, station=elsewhere)
    AssetFactory(asset_type=AssetTypeFactory(ahead=True), station=hub)
    Asset.objects.filter(pk=bikes[0].pk).update(state="MISSING")

    assert [asset["id"] for asset in choice(auto_mp, promised).json()] == ids(bikes[1:])


def test_is_empty_when_nothing_is_left(auto_mp, promised):
    Asset.objects.update(state="OUT_OF_SERVICE")

    assert choice(auto_mp, promised).json() == []


def test_comes_in_pages(auto_mp, promised, bikes, settings):
    settings.TOMP_MAX_PAGE_SIZE = 2

    pages = [choice(auto_mp, promised, offset=offset).json() for offset in (0, 2, 4)]

    assert [[asset["id"] for asset in page] for page in pages] == [ids(bikes)[:2], ids(bikes)[2:], []]
    assert len(choice(auto_mp, promised, limit=1).json()) == 1
    refused(choice(auto_mp, promised, limit=3), 400, 4009)


def test_is_refused_once_a_vehicle_is_assigned(auto_mp, promised, bikes):
    auto_mp.event(promised, "ASSIGN_ASSET", asset={"id": str(bikes[0].public_id)})

    with nothing_changes():
        answer = choice(auto_mp, promised)

    refused(answer, 403, 4006)


def test_is_refused_where_the_operator_assigns(auto_mp, promised):
    AssetType.objects.update(user_may_pick=False)

    refused(choice(auto_mp, promised), 403, 4006)


def test_is_refused_when_the_leg_is_cancelled(auto_mp, promised):
    auto_mp.event(promised, "CANCEL")

    refused(choice(auto_mp, promised), 403, 4006)


def test_is_refused_where_the_vehicle_was_booked_as_such(mp):
    leg = given_leg(mp.provider)

    refused(choice(mp, leg.id), 403, 4006)


def test_leads_nowhere_for_others(mp, auto_mp, promised):
    refused(choice(mp, promised), 404, 4204)
    refused(choice(mp, given_offer(mp.provider).id), 404, 4204)
    refused(choice(mp, "nonsense"), 404, 4204)


def test_reads_as_many_tables_for_three_as_for_thirty(auto_mp, promised, cargo, hub, django_assert_num_queries):
    with django_assert_num_queries(3):  # credentials, leg, vehicles
        choice(auto_mp, promised)
    AssetFactory.create_batch(27, asset_type=cargo, station=hub, home_station=hub)

    with django_assert_num_queries(3):
        answer = choice(auto_mp, promised)

    assert len(answer.json()) == 30
