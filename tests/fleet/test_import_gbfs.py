"""manage.py import_gbfs …: what is in the database afterwards, and what stays as it was."""

import shutil
from decimal import Decimal
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from fleet.models import (
    Alert,
    Asset,
    AssetPublicId,
    AssetType,
    CalendarPeriod,
    FarePart,
    OpeningHours,
    PricingPlan,
    Region,
    Station,
    System,
)
from tests.fleet.samples import feed_2_3, feed_3_0
from tests.fleet_factories import AssetFactory, PricingPlanFactory, RegionFactory, SystemFactory

pytestmark = pytest.mark.django_db

MODELS = (System, OpeningHours, CalendarPeriod, PricingPlan, FarePart, AssetType, Region, Station, Alert, Asset)


@pytest.fixture
def lindorp(tmp_path):
    return feed_2_3.write(tmp_path / "lindorp")


def import_gbfs(*arguments):
    out = StringIO()
    call_command("import_gbfs", *map(str, arguments), stdout=out)
    return out.getvalue()


def counts(printed):
    """The table at the end: kind → new, changed, unchanged, skipped."""
    rows = printed.split("skipped\n")[-1].splitlines()[:-1]
    words = [row.replace(",", "").split() for row in rows]
    return {" ".join(row[:-4]): tuple(map(int, row[-4:])) for row in words}


def everything():
    """All rows, and how many history rows there are."""
    return {model: list(model.objects.order_by("pk").values()) for model in MODELS} | {
        "history": {model: model.history.count() for model in MODELS}
    }


def test_imports_the_feed_and_tells_what_it_did(lindorp):
    printed = import_gbfs(lindorp)

    assert counts(printed) == {
        "operator": (1, 0, 0, 0),
        "pricing plans": (2, 0, 0, 1),
        "vehicle types": (3, 0, 0, 0),
        "regions": (6, 0, 0, 2),
        "stations": (3, 0, 0, 2),
        "alerts": (1, 0, 0, 0),
        "vehicles": (7, 0, 0, 2),
    }
    assert printed.startswith("Lindorp Rides (lindorp): GBFS 2.3, 11 files from ")
    assert '  free_bike_status: 9 × bikes[].is_disabled: 0 is not of type "boolean"\n' in printed
    assert "  skipped  station_information: stands at 0,0 (null-island)\n" in printed
    assert printed.splitlines()[-1].startswith("Imported. (")
    assert [model.objects.count() for model in MODELS] == [1, 2, 1, 2, 6, 3, 6, 3, 1, 7]


def test_writes_the_operator_with_hours_and_calendar(lindorp):
    import_gbfs(lindorp)

    system = System.objects.get()
    assert (system.system_id, system.name, system.timezone) == ("lindorp", {"en": "Lindorp Rides"}, "Europe/Amsterdam")
    assert [(h.days, str(h.opens_at), str(h.closes_at), h.user_type) for h in OpeningHours.objects.all()] == [
        (["MON", "TUE", "SAT"], "06:00:00", "00:00:00", ""),
        (["SUN"], "20:00:00", "02:00:00", "MEMBER"),
    ]
    assert [(p.start_month, p.end_month) for p in CalendarPeriod.objects.all()] == [(3, 11)]


def test_writes_prices_that_can_be_charged(lindorp):
    import_gbfs(lindorp)

    plan = PricingPlan.objects.get(plan_id="standard")
    assert (plan.currency, plan.vat_rate, plan.source_id) == ("EUR", None, "standard")
    assert [(p.type, p.amount, p.unit_type, p.units, p.scale_from) for p in plan.parts.all()] == [
        ("FIXED", Decimal(1), "", None, None),
        ("FLEX", Decimal("0.25"), "MINUTE", Decimal(1), None),
        ("FLEX", Decimal("0.1"), "KM", Decimal(2), Decimal(10)),
    ]
    assert plan.tariff().currency == "EUR"


def test_writes_types_with_their_plans(lindorp):
    import_gbfs(lindorp)

    glider = AssetType.objects.get(type_id="glider")
    assert (glider.default_plan.plan_id, glider.hold_minutes, glider.return_rule) == ("standard", 10, "free_floating")
    assert {plan.plan_id for plan in glider.plans.all()} == {"standard", "odd"}
    assert AssetType.objects.get(type_id="city").default_plan is None


NO_PLAN = (
    "has no default pricing plan: vehicles without a plan of their own are neither offered nor published; "
    "name one with --plan TYPE=PLAN, or choose it in the back office"
)


def default_plans():
    return dict(AssetType.objects.order_by("type_id").values_list("type_id", "default_plan__plan_id"))


