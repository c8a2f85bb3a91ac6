"""The trip as it is travelled: a leg, its meter, its events and its evidence."""

from legs.models.evidence import Evidence
from legs.models.leg import Leg, LegEvent
from legs.models.states import DONE_STATES, RUNNING_STATES, WAITING_STATES, LegState

__all__ = ["DONE_STATES", "RUNNING_STATES", "WAITING_STATES", "Evidence", "Leg", "LegEvent", "LegState"]
