"""What the lists of /operator can be narrowed to (semantics §8)."""

import math
import re

from django.conf import settings
from rest_framework import serializers

from fleet import information
from fleet.geo import Box
from tomp.serializers import LATITUDE, LONGITUDE, Paging, Text, WireSerializer
from tomp_operator import identifiers

MAX_ID = 200
NAMED_BY = {"REGION": "regionId", "STATION": "stationId", "ON_SPOT": "boundingbox"}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class NumberText(serializers.FloatField):
    """A query parameter that is a finite decimal number."""

    def to_internal_value(self, data):
        return super().to_internal_value(number(data))


def number(text):
    """The number this text spells; raises ValidationError, for nan and infinity too."""
    found = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(found):
        raise serializers.ValidationError("A number is expected.")
    return found


class PlaceQuery(WireSerializer):
    """A region, a station, or both."""

    wire_names = {"region_id": "regionId", "station_id": "stationId"}

    region_id = Text(required=False, default=None, max_length=MAX_ID)
    station_id = Text(required=False, default=None, max_length=MAX_ID)


class AlertQuery(PlaceQuery, Paging):
    """A region, a station, or both; by pages."""


class StationQuery(Paging):
    """A region, or a circle: `radius` metres around `lon` and `lat`."""

    wire_names = {"region_id": "regionId", "radius_m": "radius"}

    region_id = Text(required=False, default=None, max_length=MAX_ID)
    lon = NumberText(required=False, default=None, min_value=-LONGITUDE, max_value=LONGITUDE)
    lat = NumberText(required=False, default=None, min_value=-LATITUDE, max_value=LATITUDE)
    radius_m = NumberText(required=False, default=None, min_value=0)

    def validate(self, query):
        if all(query[name] is None for name in ("lon", "lat", "radius_m")):
            return query
        for name in ("lon", "lat"):
            if query[name] is None:
                raise serializers.ValidationError({name: "A circle has lon and lat."}, code="required")
        if query["radius_m"] is None:
            query["radius_m"] = settings.TOMP_DEFAULT_RADIUS_M
        return query


class AvailabilityQuery(PlaceQuery, Paging):
    """A region, a station, a box, or what these have in common; by pages."""

    wire_names = PlaceQuery.wire_names | {"box": "boundingbox"}

    box = Text(required=False, default=None, help_text="Since 1.6: south,north,west,east in degrees.")

    def validate_boundingbox(self, text):
        return box(text) if text is not None and self.context["version"].has_bounding_box else None

    def validate(self, query):
        """One of those the operator insists on is enough (semantics §3)."""
        needs = identifiers.availability_needs(information.system(), self.context["version"])
        named = {"REGION": query["region_id"], "STATION": query["station_id"], "ON_SPOT": query["box"]}
        if needs and all(named[need] is None for need in needs):
            wanted = " or ".join(NAMED_BY[need] for need in needs)
            raise serializers.ValidationError({NAMED_BY[needs[0]]: f"Give {wanted}."}, code="required")
        return query


def box(text):
    """The Box of "south,north,west,east", Nominatim's order; raises ValidationError."""
    numbers = [number(part.strip()) for part in text.split(",")]
    if len(numbers) != 4:
        raise serializers.ValidationError("south,north,west,east are expected.")
    south, north, west, east = numbers
    if not (-LATITUDE <= south <= north <= LATITUDE and -LONGITUDE <= west <= east <= LONGITUDE):
        raise serializers.ValidationError("south,north,west,east are expected, in degrees and in this order.")
    return Box(south, north, west, east)
