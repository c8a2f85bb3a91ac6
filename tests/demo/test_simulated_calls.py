"""The server of the simulated providers …"""

import json
from random import Random

import pytest
import urllib3

from demo.simulation.calls import Calls
from demo.simulation.receiver import Receiver
from demo.simulation.tally import Tally

FINISH = {"event": "FINISH", "time": "2026-06-01T12:00:00Z"}
PAUSE = {"event": "PAUSE", "time": "2026-06-01T11:00:00Z"}


def headers(number, **more):
    return {
        "maas-id": "demo-mobility-utrecht",
        "addressed-to": "sim-city",
        "api": "TOMP",
        "api-version": "1.6.1",
        "accept-language": "en",
        "x-correlation-id": str(number),
        "idempotency-key": str(number),
    } | more


def came(calls, number, body=FINISH, *, path="legs/7/events", at=0.0, **more):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return calls.came(path, headers(number, **more), content, to="sim-city", at=at)


def settled(calls, number, body=FINISH, **more):
    call, complaints = came(calls, number, body, **more)
    calls.answered(call, is_final=True)
    return complaints


def test_has_no_complaint_about_calls_in_order():
    calls = Calls()

    assert settled(calls, 1, PAUSE) == []
    assert settled(calls, 2) == []
    assert calls.unsettled == 0


def test_has_none_about_an_attempt_after_a_failure():
    calls = Calls()
    call, _complaints = came(calls, 1)
    calls.answered(call, is_final=False, not_before=2.0)

    assert calls.unsettled == 1
    assert settled(calls, 1, at=2.5) == []
    assert (call.attempts, calls.unsettled) == (2, 0)


@pytest.mark.parametrize(
    ("body", "more", "complaint"),
    [
        (FINISH, {"api": ""}, "no header api"),
        (FINISH, {"addressed-to": "sim-rail"}, "addressed to sim-rail, sent to sim-city"),
        (FINISH, {"idempotency-key": "9"}, "Idempotency-Key is not X-Correlation-ID"),
        (FINISH, {"path": "vehicles/7"}, "nobody knows this path"),
        (b"{", {}, "the body is not JSON"),
    ],
)
def test_complains_about_a_call_that_is_none(body, more, complaint):
    assert any(complaint in text for text in settled(Calls(), 1, body, **more))


def test_complains_when_something_is_told_twice():
    calls = Calls()
    settled(calls, 1)

    [complaint] = settled(calls, 2)

    assert complaint == "The call FINISH at legs/7/events: told a second time under another X-Correlation-ID"


def test_complains_when_a_call_overtakes_another_of_its_booking():
    calls = Calls(booking_of={"7": "b", "8": "b"})
    call, _complaints = came(calls, 1, PAUSE)
    calls.answered(call, is_final=False)

    [complaint] = settled(calls, 2, path="legs/8/events")

    assert complaint == "The call FINISH at legs/8/events: while PAUSE of this booking was open"
    assert settled(calls, 3, path="legs/9/events") == []


def test_does_not_wait_for_advice():
    calls = Calls()
    advice, _complaints = came(calls, 1, {"type": "MESSAGE_TO_END_USER"}, path="bookings/7/notifications")
    calls.answered(advice, is_final=False)

    assert settled(calls, 2) == []
    assert calls.unsettled == 0


def test_complains_when_a_call_comes_too_soon_or_changed():
    calls = Calls()
    call, _complaints = came(calls, 1)
    calls.answered(call, is_final=False, not_before=2.0)

    complaints = settled(calls, 1, PAUSE, at=1.5)

    assert [text.partition("events: ")[2] for text in complaints] == [
        "another body than at the first attempt",
        "0.5 s before the time that Retry-After asked for",
    ]


def test_complains_about_an_echo_unless_it_subscribed():
    sent = {("7", "FINISH", "2026-06-01T12:00:00+00:00")}

    [complaint] = settled(Calls(sent=sent), 1)

    assert complaint == "The call FINISH at legs/7/events: told what we said ourselves: FINISH"
    assert settled(Calls(sent=sent, subscribed={"7"}), 1) == []
    assert settled(Calls(sent=sent), 1, {**FINISH, "time": "2026-06-01T12:00:01Z"}) == []


def test_knows_what_never_came():
    calls = Calls(expected={("7", "FINISH"), ("7", "SET_IN_USE")})
    settled(calls, 1)

    assert calls.missing() == ["SET_IN_USE about 7 never came"]


# The server itself


def listening(misbehaviour):
    tally = Tally()
    receiver = Receiver(tally=tally, rng=Random("calls"), misbehaviour=misbehaviour)
    receiver.start()
    return receiver, tally


def post(receiver, path="/sim-city/legs/7/events", number=1):
    http = urllib3.connection_from_url(f"http://127.0.0.1:{receiver.port}", retries=False)
    try:
        return http.request("POST", path, body=json.dumps(FINISH), headers=headers(number))
    finally:
        http.close()


def test_takes_a_call_and_knows_it_when_it_comes_again():
    receiver, tally = listening(0)
    receiver.expect("7", "FINISH")
    assert not receiver.is_complete()

    answers = [post(receiver).status, post(receiver).status]
    receiver.stop()

    assert answers == [200, 200]
    assert receiver.is_complete()
    assert (dict(tally.callbacks), tally.faults) == ({"FINISH": 1, "repeated": 1}, [])


def test_agrees_when_it_is_asked():
    receiver, _tally = listening(0)

    answer = post(receiver, "/sim-city/legs/7/confirmation")
    receiver.stop()

    assert json.loads(answer.data) is True


def test_fails_a_call_twice_at_most():
    receiver, tally = listening(1)
    receiver._stopped.set()  # its silence is short
    for _time in range(2):
        try:
            assert post(receiver).status >= 429
        except urllib3.exceptions.HTTPError:
            continue  # it hung up

    assert post(receiver).status == 200
    receiver.stop()
    assert sum(tally.callbacks.values()) == 3
