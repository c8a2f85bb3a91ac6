"""free_bike_status and vehicle_status as single vehicles."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_noop as _

from fleet.importing.findings import Findings, Remarks
from fleet.importing.gbfs.deeplinks import codes
from fleet.importing.gbfs.geometry import Surroundings, placed
from fleet.importing.gbfs.items import Plan, Stop, Vehicle, VehicleType
from fleet.importing.gbfs.source import Feed
from fleet.importing.gbfs.standing import STATUS
from fleet.importing.gbfs.types import DEFAULT_TYPE
from fleet.importing.gbfs.types import NAME as TYPES
from fleet.importing.gbfs.values import LONG_ID, Item, boolean, coordinate, entries, moment, number, text, whole
from tomp.sentences import Sentence

LONGEST_NUMBER = 80
STANDS_NOWHERE = _("stands at 0,0: imported without a position, so it is not offered")
HAS_NO_PLACE = _("has no position and no station: imported without a position, so it is not offered")
# A plain uuid, or as Entur's codespaces write it: XYZ:Vehicle:<uuid>.
PUBLIC_ID = re.compile(r"(?:[A-Z]{3}:Vehicle:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
Place = tuple[float | None, float | None]


@dataclass(frozen=True)
class Known:
    """What a vehicle may refer to."""

    types: dict[str, VehicleType]
    plans: set[str]
    stops: dict[str, Stop]
    around: Surroundings | None

    @classmethod
    def of(
        cls,
        types: Iterable[VehicleType],
        plans: Iterable[Plan],
        stops: Iterable[Stop],
        around: Surroundings | None,
    ) -> "Known":
        return cls(
            {vehicle_type.type_id: vehicle_type for vehicle_type in types},
            {plan.plan_id for plan in plans},
            {stop.station_id: stop for stop in stops},
            around,
        )


def vehicles(feed: Feed, known: Known, findings: Findings) -> list[Vehicle]:
    """All vehicles with an id and a known type."""
    name = next((name for name in STATUS if name in feed.documents), "")
    if not name:
        return []
    remarks = findings.about(name)
    listed = [
        entry
        for key in ("vehicles", "bikes")
        for entry in entries(feed.data(name), key, ("vehicle_id", "bike_id"), remarks)
    ]
    in_percent = any((number(item, "current_fuel_percent") or 0) > 1 for _id, item in listed)
    if in_percent:
        remarks.warn("", _("current_fuel_percent is written in percent instead of 0 to 1: read as percent"))
    codes_by_id = codes(listed, remarks)
    found = []
    for vehicle_id, item in listed:
        type_id = text(item, "vehicle_type_id") if TYPES in feed.documents else DEFAULT_TYPE
        if type_id not in known.types:
            remarks.skip(vehicle_id, _("its vehicle type is not in the feed"), type_id)
        elif len(vehicle_id) > LONGEST_NUMBER:
            remarks.skip(vehicle_id[:20], Sentence(LONG_ID, most=LONGEST_NUMBER))
        else:
            found.append(_vehicle(vehicle_id, item, type_id, in_percent, codes_by_id.get(vehicle_id), known, remarks))
    return found


def _vehicle(
    vehicle_id: str, item: Item, type_id: str, in_percent: bool, code: str | None, known: Known, remarks: Remarks
) -> Vehicle:
    if boolean(item, "is_reserved"):
        remarks.note(vehicle_id, _("is reserved in the other system: imported as available"))
    station, home = (_station(vehicle_id, item, key, known, remarks) for key in ("station_id", "home_station_id"))
    lat, lon = _place(vehicle_id, item, known.stops.get(station), known.around, remarks)
    public_id = PUBLIC_ID.fullmatch(vehicle_id)
    return Vehicle(
        source_id=vehicle_id,
        vehicle_type=type_id,
        is_disabled=bool(boolean(item, "is_disabled")),
        lat=lat,
        lon=lon,
        station=station,
        home_station=home or None,
        state_of_charge=_charge(item, in_percent),
        range_m=whole(item, "current_range_meters"),
        pricing_plan=_plan(vehicle_id, item, known, remarks),
        reported_at=moment(item, "last_reported"),
        public_id=UUID(public_id[1]) if public_id else None,
        vehicle_code=code,
    )


def _station(vehicle_id: str, item: Item, key: str, known: Known, remarks: Remarks) -> str:
    station = text(item, key)
    if station and station not in known.stops:
        remarks.warn(vehicle_id, Sentence(_("its %(key)s is not imported: left out"), key=key), station)
        return ""
    return station


def _place(vehicle_id: str, item: Item, stop: Stop | None, around: Surroundings | None, remarks: Remarks) -> Place:
    """Where it is: as written (if need be the other way round), else where its station is."""
    lat, lon = coordinate(item, "lat"), coordinate(item, "lon")
    if lat is None or lon is None or (lat, lon) == (0, 0):
        if stop is None:
            remarks.warn(vehicle_id, STANDS_NOWHERE if (lat, lon) == (0, 0) else HAS_NO_PLACE)
        return (stop.lat, stop.lon) if stop else (None, None)
    return placed(lat, lon, around, vehicle_id, remarks)


def _charge(item: Item, in_percent: bool) -> int | None:
    charge = number(item, "current_fuel_percent")
    if charge is None:
        return None
    percent = round(charge if in_percent else charge * 100)
    return percent if 0 <= percent <= 100 else None


def _plan(vehicle_id: str, item: Item, known: Known, remarks: Remarks) -> str | None:
    """Its own plan; None where it is the one of its type anyway."""
    plan = text(item, "pricing_plan_id")
    if plan and plan not in known.plans:
        remarks.warn(vehicle_id, _("names a pricing plan that the feed does not have"), plan)
        return None
    return plan or None
