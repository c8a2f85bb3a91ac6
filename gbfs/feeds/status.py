"""vehicle_status (free_bike_status in 2.3) and station_status."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings

from fleet.ids import published_id
from fleet.models import Station, System
from gbfs.editions import Edition
from gbfs.feeds.members import degrees, without_nothing
from gbfs.feeds.places import Homes
from gbfs.feeds.system import rental_apps
from gbfs.standing import Listed, Standing

RANGE_STEP_M = 100


def vehicles_json(standing: Standing, edition: Edition, system: System) -> dict[str, Any]:
    """The vehicles, which nothing but their present id tells from others of their type.

    So no last_reported, and the range in round figures: both would outlive the id when nothing is reported at the end
    of a trip, and whoever compares two lists would know the vehicle again (docs/gbfs.md).
    """
    rows = list(_vehicles(standing.listed, standing.stations, edition, system))
    return {f"{edition.version.vehicle}s": rows}


def _vehicles(
    listed: Iterable[Listed], stations: dict[int, Station], edition: Edition, system: System
) -> Iterator[dict[str, Any]]:
    id_name, platforms = f"{edition.version.vehicle}_id", link_platforms(system)
    for one in listed:
        vehicle, type_id = one.vehicle, one.offered.asset_type.type_id
        item = {
            id_name: published_id(vehicle.public_id),
            "vehicle_type_id": type_id,
            "lat": degrees(vehicle.lat),
            "lon": degrees(vehicle.lon),
            "is_reserved": one.is_reserved,
            "is_disabled": one.is_disabled,
        }
        if vehicle.station_id is not None:
            item["station_id"] = stations[vehicle.station_id].station_id
        if vehicle.home_station_id in stations:
            item["home_station_id"] = stations[vehicle.home_station_id].station_id
        if one.offered.is_motorised:
            item["current_range_meters"] = range_m(one)
            if vehicle.state_of_charge is not None:
                item["current_fuel_percent"] = vehicle.state_of_charge / 100
        if one.plan_id != one.offered.default_plan_id:
            item["pricing_plan_id"] = one.plan_id
        if platforms:
            item["rental_uris"] = dict.fromkeys(platforms, link(vehicle.public_id))
        yield item


def range_m(one: Listed) -> int:
    """How far it goes: as reported, else by its charge, else as far as we can vouch for: the lowest charge we rent."""
    vehicle, longest = one.vehicle, one.offered.longest_range_m
    if vehicle.range_m is not None:
        metres = min(vehicle.range_m, longest) if longest else vehicle.range_m
    else:
        percent = vehicle.min_charge if vehicle.state_of_charge is None else vehicle.state_of_charge
        metres = longest * percent // 100
    return metres // RANGE_STEP_M * RANGE_STEP_M


def link(public_id: Any) -> str:
    """The page of the vehicle, for as long as it has this id."""
    return f"{settings.TOMP_PUBLIC_URL}/r/{public_id}"


def link_platforms(system: System) -> tuple[str, ...]:
    """Where links lead to us: the web, and the apps that can be found and installed. GBFS wants https."""
    if not settings.TOMP_PUBLIC_URL.startswith("https://"):
        return ()
    return (*(rental_apps(system) or ()), "web")


def stations_json(standing: Standing, homes: Homes, edition: Edition) -> dict[str, Any]:
    at_station = standing.at_station()
    return {
        "stations": [
            _station_json(station, at_station.get(pk, []), standing, homes, edition)
            for pk, station in standing.stations.items()
        ]
    }


def _station_json(
    station: Station, vehicles: list[Any], standing: Standing, homes: Homes, edition: Edition
) -> dict[str, Any]:
    """What stands there. Vehicles that are not for everybody take a place and are not counted."""
    free, disabled = standing.counted(station, vehicles)
    noun = edition.version.vehicle
    types = [{"vehicle_type_id": type_id, "count": count} for type_id, count in free.items()]
    return {
        "station_id": station.station_id,
        f"num_{noun}s_available": sum(free.values()),
        "vehicle_types_available": types,
        f"num_{noun}s_disabled": disabled,
        **_docks_json(station, len(vehicles), homes),
        "is_installed": station.is_installed,
        "is_renting": standing.renting(station),
        "is_returning": station.is_installed and station.is_returning,
        "last_reported": edition.moment(standing.now),
    }


def _docks_json(station: Station, standing: int, homes: Homes) -> dict[str, Any]:
    """The places left, which all types that fit share."""
    if station.capacity is None:
        return {}
    left, fitting = max(0, station.capacity - standing), homes.fitting(station)
    docks = [{"vehicle_type_ids": fitting, "count": left}] if fitting and not station.is_virtual else None
    return without_nothing(num_docks_available=left, vehicle_docks_available=docks)
