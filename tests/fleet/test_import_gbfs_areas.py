"""The zones and regions of a feed as areas, and where its points are. No database."""

from itertools import pairwise

import pytest

from fleet.importing.gbfs.geometry import Surroundings
from tests.fleet.samples import feed_2_3, feed_3_0
from tests.fleet.samples.reading import by, messages, translated


@pytest.fixture
def old():
    return translated(feed_2_3.documents(), "2.3")


@pytest.fixture
def new():
    return translated(feed_3_0.documents(), "3.0")


def test_makes_regions_of_2_3_zones(old):
    areas = by("region_id", old[0].areas)

    assert {key: (a.kind, a.max_speed_kmh, a.asset_types) for key, a in areas.items()} == {
        "centre": ("OPERATING", None, ()),
        "lindorp:old-town:no_parking": ("NO_PARKING", None, ()),
        "lindorp:old-town:speedlimit": ("SPEEDLIMIT", 10, ()),
        "lindorp:old-town-2:no_access": ("NO_ACCESS", None, ()),
        "lindorp:quay:speedlimit": ("SPEEDLIMIT", 15, ("glider",)),
        "lindorp:elsewhere:operating": ("OPERATING", None, ()),
    }
    assert areas["lindorp:old-town:no_parking"].polygon == [feed_2_3.square(52.001, 5.001)]
    assert areas["lindorp:elsewhere:operating"].polygon == [feed_2_3.square(51.95, 4.95, 0.1)]
    assert messages(old[1], "geofencing_zones") == [
        ("info", "old-town", "a ring did not end where it began: closed"),
        ("info", "quay", "a rule names a vehicle type that the feed does not have: left out"),
        ("skipped", "void", "a zone without polygons"),
        ("warning", "elsewhere", "a zone of the whole world: skipped; what it leaves out is the operating area"),
    ]


def test_makes_regions_of_3_0_zones(new):
    areas = by("region_id", new[0].areas)

    assert {key: (a.kind, a.max_speed_kmh, a.asset_types) for key, a in areas.items()} == {
        "2023:slow:operating": ("OPERATING", None, ("cargo",)),
        "2023:slow:speedlimit": ("SPEEDLIMIT", 8, ("cargo",)),
        "2023:zone:operating": ("OPERATING", None, ()),
        "2023:park:no_parking": ("NO_PARKING", None, ()),
    }
    # Counter-clockwise: from the south-western corner to the east.
    ring = areas["2023:zone:operating"].polygon[0]
    assert sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) > 0
    assert messages(new[1], "geofencing_zones") == [
        ("info", "zone", "rings ran clockwise: turned, as RFC 7946 wants it"),
        (
            "warning",
            "slow",
            "vehicle_type_id is the key of GBFS 2.x: meant as vehicle_type_ids, others apply it to all",
        ),
    ]


def test_lets_the_first_rule_that_fits_a_type_count():
    documents = feed_3_0.documents()
    forbidding = {"ride_start_allowed": False, "ride_end_allowed": False, "ride_through_allowed": True}
    features = documents["geofencing_zones"]["data"]["geofencing_zones"]["features"]
    features[:] = [feed_3_0.zone("Mixed", [feed_2_3.square(52, -5)], vehicle_type_ids=["cargo"])]
    features[0]["properties"]["rules"].append(forbidding)

    contents, _findings = translated(documents, "3.0")

    assert [(a.region_id, a.kind, a.asset_types) for a in contents.areas] == [
        ("2023:mixed:operating", "OPERATING", ("cargo",)),
        ("2023:mixed:no_parking:1", "NO_PARKING", ("e-bike",)),
    ]


def test_skips_a_rule_for_unknown_types_only():
    documents = feed_3_0.documents()
    features = documents["geofencing_zones"]["data"]["geofencing_zones"]["features"]
    features[:] = [feed_3_0.zone("Saucers", [feed_2_3.square(52, -5)], vehicle_type_ids=["saucer"])]

    contents, findings = translated(documents, "3.0")

    assert [area.region_id for area in contents.areas] == ["2023:operating"]
    assert ("skipped", "saucers", "a rule only for vehicle types that the feed does not have") in messages(
        findings, "geofencing_zones"
    )