def test_says_which_types_have_no_plan(lindorp):
    printed = import_gbfs(lindorp)

    assert f"  warning  vehicle_types: 2 × {NO_PLAN} (city, raft)\n" in printed
    assert default_plans() == {"city": None, "glider": "standard", "raft": None}


def test_gives_types_the_plans_it_is_told(lindorp):
    PricingPlanFactory(plan_id="ours")

    printed = import_gbfs(lindorp, "--plan", "city=odd", "--plan", "raft=ours")

    assert "has no default pricing plan" not in printed
    assert default_plans() == {"city": "odd", "glider": "standard", "raft": "ours"}


def test_keeps_a_plan_that_was_given_before(lindorp):
    import_gbfs(lindorp, "--plan", "city=odd")

    printed = import_gbfs(lindorp)

    assert f"  warning  vehicle_types: {NO_PLAN} (raft)\n" in printed
    assert default_plans() == {"city": "odd", "glider": "standard", "raft": None}


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ("city", "--plan city: TYPE=PLAN is expected."),
        ("glider=odd", "'glider' is no type that the feed leaves without a pricing plan; those: city, raft."),
        ("city=free", "There is no pricing plan 'free', neither in the feed nor here; known: odd, standard."),
    ],
)
def test_refuses_a_plan_that_is_none_and_imports_nothing(lindorp, plan, says):
    with pytest.raises(CommandError) as refusal:
        import_gbfs(lindorp, "--plan", plan)

    assert str(refusal.value) == says
    assert {model: model.objects.count() for model in MODELS if model.objects.exists()} == {}


def test_writes_places(lindorp):
    import_gbfs(lindorp)

    market = Station.objects.get(station_id="market")
    assert (market.region.region_id, market.is_renting, market.has_docks) == ("centre", False, True)
    quay = Region.objects.get(region_id="lindorp:quay:speedlimit")
    assert (quay.kind, quay.max_speed_kmh, quay.south, quay.west) == ("SPEEDLIMIT", 15, 52.03, 5.03)
    assert [asset_type.type_id for asset_type in quay.asset_types.all()] == ["glider"]
    assert [station.station_id for station in Alert.objects.get().stations.all()] == ["market"]
    for region in Region.objects.all():
        region.clean()


def test_writes_vehicles(lindorp):
    import_gbfs(lindorp)

    first = Asset.objects.get(vehicle_number=feed_2_3.UUID)
    assert (first.source_id, first.public_id, first.state) == (feed_2_3.UUID, UUID(feed_2_3.UUID), "AVAILABLE")
    assert (first.vehicle_code, first.state_of_charge, first.imei) == ("abcd", 50, None)
    disabled = Asset.objects.get(source_id="disabled")
    assert (disabled.state, disabled.state_reason) == ("OUT_OF_SERVICE", "disabled in the feed")
    assert str(disabled.public_id) != "disabled"
    assert Asset.objects.get(source_id="reserved").pricing_plan.plan_id == "odd"
    assert Asset.objects.get(source_id="docked").station.station_id == "market"
    assert Asset.objects.get(source_id="nowhere").lat is None


def test_keeps_a_history_of_what_came_in(lindorp):
    import_gbfs(lindorp)

    record = Asset.history.get(vehicle_number="disabled")
    assert (record.history_type, record.state, record.lat) == ("+", "OUT_OF_SERVICE", 52.002)
    assert record.history_change_reason == f"import_gbfs {lindorp}"[:100]
    assert [model.history.count() for model in (PricingPlan, FarePart, Region, Station)] == [2, 6, 6, 3]


def test_changes_nothing_the_second_time(lindorp):
    import_gbfs(lindorp)
    before = everything()

    printed = import_gbfs(lindorp)

    assert everything() == before
    assert counts(printed) == {
        "operator": (0, 0, 1, 0),
        "pricing plans": (0, 0, 2, 1),
        "vehicle types": (0, 0, 3, 0),
        "regions": (0, 0, 6, 2),
        "stations": (0, 0, 3, 2),
        "alerts": (0, 0, 1, 0),
        "vehicles": (0, 0, 7, 2),
    }
    assert "Nothing is new: everything is as in the feed." in printed


def test_writes_nothing_in_a_dry_run_but_counts_the_same(lindorp):
    dry = import_gbfs(lindorp, "--dry-run")

    assert "Dry run: nothing was written." in dry
    assert not any(model.objects.exists() for model in MODELS)
    assert not any(model.history.exists() for model in MODELS)
    assert counts(import_gbfs(lindorp)) == counts(dry)


