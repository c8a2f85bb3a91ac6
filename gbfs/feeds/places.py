"""system_regions and station_information."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fleet.models import Region, Station
from fleet.schedule import Schedule
from gbfs.editions import Edition
from gbfs.feeds import hours
from gbfs.feeds.members import degrees, multipolygon, phone, without_nothing
from gbfs.offer import Offered

GOES_ANYWHERE = ("any_station", "hybrid")


def named_regions(regions: Iterable[Region], stations: Iterable[Station], told: Iterable[int]) -> list[Region]:
    """Where we operate, and whatever else stations and alerts (primary keys `told`) speak of."""
    named = {*told, *(station.region_id for station in stations)}
    return [region for region in regions if region.kind == Region.Kind.OPERATING or region.pk in named]


def region_json(region: Region, edition: Edition) -> dict[str, Any]:
    return {"region_id": region.region_id, "name": edition.text(region.name, region.region_id)}


@dataclass(frozen=True, slots=True)
class Homes:
    """Which types stations take back: those that may go to any, and those that live there (by station)."""

    anywhere: tuple[str, ...]
    at_home: dict[int, tuple[str, ...]]

    @classmethod
    def of(cls, types: Iterable[Offered], homes: Iterable[tuple[int, str]]) -> "Homes":
        """`homes`: pairs of a station and a type that must return there."""
        types = list(types)
        anywhere = (o.asset_type.type_id for o in types if o.asset_type.return_rule in GOES_ANYWHERE)
        known = {o.asset_type.type_id for o in types}
        at_home: dict[int, tuple[str, ...]] = {}
        for station_pk, type_id in sorted(homes):
            if type_id in known:
                at_home[station_pk] = (*at_home.get(station_pk, ()), type_id)
        return cls(tuple(anywhere), at_home)

    def fitting(self, station: Station) -> list[str]:
        return sorted([*self.anywhere, *self.at_home.get(station.pk, ())])


def station_json(station: Station, homes: Homes, schedule: Schedule, edition: Edition) -> dict[str, Any]:
    """A station as it was built. `city` comes with GBFS 3.1; readers of older versions pass over it."""
    return without_nothing(
        station_id=station.station_id,
        name=edition.text(station.name, station.station_id),
        lat=degrees(station.lat),
        lon=degrees(station.lon),
        address=station.street_address,
        city=station.city,
        cross_street=station.cross_street,
        region_id=station.region.region_id if station.region else None,
        post_code=station.postal_code,
        station_opening_hours=_own_hours(station, schedule) if edition.version.is_multilingual else None,
        is_virtual_station=station.is_virtual,
        station_area=multipolygon(station.area) if station.area else None,
        parking_type=station.parking_type.lower(),
        contact_phone=phone(station.contact_phone) if edition.version.is_multilingual else station.contact_phone,
        capacity=station.capacity,
        is_charging_station=station.is_charging,
        **_capacity_json(station, homes.fitting(station), edition),
    )


def _own_hours(station: Station, schedule: Schedule) -> str | None:
    """Its hours, if they are others than those of the system."""
    own = schedule.rules_for(station_id=station.pk, region_ids={station.region_id} - {None})
    return hours.osm(*own) if own != schedule.rules_for() else None


def _capacity_json(station: Station, fitting: list[str], edition: Edition) -> dict[str, Any]:
    """What fits in: all its types share the places."""
    if station.capacity is None or not fitting:
        return {}
    if edition.version.is_multilingual:
        name = "vehicle_types_capacity" if station.is_virtual else "vehicle_docks_capacity"
        return {name: [{"vehicle_type_ids": fitting, "count": station.capacity}]}
    name = "vehicle_capacity" if station.is_virtual else "vehicle_type_capacity"
    return {name: dict.fromkeys(fitting, station.capacity)}
