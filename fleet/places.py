"""Where are we, and what may one do there? Reads regions and stations, writes nothing."""

from datetime import time
from types import SimpleNamespace

from django.conf import settings
from django.db.models import Q

from fleet import geo, information
from fleet.errors import NotAllowedHere
from fleet.models import Asset, AssetType, OpeningHours, Region, Station
from fleet.models.vehicles import AssetState
from fleet.schedule import Schedule
from tomp.errors import Invalid

FORBIDDEN = (Region.Kind.NO_PARKING, Region.Kind.NO_ACCESS)


def located(place, *, field):
    """The place of a request, with the coordinates of its station where it has none: TOMP place requires them.

    Beside coordinates any station may be named, also one that is not ours. Raises Invalid for a station that would have
    to say where it is and that we do not know.
    """
    if place is None or place.get("coordinates"):
        return place
    station = Station.objects.filter(station_id=place["station_id"]).first()
    if station is None:
        unknown = f"there is no station {place['station_id'][:80]!r}; send coordinates"
        raise Invalid(f"Field: {field}.stationId, Reason: {unknown}.")
    return {**place, "coordinates": {"lat": station.lat, "lng": station.lon}}


def place_at(lat, lon, station=None):
    """The point as a stored place, to a decimetre; at a station under its name and id."""
    named = {"name": station.name, "station_id": station.station_id} if station is not None else {}
    return {**named, "coordinates": {"lat": round(lat, 6), "lng": round(lon, 6)}}


def regions_at(lat, lon, *, asset_type_id, now):
    """The regions in force that cover the point and are about this type."""
    in_force = Q(starts_at=None) | Q(starts_at__lte=now), Q(ends_at=None) | Q(ends_at__gt=now)
    about_the_type = Q(asset_types=None) | Q(asset_types=asset_type_id)
    candidates = Region.objects.filter(south__lte=lat, north__gte=lat, west__lte=lon, east__gte=lon)
    return [region for region in candidates.filter(*in_force, about_the_type) if geo.contains(region.area, lat, lon)]


def stations_at(lat, lon):
    """The stations this point counts as being at, nearest first: inside their area, or within the set radius."""
    box = box_of_stations(lat, lon)
    in_box = Q(lat__range=(box.south, box.north), lon__range=(box.west, box.east))
    return nearest_first(Station.objects.filter(in_box, is_installed=True), lat, lon)


def box_of_stations(lat, lon):
    """Stations outside of it cannot be the ones the point is at."""
    return geo.box_around(lat, lon, settings.TOMP_STATION_RADIUS_M + 400)


def nearest_first(stations, lat, lon):
    """Those of the stations that the point counts as being at."""
    near = []
    for station in stations:
        distance = geo.distance_m(lat, lon, station.lat, station.lon)
        if distance <= settings.TOMP_STATION_RADIUS_M or (station.area and geo.contains(station.area, lat, lon)):
            near.append((distance, station.pk, station))
    return [station for _distance, _pk, station in sorted(near, key=lambda item: item[:2])]


def is_bounded():
    """Whether an operating area is drawn at all."""
    return Region.objects.filter(kind=Region.Kind.OPERATING).exists()


def stations_are_full(lat, lon):
    """Whether the point is at stations, and none of them has a place left for a vehicle."""
    around = stations_at(lat, lon)
    return bool(around) and all(_is_full(station) for station in around)


def _is_full(station):
    if not station.is_returning:
        return True
    if station.capacity is None:
        return False
    gone = (AssetState.IN_USE, AssetState.STORED, AssetState.MISSING, AssetState.RETIRED)
    return Asset.objects.real().filter(station=station).exclude(state__in=gone).count() >= station.capacity


ONE_BY_ONE = SimpleNamespace(regions_at=regions_at, stations_at=stations_at, is_bounded=is_bounded)


def check_may_end(*, asset_type, start_station_id, lat, lon, now, areas=(), atlas=ONE_BY_ONE):
    """Raises NotAllowedHere unless a ride with this type may end at the point (semantics §5.2 FINISH).

    `areas` are the return areas that were agreed for this ride: any of them will do, and nothing else does. Who asks
    about many points brings a fleet.atlas.Atlas.
    """
    rule = asset_type.return_rule
    if areas:
        _check_areas(areas, asset_type, lat, lon, now, atlas)
        return
    if rule == AssetType.ReturnRule.FREE_FLOATING:
        _check_free_floating(asset_type, lat, lon, now, atlas)
        return
    stations = [station for station in atlas.stations_at(lat, lon) if station.is_returning]
    if rule == AssetType.ReturnRule.ROUNDTRIP_STATION:
        if start_station_id not in {station.pk for station in stations}:
            raise NotAllowedHere("Bring the vehicle back to the station where you took it.")
    elif rule == AssetType.ReturnRule.ANY_STATION:
        if not stations:
            raise NotAllowedHere("Bring the vehicle to a station.")
    elif not stations:
        _check_free_floating(asset_type, lat, lon, now, atlas)


def _check_areas(areas, asset_type, lat, lon, now, atlas):
    """In a station its own rules hold, elsewhere those of the zones."""
    open_areas = [area for area in areas if _takes_returns(area, now)]
    at_stations = {station.station_id for station in atlas.stations_at(lat, lon) if station.is_returning}
    if at_stations & {area.get("station_id") for area in open_areas}:
        return
    if not any(_covers(area, lat, lon) for area in open_areas):
        now_only = "" if len(open_areas) == len(areas) else " that take returns now"
        raise NotAllowedHere(f"This is outside the return areas of this ride{now_only}.")
    kinds = {region.kind for region in atlas.regions_at(lat, lon, asset_type_id=asset_type.pk, now=now)}
    if kinds & set(FORBIDDEN):
        raise NotAllowedHere("Parking is not allowed here.")


def _takes_returns(area, now):
    rules = (
        OpeningHours(
            days=row["days"],
            opens_at=time.fromisoformat(row["opens"]),
            closes_at=time.fromisoformat(row["closes"]),
        )
        for row in area.get("hours") or []
    )
    return Schedule(hours=tuple(rules), periods=()).is_open(information.local(now))


def _covers(area, lat, lon):
    """A polygon covers what is in it, a point what is as near to it as to a station; a station itself is none."""
    if area.get("area"):
        return geo.contains(area["area"], lat, lon)
    point = area.get("coordinates")
    return (
        point is not None
        and not area.get("station_id")
        and geo.distance_m(lat, lon, point["lat"], point["lng"]) <= settings.TOMP_STATION_RADIUS_M
    )


def _check_free_floating(asset_type, lat, lon, now, atlas):
    kinds = {region.kind for region in atlas.regions_at(lat, lon, asset_type_id=asset_type.pk, now=now)}
    if kinds & set(FORBIDDEN):
        raise NotAllowedHere("Parking is not allowed here.")
    if Region.Kind.OPERATING not in kinds and atlas.is_bounded():
        raise NotAllowedHere("This is outside the operating area.")
