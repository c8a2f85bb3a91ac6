"""Which event is possible in which state, as data; docs/states.md shows the same tables and a test compares them.

Source: TOMP 1.6.1 POST /legs/{id}/events, semantics §5.2. What is not in the table is refused.
"""

from dataclasses import dataclass

from bookings.models import Party
from legs.models import RUNNING_STATES, WAITING_STATES, LegState

ASKED_FOR = ("TIME_EXTEND", "TIME_POSTPONE")  # their `time` is what is wanted, not when something happened
STARTED = (LegState.IN_USE, LegState.PAUSED)
ENDING = (LegState.FINISHING, LegState.ISSUE_REPORTED)


@dataclass(frozen=True)
class Rule:
    """`moves`: state → next state. `stays`: accepted, the state remains."""

    moves: dict
    stays: tuple = ()

    def allows(self, state):
        return state in self.moves or state in self.stays


def to(target, *sources, stays=()):
    """From all these states to one."""
    return Rule(moves=dict.fromkeys(sources, target), stays=stays)


NEVER = Rule(moves={})

RULES = {  # what the provider, and whoever it speaks for, may report or ask
    "PREPARE": to(LegState.PREPARING, *WAITING_STATES, stays=STARTED),
    "ASSIGN_ASSET": Rule(moves={}, stays=(*WAITING_STATES, *RUNNING_STATES)),
    "SET_IN_USE": to(LegState.IN_USE, *WAITING_STATES, LegState.PAUSED, *ENDING, stays=(LegState.IN_USE,)),
    "PAUSE": to(LegState.PAUSED, LegState.IN_USE, *ENDING),
    "START_FINISHING": to(LegState.FINISHING, *STARTED, LegState.ISSUE_REPORTED),
    "FINISH": to(LegState.FINISHED, *RUNNING_STATES, stays=(LegState.FINISHED,)),
    "CANCEL": to(LegState.CANCELLED, *WAITING_STATES),
    "OPEN_TRUNK": Rule(moves={}, stays=(LegState.PREPARING, *STARTED, LegState.FINISHING)),
    "TIME_EXTEND": Rule(moves={}, stays=(*WAITING_STATES, *STARTED)),
    "TIME_POSTPONE": Rule(moves={}, stays=WAITING_STATES),
}
RULES_FOR_US = {  # what we may do or report ourselves: a vehicle, a dock, staff
    "PREPARE": to(LegState.PREPARING, LegState.NOT_STARTED),  # "we are coming"
    "ASSIGN_ASSET": Rule(moves={}, stays=(*WAITING_STATES, *STARTED)),
    "SET_IN_USE": to(
        LegState.IN_USE, *WAITING_STATES, LegState.PAUSED, LegState.ISSUE_REPORTED, stays=(LegState.IN_USE,)
    ),
    "PAUSE": to(LegState.PAUSED, LegState.IN_USE, *ENDING),  # locked by hand, or not allowed to end where it is
    "START_FINISHING": RULES["START_FINISHING"],
    "FINISH": RULES["FINISH"],
    "CANCEL": RULES["CANCEL"],
    "OPEN_TRUNK": NEVER,  # these three are asked of us
    "TIME_EXTEND": NEVER,
    "TIME_POSTPONE": NEVER,
}
IMPLEMENTED = tuple(event for event, rule in RULES.items() if rule.moves or rule.stays)


def rule_of(event, asked_by):
    """What this event is possible for when this party reports it."""
    return (RULES_FOR_US if asked_by == Party.TO else RULES)[event]
