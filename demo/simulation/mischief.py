"""What apps do that they should not, or that networks do to them, by the names in scenarios.py."""

import http.client
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from demo.client import Call, CallFailed, Client
from demo.search import Json
from demo.simulation import judge
from demo.simulation.travellers import Contradiction, Traveller
from demo.simulation.wishes import wish_of

FAR_AWAY = {"coordinates": {"lat": 51.92, "lng": 4.48}}  # Rotterdam
NONSENSE = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"FINISH"',
    b'{"event": "FLY", "time": "2026-01-01T00:00:00Z"}',
    b'{"event": "FINISH"}',
    b'{"event": "FINISH", "time": "yesterday"}',
    b'{"event": "FINISH", "time": "2026-01-01T00:00:00Z", "asset": "mine"}',
    b'{"event": "FINISH", "time": "2026-01-01T00:00:00Z", '
    b'"asset": {"overriddenProperties": {"location": {"coordinates": {"lat": 200, "lng": "east"}}}}}',
    b'{"event": "\xff\xfe"}',
    b'{"event": "PAUSE\\u0000", "time": "2026-01-01T00:00:00Z"}',
    b"[" * 2000,
)


def repeat(traveller: Traveller) -> None:
    """The last event comes again, to the letter, and has the same answer."""
    event, at = traveller.trip.moments[-1]
    before = traveller.trip.leg
    traveller.trip.event(event, at=at, place=traveller.vehicle.coordinates if traveller.vehicle else None)
    traveller.trip.moments.pop()
    if traveller.trip.leg != before:
        raise Contradiction(f"{event} again: {traveller.trip.leg}, at first {before}")


def finish_without_photo(traveller: Traveller) -> None:
    traveller.event("FINISH", photo=False)


def end_far_away(traveller: Traveller) -> None:
    traveller.event("FINISH", place=FAR_AWAY)


def end_itself(traveller: Traveller) -> None:
    traveller.event("FINISH")


def set_in_use_of_an_hour_ago(traveller: Traveller) -> None:
    at = traveller.next_moment() - timedelta(hours=1)
    traveller.world.receiver.said(traveller.trip.leg["id"], "SET_IN_USE", at.isoformat())
    traveller.trip.event("SET_IN_USE", at=at)


def commit_again(traveller: Traveller) -> None:
    traveller.trip.ask("COMMIT")


# -- the same again


def one_stop_twice(traveller: Traveller) -> None:
    """With one Idempotency-Key, at once and afterwards: one booking, one answer. Another request with it is refused."""
    wish, key = wish_of(traveller), {"Idempotency-Key": traveller.new_key()}
    first, second = _at_once(*(_asking(traveller, "/bookings/one-stop", wish, key) for _time in range(2)))
    third = traveller.client.call("POST", "/bookings/one-stop", body=wish, headers=key)
    if not (first.status == second.status == third.status and first.answer == second.answer == third.answer):
        raise Contradiction(f"three answers to one request: {[_told(call) for call in (first, second, third)]}")
    other = traveller.client.call("POST", "/bookings/one-stop", body={**wish, "nrOfTravelers": 1}, headers=key)
    if other.status != 400:
        raise Contradiction(f"another request with the same Idempotency-Key was answered {_told(other)}")
    _take_over(traveller, first)


def hang_up(traveller: Traveller) -> None:
    """The line breaks before the answer came; with the Idempotency-Key it is asked for again."""
    wish, key = wish_of(traveller), {"Idempotency-Key": traveller.new_key()}
    url = urlsplit(traveller.world.base_url)
    line = http.client.HTTPConnection(url.hostname or "", url.port, timeout=30)
    headers = {**traveller.client.headers, "Content-Type": "application/json", **key}
    line.request("POST", f"{url.path}/bookings/one-stop", body=Client.encoded(wish), headers=headers)
    line.close()
    _take_over(traveller, traveller.client.call("POST", "/bookings/one-stop", body=wish, headers=key))


def two_at_once(traveller: Traveller) -> None:
    """Two providers want the same vehicle at the same moment: one gets it, or none."""
    wish = wish_of(traveller)
    with traveller.client_of(traveller.other_account()) as rival:
        mine, theirs = _at_once(
            _asking(traveller, "/bookings/one-stop", wish, {}),
            lambda: rival.call("POST", "/bookings/one-stop", body=wish),
        )
        if theirs.status < 300:
            rival.post(f"/bookings/{theirs.answer['id']}/events", {"operation": "CANCEL"})
    if mine.status < 300 and theirs.status < 300:
        raise Contradiction(f"{wish['useAssets']} was booked twice: {mine.answer['id']}, {theirs.answer['id']}")
    _take_over(traveller, mine)


def end_twice_at_once(traveller: Traveller) -> None:
    """Two phones end the same ride."""
    leg, at = traveller.trip.leg, traveller.next_moment()
    place = traveller.vehicle.coordinates if traveller.vehicle else leg["from"]
    location = {"coordinates": place["coordinates"]}
    body = {
        "event": "FINISH",
        "time": at.isoformat(),
        "url": ["https://demo-maas.example/photos/twice.jpg"],
        "asset": {"id": leg["asset"]["id"], "overriddenProperties": {"location": location}},
    }
    traveller.world.receiver.said(leg["id"], "FINISH", at.isoformat())
    ask = _asking(traveller, f"/legs/{leg['id']}/events", body, {})
    calls = _at_once(ask, ask)
    if any(call.status != 200 or call.answer["state"] != "FINISHED" for call in calls):
        raise Contradiction(f"FINISH twice at once: {[_told(call) for call in calls]}")


