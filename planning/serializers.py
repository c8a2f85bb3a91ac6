"""Planning requests as they arrive, planning answers as they leave (TOMP planningRequest, planning)."""

from rest_framework import serializers

from customers.serializers import TravelerData
from tomp.serializers import (
    MAX_ITEMS,
    FreeObject,
    Moment,
    Place,
    Text,
    WholeNumber,
    WireSerializer,
    moment_json,
)


class Names(serializers.ListField):
    """A list of identifiers."""

    child = Text(max_length=200)

    def __init__(self, **kwargs):
        super().__init__(required=False, default=list, max_length=MAX_ITEMS, **kwargs)


class PlanningRequest(WireSerializer):
    """TOMP planningRequest → the fields of planning.options.Trip."""

    from_ = Place(source="from_place")
    to = Place(source="to_place", required=False, default=None)
    radius = WholeNumber(min_value=0, required=False, default=None)
    estimatedDistance = WholeNumber(min_value=0, required=False, default=None, source="estimated_distance")
    departureTime = Moment(required=False, default=None, source="departs_at")
    arrivalTime = Moment(required=False, default=None, source="arrives_at")
    nrOfTravelers = WholeNumber(min_value=1, max_value=100, required=False, default=1, source="nr_of_travelers")
    travelers = serializers.ListField(child=TravelerData(), required=False, default=list, max_length=100)
    useAssets = Names(source="use_assets")
    useAssetTypes = Names(source="use_asset_types")
    userGroups = Names(source="user_groups")
    extraInfo = FreeObject(required=False, default=None, source="extra_info")

    def validate(self, trip):
        if len(trip["travelers"]) > max(trip["nr_of_travelers"], 1):
            raise serializers.ValidationError({"travelers": ["There are more travellers than nrOfTravelers says."]})
        departs_at, arrives_at = trip["departs_at"], trip["arrives_at"]
        if departs_at and arrives_at and arrives_at <= departs_at:
            raise serializers.ValidationError({"arrivalTime": ["It must be after departureTime."]})
        return trip


class BookingIntent(WireSerializer):
    """Query of the deprecated POST /plannings."""

    wire_names = {"booking_intent": "booking-intent"}

    booking_intent = serializers.BooleanField(required=False, default=False)


def planning_json(valid_until, options):
    return {"validUntil": moment_json(valid_until), "options": options}
