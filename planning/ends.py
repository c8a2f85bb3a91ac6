"""Both ends of a trip: where they are, how far apart, and whether a ride may lead to the other one."""

from fleet import catalogue, geo, offering, places
from fleet.errors import NotAllowedHere
from fleet.models import AssetType


def check_end(place, *, asset_type, start_station_id, at):
    """Raises NotAllowedHere if a ride that begins at the station (None: at none) cannot lead to the place.

    A point is where the traveller wants to be, and to leave the vehicle near it will do: it has to be where we operate,
    and not even that for what is brought back. A station that is named is where the vehicle is to be left, so FINISH
    is asked. What comes to the user may lead anywhere.
    """
    rule, point = asset_type.return_rule, point_of(place)
    if offering.Kind.of(asset_type) is offering.Kind.COMES or point is None:
        return
    atlas = catalogue.current().atlas
    station = atlas.station(place.get("station_id"))
    if station is not None and rule in (AssetType.ReturnRule.ROUNDTRIP_STATION, AssetType.ReturnRule.ANY_STATION):
        places.check_may_end(
            asset_type=asset_type,
            start_station_id=start_station_id,
            lat=station.lat,
            lon=station.lon,
            now=at,
            atlas=atlas,
        )
    elif rule != AssetType.ReturnRule.ROUNDTRIP_STATION and not atlas.operates_at(*point, now=at):
        raise NotAllowedHere("This is outside the operating area.")


def straight_m(start_place, end_place):
    """Metres of the straight line between two places, 0 where one of them is unknown."""
    start, end = point_of(start_place), point_of(end_place or {})
    return round(geo.distance_m(*start, *end)) if start and end else 0


def point_of(place):
    """(lat, lon) of a place or None; 0/0 means "not given" (Entur profile)."""
    point = place.get("coordinates")
    if not point or (point["lat"] == 0 and point["lng"] == 0):
        return None
    return point["lat"], point["lng"]
