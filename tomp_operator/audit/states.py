"""Rule 3: bookings and legs are where their stories led them."""

from bookings.models import ENDED_STATES, OPEN_STATES, Booking, BookingState, Party
from legs.events import ASKED_FOR, RULES, RULES_FOR_US
from legs.models import DONE_STATES, RUNNING_STATES, WAITING_STATES, LegState
from maas.models import CallbackKind
from tomp_operator.audit.invariant import Invariant, rows

BEFORE = (BookingState.NEW, BookingState.PENDING, BookingState.CONDITIONAL_CONFIRMED)
NOT_HELD = tuple(state for state in ENDED_STATES if state != BookingState.FINISHED)
# Written into the story of a leg while it stays as it is: a question to its provider, and the answer.
QUESTIONS = (CallbackKind.REPLACE_ASSET, CallbackKind.START_LEG)


def _steps_of_legs():
    """(event, whether it was ours, from, to) of every step that the table of moves knows."""
    for rules, is_ours in ((RULES, False), (RULES_FOR_US, True)):
        for event, rule in rules.items():
            yield from ((event, is_ours, source, target) for source, target in rule.moves.items())
            yield from ((event, is_ours, state, state) for state in rule.stays)
        for question in QUESTIONS:
            yield from ((question, is_ours, state, state) for state in LegState)
            yield from ((question, is_ours, state, LegState.CANCELLED) for state in WAITING_STATES)
    # What providers ask of us, staff may decide.
    for event in ASKED_FOR:
        yield from ((event, True, state, state) for state in RULES[event].stays)
    # No event leads there, a request for help does (legs/services/issues.py).
    for state in (LegState.IN_USE, LegState.PAUSED, LegState.FINISHING):
        yield LegState.ISSUE_REPORTED, False, state, LegState.ISSUE_REPORTED


def _steps_of_bookings():
    """(from, to) of every two lines that may follow each other in the story of a booking."""
    moves = {(move.source, move.target) for move in Booking._meta.get_field("state").get_all_transitions(Booking)}
    # The story of the booking does not tell that a ride began; that of the leg does.
    begun = {(BookingState.CONFIRMED, target) for source, target in moves if source == BookingState.STARTED}
    return sorted(moves | begun | {(state, state) for state in BookingState})


def _columns(steps):
    """As arrays for unnest(), a column each."""
    return [
        [str(each) if not isinstance(each, bool) else each for each in column] for column in zip(*steps, strict=True)
    ]


_EVENT, _IS_OURS, _FROM, _TO = _columns(_steps_of_legs())
_BOOKED_FROM, _BOOKED_TO = _columns(_steps_of_bookings())

