"""The live map shows what is in view, to whom may see it, and costs little while nothing changes."""

import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured

from backoffice.livemap import answers
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    RegionFactory,
    StationFactory,
    VehicleAlertFactory,
    square,
)
from tests.trip_factories import LegFactory
from tomp_operator.settings import tiles_source

BOX = "52.0,52.2,5.0,5.2"
ALL = ("view_asset", "view_leg", "view_booking", "view_vehiclealert", "view_station", "view_region")


def moving(client, **query):
    answer = client.get("/admin/map/moving/", {"box": BOX, **query})
    assert answer.status_code == 200, answer.content
    return answer.json()


def numbers(client, **query):
    return [vehicle[6] for vehicle in moving(client, **query)["vehicles"]]


def test_shows_vehicles_in_the_box_and_no_others(staff):
    inside = AssetFactory(lat=52.1, lon=5.1, state_of_charge=55)
    AssetFactory(lat=52.3), AssetFactory(lon=5.3), AssetFactory(lat=None, lon=None)

    assert moving(staff) == {
        "vehicles": [[inside.pk, 52.1, 5.1, "AVAILABLE", 55, inside.asset_type_id, inside.vehicle_number, []]],
        "rides": [],
        "squares": [],
        "total": 1,
    }


def test_shows_the_fleet_unless_asked_for_more(staff):
    for state in ("AVAILABLE", "IN_USE", "OUT_OF_SERVICE", "MISSING", "STORED", "RETIRED"):
        AssetFactory(vehicle_number=state, state=state)
    AssetFactory(vehicle_number="virtual", script="WORKS")

    assert numbers(staff) == ["AVAILABLE", "IN_USE", "OUT_OF_SERVICE", "MISSING"]
    assert numbers(staff, state="STORED") == ["STORED"]
    assert numbers(staff, state=["RETIRED", "IN_USE"]) == ["IN_USE", "RETIRED"]
    assert numbers(staff, sandbox="1") == ["virtual"]


def test_narrows_to_type_charge_text_and_alerts(staff):
    kind = AssetTypeFactory()
    low = AssetFactory(vehicle_number="A-1", state_of_charge=9, asset_type=kind)
    full = AssetFactory(vehicle_number="B-1", state_of_charge=10, license_plate="XX-99")
    AssetFactory(vehicle_number="C-1", state_of_charge=None, name="100% green")
    VehicleAlertFactory(asset=low), VehicleAlertFactory(asset=full, closed_at="2026-06-01T12:30:00Z")

    assert numbers(staff, type=kind.pk) == ["A-1"]
    assert numbers(staff, below="10") == ["A-1"]
    assert numbers(staff, q="xx-9") == ["B-1"]
    assert numbers(staff, q="0%") == ["C-1"]
    assert numbers(staff, q=str(full.public_id)) == ["B-1"]
    assert numbers(staff, alerts="1") == ["A-1"]
    assert [vehicle[7] for vehicle in moving(staff)["vehicles"]] == [["LOW_CHARGE"], [], []]


def test_draws_rides_along_their_way(staff):
    asset = AssetFactory(state="IN_USE", lat=52.1, lon=5.1)
    track = [[second * 1000, 52.0 + second / 10_000, 5.0] for second in range(100)]
    leg = LegFactory(booking__state="STARTED", asset=asset, track=track)
    begun = LegFactory(booking__state="STARTED", asset=AssetFactory(state="IN_USE"))
    LegFactory(booking__state="FINISHED", asset=AssetFactory())

    rides = {ride[0]: ride for ride in moving(staff)["rides"]}

    assert set(rides) == {str(leg.pk), str(begun.pk)}
    assert rides[str(leg.pk)][1:4] == [str(leg.booking_id), asset.pk, "IN_USE"]
    way = rides[str(leg.pk)][4]
    assert (way[0], way[-1], len(way)) == ([52.0, 5.0], [52.1, 5.1], 35)
    assert rides[str(begun.pk)][4] == [[LAT, LON], [LAT, LON]]


def test_a_ride_is_shown_with_its_vehicle(staff):
    asset = AssetFactory(state="IN_USE", state_of_charge=80)
    LegFactory(booking__state="STARTED", asset=asset)

    assert moving(staff, below="50")["rides"] == []


