"""The validator finds nothing to object to …"""

import json
from urllib.parse import urlsplit

import pytest
from django.test import Client
from gbfs_validator import validate_feed

from demo import services as demo
from fleet.models import Asset, System
from gbfs import store
from tests.fleet_factories import AssetFactory, AssetTypeFactory, PricingPlanFactory, RegionFactory, StationFactory
from tests.gbfs.feeds import checked, every_feed, get
from tests.journey import NOW

EMPTY_LISTS = {
    "free_bike_status": "bikes",
    "vehicle_status": "vehicles",
    "vehicle_types": "vehicle_types",
    "system_pricing_plans": "plans",
    "system_alerts": "alerts",
}


class InProcess:
    """How the validator reads: through the test client."""

    def get_json(self, url, *args, **kwargs):
        answer = Client().get(urlsplit(url).path)
        if answer.status_code != 200:
            raise LookupError(url)
        return json.loads(answer.content)


def objections(version, **profile):
    store.forget()
    url = f"http://127.0.0.1:8000/gbfs/{version}/gbfs.json"
    report = validate_feed(url, fetcher=InProcess(), **profile)
    assert report["summary"]["version"] == {"detected": version, "validated": version}
    files = [file for listed in report["files"] for file in (listed, *listed.get("languages", ()))]
    return [
        (file.get("file"), error["instancePath"], error["message"])
        for file in files
        for error in file.get("errors") or ()
    ] + [file["file"] for file in report["files"] if file.get("hasErrors")]


@pytest.fixture(params=["2.3", "3.0"])
def version(request):
    return request.param


def test_in_the_demo_city(version):
    demo.build_city(now=NOW)

    assert objections(version, docked=True, freefloating=True) == []


def test_in_the_demo_city_with_deep_links_and_apps(version, settings):
    settings.TOMP_PUBLIC_URL = "https://rides.example"
    demo.build_city(now=NOW)
    app = {"store_uri": "https://store.example/app", "discovery_uri": "rides://open"}
    System.objects.update(rental_apps={"android": app, "ios": app})

    assert objections(version, docked=True, freefloating=True) == []


def test_in_a_database_that_is_new(version):
    assert objections(version, freefloating=True) == []
    for name, path in every_feed(version):
        found = checked(json.loads(get(path).content), name)
        assert name not in EMPTY_LISTS or found["data"][EMPTY_LISTS[name]] == []


def test_with_what_says_as_little_as_the_model_allows(version):
    bare = {"name": {}, "default_plan": PricingPlanFactory(name={}, description={}, parts=[])}
    AssetFactory(asset_type=AssetTypeFactory(max_range_m=None, **bare), state_of_charge=None, range_m=None)
    AssetFactory(asset_type=AssetTypeFactory(docked=True, **bare), station=StationFactory(name={}, capacity=None))
    RegionFactory(name={})

    assert objections(version, docked=True, freefloating=True) == []


@pytest.mark.parametrize("path", ["3.0/station_information.json", "2.3/system_calendar.json"])
def test_with_what_is_not_listed_because_there_is_none_of_it(path):
    answer = get(path)

    assert answer.status_code == 200
    checked(json.loads(answer.content), path.split("/")[1].removesuffix(".json"))


def test_after_everything_is_gone(version, clock):
    demo.build_city(now=NOW)
    assert objections(version, freefloating=True) == []
    Asset.objects.all().delete()
    clock.shift(400)

    assert objections(version, freefloating=True) == []
