"""What the agreed steps demand of the provider before an event is possible (semantics §10.2).

They bind the provider, never the operator: a dock, a driver or a colleague may begin and end any ride.
"""

from bookings.models import Party
from fleet.conditions import demanded_actions, demanded_evidence
from legs.errors import EvidenceMissing, IllegalEvent
from legs.models import Evidence, LegState

PHOTO_OF = {"PARKED": "the parked vehicle", "HELMET_IN_BASKET": "the stowed helmet", "CHARGING": "the charger in use"}


def check_demands(step):
    """Raises IllegalEvent when an event that a step names with SEND_… has to come first."""
    leg = step.leg
    if step.asked_by != Party.MP:
        return
    if step.event == "SET_IN_USE" and leg.is_waiting:
        first = demanded_first(leg)
        if first is not None:
            raise IllegalEvent(f"Send {first} first: the on-boarding steps of this leg demand it.")
    if step.event == "FINISH" and leg.state not in (LegState.FINISHING, LegState.FINISHED):
        actions = demanded_actions(leg.conditions, "offboarding")
        if "SEND_START_FINISHING" in actions:
            raise IllegalEvent("Send START_FINISHING first: the off-boarding steps of this leg demand it.")


def demanded_first(leg):
    """The event that the on-boarding steps demand before the ride of this waiting leg begins, or None."""
    actions = demanded_actions(leg.conditions, "onboarding")
    if "SEND_PREPARE" in actions and leg.state != LegState.PREPARING:
        return "PREPARE"
    return "ASSIGN_ASSET" if "SEND_ASSIGN_ASSET" in actions and leg.asset_id is None else None


def check_evidence(step):
    """Raises EvidenceMissing unless there are as many photos as things to be shown, from this event or before it."""
    demanded = demanded_evidence(step.leg.conditions)
    sent = set(step.urls)
    if len(sent) >= len(demanded):
        return
    sent.update(Evidence.objects.filter(leg=step.leg).values_list("url", flat=True))
    if len(sent) < len(demanded):
        wanted = ", ".join(f"{PHOTO_OF[kind]} ({kind})" for kind in demanded)
        raise EvidenceMissing(
            f"Send in `url` the address of a photo of each of these: {wanted}. "
            f"{len(demanded)} different ones are needed, {len(sent)} came."
        )
