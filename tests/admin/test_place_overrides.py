"""What staff write about vehicles and places: afterwards rows, API, feeds, money, calls, story and audit agree …"""

import json

from fleet.models import Asset
from tests.admin import acting
from tests.admin.acting import removing
from tests.admin.test_forms import filled_in
from tests.configuration import configuration
from tests.fleet_factories import LAT, LON, DamageFactory, MaintenanceFactory, square
from tests.town import Act, ActsOfStaff, nothing

ELSEWHERE = square(lat=LAT + 1)
NORTH, HERE = [5.07, 53.04], [5.07, 52.04]  # their south-western corners
BOW_TIE = '{"type": "Polygon", "coordinates": [[[5,52],[6,53],[6,52],[5,53],[5,52]]]}'
UNSAFE = {
    ("damage", "FIRST"): ("UNSAFE", ""), ("state", "FIRST"): ("OUT_OF_SERVICE", "tyre: Flat", ""),
    ("offered", "FIRST"): None, ("feed", "FIRST"): "is_disabled",
}  # fmt: skip
NO_PHOTOS = {"photos-TOTAL_FORMS": "0", "photos-INITIAL_FORMS": "0"}


def page_of(place):
    """The form of a vehicle, a station or a region."""

    def address(town):
        found = {"asset": town.pk("FIRST"), "station": town.station.pk, "region": town.region.pk}[place]
        return f"/admin/fleet/{place}/{found}/change/"

    return address


def with_other(place, **changes):
    """The form as the page shows it, but for these fields; the consequences were seen."""
    return lambda town: {**filled_in(town.client, page_of(place)(town)), "_seen": "1", **changes}


def parked_at_the_station(town):
    place = {"station": town.station, "lat": town.station.lat, "lon": town.station.lon}
    town.kind.assets.filter(vehicle_number="FIRST").update(**place)


def moved_away(town):
    """The area was another before."""
    town.region.area = ELSEWHERE
    town.region.save()


def the_first_shape(town):
    version = town.region.history.earliest()
    return f"/admin/fleet/region/{town.region.pk}/former/{version.history_id}/"


def new(model):
    return lambda town: f"/admin/fleet/{model}/add/"


def damage(town):
    return NO_PHOTOS | {
        "asset": town.pk("FIRST"), "part": "TIRE", "severity": "UNSAFE", "description": "Flat", "reported_by": "ingrid",
        "reported_at_0": "2026-06-01", "reported_at_1": "12:00:00",
    }  # fmt: skip


def maintenance(town):
    return {"asset": town.pk("FIRST"), "motive": "Inspection", "starts_at_0": "2026-06-01", "starts_at_1": "12:00:00"}


NEW = {
    ("state", "NEW"): ("AVAILABLE", "", ""), ("place", "NEW"): (LAT, LON), ("condition", "NEW"): (90, ()),
    ("offered", "NEW"): True, ("feed", "NEW"): "free",
}  # fmt: skip
PARK = {
    ("zone", "park"): ("NO_PARKING", HERE), ("feed of zone", "Park"): (False, HERE),
    ("region", "park"): ("Park", "NO_PARKING"),
}  # fmt: skip
FIRST = [(what, "FIRST") for what in ("state", "place", "condition", "offered", "feed")]
DOM = [("station", "dom"), ("feed of station", "dom")]
CITY = [("zone", "city"), ("region", "city"), ("feed of zone", "City")]
QUAY = {
    "station_id": "quay", "name__en": "Quay", "lat": "52.2", "lon": "5.2", "is_installed": "on", "is_renting": "on",
    "is_returning": "on", "_seen": "1",
}  # fmt: skip


def the(model, number):
    def given(town):
        town.kept[f"fleet/{model}"] = town.pk(number)

    return given


def the_station(town):
    town.kept["fleet/station"] = town.station.pk


def the_region(town):
    town.kept["fleet/region"] = town.region.pk


def first(town):
    return Asset.objects.get(vehicle_number="FIRST")


damaged = acting.having("fleet/damage", DamageFactory, asset=first)
maintained = acting.having("fleet/maintenance", MaintenanceFactory, asset=first, motive="Inspection")


def of_the(model):
    return acting.page(f"fleet/{model}")


def at_noon(*fields):
    """As a browser sends a moment: day and time."""
    return {f"{name}_{part}": text for name in fields for part, text in ((0, "2026-06-01"), (1, "12:00:00"))}


