"""What a feed means, before anything is written. No database."""

import datetime
from uuid import UUID

import pytest

from fleet.importing.errors import UnusableInput
from fleet.importing.gbfs import types, zones
from fleet.importing.gbfs.hours import from_osm
from fleet.importing.gbfs.stations import PARKING_TYPES
from fleet.importing.gbfs.timezones import place_of
from fleet.models import Alert, AssetType, Region, Station
from tests.fleet.samples import feed_2_3, feed_3_0
from tests.fleet.samples.reading import by, messages, translated


@pytest.fixture
def old():
    return translated(feed_2_3.documents(), "2.3")


@pytest.fixture
def new():
    return translated(feed_3_0.documents(), "3.0")


def test_reads_who_the_operator_is(old):
    system = old[0].system

    assert (system.system_id, system.name, system.languages) == ("lindorp", {"en": "Lindorp Rides"}, ["en"])
    assert system.timezone == "Europe/Amsterdam"
    assert system.rental_apps == {"android": {"store_uri": "https://store.example/app", "discovery_uri": "lin://open"}}
    assert messages(old[1], "system_information") == [
        ("warning", "", "its time zone names no place: Europe/Amsterdam instead, the nearest with the same clocks")
    ]


@pytest.mark.parametrize(
    ("zone", "lat", "lon", "place"),
    [
        ("CET", 63.43, 10.39, "Europe/Oslo"),
        ("WET", 38.72, -9.14, "Europe/Lisbon"),
        ("EST5EDT", 40.7, -74.0, "America/New_York"),
        ("EST", 40.7, -74.0, None),  # New York changes its clocks; who does not is far away
        ("CET", -33.9, 151.2, None),
    ],
)
def test_finds_the_place_that_keeps_the_time_there(zone, lat, lon, place):
    assert place_of(zone, lat, lon) == place


def test_takes_utc_for_a_time_zone_that_does_not_exist():
    documents = feed_2_3.documents()
    documents["system_information"]["data"]["timezone"] = "Mars/Olympus"

    contents, findings = translated(documents, "2.3")

    assert contents.system.timezone == "UTC"
    assert "UTC instead" in messages(findings, "system_information")[0][2]


def test_joins_days_of_equal_hours(old):
    assert [(h.days, h.opens_at.hour, h.closes_at.hour, h.user_type) for h in old[0].hours] == [
        (("MON", "TUE", "SAT"), 6, 0, ""),
        (("SUN",), 20, 2, "MEMBER"),
    ]
    assert [(p.start_month, p.start_day, p.end_month, p.end_day) for p in old[0].periods] == [(3, 1, 11, 30)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("24/7", [("MON TUE WED THU FRI SAT SUN", "00:00", "00:00")]),
        ("Mo,Tu,We,Th,Fr,Sa,Su 00:00-23:59", [("MON TUE WED THU FRI SAT SUN", "00:00", "00:00")]),
        (
            "Mo-Fr 07:00-22:00; Sa,Su 9:00-26:00",
            [("MON TUE WED THU FRI", "07:00", "22:00"), ("SAT SUN", "09:00", "02:00")],
        ),
        ("Sa-Mo 10:00-12:00", [("MON SAT SUN", "10:00", "12:00")]),
        ("", []),
        ("Mo-Fr 07:00-22:00; PH off", None),
        ("sunrise-sunset", None),
    ],
)
def test_reads_plain_opening_hours_only(written, read):
    found = from_osm(written)

    shown = found and [(" ".join(h.days), f"{h.opens_at:%H:%M}", f"{h.closes_at:%H:%M}") for h in found]
    assert (found if not found else shown) == read


def test_describes_vehicle_types(old):
    found = by("type_id", old[0].vehicle_types)
    glider, city, raft = found["glider"], found["city"], found["raft"]

    assert (glider.form_factor, glider.asset_class, glider.asset_subclass) == ("scooter_standing", "STEP", "e-scooter")
    assert (glider.max_range_m, glider.hold_minutes, glider.return_rule) == (46000, 10, None)
    assert (glider.default_plan, glider.plans) == ("standard", ("standard", "odd"))
    assert glider.properties == {"brand": "Lin", "model": "G2", "persons": 1, "gearbox": "AUTOMATIC", "nr_of_doors": 2}
    assert (city.name, city.return_rule, city.hold_minutes) == ({"en": "city"}, "any_station", None)
    assert (raft.form_factor, raft.asset_class, raft.asset_subclass, raft.propulsion) == (
        "other",
        "OTHER",
        "Raft",
        "human",
    )


