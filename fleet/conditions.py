"""What a booking of this type will ask of the provider, at this moment and from this station. Pure."""

from datetime import timedelta

from fleet.models import AssetType
from tomp.serializers import moment_json


def conditions_for(asset_type, *, station, now):
    """The conditions to freeze on a leg: those of the type, and those that follow from how it works.

    Each is {"kind": official schema name, …}. Expects asset_type.conditions to be prefetched.
    """
    conditions = [{"kind": row.kind, **row.details} for row in asset_type.conditions.all()]
    if asset_type.response_minutes is not None:
        answer_by = now + timedelta(minutes=asset_type.response_minutes)
        conditions.append({"kind": "conditionPostponedCommit", "answer_by": moment_json(answer_by)})
    if asset_type.return_rule == AssetType.ReturnRule.ROUNDTRIP_STATION and station is not None:
        conditions.append(
            {
                "kind": "conditionReturnArea",
                "station_id": station.station_id,
                "coordinates": {"lat": station.lat, "lng": station.lon},
            }
        )
    return conditions


def answered_by(conditions, moment):
    """The conditions of a leg once it is committed: conditionPostponedCommit says the very moment."""
    return [
        {**condition, "answer_by": moment_json(moment)} if "answer_by" in condition else condition
        for condition in conditions
    ]


def demands_parking_photo(conditions):
    """Whether the ride may not end without a photo (semantics §10.2, SEND_EVIDENCE_PARKED)."""
    return any(
        step.get("action") == "SEND_EVIDENCE_PARKED"
        for condition in conditions
        if condition["kind"] == "conditionRequireOffboardingSteps"
        for step in condition["steps"]
    )


def pauses_unlocked(conditions):
    """Whether a pause leaves the vehicle open: it has steps to pause, and locking is none of them (TOMP issue 498)."""
    steps = [
        step.get("action")
        for condition in conditions
        if condition["kind"] == "conditionRequirePausingSteps"
        for step in condition["steps"]
    ]
    return bool(steps) and "LOCK_ASSET" not in steps


def required_booking_data(conditions):
    """The names of the data a booking must come with (TOMP requiredFields)."""
    return [
        field
        for condition in conditions
        if condition["kind"] == "conditionRequireBookingData"
        for field in condition["required_fields"]
    ]


def deposit_of(conditions):
    """What is owed before the ride and given back after it, or None (TOMP conditionDeposit)."""
    return next((condition for condition in conditions if condition["kind"] == "conditionDeposit"), None)
