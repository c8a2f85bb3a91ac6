"""What staff write about vehicles and places: afterwards rows, API, feeds, money, calls, story and audit agree …"""

import json

from tests.admin.test_forms import filled_in
from tests.fleet_factories import LAT, LON, square
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
        {("zone", "city"): ("NO_PARKING", HERE), ("feed of zone", "City"): (False, HERE)},
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
        {},
        [("Maintenance", "added", "")],
        "add_maintenance",
        maintenance,
        needs=("motive", "asset"),
    ),
}


class TestOfPlaces(ActsOfStaff):
    acts = ACTS
    empty = ""  # a list of choices has no blank