def test_tells_what_it_did_to_vehicle_types(old):
    assert old[0].unpriced == ["city", "raft"]
    assert messages(old[1], "vehicle_types") == [
        ("info", "city", "without return_constraint: taken from where its vehicles stand"),
        ("warning", "glider", "max_range_meters was given in kilometres: multiplied by 1000"),
        ("warning", "glider", "names a pricing plan that the feed does not have"),
        ("warning", "raft", "its form factor is not one of GBFS: taken for other"),
        ("warning", "raft", "its propulsion is not one of GBFS: taken for human"),
    ]


def test_takes_vehicles_without_a_list_of_types_for_bicycles():
    documents = feed_2_3.documents()
    del documents["vehicle_types"]

    contents, _findings = translated(documents, "2.3")

    assert [(t.type_id, t.asset_class, t.propulsion) for t in contents.vehicle_types] == [
        ("bicycle", "BICYCLE", "human")
    ]
    assert {vehicle.vehicle_type for vehicle in contents.vehicles} == {"bicycle"}
    assert len(contents.vehicles) == 8


def test_places_stations(old):
    stops = by("station_id", old[0].stops)
    market, swapped, corner = stops["market"], stops["swapped"], stops["corner"]

    assert len(stops) == 3
    assert (market.lat, market.lon, market.capacity, market.has_docks) == (52.001, 5.001, 12, True)
    assert (market.is_installed, market.is_renting, market.is_returning) == (True, False, True)
    assert (market.street_address, market.parking_type, market.name) == ("Market 1", "STREET_PARKING", {"en": "Market"})
    assert (swapped.lat, swapped.lon, swapped.is_renting) == (52.002, 5.002, None)
    assert (corner.is_virtual, corner.has_docks) == (True, False)
    assert corner.area == {"type": "MultiPolygon", "coordinates": [[feed_2_3.square(52.003, 5.003, 0.001)]]}
    assert messages(old[1], "station_information") == [
        ("skipped", "market", "is there twice; the first one counts"),
        ("skipped", "null-island", "stands at 0,0"),
        ("warning", "swapped", "latitude and longitude are swapped: swapped back"),
    ]


def test_counts_the_docked_vehicles_that_it_cannot_import(old):
    assert messages(old[1], "station_status") == [
        ("warning", "", "2 stations have no status: taken as installed, renting and returning"),
        ("warning", "", "2 vehicles at stations have no ids in the feed: not imported (use import_vehicles)"),
    ]


def test_finds_the_vehicles(old):
    vehicles = by("source_id", old[0].vehicles)

    first = vehicles[feed_2_3.UUID]
    assert (first.public_id, first.vehicle_code, first.state_of_charge) == (UUID(feed_2_3.UUID), "abcd", 50)
    assert (first.range_m, first.station, first.pricing_plan) == (20000, "", None)
    assert first.reported_at == datetime.datetime(2024, 10, 30, 12, 56, 42, tzinfo=datetime.UTC)
    assert (vehicles["disabled"].is_disabled, vehicles["disabled"].lat) == (True, 52.002)
    assert (vehicles["reserved"].is_disabled, vehicles["reserved"].pricing_plan) == (False, "odd")
    assert (vehicles["swapped"].lat, vehicles["swapped"].lon) == (52.004, 5.004)
    assert (vehicles["nowhere"].lat, vehicles["nowhere"].lon) == (None, None)
    assert (vehicles["docked"].lat, vehicles["docked"].lon, vehicles["docked"].station) == (52.001, 5.001, "market")
    prefixed = vehicles[f"LIN:Vehicle:{feed_2_3.BIKE_UUID}"]
    assert (prefixed.public_id, prefixed.pricing_plan) == (UUID(feed_2_3.BIKE_UUID), None)
    assert len(vehicles) == 7


