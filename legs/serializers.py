"""Legs and their events on the wire (TOMP leg, legEvent, legProgress, token)."""

from rest_framework import serializers

from fleet import pricing
from fleet import serializers as fleet
from legs.access import access_json
from legs.models import LegState
from tomp.geojson import geometry_json
from tomp.language import in_language
from tomp.serializers import (
    Coordinates,
    Moment,
    Place,
    Text,
    Url,
    WireSerializer,
    moment_json,
    place_json,
    without_nulls,
)
from tomp.versions import LOWEST

EVENTS = (
    "PREPARE",
    "ASSIGN_ASSET",
    "SET_IN_USE",
    "PAUSE",
    "OPEN_TRUNK",
    "START_FINISHING",
    "FINISH",
    "TIME_EXTEND",
    "TIME_POSTPONE",
    "CANCEL",
)


class Location(WireSerializer):
    coordinates = Coordinates(required=False)


class Properties(WireSerializer):
    location = Location(required=False)


class EventAsset(WireSerializer):
    """The asset of an event: its id and where it is."""

    id = Text(required=False)
    overriddenProperties = Properties(required=False)


class LegEventRequest(WireSerializer):
    """TOMP legEvent → keywords of legs.services.apply."""

    event = serializers.ChoiceField(choices=EVENTS)
    time = Moment(source="at")
    comment = Text(required=False, default="", allow_blank=True)
    url = serializers.ListField(child=Url(), required=False, default=list, max_length=20, source="urls")
    asset = EventAsset(required=False, default=None)
    userLocation = Place(required=False, default=None, source="user_location")

    def to_internal_value(self, data):
        event = super().to_internal_value(data)
        asset = event.pop("asset") or {}
        point = asset.get("overriddenProperties", {}).get("location", {}).get("coordinates")
        person = (event.pop("user_location") or {}).get("coordinates")
        return {
            **event,
            "asset_ref": asset.get("id"),
            "location": (point["lat"], point["lng"]) if point else None,
            "user_location": (person["lat"], person["lng"]) if person else None,
        }


class ProgressQuery(WireSerializer):
    """Query of GET /legs/{id}/progress."""

    wire_names = {"location_only": "location-only"}

    location_only = serializers.BooleanField(required=False, default=False)


def leg_json(leg, dialect, *, with_ids=True, access=None, with_track=False):
    """TOMP leg. Access data only as far as `access` (legs.access.Access) says, and only while they open something.

    The way it went only when asked for, too: a list of bookings would grow long.
    """
    return without_nulls(
        id=str(leg.id) if with_ids else None,
        **{"from": place_json(leg.from_place, dialect.language)},
        to=place_json(leg.to_place, dialect.language) if leg.to_place else None,
        departureTime=moment_json(leg.departs_at),
        arrivalTime=moment_json(leg.arrives_at),
        actualDepartureTime=moment_json(leg.departed_at),
        actualArrivalTime=moment_json(leg.arrived_at),
        travelerReferenceNumbers=leg.traveler_references or None,
        legSequenceNumber=leg.sequence,
        assetType=fleet.asset_type_json(leg.asset_type, language=dialect.language),
        asset=leg_asset_json(leg, dialect.version),
        pricing=_pricing(leg),
        conditions=fleet.conditions_json(leg.conditions, dialect),
        state=leg.state,
        distance=leg.distance_m or None,
        progressGeometry=track_json(leg, dialect.version) if with_track else None,
        userCommunication=instructions_json(leg, dialect.language),
        **access_json(leg, dialect, access),
    )


INSTRUCTIONS = {
    LegState.PREPARING: "opening_instructions",
    LegState.PAUSED: "pausing_instructions",
    LegState.FINISHING: "closing_instructions",
}


def instructions_json(leg, language):
    """TOMP information: what the user has to know now, or None (semantics §7 T6: how to close the vehicle)."""
    name = INSTRUCTIONS.get(leg.state)
    text = in_language(getattr(leg.asset_type, name), language) if name else ""
    return [{"type": "PLAIN_TEXT", "goal": "INSTRUCTIONS", "text": text}] if text else None


def track_json(leg, version):
    """The way so far as a line, which takes two points (TOMP progressGeometry)."""
    if len(leg.track) < 2:
        return None
    line = {"type": "LineString", "coordinates": [[lon, lat] for _millis, lat, lon in leg.track]}
    return geometry_json(line, version)


def leg_asset_json(leg, version=LOWEST):
    """The vehicle under the id it was booked by; once given back, without what others make of it now."""
    if leg.asset_id is None:
        return None
    asset = fleet.asset_json(leg.asset, public_id=leg.asset_public_id, confidential=True, version=version)
    if leg.is_given_back:
        asset.pop("stateOfCharge", None)
        asset.pop("damages", None)
        asset["overriddenProperties"].pop("location", None)
    elif leg.position is not None:
        asset["overriddenProperties"]["location"] = fleet.point_json(*leg.position)
    return asset


def _pricing(leg):
    """The rules until the price is final, the amount afterwards: nothing if cancelled (semantics §9, Entur profile)."""
    if leg.is_concluded or leg.is_done:
        return fleet.fare_json(leg.price(leg.arrived_at), estimated=False)
    return fleet.tariff_json(pricing.Tariff.from_json(leg.tariff))


def progress_json(leg, now, *, location_only, version=LOWEST):
    """TOMP legProgress of a leg whose vehicle has a known position."""
    location = fleet.point_json(*leg.position)
    if location_only:
        return location
    return {
        **location,
        "duration": int((leg.arrived_at or now).timestamp() - leg.departed_at.timestamp()) * 1000,
        "distance": leg.distance_m,
        "asset": leg_asset_json(leg, version),
    }