def test_takes_a_polygon_apart_where_it_crosses_itself():
    documents = feed_3_0.documents()
    bow_tie = [[-5, 52], [-4.9, 52.1], [-4.9, 52], [-5, 52.1], [-5, 52]]
    documents["geofencing_zones"]["data"]["geofencing_zones"]["features"] = [feed_3_0.zone("Bow", [bow_tie])]

    contents, findings = translated(documents, "3.0")

    assert [area.region_id for area in contents.areas] == ["2023:bow:operating", "2023:bow.2:operating"]
    assert all(len(area.polygon[0]) == 4 for area in contents.areas)
    assert ("warning", "bow", "a polygon crosses itself: taken apart where it does") in messages(
        findings, "geofencing_zones"
    )


def test_draws_the_operating_area_around_everything_when_nothing_else_says_it():
    documents = feed_2_3.documents()
    del documents["geofencing_zones"]

    contents, findings = translated(documents, "2.3")

    everything = by("region_id", contents.areas)["lindorp:operating"]
    longitudes = [point[0] for point in everything.polygon[0]]
    assert (everything.kind, everything.name, everything.is_estimate) == ("OPERATING", {"en": "Lindorp Rides"}, True)
    assert (min(longitudes), max(longitudes)) == (pytest.approx(4.999), pytest.approx(5.007))
    assert any("drawn around all stations and vehicles" in f.message for f in findings.found)


def test_knows_a_swapped_point_by_its_surroundings():
    around = Surroundings.of([(52.0 + n / 100, 5.0) for n in range(9)] + [(0, 0)])

    assert around.is_swapped(5.01, 52.02)
    assert not around.is_swapped(52.02, 5.01)
    assert not around.is_swapped(53.5, 7.0)
    assert around.is_far(50.9, 4.35)
    assert not around.is_far(52.5, 5.5)


def test_swaps_what_can_only_be_swapped():
    around = Surroundings.of([(103.8, 1.3), (103.9, 1.4)])

    assert (around.lat, around.lon) == (pytest.approx(1.35), pytest.approx(103.85))


def with_zones_at(documents, *corners):
    features = documents["geofencing_zones"]["data"]["geofencing_zones"]["features"]
    features[:] = [feed_3_0.zone(name, [feed_2_3.square(lat, lon)]) for name, lat, lon in corners]
    return features


def test_leaves_out_a_zone_that_no_ride_can_come_to():
    documents = feed_3_0.documents()
    with_zones_at(documents, ("Here", 52, -5), ("Brussels", 50.87, 4.35))

    contents, findings = translated(documents, "3.0")

    assert [area.region_id for area in contents.areas] == ["2023:here:operating"]
    assert [(f.severity.value, f.id, f.message, f.detail) for f in findings.found if f.id == "brussels"] == [
        (
            "skipped",
            "brussels",
            "a zone far away from every vehicle and station: not imported; a later import brings it once some are near",
            "50.870, 4.350",
        )
    ]


def test_keeps_a_zone_far_away_once_a_vehicle_is_there():
    documents = feed_3_0.documents()
    with_zones_at(documents, ("Here", 52, -5), ("Brussels", 50.87, 4.35))
    vehicles = documents["vehicle_status"]["data"]["vehicles"]
    vehicles.append({**vehicles[0], "vehicle_id": "the-first-there", "lat": 50.0, "lon": 4.0})

    contents, _findings = translated(documents, "3.0")

    assert [area.region_id for area in contents.areas] == ["2023:here:operating", "2023:brussels:operating"]


def test_keeps_a_zone_far_away_that_our_own_feed_names():
    documents = feed_3_0.documents()
    features = with_zones_at(documents, ("Here", 52, -5), ("Brussels", 50.87, 4.35))
    features[1]["properties"] |= {"_region_id": "brussels", "_type": "OPERATING"}

    contents, _findings = translated(documents, "3.0")

    assert [area.region_id for area in contents.areas] == ["2023:here:operating", "brussels"]
