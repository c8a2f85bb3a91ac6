"""Which event is possible in which state, as data; docs/states.md shows the same table and a test compares them.

Source: TOMP 1.6.1 POST /legs/{id}/events, semantics §5.2. What is not in the table is refused.
"""

from dataclasses import dataclass

from legs.models import RUNNING_STATES, WAITING_STATES, LegState

STARTED = (LegState.IN_USE, LegState.PAUSED)


@dataclass(frozen=True)
class Rule:
    """`moves`: state → next state. `stays`: accepted, the state remains."""

    moves: dict
    stays: tuple = ()

    def allows(self, state):
        return state in self.moves or state in self.stays


RULES = {
    "PREPARE": Rule(moves=dict.fromkeys(WAITING_STATES, LegState.PREPARING), stays=STARTED),
    "ASSIGN_ASSET": Rule(moves={}, stays=(*WAITING_STATES, *RUNNING_STATES)),
    "SET_IN_USE": Rule(
        moves=dict.fromkeys(
            (*WAITING_STATES, LegState.PAUSED, LegState.FINISHING, LegState.ISSUE_REPORTED), LegState.IN_USE
        ),
        stays=(LegState.IN_USE,),
    ),
    "PAUSE": Rule(moves=dict.fromkeys((LegState.IN_USE, LegState.FINISHING, LegState.ISSUE_REPORTED), LegState.PAUSED)),
    "START_FINISHING": Rule(moves=dict.fromkeys((*STARTED, LegState.ISSUE_REPORTED), LegState.FINISHING)),
    "FINISH": Rule(moves=dict.fromkeys(RUNNING_STATES, LegState.FINISHED), stays=(LegState.FINISHED,)),
    "CANCEL": Rule(moves=dict.fromkeys(WAITING_STATES, LegState.CANCELLED)),
    "OPEN_TRUNK": Rule(moves={}),
    "TIME_EXTEND": Rule(moves={}),
    "TIME_POSTPONE": Rule(moves={}),
}
IMPLEMENTED = tuple(event for event, rule in RULES.items() if rule.moves or rule.stays)