INVARIANTS = (
    Invariant(
        3,
        "bookings-and-their-legs",
        "The state of a booking is one that the states of its legs lead to; it has at least one leg.",
        rows(
            of="bookings_booking",
            wrong="""
                SELECT b.id FROM bookings_booking b LEFT JOIN legs_leg l ON l.booking_id = b.id GROUP BY b.id
                HAVING NOT CASE
                    WHEN count(l.id) = 0 THEN false
                    WHEN b.state = ANY(%(before)s) THEN bool_and(l.state = 'NOT_STARTED')
                    WHEN b.state = 'CONFIRMED' THEN bool_or(l.state = ANY(%(waiting)s))
                        AND bool_and(l.state = ANY(%(waiting)s) OR l.state = 'CANCELLED')
                    WHEN b.state = 'STARTED' THEN bool_or(NOT l.state = ANY(%(done)s))
                        AND bool_or(l.state = ANY(%(running)s) OR l.state = 'FINISHED')
                    WHEN b.state = 'FINISHED' THEN bool_and(l.state = ANY(%(done)s)) AND bool_or(l.state = 'FINISHED')
                    ELSE bool_and(l.state = 'CANCELLED') END""",
            before=list(BEFORE),
            waiting=list(WAITING_STATES),
            running=list(RUNNING_STATES),
            done=list(DONE_STATES),
        ),
    ),
    Invariant(
        3,
        "nothing-held-for-what-is-over",
        "Of a booking that is not open, and of a leg that is done or gone, nothing is held.",
        rows(
            of="fleet_reservation",
            wrong="""
                SELECT r.leg_id FROM fleet_reservation r
                LEFT JOIN legs_leg l ON l.id = r.leg_id LEFT JOIN bookings_booking b ON b.id = l.booking_id
                WHERE l.id IS NULL OR l.state = ANY(%(done)s) OR NOT b.state = ANY(%(open)s)""",
            done=list(DONE_STATES),
            open=list(OPEN_STATES),
        ),
    ),
    Invariant(
        3,
        "legs-and-their-last-event",
        "A leg is in the state of its last event, or was called off with its booking, or nothing happened to it yet.",
        rows(
            of="legs_leg",
            wrong="""
                SELECT l.id FROM legs_leg l JOIN bookings_booking b ON b.id = l.booking_id
                LEFT JOIN LATERAL (
                    SELECT e.state FROM legs_legevent e WHERE e.leg_id = l.id ORDER BY e.id DESC LIMIT 1
                ) last ON true
                WHERE l.state <> coalesce(last.state, 'NOT_STARTED')
                AND NOT (l.state = 'CANCELLED' AND coalesce(last.state, 'NOT_STARTED') = ANY(%(waiting)s)
                         AND b.state = ANY(%(not_held)s))""",
            waiting=list(WAITING_STATES),
            not_held=list(NOT_HELD),
        ),
    ),
    Invariant(
        3,
        "steps-of-legs",
        "Each event of a leg is possible after the one before it (docs/states.md).",
        rows(
            of="legs_legevent",
            wrong="""
                SELECT step.leg_id FROM (
                    SELECT leg_id, event, asked_by = %(us)s AS is_ours, state,
                           lag(state, 1, 'NOT_STARTED') OVER (PARTITION BY leg_id ORDER BY id) AS former
                    FROM legs_legevent
                ) step
                LEFT JOIN unnest(%(events)s::text[], %(are_ours)s::bool[], %(sources)s::text[], %(targets)s::text[])
                    AS known (event, is_ours, source, target)
                    ON known.event = step.event AND known.is_ours = step.is_ours
                    AND known.source = step.former AND known.target = step.state
                WHERE known.event IS NULL""",
            us=Party.TO.value,
            events=_EVENT,
            are_ours=_IS_OURS,
            sources=_FROM,
            targets=_TO,
        ),
    ),
    Invariant(
        3,
        "bookings-and-their-last-event",
        "A booking is in the state of the last line of its story, or has been STARTED since.",
        rows(
            of="bookings_booking",
            wrong="""
                SELECT b.id FROM bookings_booking b
                LEFT JOIN LATERAL (
                    SELECT e.state FROM bookings_bookingevent e WHERE e.booking_id = b.id ORDER BY e.id DESC LIMIT 1
                ) last ON true
                WHERE b.state <> coalesce(last.state, 'NEW')
                AND NOT (b.state = 'STARTED' AND coalesce(last.state, 'NEW') = 'CONFIRMED')""",
        ),
    ),
    Invariant(
        3,
        "steps-of-bookings",
        "Each line in the story of a booking is possible after the one before it (docs/states.md).",
        rows(
            of="bookings_bookingevent",
            wrong="""
                SELECT step.booking_id FROM (
                    SELECT booking_id, state, lag(state, 1, 'NEW') OVER (PARTITION BY booking_id ORDER BY id) AS former
                    FROM bookings_bookingevent
                ) step
                LEFT JOIN unnest(%(sources)s::text[], %(targets)s::text[]) AS known (source, target)
                    ON known.source = step.former AND known.target = step.state
                WHERE known.source IS NULL""",
            sources=_BOOKED_FROM,
            targets=_BOOKED_TO,
        ),
    ),
)
