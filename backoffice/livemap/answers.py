"""What does the map show? Vehicles, or their numbers by squares where they are too many; rides, stations, zones."""

import math
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Avg, Count, F, Q
from django.db.models.functions import Floor

from backoffice.livemap.asking import HAS_ALERT, Question, low_charge
from fleet.geo import Box
from fleet.models import Region, Station, VehicleAlert
from fleet.models.vehicles import IS_ON_A_TRIP, AssetState
from legs.models import RUNNING_STATES, Leg
from tomp.language import in_any_language

MOST_VEHICLES = 2000  # drawn one by one; a canvas needs 20 ms for them
MOST_RIDES, MOST_POINTS = 200, 40
MOST_STATIONS, MOST_ZONES = 1000, 500
SQUARES = 12  # across the box
DECIMALS = 5  # of a degree: a metre
OUT = (AssetState.OUT_OF_SERVICE, AssetState.MISSING)


def moving(question: Question, user: User) -> dict[str, Any]:
    """Vehicles with their alerts and rides, at most three statements; or squares, two."""
    columns = ("pk", "lat", "lon", "state", "state_of_charge", "asset_type", "vehicle_number")
    rows = list(question.vehicles().values_list(*columns)[: MOST_VEHICLES + 1])
    if len(rows) > MOST_VEHICLES:
        squares = _squares(question, user)
        return {"vehicles": [], "rides": [], "squares": squares, "total": sum(square[2] for square in squares)}
    alerts = _alerts(question) if user.has_perm("fleet.view_vehiclealert") else {}
    shown = {row[0] for row in rows}
    rides = _rides(question, shown) if user.has_perm("legs.view_leg") else []
    vehicles = [
        [pk, round(lat, DECIMALS), round(lon, DECIMALS), *more, alerts.get(pk, [])]
        for pk, lat, lon, *more in sorted(rows, key=lambda row: row[0])
    ]
    return {"vehicles": vehicles, "rides": rides, "squares": [], "total": len(rows)}


def _squares(question: Question, user: User) -> list[list]:
    """[lat, lon, vehicles, on a trip, out of service, nearly empty, with an alert], of each square that has some.

    The squares are those of one grid for the whole world, so they stay where they are while the map is moved.
    """
    box = question.box
    across = max(box.north - box.south, box.east - box.west)
    side = 2.0 ** round(math.log2(max(across, 1e-6) / SQUARES))
    counts = question.vehicles().annotate(row=Floor(F("lat") / side), column=Floor(F("lon") / side))
    squares = counts.values("row", "column").annotate(
        middle_lat=Avg("lat"),
        middle_lon=Avg("lon"),
        all=Count("pk"),
        on_a_trip=Count("pk", filter=IS_ON_A_TRIP),
        out=Count("pk", filter=Q(state__in=OUT)),
        low=Count("pk", filter=Q(state_of_charge__lt=low_charge())),
        alerts=Count("pk", filter=HAS_ALERT),
    )
    may_see_alerts = user.has_perm("fleet.view_vehiclealert")
    return [
        [
            *(round(square[name], DECIMALS) for name in ("middle_lat", "middle_lon")),
            *(square[name] for name in ("all", "on_a_trip", "out", "low")),
            square["alerts"] if may_see_alerts else 0,
        ]
        for square in sorted(squares, key=lambda square: (square["row"], square["column"]))
    ]


def _alerts(question: Question) -> dict[int, list[str]]:
    """{vehicle: kinds of its open alerts}"""
    box = question.box
    rows = VehicleAlert.objects.open().filter(
        asset__lat__range=(box.south, box.north), asset__lon__range=(box.west, box.east)
    )
    found: dict[int, list[str]] = {}
    for asset_id, kind in rows.order_by("asset", "kind").values_list("asset", "kind"):
        found.setdefault(asset_id, []).append(kind)
    return found


def _rides(question: Question, shown: set[int]) -> list[list]:
    """[leg, booking, vehicle, state, [[lat, lon], …]] of those under way with vehicles that are shown."""
    box = question.box
    legs = Leg.objects.filter(
        state__in=RUNNING_STATES, asset__lat__range=(box.south, box.north), asset__lon__range=(box.west, box.east)
    ).order_by("-departed_at")
    columns = ("pk", "booking", "asset", "state", "from_place", "track", "asset__lat", "asset__lon")
    return [
        [str(pk), str(booking), asset, state, _line(place, track, [lat, lon])]
        for pk, booking, asset, state, place, track, lat, lon in legs.values_list(*columns)[:MOST_RIDES]
        if asset in shown
    ]


def _line(place: dict, track: list, here: list) -> list[list]:
    """From the beginning of the ride along its way to where the vehicle is."""
    begin = (place or {}).get("coordinates")
    way = [[lat, lon] for _millis, lat, lon in track]
    step = max(1, math.ceil(len(way) / MOST_POINTS))
    points = [*([[begin["lat"], begin["lng"]]] if begin and not way else []), *way[::step], here]
    return [[round(lat, DECIMALS), round(lon, DECIMALS)] for lat, lon in points]


def standing(box: Box, user: User) -> dict[str, Any]:
    """Stations with how many vehicles stand there, and zones; two statements."""
    return {
        "stations": _stations(box) if user.has_perm("fleet.view_station") else [],
        "zones": _zones(box) if user.has_perm("fleet.view_region") else [],
    }


def _stations(box: Box) -> list[list]:
    """[id, name, lat, lon, vehicles, places or null, whether it rents]"""
    here = Count("assets", filter=Q(assets__script="") & ~Q(assets__state=AssetState.RETIRED))
    stations = Station.objects.filter(lat__range=(box.south, box.north), lon__range=(box.west, box.east))
    columns = ("pk", "station_id", "name", "lat", "lon", "here", "capacity", "is_installed", "is_renting")
    rows = stations.annotate(here=here).order_by("pk").values_list(*columns)[:MOST_STATIONS]
    return [
        [pk, in_any_language(name) or code, lat, lon, here, capacity, installed and renting]
        for pk, code, name, lat, lon, here, capacity, installed, renting in rows
    ]


def _zones(box: Box) -> list[list]:
    """[id, name, kind, speed or null, the rings of its polygon as GeoJSON has them]; the largest first."""
    zones = Region.objects.filter(
        south__lte=box.north, north__gte=box.south, west__lte=box.east, east__gte=box.west
    ).order_by((F("south") - F("north")) * (F("east") - F("west")), "pk")
    columns = ("pk", "region_id", "name", "kind", "max_speed_kmh", "area")
    return [
        [pk, in_any_language(name) or code, kind, speed, area["coordinates"]]
        for pk, code, name, kind, speed, area in zones.values_list(*columns)[:MOST_ZONES]
    ]
