"""Published, imported into an empty database and published again …"""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from demo import services as demo
from fleet import models
from gbfs import store
from tests.gbfs.feeds import every_feed, get
from tests.journey import NOW

ALL = (
    *(models.Asset, models.Alert, models.OpeningHours, models.CalendarPeriod, models.PlanRule, models.Condition),
    *(models.Station, models.Region, models.Ancillary, models.AssetType, models.PricingPlan, models.System),
)
# What a feed cannot say, or the import does not read: bikes that are only counted, the hours of a single station, and
# that a price is a surcharge on another.
ONLY_COUNTED = {"hub-croeselaan", "hub-maliebaan", "hub-zuilen"}
WITH_OWN_HOURS = {"dock-science-park"}
WITH_SURCHARGE = {"taxi-night"}
EVENING = datetime(2026, 6, 1, 18, 30, tzinfo=UTC)  # half past eight in Utrecht: some plans are others now


@pytest.fixture(params=["2.3", "3.0"])
def version(request):
    return request.param


def published(version, folder=None):
    """What every feed says, but for when; written into the folder as it is sent."""
    store.forget()
    said = {}
    for name, path in [("gbfs", f"{version}/gbfs.json"), *every_feed(version)]:
        document = json.loads(get(path).content)
        if folder is not None:
            (folder / f"{name}.json").write_text(json.dumps(document))
        said[name] = document["data"]
    for alert in said["system_alerts"]["alerts"]:
        alert.pop("last_updated")
    return said


def imported(folder):
    for model in ALL:
        model.objects.all().delete()
    call_command("import_gbfs", str(folder), stdout=StringIO())


@pytest.mark.parametrize("moment", [NOW, EVENING], ids=["noon", "evening"])
def test_the_demo_city_is_the_same_again(tmp_path, clock, version, moment):
    clock.move_to(moment)
    models.System.objects.all().delete()
    demo.build_city(now=moment)
    if version == "2.3":  # a folder holds one language of it
        models.System.objects.update(languages=["en"])
    before = published(version, tmp_path)
    imported(tmp_path)
    clock.shift(301)

    after = published(version)

    assert list(after) == list(before)
    for name in before:
        assert told(after[name]) == told(before[name])


def told(data):
    """The entities of a feed without what is lost."""
    (only, *others) = data.values()
    entities = only if isinstance(only, list) and not others else [data]
    return [{key: value for key, value in entity.items() if key not in lost(entity)} for entity in entities]


def lost(entity):
    names = ["last_reported"]
    if entity.get("station_id") in ONLY_COUNTED and "vehicle_id" not in entity:
        names += [key for key in entity if key.startswith(("num_", "vehicle_"))]
    if entity.get("station_id") in WITH_OWN_HOURS:
        names.append("station_opening_hours")
    if entity.get("plan_id") in WITH_SURCHARGE:
        names.append("surge_pricing")
    return names