def test_a_dry_run_over_a_full_database_changes_nothing(lindorp, tmp_path):
    import_gbfs(lindorp)
    before = everything()

    printed = import_gbfs(feed_2_3.write(tmp_path / "later", changed()), "--dry-run")

    assert everything() == before
    assert counts(printed)["vehicles"] == (1, 2, 4, 2)


def changed():
    """The feed a day later: one vehicle moved, one repaired, one gone and one new; a dearer plan, a renamed station."""
    documents = feed_2_3.documents()
    bikes = documents["free_bike_status"]["data"]["bikes"]
    bikes[0]["lat"] = 52.0015
    bikes[1]["is_disabled"] = 0
    bikes[2]["bike_id"] = "newcomer"
    documents["system_pricing_plans"]["data"]["plans"][0]["price"] = 1.5
    documents["station_information"]["data"]["stations"][0]["name"] = "Old market"
    return documents


def test_brings_changes_of_a_later_feed_and_leaves_what_is_gone(lindorp, tmp_path):
    import_gbfs(lindorp)
    public_ids = dict(Asset.objects.values_list("source_id", "public_id"))

    printed = import_gbfs(feed_2_3.write(tmp_path / "later", changed()))

    assert {kind: row[:3] for kind, row in counts(printed).items()} == {
        "operator": (0, 0, 1),
        "pricing plans": (0, 1, 1),
        "vehicle types": (0, 0, 3),
        "regions": (0, 0, 6),
        "stations": (0, 1, 2),
        "alerts": (0, 0, 1),
        "vehicles": (1, 2, 4),
    }
    assert Asset.objects.get(source_id=feed_2_3.UUID).lat == 52.0015
    assert Asset.objects.get(source_id="disabled").state == "AVAILABLE"
    assert Asset.objects.get(source_id="reserved").lat == 52.003
    assert Asset.objects.get(source_id="newcomer").vehicle_code is None
    assert PricingPlan.objects.get(plan_id="standard").parts.first().amount == Decimal("1.5")
    assert Station.objects.get(station_id="market").name == {"en": "Old market"}
    assert Asset.history.filter(vehicle_number="disabled").count() == 2
    now = dict(Asset.objects.exclude(source_id="newcomer").values_list("source_id", "public_id"))
    assert now == public_ids


def test_leaves_a_vehicle_on_a_trip_where_it_is(lindorp, tmp_path):
    import_gbfs(lindorp)
    asset = Asset.objects.get(source_id=feed_2_3.UUID)
    asset.reserve()
    asset.save()
    documents = changed()
    documents["free_bike_status"]["data"]["bikes"][0] |= {"is_disabled": 1, "vehicle_type_id": "city"}

    printed = import_gbfs(feed_2_3.write(tmp_path / "later", documents))

    asset = Asset.objects.get(source_id=feed_2_3.UUID)
    assert (asset.state, asset.lat, asset.asset_type.type_id) == ("RESERVED", 52.001, "glider")
    assert f"warning  vehicles: is reserved: not moved ({feed_2_3.UUID})" in printed


def test_leaves_a_state_that_staff_gave(lindorp):
    import_gbfs(lindorp)
    asset = Asset.objects.get(source_id=feed_2_3.UUID)
    asset.store(reason="winter")
    asset.save()

    printed = import_gbfs(lindorp)

    asset = Asset.objects.get(source_id=feed_2_3.UUID)
    assert (asset.state, asset.state_reason) == ("STORED", "winter")
    assert counts(printed)["vehicles"] == (0, 0, 7, 2)


def test_takes_a_vehicle_of_the_fleet_list_for_the_one_in_the_feed(lindorp):
    there = AssetFactory(vehicle_number="reserved")

    printed = import_gbfs(lindorp)

    asset = Asset.objects.get(vehicle_number="reserved")
    assert (asset.pk, asset.source_id, asset.public_id) == (there.pk, "reserved", there.public_id)
    assert asset.asset_type.type_id == "glider"
    assert counts(printed)["vehicles"] == (6, 1, 0, 2)


def test_skips_a_vehicle_whose_number_another_source_has(lindorp):
    there = AssetFactory(vehicle_number="reserved", source_id="other")

    printed = import_gbfs(lindorp)

    assert Asset.objects.get(vehicle_number="reserved").pk == there.pk
    assert Asset.objects.get(vehicle_number="reserved").source_id == "other"
    assert counts(printed)["vehicles"] == (6, 0, 0, 3)
    assert "skipped  vehicles: number reserved belongs to another vehicle (reserved)" in printed


