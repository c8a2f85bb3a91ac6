"""vehicle_status (free_bike_status in 2.3) and station_status."""

import json
from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

from gbfs.editions import Version
from gbfs.feeds.members import degrees, without_nothing
from gbfs.feeds.system import rental_apps
from gbfs.standing import Circumstances, Listed, StationRow, Stock

RANGE_STEP_M = 100
BOOLEANS = {False: "false", True: "true"}


def vehicle_texts(vehicles: list[Any], circumstances: Circumstances) -> list[str]:
    """Each of these vehicles in JSON, from the value of its id on: written once for all versions, for it is most of
    the work. Empty for one that is not in the list.

    Nothing but its present id tells it from others of its type. So no last_reported, and the range in round figures:
    both would outlive the id when nothing is reported at the end of a trip, and whoever compares two lists would know
    the vehicle again (docs/gbfs.md).
    """
    write = _writer(circumstances)
    return ["" if one is None else write(one) for one in circumstances.listed(vehicles)]


def _writer(circumstances: Circumstances) -> Callable[[Listed], str]:
    stations, quoted = circumstances.stations, cache(partial(json.dumps, ensure_ascii=False))
    before_id, before_link = (quoted(beginning)[:-1] for beginning in (circumstances.before_id, circumstances.page))
    platforms = [quoted(platform) for platform in link_platforms(circumstances)]

    def write(one: Listed) -> str:
        vehicle, offered = one.vehicle, one.offered
        text = (
            f'{before_id}{vehicle.public_text}","vehicle_type_id":{quoted(offered.asset_type.type_id)},'
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
            address = f'{before_link}{vehicle.public_text}"'
            text += f',"rental_uris":{{{",".join(f"{platform}:{address}" for platform in platforms)}}}'
        return text + "}"

    return write


def range_m(one: Listed) -> int:
    """How far it goes: as reported, else by its charge, else as far as we can vouch for: the lowest charge we rent."""
    vehicle, longest = one.vehicle, one.offered.longest_range_m
    if vehicle.range_m is not None:
        metres = min(vehicle.range_m, longest) if longest else vehicle.range_m
    else:
        lowest = one.offered.asset_type.min_charge_percent
        metres = longest * (lowest if vehicle.state_of_charge is None else vehicle.state_of_charge) // 100
    return metres // RANGE_STEP_M * RANGE_STEP_M


def link_platforms(circumstances: Circumstances) -> tuple[str, ...]:
    """Where links lead to us: the web, and the apps that can be found and installed. GBFS wants https."""
    if not circumstances.page.startswith("https://"):
        return ()
    return (*(rental_apps(circumstances.system) or ()), "web")


class Stood(NamedTuple):
    """A station, and what its feed says of it but for the time. Values alone: who knows the text need not write it."""

    station: StationRow
    counts: tuple[tuple[Stock, int], ...]  # of what stands there, in order
    is_renting: bool
    fitting: tuple[str, ...]  # ids of the types it takes back


def station_text(stood: Stood, version: Version) -> str:
    """What stands at the station in JSON, the last brace missing. Vehicles that are not for everybody take a place and
    are not counted."""
    station, noun = stood.station, version.vehicle
    free = {stock.type_id: count for stock, count in stood.counts if stock.type_id and not stock.is_disabled}
    known = {
        "station_id": station.station_id,
        f"num_{noun}s_available": sum(free.values()),
        "vehicle_types_available": [{"vehicle_type_id": type_id, "count": free[type_id]} for type_id in free],
        f"num_{noun}s_disabled": sum(count for stock, count in stood.counts if stock.is_disabled),
        **_docks_json(stood),
        "is_installed": station.is_installed,
        "is_renting": stood.is_renting,
        "is_returning": station.is_installed and station.is_returning,
    }
    return json.dumps(known, ensure_ascii=False, separators=(",", ":"))[:-1]


def _docks_json(stood: Stood) -> dict[str, Any]:
    """The places left, which all types that fit share."""
    station, fitting = stood.station, stood.fitting
    if station.capacity is None:
        return {}
    left = max(0, station.capacity - sum(count for _stock, count in stood.counts))
    docks = [{"vehicle_type_ids": list(fitting), "count": left}] if fitting and not station.is_virtual else None
    return without_nothing(num_docks_available=left, vehicle_docks_available=docks)