def test_tells_what_it_did_to_vehicles(old):
    assert messages(old[1], "free_bike_status") == [
        ("info", "", "the deep links contain a short code per vehicle: kept as vehicle_code"),
        ("info", "reserved", "is reserved in the other system: imported as available"),
        ("skipped", "alien", "its vehicle type is not in the feed"),
        ("skipped", "disabled", "is there twice; the first one counts"),
        ("warning", f"LIN:Vehicle:{feed_2_3.BIKE_UUID}", "names a pricing plan that the feed does not have"),
        ("warning", "nowhere", "stands at 0,0: imported without a position, so it is not offered"),
        ("warning", "swapped", "latitude and longitude are swapped: swapped back"),
    ]


def test_keeps_no_code_when_two_vehicles_share_it():
    documents = feed_2_3.documents()
    documents["free_bike_status"]["data"]["bikes"][1]["rental_uris"] = feed_2_3.link("abcd")

    contents, _findings = translated(documents, "2.3")

    assert {vehicle.vehicle_code for vehicle in contents.vehicles} == {None}


def test_never_keeps_an_imei_from_a_deep_link():
    documents = feed_2_3.documents()
    for number, bike in enumerate(documents["free_bike_status"]["data"]["bikes"]):
        bike["rental_uris"] = {"ios": f"https://go.example/8684400601832{number:02}"}

    contents, findings = translated(documents, "2.3")

    assert {vehicle.vehicle_code for vehicle in contents.vehicles} == {None}
    assert sum("shows an IMEI" in finding.message for finding in findings.found) == 8


def test_reads_3_0_with_long_ids_and_percentages(new):
    vehicles = by("source_id", new[0].vehicles)

    long = vehicles[feed_3_0.LONG_ID]
    assert (long.state_of_charge, long.public_id, long.vehicle_code) == (55, None, None)
    assert long.reported_at == datetime.datetime(2024, 10, 30, 12, 56, 42, tzinfo=datetime.UTC)
    assert vehicles["second"].state_of_charge == 1
    assert messages(new[1], "vehicle_status") == [
        ("warning", "", "current_fuel_percent is written in percent instead of 0 to 1: read as percent"),
        ("warning", feed_3_0.LONG_ID, "its deep link shows an IMEI to everybody: not imported; tell the operator"),
    ]


def test_keeps_two_languages_and_tells_which_is_missing(new):
    assert new[0].system.languages == ["en", "nl"]
    assert new[0].system.name == {"en": "Lindorp Bikes", "nl": "Lindorp Fietsen"}
    assert new[0].plans[0].name == {"en": "Ride", "nl": "Rit"}
    assert new[0].vehicle_types[0].name == {"en": "Bike e-bike"}
    assert [(f.id, f.detail) for f in new[1].found if f.message.startswith("a language is announced")] == [
        ("nl", "6 of 7")
    ]


def test_keeps_alerts_for_stations_that_are_imported(old):
    (alert,) = old[0].announcements

    assert (alert.kind, alert.summary, alert.stations) == ("STATION_CLOSURE", {"en": "Market closed"}, ("market",))
    assert alert.starts_at == datetime.datetime(2024, 10, 30, 12, 56, 42, tzinfo=datetime.UTC)
    assert alert.ends_at == datetime.datetime(2024, 10, 31, 12, 56, 42, tzinfo=datetime.UTC)
    assert messages(old[1], "system_alerts") == [("warning", "a1", "names one of station_ids that is not imported")]


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59-14:00", "10000-01-01T00:00:00Z", 253402300800, 1e300])
def test_an_alert_that_ends_after_the_year_9999_has_no_end(end):
    documents = feed_2_3.documents()
    documents["system_alerts"]["data"]["alerts"][0]["times"] = [{"start": "0001-01-01T00:00:00Z", "end": end}]

    (alert,) = translated(documents, "2.3")[0].announcements

    assert (alert.starts_at, alert.ends_at) == (datetime.datetime(1, 1, 1, tzinfo=datetime.UTC), None)


def test_refuses_a_feed_with_nothing_in_it():
    with pytest.raises(UnusableInput, match=r"Nothing in here can be imported\."):
        translated({"station_status": {"version": "2.3", "data": {"stations": []}}}, "2.3")