ACTS = {
    "the charge of a vehicle": Act(
        page_of("asset"),
        {("condition", "FIRST"): (3, ())},
        [("Asset", "changed", "")],
        "change_asset",
        with_other("asset", state_of_charge="3"),
        refused=nothing,
        refused_form=lambda town: {"state_of_charge": "101"},
        needs=("vehicle_number",),
    ),
    "the place of a vehicle": Act(
        page_of("asset"),
        {("place", "FIRST"): (LAT + 1, LON)},
        [("Asset", "changed", "")],
        "change_asset",
        with_other("asset", lat=str(LAT + 1)),
        refused=nothing,
        refused_form=lambda town: {"lat": "95"},
        needs=("asset_type",),
    ),
    "that a station rents nothing": Act(
        page_of("station"),
        {("feed", "FIRST"): None, ("offered", "FIRST"): None, ("feed of station", "dom"): (False, True, 1)},
        [("Station", "changed", "")],
        "change_station",
        with_other("station", is_renting=None),
        given=parked_at_the_station,
        refused=nothing,
        refused_form=lambda town: {"_edit": "1"},
        needs=("station_id",),
    ),
    "that a station takes nothing back": Act(
        page_of("station"),
        {("feed of station", "dom"): (True, False, 0)},
        [("Station", "changed", "")],
        "change_station",
        with_other("station", is_returning=None),
        refused=nothing,
        refused_form=lambda town: {"lat": "95"},
        needs=("lat",),
    ),
    "another operating area": Act(
        page_of("region"),
        {("zone", "city"): ("OPERATING", NORTH), ("feed of zone", "City"): (True, NORTH)},
        [("Region", "changed", "")],
        "change_region",
        with_other("region", area=json.dumps(ELSEWHERE)),
        refused=nothing,
        refused_form=lambda town: {"area": BOW_TIE},
        needs=("area",),
    ),
    "that nobody parks there": Act(
        page_of("region"),
        {
            ("zone", "city"): ("NO_PARKING", HERE),
            ("feed of zone", "City"): (False, HERE),
            ("region", "city"): ("City", "NO_PARKING"),
        },
        [("Region", "changed", "")],
        "change_region",
        with_other("region", kind="NO_PARKING"),
        refused=nothing,
        refused_form=lambda town: {"_edit": "1"},
        needs=("kind",),
    ),
    "the former area again": Act(
        the_first_shape,
        {("zone", "city"): ("OPERATING", HERE), ("feed of zone", "City"): (True, HERE)},
        [("Region", "changed", ""), ("Region", "changed", "Put back the area of 2026-06-01 12:00")],
        "change_region",
        given=moved_away,
        needs=(),
    ),
    "that a vehicle is unsafe": Act(
        new("damage"),
        UNSAFE,
        [("Asset", "changed", "tyre: Flat"), ("Damage", "added", "")],
        "add_damage",
        damage,
        needs=("description", "asset"),
    ),
    "maintenance": Act(
        new("maintenance"),
        {("maintenance", "Inspection"): [""]},
        [("Maintenance", "added", "")],
        "add_maintenance",
        maintenance,
        needs=("motive", "asset"),
    ),
}


ACTS |= {
    "a new vehicle": Act(
        new("asset"),
        NEW,
        [("Asset", "added", "")],
        "add_asset",
        lambda town: {
            "vehicle_number": "NEW",
            "asset_type": town.kind.pk,
            "lat": str(LAT),
            "lon": str(LON),
            "state_of_charge": "90",
        },
        refused=nothing,
        refused_form=lambda town: {"vehicle_number": "FIRST"},
        needs=("vehicle_number", "asset_type"),
    ),
    "a new station": Act(
        new("station"),
        {("station", "quay"): 0, ("feed of station", "quay"): (True, True, 0)},
        [("Station", "added", "")],
        "add_station",
        lambda town: QUAY,
        refused=nothing,
        refused_form=lambda town: {"station_id": "dom"},
        needs=("station_id", "lat"),
    ),
    "a new area": Act(
        new("region"),
        PARK,
        [("Region", "added", "")],
        "add_region",
        lambda town: {
            "region_id": "park",
            "name__en": "Park",
            "kind": "NO_PARKING",
            "area": json.dumps(square()),
            "_seen": "1",
        },
        refused=nothing,
        refused_form=lambda town: {"region_id": "city"},
        needs=("region_id", "area"),
    ),
    **removing(
        "fleet/asset",
        dict.fromkeys(FIRST),
        [("Asset", "deleted", "")],
        the("asset", "FIRST"),
        refused=the("asset", "RIDDEN"),
    ),
    **removing("fleet/station", dict.fromkeys(DOM), [("Station", "deleted", "")], the_station),
    **removing("fleet/region", dict.fromkeys(CITY), [("Region", "deleted", "")], the_region),
    "what is damaged": Act(
        of_the("damage"),
        {("damage", "FIRST"): ("SERIOUS", "")},
        [("Damage", "changed", "")],
        "change_damage",
        acting.with_other("fleet/damage", severity="SERIOUS", **NO_PHOTOS, **at_noon("reported_at")),
        given=damaged,
        refused=damaged,
        refused_form=lambda town: {"severity": "AWFUL"},
        needs=("description",),
    ),
    "what was done in maintenance": Act(
        of_the("maintenance"),
        {("maintenance", "Inspection"): ["Depot"]},
        [("Maintenance", "changed", "")],
        "change_maintenance",
        acting.with_other("fleet/maintenance", place="Depot", **at_noon("starts_at")),
        given=maintained,
        refused=maintained,
        refused_form=lambda town: {"ends_at_0": "2026-05-01", "ends_at_1": "12:00:00"},
        needs=("motive", "starts_at_0"),
    ),
}


class TestOfPlaces(ActsOfStaff):
    acts = ACTS
    tell = (configuration,)
    empty = ""  # a list of choices has no blank