def test_counts_squares_where_vehicles_are_too_many(staff, monkeypatch):
    monkeypatch.setattr(answers, "MOST_VEHICLES", 3)
    for lat, state, charge in (
        (52.01, "AVAILABLE", 80),
        (52.01, "IN_USE", 9),
        (52.19, "MISSING", 80),
        (52.19, "AVAILABLE", 80),
    ):
        asset = AssetFactory(lat=lat, lon=5.1, state=state, state_of_charge=charge)
    VehicleAlertFactory(asset=asset)

    found = moving(staff)

    assert found == {
        "vehicles": [],
        "rides": [],
        "squares": [[52.01, 5.1, 2, 1, 0, 1, 0], [52.19, 5.1, 2, 0, 1, 0, 1]],
        "total": 4,
    }
    assert moving(staff, box="52.0,52.1,5.0,5.2")["total"] == 2


def test_shows_stations_and_zones(staff):
    station = StationFactory(lat=52.1, lon=5.1, capacity=4, name={"en": "Dom"})
    (
        AssetFactory(station=station),
        AssetFactory(station=station, state="RETIRED"),
        AssetFactory(station=station, script="WORKS"),
    )
    StationFactory(lat=53, lon=5.1)
    zone = RegionFactory(slow=True, name={"en": "Centre"}, area=square(half=0.3))
    RegionFactory(area=square(lat=40))

    found = staff.get("/admin/map/standing/", {"box": BOX}).json()

    assert found == {
        "stations": [[station.pk, "Dom", 52.1, 5.1, 1, 4, True]],
        "zones": [[zone.pk, "Centre", "SPEEDLIMIT", 8, zone.area["coordinates"]]],
    }


