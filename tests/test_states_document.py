"""docs/states.md says what the code does: the same moves, and the same answer in every cell."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from bookings import services as bookings
from bookings.models import Booking, BookingState, Party
from customers.models import Customer
from fleet.models import Asset, Reservation
from fleet.models.vehicles import AssetState
from legs import services as legs
from legs.events import ASKED_FOR, IMPLEMENTED, RULES, RULES_FOR_US
from legs.models import Leg, LegEvent, LegState
from legs.serializers import EVENTS
from tests.client import refused
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory
from tests.journey import (
    NOW,
    given_booking,
    given_leg,
    given_offer,
    minutes,
    nothing_changes,
)
from tomp.errors import TompError

LATER = NOW + minutes(5)


def tables(title):
    """The tables under a heading of the document, each as a list of {column: cell}."""
    text = Path(settings.BASE_DIR, "docs", "states.md").read_text()
    _before, _title, section = text.partition(f"# {title}\n")
    body, *_next = re.split(r"^#", section, maxsplit=1, flags=re.MULTILINE)
    found, header = [], None
    for line in body.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else None
        if cells is None:
            header = None
        elif header is None:
            header = cells
            found.append([])
        elif set(line) - set("|-"):
            found[-1].append(dict(zip(header, cells, strict=True)))
    return found


def table(title):
    [only] = tables(title)
    return only


def moves(title):
    return {row["move"]: (frozenset(row["from"].split(", ")), row["to"]) for row in table(title)}


def transitions(model, field="state"):
    """{name: (states it is possible in, state it leads to)} of a state machine."""
    found = {}
    for transition in model._meta.get_field(field).get_all_transitions(model):
        sources, _target = found.get(transition.name, (frozenset(), None))
        source = "any" if transition.source == "*" else str(transition.source)
        found[transition.name] = (sources | {source}, str(transition.target))
    return found


BOOKING_STATES = {row["state"]: row["what is held"] for row in table("Booking")}
OPERATIONS = [
    (row["state"], operation, cell)
    for row in table("What a provider may ask (`POST /bookings/{id}/events`)")
    for operation, cell in row.items()
    if operation != "state"
]
THEIR_EVENTS, OUR_EVENTS = (
    "What a provider may report or ask (`POST /legs/{id}/events`)",
    "What we may do or report ourselves",
)


def event_cells(title):
    return [(row["event"], state, cell) for row in table(title) for state, cell in row.items() if state != "event"]


EVENT_CELLS = event_cells(THEIR_EVENTS)
OUR_CELLS = event_cells(OUR_EVENTS)
both_parties = pytest.mark.parametrize(
    ("cells", "rules"), [(EVENT_CELLS, RULES), (OUR_CELLS, RULES_FOR_US)], ids=["theirs", "ours"]
)


# The moves


def test_knows_all_states_of_a_booking():
    assert sorted(BOOKING_STATES) == sorted(BookingState.values)


def test_knows_all_states_of_a_leg():
    assert [row["state"] for row in table("Leg")] == LegState.values


def test_knows_all_moves_of_a_booking():
    assert moves("Moves") == transitions(Booking)


def test_knows_all_moves_of_an_asset():
    assert moves("Asset") == transitions(Asset)


def test_knows_all_moves_of_a_customer():
    assert moves("Customer") == transitions(Customer, "status")


def test_has_a_cell_for_every_operation_in_every_state():
    states = [state for state in BookingState.values if state != BookingState.NEW]

    assert {(state, operation) for state, operation, _cell in OPERATIONS} == {
        (state, operation) for state in states for operation in ("COMMIT", "CANCEL", "EXTEND_EXPIRY_TIME", "DENY")
    }


@both_parties
def test_has_a_cell_for_every_event_in_every_state(cells, rules):
    assert [(event, state) for event, state, _cell in cells] == [
        (event, state) for event in rules for state in sorted(LegState.values, key=COLUMNS.index)
    ]
    assert set(rules) == set(EVENTS)


COLUMNS = list(table(THEIR_EVENTS)[0])


@both_parties
def test_has_the_rules_of_the_events(cells, rules):
    written = {(event, state): cell for event, state, cell in cells}

    assert {cell: state for cell, state in written.items() if state in LegState.values} == {
        (event, state): rule.moves.get(state, state)
        for event, rule in rules.items()
        for state in LegState.values
        if rule.allows(state)
    }


def test_offers_the_events_that_lead_somewhere():
    assert set(IMPLEMENTED) == {event for event, _state, cell in EVENT_CELLS if cell in LegState.values}


@pytest.mark.parametrize("event", [event for event, rule in RULES.items() if rule.moves])
def test_has_events_that_the_state_machine_of_a_leg_can_follow(event):
    states, target = transitions(Leg)[event.lower()]

    assert states == RULES[event].moves.keys() >= RULES_FOR_US[event].moves.keys()
    assert {target} == {*RULES[event].moves.values()} == {*RULES_FOR_US[event].moves.values()}


# What a provider may ask


@pytest.mark.parametrize("state", BOOKING_STATES)
def test_tells_what_is_held(state, clock):
    asset = AssetFactory()
    provider = MaasProviderFactory()
    given_offer(provider, asset) if state == "NEW" else given_booking(provider, asset, state=state)

    held = Reservation.objects.filter(asset=asset).exists()

    assert held == (BOOKING_STATES[state] != "nothing")
    assert (Asset.objects.get().state != AssetState.AVAILABLE) == held


@pytest.mark.parametrize(
    ("state", "operation", "cell"), OPERATIONS, ids=[f"{operation}-{state}" for state, operation, _cell in OPERATIONS]
)
def test_tells_what_an_operation_leads_to(mp, clock, state, operation, cell):
    booking = given_booking(mp.provider, state=state)
    clock.move_to(LATER)

    if "/" in cell:
        with nothing_changes():
            answer = mp.operation(booking.id, operation)
        refused(answer, *(int(part) for part in cell.split("/")))
    else:
        answer = mp.operation(booking.id, operation)
        assert answer.status_code == 200
        assert answer.json()["state"] == Booking.objects.get().state == cell.split(" or ")[0]


def test_tells_that_a_commit_may_be_conditional(mp):
    booking = given_booking(mp.provider, AssetFactory(asset_type__response_minutes=10))

    answer = mp.operation(booking.id, "COMMIT")

    [cell] = [cell for state, operation, cell in OPERATIONS if (state, operation) == ("PENDING", "COMMIT")]
    assert cell == "CONFIRMED or CONDITIONAL_CONFIRMED"
    assert answer.json()["state"] == "CONDITIONAL_CONFIRMED"


@pytest.mark.parametrize("operation", ["COMMIT", "CANCEL", "EXTEND_EXPIRY_TIME", "DENY"])
def test_tells_that_an_offer_is_no_booking_yet(mp, operation):
    offer = given_offer(mp.provider)

    with nothing_changes():
        answer = mp.operation(offer.id, operation)

    refused(answer, 404, 3204)


BY_US = {  # the moves that are ours alone; what is not here is refused
    ("PENDING", "cancel"): "CANCELLED",
    ("CONDITIONAL_CONFIRMED", "cancel"): "CANCELLED",
    ("CONFIRMED", "cancel"): "CANCELLED",
    ("RELEASED", "cancel"): "RELEASED",
    ("CANCELLED", "cancel"): "CANCELLED",
    ("CONDITIONAL_CONFIRMED", "confirm"): "CONFIRMED",
    ("CONDITIONAL_CONFIRMED", "deny"): "REJECTED",
}


def refused_to_us(state, action):
    return (403, 3203 if (state, action) == ("STARTED", "cancel") else 3004)


@pytest.mark.parametrize("state", [state for state in BOOKING_STATES if state != "NEW"])
@pytest.mark.parametrize("action", ["cancel", "confirm", "deny"])
def test_holds_for_what_the_operator_does(action, state, clock):
    booking = given_booking(MaasProviderFactory(), state=state)
    by_us = {"asked_by": Party.TO} if action == "cancel" else {}

    def act():
        getattr(bookings, action)(booking_id=booking.id, now=LATER, actor="ann", reason="storm", **by_us)

    if (state, action) in BY_US:
        act()
        assert Booking.objects.get().state == BY_US[state, action]
    else:
        with nothing_changes(), pytest.raises(TompError) as error:
            act()
        assert (error.value.status, error.value.code(3)) == refused_to_us(state, action)


# What may happen on the way


def any_leg(provider, state):
    """One of a vehicle with all there is to open."""
    return given_leg(provider, AssetFactory(asset_type__has_trunk=True), state=state)


def expected_refusal(cell):
    return (403, 4004 if cell == "-" else int(cell))


def every(cells):
    return pytest.mark.parametrize(
        ("event", "state", "cell"), cells, ids=[f"{event}-{state}" for event, state, _cell in cells]
    )


@every(EVENT_CELLS)
def test_tells_what_an_event_of_the_provider_leads_to(mp, clock, event, state, cell):
    leg = any_leg(mp.provider, state)
    clock.move_to(LATER)
    body = {"asset": {"id": str(leg.asset_public_id)}} if event == "ASSIGN_ASSET" else {}
    if event in ASKED_FOR:
        body["time"] = (LATER + minutes(10)).isoformat()

    if cell in LegState.values:
        answer = mp.event(leg.id, event, **body)
        assert answer.status_code == 200
        assert answer.json()["state"] == Leg.objects.get().state == LegEvent.objects.last().state == cell
    else:
        with nothing_changes():
            answer = mp.event(leg.id, event, **body)
        refused(answer, *expected_refusal(cell))


@every(OUR_CELLS)
def test_tells_what_our_own_event_leads_to(clock, event, state, cell):
    leg = any_leg(MaasProviderFactory(), state)
    names = {"asset_ref": str(leg.asset_public_id)} if event == "ASSIGN_ASSET" else {}

    def apply():
        legs.apply(event, leg_id=leg.id, at=LATER, now=LATER, asked_by=Party.TO, **names)

    if cell in LegState.values:
        apply()
        assert Leg.objects.get().state == LegEvent.objects.last().state == cell
    else:
        with nothing_changes(), pytest.raises(TompError) as error:
            apply()
        assert (error.value.status, error.value.code(4)) == expected_refusal(cell)


@pytest.mark.parametrize("event", RULES)
@pytest.mark.parametrize("state", ["PENDING", "CONDITIONAL_CONFIRMED", "RELEASED", "EXPIRED", "REJECTED", "CANCELLED"])
def test_tells_that_the_booking_must_be_confirmed_or_started(mp, clock, state, event):
    booking = given_booking(mp.provider, state=state)
    clock.move_to(LATER)

    with nothing_changes():
        answer = mp.event(booking.id, event)

    refused(answer, 403, 4004)


@pytest.mark.parametrize("event", RULES)
def test_tells_that_the_leg_of_an_offer_does_not_exist(mp, event):
    offer = given_offer(mp.provider)

    with nothing_changes():
        answer = mp.event(offer.id, event)

    refused(answer, 404, 4204)
