"""What a booking of this type will ask of the provider, at this moment and from this station. Pure."""

from datetime import timedelta

from fleet.models import AssetType
from fleet.steps import CONDITIONS, EVIDENCE
from tomp.serializers import moment_json

REQUIRE_BOOKING_DATA = "conditionRequireBookingData"
STEPS_OF = {name: kind for kind, name in CONDITIONS.items()}


def conditions_for(asset_type, *, station, now):
    """The conditions to freeze on a leg: those of the type, and those that follow from how it works.

    Each is {"kind": official schema name, …}. Expects asset_type.conditions to be prefetched.
    """
    conditions = [{"kind": row.kind, **row.details} for row in asset_type.conditions.all()]
    _ask_about_the_driver(asset_type, conditions)
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


def _ask_about_the_driver(asset_type, conditions):
    """Who must be old enough, or hold a licence, has to say so with the booking, whatever else is asked for."""
    fields, rules = [], {}
    if asset_type.minimum_age is not None:
        fields, rules = ["AGE"], {"minimum_age": asset_type.minimum_age}
    if asset_type.licence:
        fields, rules = [*fields, "LICENSES"], {**rules, "licence": asset_type.licence}
    if not fields:
        return
    data = next((condition for condition in conditions if condition["kind"] == REQUIRE_BOOKING_DATA), None)
    if data is None:
        conditions.append({"kind": REQUIRE_BOOKING_DATA, "required_fields": fields, **rules})
    else:
        data |= {"required_fields": list(dict.fromkeys([*data["required_fields"], *fields])), **rules}


def demanded_actions(conditions, name):
    """The actions of the agreed steps of this list ("onboarding", "offboarding", …), in order."""
    return [
        step.get("action")
        for condition in conditions
        if condition["kind"] == STEPS_OF[name]
        for step in condition["steps"]
    ]


def demanded_evidence(conditions):
    """What must be shown on a photo before the ride may end: PARKED, HELMET_IN_BASKET, CHARGING (evidenceTypes)."""
    actions = demanded_actions(conditions, "offboarding")
    return [evidence for action, evidence in EVIDENCE.items() if action in actions]


def return_areas(conditions):
    """Where the ride may end, if that was agreed: any of them (semantics §10.1)."""
    return [condition for condition in conditions if condition["kind"] == "conditionReturnArea"]


def pauses_unlocked(conditions):
    """Whether a pause leaves the vehicle open: it has steps to pause, and locking is none of them (TOMP issue 498)."""
    actions = demanded_actions(conditions, "pausing")
    return bool(actions) and "LOCK_ASSET" not in actions


def required_booking_data(conditions):
    """The names of the data a booking must come with (TOMP requiredFields)."""
    return [
        field
        for condition in conditions
        if condition["kind"] == REQUIRE_BOOKING_DATA
        for field in condition["required_fields"]
    ]


def deposit_of(conditions):
    """What is owed before the ride and given back after it, or None (TOMP conditionDeposit)."""
    return next((condition for condition in conditions if condition["kind"] == "conditionDeposit"), None)
