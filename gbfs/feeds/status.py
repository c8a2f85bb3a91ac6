"""vehicle_status (free_bike_status in 2.3) and station_status."""

import json
from collections.abc import Iterable
from functools import cache, partial
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
BOOLEANS = {False: "false", True: "true"}


def vehicles_text(fragments: Iterable[str], edition: Edition) -> str:
    """The data of the feed as JSON. Versions differ in what they call the id, which comes first, and the list."""
    noun = edition.version.vehicle
    begin = f'{{"{noun}_id":'
    return f'{{"{noun}s":[{",".join(begin + fragment for fragment in fragments)}]}}'


def vehicle_fragments(standing: Standing, system: System) -> list[str]:
    """Each vehicle in JSON, from the value of its id on: written once for all versions, for it is most of the work.

    Nothing but its present id tells it from others of its type. So no last_reported, and the range in round figures:
    both would outlive the id when nothing is reported at the end of a trip, and whoever compares two lists would know
    the vehicle again (docs/gbfs.md).
    """
    stations, quoted = standing.stations, cache(partial(json.dumps, ensure_ascii=False))
    before_id, before_link = (quoted(beginning)[:-1] for beginning in (published_id(""), link("")))
    platforms = [quoted(platform) for platform in link_platforms(system)]
    fragments = []
    for one in standing.listed:
        vehicle, offered = one.vehicle, one.offered
        public_id = str(vehicle.public_id)
        text = (
            f'{before_id}{public_id}","vehicle_type_id":{quoted(offered.asset_type.type_id)},'
            f'"lat":{degrees(vehicle.lat)},"lon":{degrees(vehicle.lon)},'
            f'"is_reserved":{BOOLEANS[one.is_reserved]},"is_disabled":{BOOLEANS[one.is_disabled]}'
        )
        if vehicle.station_id is not None:
            text += f',"station_id":{quoted(stations[vehicle.station_id].station_id)}'
        if vehicle.home_station_id in stations:
            text += f',"home_station_id":{quoted(stations[vehicle.home_station_id].station_id)}'
        if offered.is_motorised:
            text += f',"current_range_meters":{range_m(one)}'
            if vehicle.state_of_charge is not None:
                text += f',"current_fuel_percent":{vehicle.state_of_charge / 100}'
        if one.plan_id != offered.default_plan_id:
            text += f',"pricing_plan_id":{quoted(one.plan_id)}'
        if platforms:
            address = f'{before_link}{public_id}"'
            text += f',"rental_uris":{{{",".join(f"{platform}:{address}" for platform in platforms)}}}'
        fragments.append(text + "}")
    return fragments


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