@pytest.mark.parametrize("how", ["a vehicle has it", "a vehicle had it"])
def test_makes_another_public_id_when_that_of_the_feed_is_taken(lindorp, how, django_user_model):
    if how == "a vehicle has it":
        AssetFactory(public_id=UUID(feed_2_3.UUID))
    else:
        AssetPublicId.objects.create(
            public_id=UUID(feed_2_3.UUID), asset=AssetFactory(), replaced_at="2024-10-30T12:00:00Z"
        )

    import_gbfs(lindorp)

    assert Asset.objects.get(source_id=feed_2_3.UUID).public_id != UUID(feed_2_3.UUID)


def test_leaves_the_operator_that_is_there(lindorp):
    SystemFactory(system_id="ours", name={"en": "Ours"})

    printed = import_gbfs(lindorp)

    assert (System.objects.get().system_id, System.objects.get().name) == ("ours", {"en": "Ours"})
    assert not OpeningHours.objects.exists()
    assert counts(printed)["operator"] == (0, 0, 1, 0)
    assert "is there already and stays as it is (--replace-system replaces it)" in printed


def test_replaces_the_operator_when_told_to(lindorp):
    SystemFactory(system_id="ours", name={"en": "Ours"})

    printed = import_gbfs(lindorp, "--replace-system")

    assert (System.objects.get().system_id, System.objects.get().name) == ("lindorp", {"en": "Lindorp Rides"})
    assert OpeningHours.objects.count() == 2
    assert counts(printed)["operator"] == (0, 1, 0, 0)
    assert counts(import_gbfs(lindorp, "--replace-system"))["operator"] == (0, 0, 1, 0)


def test_keeps_translations_and_areas_that_staff_made(lindorp):
    import_gbfs(lindorp)
    Station.objects.filter(station_id="market").update(name={"en": "Market", "nl": "Markt"})
    drawn = RegionFactory.build().area
    Region.objects.filter(region_id="centre").update(area=drawn)

    printed = import_gbfs(lindorp)

    assert Station.objects.get(station_id="market").name == {"en": "Market", "nl": "Markt"}
    assert Region.objects.get(region_id="centre").area == drawn
    assert "Nothing is new" in printed


def test_imports_3_0(tmp_path):
    printed = import_gbfs(feed_2_3.write(tmp_path / "new", feed_3_0.documents()))

    assert {kind: row[0] for kind, row in counts(printed).items()} == {
        "operator": 1,
        "pricing plans": 1,
        "vehicle types": 2,
        "regions": 4,
        "stations": 0,
        "alerts": 0,
        "vehicles": 2,
    }
    system = System.objects.get()
    assert (system.languages, system.terms) == (["en", "nl"], {"en": "https://lindorp.example/terms"})
    assert system.license_url == "https://spdx.org/licenses/CC-BY-4.0"
    assert Asset.objects.get(vehicle_number=feed_3_0.LONG_ID).state_of_charge == 55
    assert [(str(h.opens_at), str(h.closes_at), len(h.days)) for h in OpeningHours.objects.all()] == [
        ("00:00:00", "00:00:00", 7)
    ]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: folder / "missing", "is neither an http(s) address nor a folder"),
        (lambda folder: folder, "There is no GBFS to read in"),
        (
            lambda folder: feed_2_3.write(folder, {"gbfs": {"version": "2.3", "data": {}}}),
            "There is no GBFS to read in",
        ),
        (
            lambda folder: feed_2_3.write(folder, {"system_information": {"version": "1.1", "data": {"x": 1}}}),
            "states GBFS version 1.1; 2.x and 3.x can be imported",
        ),
        (
            lambda folder: feed_2_3.write(folder, {"vehicle_types": {"version": "2.3", "data": {"vehicle_types": []}}}),
            "can be imported.",
        ),
    ],
)
def test_refuses_in_one_line_and_changes_nothing(tmp_path, make, says):
    with pytest.raises(CommandError) as refusal:
        import_gbfs(make(tmp_path))

    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not any(model.objects.exists() for model in MODELS)


def test_goes_on_without_the_files_that_are_missing_or_broken(lindorp):
    (lindorp / "station_information.json").unlink()
    (lindorp / "system_alerts.json").write_text("{not json", encoding="utf-8")
    shutil.copy(lindorp / "system_hours.json", lindorp / "gbfs_versions.json")

    printed = import_gbfs(lindorp)

    assert counts(printed)["vehicles"] == (7, 0, 0, 2)
    assert counts(printed)["stations"] == (0, 0, 0, 0)
    assert "station_information: listed in gbfs.json, but not read: the file is not in the folder" in printed
    assert "system_alerts: listed in gbfs.json, but not read: not JSON" in printed
