"""station_information and station_status as stations."""

from typing import Any

from django.utils.translation import gettext_noop as _

from fleet.importing.findings import Findings, Remarks
from fleet.importing.gbfs.geometry import Point, Surroundings, placed, polygons, repaired
from fleet.importing.gbfs.items import Stop
from fleet.importing.gbfs.source import Feed
from fleet.importing.gbfs.standing import vehicle_objects
from fleet.importing.gbfs.values import Item, boolean, coordinate, entries, localized, text, whole
from tomp.sentences import Sentence

INFORMATION, STATUS = "station_information", "station_status"
WITHOUT_STATUS = _("%(n)s stations have no status: taken as installed, renting and returning")
WITHOUT_IDS = _("%(n)s vehicles at stations have no ids in the feed: not imported (use import_vehicles)")
PARKING_TYPES = {"parking_lot", "street_parking", "underground_parking", "sidewalk_parking", "other"}
LENGTHS = {"address": 200, "city": 100, "post_code": 20, "cross_street": 200, "contact_phone": 40}


def stations(feed: Feed, around: Surroundings | None, findings: Findings) -> list[Stop]:
    """All stations that have a place."""
    remarks = findings.about(INFORMATION)
    listed = dict(entries(feed.data(INFORMATION), "stations", ("station_id",), remarks))
    status = _status(feed, listed, findings.about(STATUS))
    found = []
    for station_id, item in listed.items():
        if place := _place(station_id, item, around, remarks):
            area = _area(station_id, item, around, remarks)
            found.append(_station(station_id, item, status.get(station_id, {}), place, area, feed.language, remarks))
    return found


def _status(feed: Feed, listed: dict[str, Item], remarks: Remarks) -> dict[str, Item]:
    status = dict(entries(feed.data(STATUS), "stations", ("station_id",), remarks))
    if listed and STATUS not in feed.documents:
        remarks.warn("", _("is missing: all stations are taken as installed, renting and returning"))
    elif silent := [station_id for station_id in listed if station_id not in status]:
        remarks.warn("", Sentence(WITHOUT_STATUS, n=len(silent)), silent[0])
    for station_id in status.keys() - listed.keys():
        remarks.skip(station_id, _("is not in station_information"))
    _count_docked(feed, status, remarks)
    return status


def _count_docked(feed: Feed, status: dict[str, Item], remarks: Remarks) -> None:
    """Vehicles in docks are only counted in a feed: without ids they cannot become vehicles."""
    standing = sum(bool(text(item, "station_id")) for item in vehicle_objects(feed))
    counted = sum(
        next((n for key in ("num_vehicles_available", "num_bikes_available") if (n := whole(item, key))), 0)
        for item in status.values()
    )
    if counted > standing:
        missing = counted - standing
        remarks.warn("", Sentence(WITHOUT_IDS, n=missing))


def _place(station_id: str, item: Item, around: Surroundings | None, remarks: Remarks) -> Point | None:
    lat, lon = coordinate(item, "lat"), coordinate(item, "lon")
    if lat is None or lon is None or (lat, lon) == (0, 0):
        remarks.skip(station_id, _("has no position") if lat is None or lon is None else _("stands at 0,0"))
        return None
    return placed(lat, lon, around, station_id, remarks)


def _station(
    station_id: str,
    item: Item,
    status: Item,
    place: Point,
    area: dict[str, Any] | None,
    language: str,
    remarks: Remarks,
) -> Stop:
    if whole(item, "capacity") == 0:
        remarks.warn(station_id, _("has a capacity of 0: nothing can be returned there"))
    is_virtual = boolean(item, "is_virtual_station")
    return Stop(
        station_id=station_id,
        name=localized(item, "name", language) or {language: station_id},
        lat=place[0],
        lon=place[1],
        region=text(item, "region_id") or None,
        capacity=whole(item, "capacity"),
        has_docks=whole(status, "num_docks_available") is not None and not is_virtual if status else None,
        is_virtual=is_virtual,
        is_charging=boolean(item, "is_charging_station"),
        area=area,
        parking_type=_parking_type(station_id, item, remarks),
        is_installed=boolean(status, "is_installed"),
        is_renting=boolean(status, "is_renting"),
        is_returning=boolean(status, "is_returning"),
        **_address(item),
    )


def _address(item: Item) -> dict[str, Any]:
    """Address fields, cut to what fits."""
    names = {"street_address": "address", "postal_code": "post_code"} | {
        key: key for key in ("city", "cross_street", "contact_phone")
    }
    return {ours: text(item, theirs)[: LENGTHS[theirs]] or None for ours, theirs in names.items()}


def _parking_type(station_id: str, item: Item, remarks: Remarks) -> str | None:
    written = text(item, "parking_type").lower()
    if written and written not in PARKING_TYPES:
        remarks.warn(station_id, _("its parking_type is not one of GBFS: left out"), repr(written))
        return None
    return written.upper() or None


def _area(station_id: str, item: Item, around: Surroundings | None, remarks: Remarks) -> dict[str, Any] | None:
    drawn = polygons(item.get("station_area"))
    parts = [part for polygon in drawn for part in repaired(polygon, around, station_id, remarks)]
    return {"type": "MultiPolygon", "coordinates": parts} if parts else None