HOSTILE = [
    {"box": ""}, {"box": "1,2,3"}, {"box": "a,b,c,d"}, {"box": "nan,1,2,3"}, {"box": "inf,1,2,3"},
    {"box": "1e999,1,2,3"}, {"box": "53,52,5,6"}, {"box": "-91,0,0,0"}, {"box": "0,1,0,181"}, {"box": "0,1,0,1,2"},
    {"box": "٠,1,0,1"},
    {"state": "FLYING"}, {"type": "x"}, {"type": "-1"}, {"type": "9" * 40}, {"below": "101"}, {"below": "1.5"},
    {"q": "x" * 81}, {"q": "\x00"},
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_refuses_what_makes_no_sense(staff, query):
    answer = staff.get("/admin/map/moving/", {"box": BOX, **query})

    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize("box", ["", "nan,1,2,3", "53,52,5,6"])
def test_refuses_places_outside_the_world(staff, box):
    assert staff.get("/admin/map/standing/", {"box": box}).status_code == 400


@pytest.mark.parametrize("page", ["moving", "standing"])
def test_is_not_sent_again_while_nothing_changed(staff, page):
    asset, station = AssetFactory(), StationFactory()
    address = f"/admin/map/{page}/"
    etag = staff.get(address, {"box": BOX})["ETag"]

    again = staff.get(address, {"box": BOX}, headers={"If-None-Match": etag})
    AssetFactory(lat=60)
    elsewhere = staff.get(address, {"box": BOX}, headers={"If-None-Match": etag})
    type(asset).objects.filter(pk=asset.pk).update(lat=LAT + 0.001, station=station)
    moved = staff.get(address, {"box": BOX}, headers={"If-None-Match": etag})

    assert [answer.status_code for answer in (again, elsewhere, moved)] == [304, 304, 200]
    assert (again.content, again["ETag"]) == (b"", etag)
    assert moved["ETag"] != etag


@pytest.mark.parametrize("rows", [1, 20])
def test_needs_the_same_statements_for_any_number_of_rows(signed_in, django_assert_num_queries, rows):
    for _row in range(rows):
        asset = AssetFactory(state="IN_USE", station=StationFactory())
        (
            LegFactory(id=uuid.uuid4(), booking__state="STARTED", asset=asset),
            VehicleAlertFactory(asset=asset),
            RegionFactory(),
        )
    client, identifying = signed_in(*ALL), 4  # session, user, permissions of the user and of their groups

    with django_assert_num_queries(identifying + 3):
        assert moving(client)["total"] == rows
    with django_assert_num_queries(identifying + 2):
        client.get("/admin/map/standing/", {"box": BOX})


def test_shows_each_what_is_theirs(signed_in):
    asset = AssetFactory(state="IN_USE")
    (
        LegFactory(booking__state="STARTED", asset=asset),
        VehicleAlertFactory(asset=asset),
        StationFactory(),
        RegionFactory(),
    )
    client = signed_in("view_asset")

    found = moving(client)
    told = client.get(f"/admin/map/vehicle/{asset.pk}/").json()

    assert (len(found["vehicles"]), found["vehicles"][0][7], found["rides"]) == (1, [], [])
    assert client.get("/admin/map/standing/", {"box": BOX}).json() == {"stations": [], "zones": []}
    assert [name for name, _address in told["links"]] == ["Vehicle"]
    assert "Alerts" not in [what for what, _value in told["facts"]]


@pytest.mark.parametrize("address", ["", "moving/", "standing/", "vehicle/1/"])
def test_is_for_those_who_may_see_vehicles(signed_in, client, address):
    assert client.get(f"/admin/map/{address}", {"box": BOX}).status_code == 302
    assert signed_in("view_booking").get(f"/admin/map/{address}", {"box": BOX}).status_code == 403
    assert "Live map" not in client.get("/admin/").content.decode()


def test_tells_of_a_vehicle_by_any_of_its_names(staff):
    asset = AssetFactory(vehicle_number="A 1/2", state="IN_USE", state_of_charge=40)
    leg = LegFactory(booking__state="STARTED", asset=asset)
    VehicleAlertFactory(asset=asset)

    by_id, by_public_id, by_number = (
        staff.get(f"/admin/map/vehicle/{name}/") for name in (asset.pk, asset.public_id, "A%201%2F2")
    )

    assert by_id.json() == by_public_id.json() == by_number.json()
    assert by_id.json()["facts"] == [
        ["Type", "E-scooter"], ["State", "in use"], ["Charge", "40\u00a0%"], ["Alerts", "low charge"],
    ]  # fmt: skip
    assert by_id.json()["links"] == [
        ["Vehicle", f"/admin/fleet/asset/{asset.pk}/change/"],
        ["Booking", f"/admin/bookings/booking/{leg.booking_id}/change/"],
        ["Leg", f"/admin/legs/leg/{leg.pk}/change/"],
    ]


@pytest.mark.parametrize("name", ["0", "9" * 40, "nobody", "%00", "00000000-0000-4000-8000-000000000000"])
def test_knows_no_other_vehicle(staff, name):
    assert staff.get(f"/admin/map/vehicle/{name}/").status_code == 404


def test_begins_where_the_operator_works(staff):
    assert staff.get("/admin/map/").context["configuration"]["begin"] == [[-60.0, -170.0], [75.0, 170.0]]
    AssetFactory(lat=52, lon=5), AssetFactory(lat=53, lon=6), AssetFactory(lat=0, lon=0, script="WORKS")
    assert staff.get("/admin/map/").context["configuration"]["begin"] == [[52, 5], [53, 6]]
    RegionFactory(area=square(lat=10, lon=20, half=1))
    assert staff.get("/admin/map/").context["configuration"]["begin"] == [[9, 19], [11, 21]]


class TestTiles:
    def test_come_from_nowhere_unless_configured(self, staff):
        assert "img-src 'self' data:;" in staff.get("/admin/map/")["Content-Security-Policy"] + ";"

    def test_come_from_their_host_and_on_the_map_only(self, staff, settings):
        settings.MAP_TILES_SOURCE = "https://*.tiles.example.org"

        assert "https://*.tiles.example.org" in staff.get("/admin/map/")["Content-Security-Policy"]
        leg = LegFactory()
        page = staff.get(f"/admin/bookings/booking/{leg.booking_id}/change/")
        assert "https://*.tiles.example.org" in page["Content-Security-Policy"]
        assert "tiles.example.org" not in staff.get("/admin/")["Content-Security-Policy"]

    @pytest.mark.parametrize(
        ("url", "source"),
        [
            ("", ""),
            ("https://tiles.example.org/{z}/{x}/{y}.png?key=1", "https://tiles.example.org"),
            ("https://{s}.tiles.example.org:8443/{z}/{x}/{y}{r}.png", "https://*.tiles.example.org:8443"),
        ],
    )
    def test_have_a_source(self, url, source):
        assert tiles_source(url) == source

    @pytest.mark.parametrize(
        "url", ["tiles.example.org/{z}/{x}/{y}", "javascript:{z}{x}{y}", "https://tiles.example.org/"]
    )
    def test_have_an_address_that_works(self, url):
        with pytest.raises(ImproperlyConfigured, match="TOMP_MAP_TILES_URL"):
            tiles_source(url)
