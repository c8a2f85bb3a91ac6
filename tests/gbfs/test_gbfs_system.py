"""What the feeds say of the operator, its types and its news …"""

from datetime import UTC, date, datetime

import pytest
import time_machine

from fleet import information
from fleet.models import AssetType
from tests.fleet_factories import (
    AlertFactory,
    AssetFactory,
    AssetTypeFactory,
    OpeningHoursFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
)
from tests.gbfs.feeds import data, document, every_feed, get

ROOT = "http://127.0.0.1:8000/gbfs"


def words(en, nl=None):
    return [{"text": en, "language": "en"}, {"text": nl or en, "language": "nl"}]


# Who we are


def test_say_who_we_are_in_every_member_the_model_has():
    SystemFactory(
        short_name={"en": "Rides"},
        operator={"en": "Rides Ltd", "nl": "Rides BV"},
        url="https://rides.example",
        purchase_url="https://rides.example/buy",
        terms_url={"en": "https://rides.example/terms", "nl": "https://rides.example/voorwaarden"},
        terms_updated_on=date(2026, 1, 2),
        privacy_url={"en": "https://rides.example/privacy"},
        privacy_updated_on=date(2026, 1, 3),
        start_date=date(2025, 5, 1),
        phone_number="+31 30 555 0100",
        email="help@rides.example",
        feed_contact_email="feeds@rides.example",
        license_url="https://rides.example/licence",
        rental_apps={"ios": {"store_uri": "https://apps.example/rides", "discovery_uri": "rides://open"}},
    )
    OpeningHoursFactory()

    common = {
        "system_id": "utrecht",
        "url": "https://rides.example",
        "purchase_url": "https://rides.example/buy",
        "start_date": "2025-05-01",
        "phone_number": "+31305550100",
        "email": "help@rides.example",
        "feed_contact_email": "feeds@rides.example",
        "timezone": "Europe/Amsterdam",
        "license_url": "https://rides.example/licence",
        "rental_apps": {"ios": {"store_uri": "https://apps.example/rides", "discovery_uri": "rides://open"}},
        "terms_last_updated": "2026-01-02",
        "privacy_last_updated": "2026-01-03",
    }
    assert data("system_information") == {
        **common,
        "languages": ["en", "nl"],
        "name": words("Utrecht Rides", "Utrecht Rijdt"),
        "short_name": words("Rides"),
        "operator": words("Rides Ltd", "Rides BV"),
        "terms_url": words("https://rides.example/terms", "https://rides.example/voorwaarden"),
        "privacy_url": words("https://rides.example/privacy"),
        "opening_hours": "Mo-Su 07:00-23:00",
        "manifest_url": f"{ROOT}/manifest.json",
    }
    assert data("system_information", "2.3", "nl") == {
        **common,
        "language": "nl",
        "name": "Utrecht Rijdt",
        "short_name": "Rides",
        "operator": "Rides BV",
        "terms_url": "https://rides.example/voorwaarden",
        "privacy_url": "https://rides.example/privacy",
    }


def test_leave_out_what_would_make_the_file_invalid():
    SystemFactory(
        terms_url={"en": "https://rides.example/terms"},
        phone_number="call us",
        email="nobody",
        url="no address",
        rental_apps={"android": {"store_uri": "https://play.example"}},
    )

    told = data("system_information")

    assert {"terms_url", "phone_number", "email", "url", "rental_apps"} & set(told) == set()
    assert data("system_information", "2.3")["phone_number"] == "call us"


@pytest.mark.parametrize(
    ("addresses", "host", "contact"),
    [
        ({"feed_contact_email": "feeds@rides.example"}, "https://rides.example", "feeds@rides.example"),
        ({"email": "help@rides.example"}, "https://rides.example", "help@rides.example"),
        ({}, "https://rides.example", "postmaster@rides.example"),
        ({}, "http://127.0.0.1:8000", "postmaster@localhost.localdomain"),
    ],
)
def test_always_name_somebody_to_write_to(settings, addresses, host, contact):
    settings.TOMP_PUBLIC_URL = host
    SystemFactory(**addresses)

    assert data("system_information")["feed_contact_email"] == contact
    assert data("system_information", "2.3")["feed_contact_email"] == contact


# Our types


