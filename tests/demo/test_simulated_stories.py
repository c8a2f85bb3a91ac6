"""What simulated travellers may do …"""

from random import Random
from types import SimpleNamespace

import pytest

from demo.catalogue import TYPES
from demo.client import Call
from demo.simulation import judge
from demo.simulation.acts import ACTS
from demo.simulation.scenarios import GOOD, MISCHIEF, draw
from demo.simulation.tally import Tally
from demo.simulation.travellers import EVENTS, MAY_BE_REFUSED, MAY_BE_SKIPPED

ALL = (*GOOD, *MISCHIEF)


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
def test_is_made_of_steps_that_somebody_knows(scenario):
    steps = {step.partition("!")[0] for step in scenario.steps}

    assert steps <= {*EVENTS, *ACTS}
    assert set(scenario.types) <= set(TYPES)
    assert scenario.weight > 0


def test_has_a_name_of_its_own():
    assert len({scenario.name for scenario in ALL}) == len(ALL)


def test_uses_every_act_there_is():
    steps = {step.partition("!")[0] for scenario in ALL for step in scenario.steps}

    assert set(ACTS) == steps - set(EVENTS)
    assert {*MAY_BE_REFUSED, *MAY_BE_SKIPPED} <= steps


@pytest.mark.parametrize(("misbehaviour", "group"), [(0, GOOD), (1, MISCHIEF)])
def test_is_as_bad_as_it_is_wanted(misbehaviour, group):
    rng = Random("stories")

    assert {draw(rng, misbehaviour) for _time in range(2000)} == set(group)


def test_is_the_same_again_for_the_same_seed():
    first, second = Random("a"), Random("a")

    assert [draw(first, 0.5).name for _time in range(50)] == [draw(second, 0.5).name for _time in range(50)]


@pytest.mark.parametrize(("found", "asked"), [("PENDING", ["CANCEL"]), ("EXPIRED", [])])
def test_calls_off_only_what_did_not_lapse_before_everybody_stopped(found, asked):
    asks = []
    trip = SimpleNamespace(state="PENDING", ask=asks.append)
    trip.look = lambda: setattr(trip, "state", found)
    stopping = SimpleNamespace(is_set=lambda: True)

    ACTS["lapse"](SimpleNamespace(trip=trip, wait=lambda seconds: None, world=SimpleNamespace(stopping=stopping)))

    assert asks == asked


# What the operator may answer

ERROR = {
    "errorcode": 4004,
    "errorCode": 4004,
    "status": 403,
    "type": "Illegal operation",
    "title": "Illegal operation",
    "detail": "FINISH is not possible.",
    "instance": "/legs/7/events",
}


def call(status, answer, headers=None):
    return Call("POST", "/legs/7/events", {}, status, "", headers or {}, answer)


def test_is_a_refusal_with_its_code():
    assert judge.refusal(call(403, ERROR)) == "403/4004"
    assert judge.refusal(call(403, {"errors": [ERROR]})) == "403/4004"
    assert judge.refusal(call(200, {})) == ""
    assert judge.refusal(call(404, "Not found")) == "404"


@pytest.mark.parametrize(
    ("status", "answer", "headers"),
    [
        (200, {"id": "7"}, {}),
        (204, None, {}),
        (403, ERROR, {}),
        (403, {"errors": [ERROR]}, {}),
        (503, {**ERROR, "status": 503}, {"Retry-After": "1"}),
    ],
)
def test_is_no_fault_if_it_is_the_answer_of_a_tomp_server(status, answer, headers):
    assert judge.complaint(call(status, answer, headers)) == ""


@pytest.mark.parametrize(
    ("status", "answer", "complaint"),
    [
        (200, "<html>", "but not in JSON"),
        (302, None, "was answered 302"),
        (404, "Not found", "without the error of TOMP"),
        (404, {"detail": "Not found"}, "without the error of TOMP"),
        (500, {**ERROR, "status": 500}, "was answered 500"),
        (503, {**ERROR, "status": 503}, "was answered 503"),
        (404, ERROR, "is not HTTP's 404"),
        (403, {**ERROR, "errorCode": 4005}, "errorcode and errorCode differ"),
        (403, {**ERROR, "title": ""}, "the error has no title"),
    ],
)
def test_is_a_fault_if_it_is_not(status, answer, complaint):
    assert complaint in judge.complaint(call(status, answer))


# What is counted


def test_is_told_in_a_few_lines():
    tally = Tally()
    for outcome in ("FINISHED", "FINISHED", "CANCELLED"):
        tally.ride("one-stop ride", outcome)
    tally.refusal("403/4004")
    tally.callback("FINISH")
    tally.report("accepted", 12)
    tally.fault("FINISH was answered 500", booking_id="b-1")

    assert list(tally.summary()) == [
        "Rides:     2 FINISHED, 1 CANCELLED",
        "Refusals:  1 403/4004",
        "Calls:     1 FINISH",
        "Reports:   12 accepted",
        "Faults:    1",
        "  FINISH was answered 500 (booking b-1)",
    ]
    assert tally.status(riding=4) == ("3 rides over, 4 on the way, 1 refusals, 1 calls received, 12 reports, 1 faults")
