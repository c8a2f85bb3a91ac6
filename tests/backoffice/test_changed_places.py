"""A change of a region or station shows what it does, and is saved when that was seen."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from fleet import tariffs
from fleet.models import Region, Station
from tests.admin.test_forms import errors, filled_in
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    CalendarPeriodFactory,
    PlanRuleFactory,
    RegionFactory,
    StationFactory,
    square,
)
from tests.trip_factories import LegFactory

WEST = square(lon=LON - 0.04, half=0.05)  # what of the usual area stays: without its eastern half
EAST_LON = LON + 0.04
CROSSES = "The area crosses itself at 52.50000, 5.50000: between points 1 and 2 and between points 3 and 4."
BOW_TIE = '{"type": "Polygon", "coordinates": [[[5,52],[6,53],[6,52],[5,53],[5,52]]]}'


def change(client, place, **changes):
    address = f"/admin/fleet/{place._meta.model_name}/{place.pk}/change/"
    return client.post(address, filled_in(client, address) | changes)


def shrunk(client, region, **changes):
    return change(client, region, area=json.dumps(WEST), **changes)


def told(answer):
    """{title: [(name, why)]} of the page of consequences."""
    assert answer.status_code == 200, answer["Location"]
    return {str(e.title): [(name, why) for name, _address, why in e.shown] for e in answer.context["effects"]}


def stored(place):
    return type(place).objects.get(pk=place.pk)


def test_a_smaller_area_tells_of_rides_vehicles_and_stations(staff):
    region = RegionFactory()
    riding = AssetFactory(vehicle_number="R-1", state="IN_USE", lon=EAST_LON)
    LegFactory(booking__state="STARTED", asset=riding)
    AssetFactory(vehicle_number="P-1", lon=EAST_LON), AssetFactory(vehicle_number="P-2")
    AssetFactory(vehicle_number="D-1", asset_type__docked=True, lon=EAST_LON)
    StationFactory(lon=EAST_LON, name={"en": "East"}), StationFactory()

    answer = shrunk(staff, region)

    assert told(answer) == {
        "Rides under way that could no longer end where they are": [("R-1", "This is outside the operating area.")],
        "Vehicles that stand where rides could no longer end": [("P-1", "This is outside the operating area.")],
        "Stations that fall out of the operating area": [("East", "")],
    }
    assert stored(region).area == region.area
    assert region.history.count() == 1


def test_what_was_seen_is_saved(staff):
    region = RegionFactory()
    AssetFactory(lon=EAST_LON)
    hidden = dict(shrunk(staff, region).context["hidden"])

    answer = staff.post(f"/admin/fleet/region/{region.pk}/change/", hidden | {"_seen": "1"})

    assert answer.status_code == 302
    assert stored(region).area == WEST
    assert stored(region).east == pytest.approx(LON + 0.01)
    assert region.history.first().history_user.username == "rita"


def test_one_can_go_on_editing(staff):
    region = RegionFactory()
    AssetFactory(lon=EAST_LON)
    hidden = dict(shrunk(staff, region, name__en="West").context["hidden"])

    answer = staff.post(f"/admin/fleet/region/{region.pk}/change/", hidden | {"_seen": "1", "_edit": "1"})

    assert errors(answer) == "Nothing is saved yet."
    assert answer.context["adminform"].form["name"].value() == {"en": "West"}
    assert json.loads(answer.context["adminform"].form["area"].value()) == WEST
    assert stored(region).area == region.area


def test_what_changes_nothing_is_saved_at_once(staff):
    region = RegionFactory()
    AssetFactory()

    assert shrunk(staff, region).status_code == 302
    assert stored(region).area == WEST


def test_a_name_is_saved_at_once(staff):
    region = RegionFactory(kind="PARKING")
    RegionFactory(kind="NO_PARKING")

    assert change(staff, region, name__en="Market").status_code == 302
    assert stored(region).name == {"en": "Market"}


def test_tells_of_prices_and_of_what_is_closed(staff):
    RegionFactory(region_id="city", area=square(half=0.2))
    region = RegionFactory(area=square(half=0.01))
    yesterday = timezone.now() - timedelta(days=2)
    CalendarPeriodFactory(region=region, start_month=yesterday.month, start_day=yesterday.day,
                          end_month=yesterday.month, end_day=yesterday.day)  # fmt: skip
    rule = PlanRuleFactory(region=region)
    AssetFactory(vehicle_number="A-1", lon=EAST_LON)
    usual = AssetFactory(vehicle_number="B-1").asset_type.default_plan
    tariffs.forget()

    found = told(change(staff, region, area=json.dumps(square(lon=EAST_LON, half=0.01))))

    (name, why), *others = found["Vehicles no longer offered"]
    assert (name, others) == ("A-1", [])
    assert why.startswith("Closed at this hour (")
    assert found["Vehicles offered again"] == [("B-1", "")]
    plans = {name: why.split(" → ")[1] for name, why in found["Vehicles with another price"]}
    assert plans == {"A-1": str(rule.plan), "B-1": str(usual)}


def test_a_new_zone_is_compared_with_the_others(staff):
    RegionFactory(area=square(half=0.2))
    RegionFactory(kind="PARKING", name={"en": "Racks"}, area=square(half=0.01))
    AssetFactory(vehicle_number="A-1")
    sent = {"region_id": "dam", "name__en": "Dam", "kind": "NO_PARKING", "area": json.dumps(square(half=0.02))}

    answer = staff.post("/admin/fleet/region/add/", sent)

    assert told(answer) == {
        "Vehicles that stand where rides could no longer end": [("A-1", "Parking is not allowed here.")]
    }
    assert [remark.text for remark in answer.context["remarks"]] == [
        "It overlaps Racks (parking), which says the opposite for the same vehicles; the ban counts."
    ]
    assert not Region.objects.filter(region_id="dam").exists()


def test_several_areas_become_several_regions(staff):
    RegionFactory(region_id="dam.2", area=square(half=0.2))
    kind = AssetTypeFactory()
    parts = [square(half=0.01), square(lon=EAST_LON, half=0.01), square(lat=LAT + 0.04, half=0.01)]
    area = json.dumps({"type": "MultiPolygon", "coordinates": [part["coordinates"] for part in parts]})
    sent = {"region_id": "dam", "name__en": "Dam", "kind": "SPEEDLIMIT", "max_speed_kmh": 6, "asset_types": [kind.pk]}

    answer = staff.post("/admin/fleet/region/add/", sent | {"area": area})
    seen = staff.post("/admin/fleet/region/add/", dict(answer.context["hidden"]) | {"_seen": "1"})

    assert [remark.text for remark in answer.context["remarks"]] == [
        "A region is one area: the others become dam.3, dam.4, without price rules and hours of their own."
    ]
    assert seen.status_code == 302
    added = Region.objects.filter(kind="SPEEDLIMIT")
    assert [(r.region_id, r.area, r.max_speed_kmh) for r in added] == [
        (region_id, part, 6) for region_id, part in zip(("dam", "dam.3", "dam.4"), parts, strict=True)
    ]
    assert [list(region.asset_types.all()) for region in added] == [[kind]] * 3


def test_a_file_takes_the_place_of_what_was_typed(staff):
    region = RegionFactory()
    feature = {"type": "Feature", "properties": {}, "geometry": WEST}
    file = SimpleUploadedFile("west.geojson", json.dumps(feature).encode())

    assert change(staff, region, area_file=file).status_code == 302
    assert stored(region).area == WEST


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "This file is no text in UTF-8."),
        (b"name;lat", "This is not JSON. Line 1, column 1: Expecting value."),
        (BOW_TIE.encode(), CROSSES),
    ],
)
def test_a_file_without_an_area_is_refused(staff, content, said):
    region = RegionFactory()

    assert errors(change(staff, region, area_file=SimpleUploadedFile("x.geojson", content))) == said
    assert stored(region).area == region.area


def test_an_area_has_to_be_drawn(staff):
    region = RegionFactory()

    assert errors(change(staff, region, area="")) == "Draw the area."


@pytest.mark.parametrize("rows", [1, 20])
def test_consequences_cost_the_same_statements_for_any_number_of_rows(staff, django_assert_max_num_queries, rows):
    region = RegionFactory()
    for _row in range(rows):
        station = StationFactory(lon=EAST_LON)
        AssetFactory(lon=EAST_LON), AssetFactory(lon=EAST_LON, station=station, asset_type__docked=True)
        LegFactory(booking__state="STARTED", asset=AssetFactory(state="IN_USE", lon=EAST_LON))
    address = f"/admin/fleet/region/{region.pk}/change/"
    sent = filled_in(staff, address) | {"area": json.dumps(WEST)}

    with django_assert_max_num_queries(32):
        assert len(told(staff.post(address, sent))) == 3


def test_a_station_that_closes_tells_of_its_vehicles(staff):
    station = StationFactory(name={"en": "Dom"})
    AssetFactory(vehicle_number="D-1", asset_type__docked=True, station=station)
    riding = AssetFactory(vehicle_number="D-2", asset_type__docked=True, state="IN_USE")
    LegFactory(booking__state="STARTED", asset=riding)
    address = f"/admin/fleet/station/{station.pk}/change/"
    sent = filled_in(staff, address)
    del sent["is_renting"], sent["is_returning"]

    answer = staff.post(address, sent)

    assert told(answer) == {
        "Rides under way that could no longer end where they are": [("D-2", "Bring the vehicle to a station.")],
        "Vehicles no longer offered": [("D-1", "Its station Dom rents nothing out.")],
    }
    assert stored(station).is_renting


def test_a_station_that_moves_or_shrinks_tells_of_what_stands_there(staff):
    station = StationFactory()
    AssetFactory(station=station), AssetFactory(station=station)

    answer = change(staff, station, lat=LAT + 0.01, capacity=1)

    assert [remark.text for remark in answer.context["remarks"]] == [
        "2 vehicles stand here, and it has 1 places.",
        "2 vehicles of this station stand more than 500 m away from it and do not move along.",
    ]
    assert stored(station).lat == LAT
    assert change(staff, station, lat=LAT + 0.0001).status_code == 302
    assert stored(station).lat == pytest.approx(LAT + 0.0001)


def test_the_area_of_a_station_is_checked(staff):
    station = StationFactory()

    refused = change(staff, station, area=BOW_TIE)
    change(staff, station, area=json.dumps(square(half=0.001)))

    assert errors(refused).startswith("The area crosses itself at 52.50000, 5.50000")
    assert stored(station).area == {"type": "MultiPolygon", "coordinates": [square(half=0.001)["coordinates"]]}
    change(staff, station, area="")
    assert Station.objects.get().area is None


class TestFormerShapes:
    @pytest.fixture
    def region(self, db):
        region = RegionFactory()
        region.area = WEST
        region.save()
        region.name = {"en": "West"}
        region.save()
        return region

    def test_are_listed(self, staff, region):
        shown = staff.get(f"/admin/fleet/region/{region.pk}/former/").context["shapes"]

        assert [shape["area"] for shape in shown] == [square()]
        assert (shown[0]["points"], shown[0]["size"]) == (4, "75.97\u00a0km²")

    def test_are_remembered_of_what_was_written_in_bulk(self, staff):
        region = RegionFactory.build()
        region.set_box()
        Region.objects.bulk_create([region])

        shrunk(staff, region)

        shown = staff.get(f"/admin/fleet/region/{region.pk}/former/").context["shapes"]
        assert [shape["area"] for shape in shown] == [square()]
        assert stored(region).area == WEST

    def test_are_put_back_after_their_consequences_were_seen(self, staff, region):
        AssetFactory(vehicle_number="P-1", lon=EAST_LON)
        address = f"/admin/fleet/region/{region.pk}/former/{region.history.last().history_id}/"

        found = told(staff.get(address))
        before = stored(region).area
        done = staff.post(address, {"_seen": "1"})

        assert found == {"Vehicles that stand where rides could end again": [("P-1", "")]}
        assert before == WEST
        assert done.status_code == 302
        assert (stored(region).area, stored(region).east) == (square(), LON + 0.05)
        assert region.history.first().history_user.username == "rita"

    def test_are_put_back_by_who_may_change_regions(self, signed_in, region):
        client = signed_in("view_region", "view_asset")
        address = f"/admin/fleet/region/{region.pk}/former/{region.history.last().history_id}/"

        assert client.get(f"/admin/fleet/region/{region.pk}/former/").status_code == 200
        assert client.post(address, {"_seen": "1"}).status_code == 403
        assert stored(region).area == WEST

    def test_of_another_region_are_not_put_back(self, staff, region):
        other = RegionFactory()
        address = f"/admin/fleet/region/{region.pk}/former/{other.history.last().history_id}/"

        assert staff.get(address).status_code == 404


class TestSketch:
    ADDRESS = "/admin/fleet/region/sketch/"

    def test_is_read_measured_and_remarked(self, staff):
        RegionFactory(kind="PARKING", name={"en": "Racks"})
        text = json.dumps({"type": "Feature", "geometry": square(half=0.01)})

        answer = staff.post(self.ADDRESS, {"text": text, "kind": "NO_PARKING"}).json()

        assert answer["polygons"] == [square(half=0.01)["coordinates"]]
        assert answer["size"] == "3.04\u00a0km²"
        assert [(r["text"][:19], r["isError"]) for r in answer["remarks"]] == [("It overlaps Racks (", False)]

    def test_says_where_it_is_wrong(self, staff):
        answer = staff.post(self.ADDRESS, {"text": BOW_TIE}).json()

        assert (answer["size"], answer["remarks"][0]["at"], answer["remarks"][0]["isError"]) == (
            "",
            [[5.5, 52.5]],
            True,
        )

    def test_that_is_none_is_told(self, staff):
        answer = staff.post(self.ADDRESS, {"text": "nonsense", "region": "x", "max_speed_kmh": "9" * 30}).json()

        assert (answer["polygons"], len(answer["remarks"])) == (None, 1)

    def test_is_for_who_may_draw(self, signed_in):
        assert signed_in("view_region").post(self.ADDRESS, {"text": BOW_TIE}).status_code == 403