def test_survives_values_of_any_kind():
    odd = [None, 7, "x", [], {}, [None], [{}], True, -1.5]
    for name, data in (feed_2_3.DATA | feed_3_0.DATA).items():
        for value in odd:
            documents = feed_2_3.documents()
            documents[name] = {"version": "2.3", "data": dict.fromkeys(data, value)}
            translated(documents, "2.3")
            documents[name] = {"version": "2.3", "data": {key: [dict.fromkeys(_keys(data), value)] for key in data}}
            translated(documents, "2.3")


def _keys(data):
    entries = next((value for value in data.values() if isinstance(value, list)), [data])
    return {key for entry in entries for key in entry}


def test_knows_the_choices_of_the_models():
    """The translation imports no model, so that it stays pure; this is where they are compared."""
    assert {asset_class for asset_class, _ in types.CLASSES.values()} <= set(AssetType.AssetClass.values)
    assert {*types.CLASSES, "other"} == set(AssetType.FormFactor.values)
    assert set(AssetType.Propulsion.values) == types.PROPULSIONS
    assert set(AssetType.ReturnRule.values) == types.RETURN_RULES
    assert {zones.OPERATING, zones.PARKING, zones.SPEEDLIMIT, *zones.FORBIDDEN} <= set(Region.Kind.values)
    assert {kind.upper() for kind in PARKING_TYPES} == set(Station.ParkingType.values)
    assert {"SYSTEM_CLOSURE", "STATION_CLOSURE", "STATION_MOVE", "OTHER"} == set(Alert.Kind.values)


# Our own feeds


def own_zone(**properties):
    ring = [[5.0, 52.0], [5.1, 52.0], [5.1, 52.1], [5.0, 52.1], [5.0, 52.0]]
    allowed = {f"ride_{what}_allowed": True for what in ("start", "end", "through")}
    rules = [{**allowed, "maximum_speed_kph": 8}]
    return {
        "type": "Feature",
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]},
        "properties": {"name": [{"text": "Old town", "language": "en"}], "rules": rules, **properties},
    }


def areas_of(*features):
    elsewhere = {"ride_start_allowed": False, "ride_end_allowed": False, "ride_through_allowed": True}
    collection = {"type": "FeatureCollection", "features": list(features)}
    data = {"geofencing_zones": collection, "global_rules": [elsewhere]}
    contents, _findings = translated({"geofencing_zones": {"version": "3.0", "data": data}}, "3.0")
    return [(area.region_id, area.kind, area.max_speed_kmh) for area in contents.areas]


def test_makes_the_same_region_of_a_zone_of_our_own():
    assert areas_of(own_zone(_region_id="old-town-7", _type="SPEEDLIMIT")) == [("old-town-7", "SPEEDLIMIT", 8)]


def test_passes_over_what_two_of_our_regions_share():
    shared, region = own_zone(_region_id="market", _type="OVERLAP"), own_zone(_region_id="market", _type="NO_PARKING")

    assert areas_of(shared, region) == [("market", "NO_PARKING", None)]


@pytest.mark.parametrize(
    "properties", [{}, {"_region_id": "old-town-7"}, {"_type": "SPEEDLIMIT"}, {"_region_id": "x", "_type": "PARK"}]
)
def test_reads_the_zones_of_others_by_their_rules(properties):
    assert areas_of(own_zone(**properties)) == [
        ("old-town:operating", "OPERATING", None),
        ("old-town:speedlimit", "SPEEDLIMIT", 8),
    ]


def test_knows_where_terms_and_privacy_policy_are_and_since_when():
    told = {
        "system_id": "lindorp",
        "name": [{"text": "Lindorp", "language": "en"}],
        "timezone": "Europe/Oslo",
        "terms_url": [{"text": "https://lindorp.example/terms", "language": "en"}],
        "terms_last_updated": "2026-01-02",
        "privacy_url": [{"text": "https://lindorp.example/privacy", "language": "en"}],
        "privacy_last_updated": "2026-01-03",
    }

    contents, _findings = translated({"system_information": {"version": "3.0", "data": told}}, "3.0")

    system = contents.system
    assert system.terms_url == {"en": "https://lindorp.example/terms"}
    assert system.privacy_url == {"en": "https://lindorp.example/privacy"}
    assert (system.terms_updated_on, system.privacy_updated_on) == (
        datetime.date(2026, 1, 2),
        datetime.date(2026, 1, 3),
    )
