"""GET /operator/regions …"""

from datetime import UTC, datetime

import pytest

from fleet.models import Region
from tests.client import refused
from tests.fleet_factories import AssetTypeFactory, RegionFactory, SystemFactory, square

RING = [[5.1, 52.0], [5.2, 52.0], [5.2, 52.1], [5.1, 52.0]]


def region_ids(answer):
    assert answer.status_code == 200, answer.content
    return [region["regionId"] for region in answer.json()]


def test_gives_a_service_area_as_the_version_has_it(mp, api_version):
    RegionFactory(region_id="centre", name={"en": "Centre"}, area={"type": "Polygon", "coordinates": [RING]})

    [told] = mp.get("/operator/regions").json()

    assert told == {
        "regionId": "centre",
        "name": "Centre",
        "type": "OPERATING",
        "serviceArea": [RING] if api_version == "1.5.0" else {"type": "Polygon", "coordinates": [RING]},
    }


def test_leaves_out_altitudes(mp, api_version):
    RegionFactory(area={"type": "Polygon", "coordinates": [[[*point, 3.5] for point in RING]]})

    area = mp.get("/operator/regions").json()[0]["serviceArea"]

    assert (area if api_version == "1.5.0" else area["coordinates"]) == [RING]


def test_gives_a_speed_limit_its_speed(mp):
    RegionFactory(region_id="slow", kind=Region.Kind.SPEEDLIMIT, max_speed_kmh=8)

    [told] = mp.get("/operator/regions").json()

    assert (told["type"], told["typeUnit"], told["typeValue"]) == ("SPEEDLIMIT", "KMPH", 8)


@pytest.mark.parametrize("kind", ["NO_ACCESS", "NO_PARKING", "PARKING", "DISCOUNT"])
def test_gives_other_kinds_no_speed(mp, kind):
    RegionFactory(kind=kind, max_speed_kmh=8)

    [told] = mp.get("/operator/regions").json()

    assert told["type"] == kind
    assert not {"typeUnit", "typeValue"} & told.keys()


def test_tells_from_when_until_when_a_rule_holds(mp):
    RegionFactory(starts_at=datetime(2026, 6, 5, 18, tzinfo=UTC), ends_at=datetime(2026, 6, 7, 6, 30, tzinfo=UTC))

    [told] = mp.get("/operator/regions").json()

    assert (told["areaStartTime"], told["areaEndTime"]) == ("2026-06-05T18:00:00Z", "2026-06-07T06:30:00Z")


def test_names_the_types_a_rule_is_for(mp):
    SystemFactory(languages=["en", "nl"])
    quay = RegionFactory(name={"en": "Quay", "nl": "Kade"}, kind=Region.Kind.NO_PARKING)
    quay.asset_types.set([AssetTypeFactory(type_id="a"), AssetTypeFactory(type_id="b", docked=True)])

    assert mp.get("/operator/regions").json()[0]["name"] == "Quay (E-scooter, Bike)"
    mp.headers["Accept-Language"] = "nl"
    assert mp.get("/operator/regions").json()[0]["name"] == "Kade (E-step, Fiets)"


def test_gives_pages_in_a_stable_order(mp):
    for name in "cabd":
        RegionFactory(region_id=name)

    pages = [region_ids(mp.get("/operator/regions", offset=offset, limit=3)) for offset in (0, 3, 6)]

    assert pages == [["a", "b", "c"], ["d"], []]
    assert region_ids(mp.get("/operator/regions", limit=0)) == []
    assert region_ids(mp.get("/operator/regions", limit="", offset="")) == ["a", "b", "c", "d"]


def test_refuses_a_page_that_is_too_big(mp, settings):
    refused(mp.get("/operator/regions", limit=settings.TOMP_MAX_PAGE_SIZE + 1), 400, 1009)


@pytest.mark.parametrize("query", [{"offset": "-1"}, {"limit": "1e3"}, {"offset": "٣"}], ids=str)
def test_refuses_malformed_pages(mp, query):
    refused(mp.get("/operator/regions", **query), 400, 1002)


def test_takes_three_statements_for_any_number(mp, django_assert_num_queries):
    for _ in range(3):
        RegionFactory(area=square()).asset_types.set([AssetTypeFactory()])
    mp.get("/operator/regions")  # the operator's languages are known from now on

    with django_assert_num_queries(3):  # the key, the regions, their types
        assert len(mp.get("/operator/regions").json()) == 3
