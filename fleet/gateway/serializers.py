"""What a vehicle says about itself, from the wire into snake_case."""

from rest_framework import serializers

from fleet.models.vehicles import LockState
from tomp.serializers import Coordinates, Moment, Number, Text, WholeNumber, WireSerializer

MOST_ERRORS = 20
FARTHEST_M = 2**53  # an odometer; what JSON can say exactly


class Dock(WireSerializer):
    """The dock a vehicle stands in."""

    stationId = Text(max_length=120, source="station_id")
    slot = Text(max_length=40, required=False, default="", allow_blank=True)


class Report(WireSerializer):
    """One report of one vehicle. What is absent was not said; `dock: null` says that it stands in none.

    `vehicle` is its number or IMEI, `range` and `odometer` are metres, `speed` is km/h.
    """

    wire_names = {"faults": "errors"}

    vehicle = Text(max_length=80)
    at = Moment()
    position = Coordinates(required=False)
    stateOfCharge = Number(min_value=0, max_value=100, required=False, source="state_of_charge")
    range = WholeNumber(min_value=0, required=False, source="range_m")
    odometer = WholeNumber(min_value=0, max_value=FARTHEST_M, required=False, source="odometer_m")
    lock = serializers.ChoiceField([LockState.OPEN, LockState.CLOSED], required=False, source="lock_state")
    speed = Number(min_value=0, required=False)
    dock = Dock(required=False)
    faults = serializers.ListField(child=Text(max_length=200), max_length=MOST_ERRORS, required=False)

    def to_internal_value(self, data):
        """`is_docked` is None where nothing was said about it."""
        report = super().to_internal_value(data)
        is_said = isinstance(data, dict) and "dock" in data
        return {**report, "is_docked": data["dock"] is not None if is_said else None}