def test_describe_a_type_in_every_member_the_model_has():
    SystemFactory()
    AssetTypeFactory(
        type_id="van",
        name={"en": "Van", "nl": "Bus"},
        asset_class="CAR",
        form_factor="car",
        propulsion="plug_in_hybrid",
        max_range_m=400_000,
        hold_minutes=20,
        return_rule=AssetType.ReturnRule.HYBRID,
        default_plan=PricingPlanFactory(plan_id="by-hour"),
        properties={
            "brand": "Volta",
            "model": "E 2",
            "colour": "green",
            "max_speed": 120.4,
            "wheel_count": 4,
            "persons": 3,
            "cargo_volume": 900,
            "cargo_load": 500,
            "co2_per_km": 0,
            "gearbox": "AUTOMATIC",
            "air_conditioning": True,
            "cabrio": False,
            "navigation": True,
            "nr_of_doors": 4,
            "image": "https://rides.example/van.png",
            "icon": "https://rides.example/van.svg",
            "icon_last_modified": "2026-02-03",
            "eco_labels": [{"country_code": "NL", "eco_sticker": "groen"}],
        },
    )

    common = {
        "vehicle_type_id": "van",
        "form_factor": "car",
        "propulsion_type": "plug_in_hybrid",
        "max_range_meters": 400_000,
        "color": "green",
        "max_permitted_speed": 120,
        "wheel_count": 4,
        "rider_capacity": 3,
        "cargo_volume_capacity": 900,
        "cargo_load_capacity": 500,
        "g_CO2_km": 0,
        "vehicle_accessories": ["air_conditioning", "navigation", "automatic", "doors_4"],
        "vehicle_image": "https://rides.example/van.png",
        "vehicle_assets": {"icon_url": "https://rides.example/van.svg", "icon_last_modified": "2026-02-03"},
        "default_reserve_time": 20,
        "return_constraint": "hybrid",
        "default_pricing_plan_id": "by-hour",
        "pricing_plan_ids": ["by-hour"],
    }
    labels = [{"country_code": "NL", "eco_sticker": "groen"}]
    assert data("vehicle_types")["vehicle_types"] == [
        {**common, "name": words("Van", "Bus"), "make": words("Volta"), "model": words("E 2"), "eco_labels": labels}
    ]
    assert data("vehicle_types", "2.3", "nl")["vehicle_types"] == [
        {**common, "name": "Bus", "make": "Volta", "model": "E 2", "eco_label": labels}
    ]


def test_say_of_a_motor_without_a_range_how_far_the_farthest_goes():
    scooter = AssetTypeFactory(max_range_m=None)
    AssetFactory(asset_type=scooter, range_m=31_000)
    AssetFactory(asset_type=scooter, range_m=99_000, script="WORKS")

    (kind,) = data("vehicle_types")["vehicle_types"]

    assert kind["max_range_meters"] == 31_000


def test_leave_out_a_type_nobody_can_rent_and_give_every_other_a_default_plan():
    AssetTypeFactory(type_id="unpriced", default_plan=None)
    AssetTypeFactory(type_id="listed", default_plan=None, plans=[PricingPlanFactory(plan_id="by-day")])
    of_vehicles = AssetTypeFactory(type_id="by-vehicle", default_plan=None)
    AssetFactory(asset_type=of_vehicles, pricing_plan=PricingPlanFactory(plan_id="own"))

    told = {kind["vehicle_type_id"]: kind["default_pricing_plan_id"] for kind in data("vehicle_types")["vehicle_types"]}

    assert told == {"by-vehicle": "own", "listed": "by-day"}


# Our news


def test_announce_what_is_current():
    SystemFactory()
    dom, city = StationFactory(station_id="dom"), RegionFactory(region_id="city")
    with time_machine.travel(datetime(2026, 5, 30, 8, tzinfo=UTC), tick=False):
        AlertFactory(
            alert_id="works",
            kind="STATION_CLOSURE",
            summary={"en": "Closed", "nl": "Dicht"},
            description={"en": "Until tomorrow."},
            url="https://rides.example/works",
            starts_at=datetime(2026, 6, 1, 6, tzinfo=UTC),
            ends_at=datetime(2026, 6, 2, 6, tzinfo=UTC),
            stations=[dom],
            regions=[city],
        )
        AlertFactory(alert_id="over", ends_at=datetime(2026, 6, 1, 12, tzinfo=UTC))

    common = {"alert_id": "works", "type": "station_closure", "station_ids": ["dom"], "region_ids": ["city"]}
    assert data("system_alerts")["alerts"] == [
        {
            **common,
            "times": [{"start": "2026-06-01T06:00:00Z", "end": "2026-06-02T06:00:00Z"}],
            "url": words("https://rides.example/works"),
            "summary": words("Closed", "Dicht"),
            "description": words("Until tomorrow."),
            "last_updated": "2026-05-30T08:00:00Z",
        }
    ]
    assert data("system_alerts", "2.3", "nl")["alerts"] == [
        {
            **common,
            "times": [{"start": 1780293600, "end": 1780380000}],
            "url": "https://rides.example/works",
            "summary": "Dicht",
            "description": "Until tomorrow.",
            "last_updated": 1780128000,
        }
    ]


