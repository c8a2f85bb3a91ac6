"""Legs and their events on the wire (TOMP leg, legEvent, legProgress, token)."""

from datetime import timedelta

from django.conf import settings
from rest_framework import serializers

from bookings.models import Booking
from fleet import pricing
from fleet import serializers as fleet
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
ACCESS_BEYOND_PLAN = timedelta(hours=24)


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
        event.pop("user_location")  # where a person is, is nobody's business here
        return {
            **event,
            "asset_ref": asset.get("id"),
            "location": (point["lat"], point["lng"]) if point else None,
        }


class ProgressQuery(WireSerializer):
    """Query of GET /legs/{id}/progress."""

    wire_names = {"location_only": "location-only"}

    location_only = serializers.BooleanField(required=False, default=False)


def leg_json(leg, dialect, *, with_ids=True, with_access=False):
    """TOMP leg. Access data only when asked for, and only while they open something (semantics §10.3)."""
    tariff = pricing.Tariff.from_json(leg.tariff)
    return without_nulls(
        id=str(leg.id) if with_ids else None,
        **{"from": place_json(leg.from_place)},
        to=place_json(leg.to_place) if leg.to_place else None,
        departureTime=moment_json(leg.departs_at),
        arrivalTime=moment_json(leg.arrives_at),
        actualDepartureTime=moment_json(leg.departed_at),
        actualArrivalTime=moment_json(leg.arrived_at),
        legSequenceNumber=leg.sequence,
        assetType=fleet.asset_type_json(leg.asset_type, language=dialect.language),
        asset=leg_asset_json(leg),
        pricing=_pricing(leg, tariff),
        conditions=fleet.conditions_json(leg.conditions, dialect),
        state=leg.state,
        distance=leg.distance_m or None,
        assetAccessData=access_json(leg, dialect) if with_access else None,
    )


def leg_asset_json(leg):
    """The vehicle under the id it was booked by; once given back, without what would tell where it is now."""
    if leg.asset_id is None:
        return None
    asset = fleet.asset_json(leg.asset, public_id=leg.asset_public_id, confidential=True)
    if leg.is_given_back:
        asset.pop("stateOfCharge", None)
        asset["overriddenProperties"].pop("location", None)
    return asset


def _pricing(leg, tariff):
    """The rules until the price is final, the amount afterwards (semantics §9, Entur profile)."""
    if leg.is_concluded:
        return fleet.fare_json(pricing.Fare.from_json(leg.fare), estimated=False)
    return fleet.tariff_json(tariff)


def access_json(leg, dialect):
    """TOMP token that opens the vehicle, or None: before CONFIRMED, without a vehicle, and after the end."""
    booking = leg.booking
    if not leg.access_code or leg.asset_id is None or leg.is_done:
        return None
    if booking.state not in (Booking.State.CONFIRMED, Booking.State.STARTED):
        return None
    until = max(leg.arrives_at or leg.departs_at, leg.departs_at) + ACCESS_BEYOND_PLAN
    kind = dialect.spell("tokenDefault")
    return {
        "validFrom": moment_json(booking.booked_at),
        "validUntil": moment_json(until),
        "tokenType": kind,
        "tokenData": {
            "tokenType": kind,
            "url": f"{settings.TOMP_PUBLIC_URL}/tomp/legs/{leg.id}/events",
            "accessCode": leg.access_code,
        },
    }


def progress_json(leg, now, *, location_only):
    """TOMP legProgress of a leg whose vehicle has a known position."""
    location = fleet.location_json(leg.asset)
    if location_only:
        return location
    return {
        **location,
        "duration": int((leg.arrived_at or now).timestamp() - leg.departed_at.timestamp()) * 1000,
        "distance": leg.distance_m,
        "asset": leg_asset_json(leg),
    }