def _asking(traveller: Traveller, path: str, body: Json, headers: dict[str, str]) -> Callable[[], Call]:
    """A question over a line of its own."""

    def ask() -> Call:
        with traveller.client_of(traveller.account) as client:
            return client.call("POST", path, body=body, headers=headers)

    return ask


def _at_once(*questions: Callable[[], Call]) -> list[Call]:
    """Their answers. Raises CallFailed if one had none."""
    answers: list[Any] = [None] * len(questions)
    ready = threading.Barrier(len(questions))

    def put(number: int, question: Callable[[], Call]) -> None:
        ready.wait(10)
        try:
            answers[number] = question()
        except CallFailed as failure:
            answers[number] = failure

    threads = [threading.Thread(target=put, args=each, daemon=True) for each in enumerate(questions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in answers:
        if isinstance(answer, CallFailed):
            raise answer
    return answers


def _take_over(traveller: Traveller, call: Call) -> None:
    """What was booked is the traveller's. Raises CallFailed if it was refused."""
    if call.status >= 300:
        raise CallFailed(_told(call), call)
    traveller.trip.booking = call.answer
    traveller.booked()


def _told(call: Call) -> str:
    return judge.refusal(call) or f"{call.status} {call.answer.get('id', '')} {call.answer.get('state', '')}".strip()


# -- what is not theirs, or nothing at all


def book_the_same(traveller: Traveller) -> None:
    """Somebody else wants the vehicle that we have."""
    leg = traveller.trip.leg
    with traveller.client_of(traveller.other_account()) as rival:
        place = {"coordinates": leg["from"]["coordinates"]}
        wish = {"from": place, "useAssets": [leg["asset"]["id"]]}
        call = rival.call("POST", "/bookings/one-stop", body=wish)
        _must_be(call, "406/3202", "410/3202")
        if options := rival.post("/planning/offers", wish)["options"]:
            raise Contradiction(f"a vehicle that is taken was offered: {options[0]['id']}")


def wrong_ids(traveller: Traveller) -> None:
    ask, nobody = traveller.client.call, uuid.uuid4()
    event = {"event": "SET_IN_USE", "time": traveller.next_moment().isoformat()}
    _must_be(ask("GET", f"/bookings/{nobody}"), "404/3204")
    _must_be(ask("GET", "/bookings/mine"), "404/3204")
    _must_be(ask("GET", f"/legs/{nobody}"), "404/4204")
    _must_be(ask("POST", f"/legs/{nobody}/events", body=event), "404/4204")
    _must_be(ask("POST", f"/bookings/{nobody}/events", body={"operation": "COMMIT"}), "404/3204")
    _must_be(ask("POST", "/bookings", body={"id": str(nobody)}), "404/3204")
    other_vehicle = {**event, "asset": {"id": str(nobody)}}
    _must_be(ask("POST", f"/legs/{traveller.trip.leg['id']}/events", body=other_vehicle), "403/4002")
    _must_be_unchanged(traveller)


def nonsense(traveller: Traveller) -> None:
    """Bodies that nobody can read, or that say nothing; the booking stays as it is."""
    paths = (
        f"/legs/{traveller.trip.leg['id']}/events",
        f"/bookings/{traveller.trip.id}/events",
        "/bookings/one-stop",
        "/planning/offers",
    )
    for content in NONSENSE:
        call = traveller.client.call("POST", traveller.rng.choice(paths), content=content)
        if call.status != 400:
            raise Contradiction(f"{call} of {content[:60]!r} was answered {_told(call)}")
    _must_be_unchanged(traveller)


def others_look(traveller: Traveller) -> None:
    """A booking of ours is none for others."""
    with traveller.client_of(traveller.other_account()) as other:
        _must_be(other.call("GET", f"/bookings/{traveller.trip.id}"), "404/3204")
        _must_be(other.call("GET", f"/legs/{traveller.trip.leg['id']}"), "404/4204")
        cancel = {"operation": "CANCEL"}
        _must_be(other.call("POST", f"/bookings/{traveller.trip.id}/events", body=cancel), "404/3204")
    _must_be_unchanged(traveller)


def wrong_key(traveller: Traveller) -> None:
    with traveller.client_of(traveller.account, api_key="wrong") as stranger:
        _must_be(stranger.call("GET", "/bookings"), "401/7002")
    with traveller.client_of(traveller.account, maas_id=traveller.other_account().maas_id) as stranger:
        call = stranger.call("GET", "/bookings")
        if call.status not in (401, 403):
            raise Contradiction(f"a key of another provider was answered {_told(call)}")


def _must_be(call: Call, *wanted: str) -> None:
    if judge.refusal(call) not in wanted:
        raise Contradiction(f"{call} was answered {_told(call)}, not {' or '.join(wanted)}")


def _must_be_unchanged(traveller: Traveller) -> None:
    state, leg_state = traveller.trip.state, traveller.trip.leg["state"]
    traveller.trip.look()
    if (traveller.trip.state, traveller.trip.leg["state"]) != (state, leg_state):
        raise Contradiction(f"refused, and yet it is {traveller.trip.state}/{traveller.trip.leg['state']} now")


ACTS: dict[str, Callable[[Traveller], None]] = {
    "repeat": repeat,
    "FINISH without photo": finish_without_photo,
    "end far away": end_far_away,
    "end itself": end_itself,
    "SET_IN_USE of an hour ago": set_in_use_of_an_hour_ago,
    "commit again": commit_again,
    "one stop twice": one_stop_twice,
    "hang up": hang_up,
    "two at once": two_at_once,
    "end twice at once": end_twice_at_once,
    "book the same": book_the_same,
    "wrong ids": wrong_ids,
    "nonsense": nonsense,
    "others look": others_look,
    "wrong key": wrong_key,
}