def test_write_the_year_1_in_four_digits():
    AlertFactory(starts_at=datetime(1, 1, 1, tzinfo=UTC))

    (newer,), (older,) = (data("system_alerts", version)["alerts"] for version in ("3.0", "2.3"))

    assert newer["times"] == [{"start": "0001-01-01T00:00:00Z"}]
    assert older["times"] == [{"start": 1_450_155_600}]


def test_say_when_an_alert_began_that_only_ends():
    AlertFactory(ends_at=datetime(2026, 6, 2, 6, tzinfo=UTC))

    (alert,) = data("system_alerts")["alerts"]

    assert alert["times"] == [{"start": "2026-06-01T12:00:00Z", "end": "2026-06-02T06:00:00Z"}]


# Languages


@pytest.mark.parametrize(
    ("languages", "written"),
    [(["nb"], ["nb"]), (["pt_br", "en-gb", "zh-Hans"], ["pt-BR", "en-GB", "zh"]), (["", "?"], ["en"]), ([], ["en"])],
)
def test_write_languages_as_gbfs_does(languages, written):
    SystemFactory(languages=languages)

    assert data("system_information")["languages"] == written
    assert list(data("gbfs", "2.3")) == written
    assert data("system_information", "2.3")["language"] == written[0]


def test_give_each_language_of_2_3_its_own_addresses():
    SystemFactory()
    StationFactory()

    told = data("gbfs", "2.3")

    assert list(told) == ["en", "nl"]
    assert {feed["name"]: feed["url"] for feed in told["en"]["feeds"]}["vehicle_types"] == (
        f"{ROOT}/2.3/vehicle_types.json"
    )
    assert {feed["name"]: feed["url"] for feed in told["nl"]["feeds"]}["vehicle_types"] == (
        f"{ROOT}/2.3/nl/vehicle_types.json"
    )
    assert [data("system_information", "2.3", tag)["language"] for tag in ("", "nl")] == ["en", "nl"]


@pytest.mark.parametrize(
    "path", ["2.3/en/vehicle_types.json", "2.3/de/vehicle_types.json", "3.0/nl/vehicle_types.json"]
)
def test_have_no_address_in_a_language_that_is_none(path):
    SystemFactory()

    assert get(path).status_code == 404


def test_speak_a_new_language_at_once(clock):
    SystemFactory(languages=["en"])
    assert data("system_information", "2.3")["language"] == "en"
    SystemFactory().delete()
    SystemFactory(languages=["nl", "en"])
    information.forget()

    assert data("system_information", "2.3")["language"] == "nl"
    assert data("system_information", "2.3", "en")["language"] == "en"


# Where the feeds are


def test_list_what_they_have_and_lead_there():
    SystemFactory(languages=["en"])
    StationFactory(region=RegionFactory())

    feeds = data("gbfs")["feeds"]

    assert feeds == [
        {"name": name, "url": f"{ROOT}/3.0/{name}.json"}
        for name in (
            "gbfs_versions",
            "system_information",
            "vehicle_types",
            "vehicle_status",
            "station_information",
            "station_status",
            "system_pricing_plans",
            "system_regions",
            "geofencing_zones",
            "system_alerts",
        )
    ]
    assert [name for name, _path in every_feed("2.3")] == [
        *("free_bike_status" if feed["name"] == "vehicle_status" else feed["name"] for feed in feeds),
        "system_hours",
    ]


def test_name_the_versions_there_are():
    SystemFactory()
    versions = [
        {"version": "2.3", "url": f"{ROOT}/2.3/gbfs.json"},
        {"version": "3.0", "url": f"{ROOT}/3.0/gbfs.json"},
    ]

    assert data("gbfs_versions") == data("gbfs_versions", "2.3") == {"versions": versions}
    assert document("manifest.json")["data"] == {"datasets": [{"system_id": "utrecht", "versions": versions}]}


@pytest.mark.parametrize(
    "path",
    [
        "2.3/vehicle_status.json",
        "3.0/free_bike_status.json",
        "3.0/system_hours.json",
        "3.0/manifest.json",
        "3.0/vehicle_status",
        "3.0/vehicle_status.json/",
        "3.0/nothing.json",
        "3.1/gbfs.json",
        "gbfs.json",
    ],
)
def test_are_nowhere_else(path):
    assert get(path).status_code == 404
