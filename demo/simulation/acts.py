"""What travellers and their apps do besides the events of the leg, by the names in scenarios.py."""

from collections.abc import Callable
from datetime import datetime

from demo.search import Json
from demo.simulation import mischief
from demo.simulation.travellers import Contradiction, Gone, Traveller
from demo.simulation.wishes import wish_of

COLLEAGUE_S = 30
LAPSE_S = 90


def one_stop(traveller: Traveller) -> None:
    traveller.trip.booking = traveller.client.post("/bookings/one-stop", wish_of(traveller))
    traveller.booked()


def inquire(traveller: Traveller) -> None:
    traveller.client.post("/planning/inquiries", wish_of(traveller))


def offer(traveller: Traveller) -> None:
    traveller.option = _first_option(traveller, wish_of(traveller))


def scan(traveller: Traveller) -> None:
    """The code printed on a vehicle in the street tells nothing of where it is."""
    vehicle = traveller.world.middleware.idle(traveller.type_id)
    if vehicle is None or not vehicle.names:
        raise Gone("nothing to scan")
    codes = sorted(vehicle.names)
    wish = {"from": {"coordinates": {"lat": 0, "lng": 0}, "extraInfo": {"vehicleCode": codes[0]}}}
    traveller.option = _first_option(traveller, wish)
    offered = traveller.option["legs"][0]["asset"]["overriddenProperties"]["meta"]["vehicleCode"]
    if offered != codes[0]:
        raise Contradiction(f"offered {offered} for the code {codes[0]}")


def party(traveller: Traveller) -> None:
    """Three friends want one vehicle each."""
    wish = wish_of(traveller)
    wish = {"from": wish["from"], "useAssetTypes": [traveller.type_id], "nrOfTravelers": 3}
    traveller.option = _first_option(traveller, wish)
    if len(traveller.option["legs"]) != 3:
        raise Contradiction(f"{len(traveller.option['legs'])} legs for three travellers")


def _first_option(traveller: Traveller, wish: Json) -> Json:
    options = traveller.client.post("/planning/offers", wish)["options"]
    if not options:
        raise Gone("nothing is offered")
    return options[0]


def book(traveller: Traveller) -> None:
    traveller.trip.book(traveller.option)
    traveller.booked()


def commit(traveller: Traveller) -> None:
    """CONFIRMED, also where the contract needs no COMMIT; or our answer is owed."""
    if traveller.trip.state == "PENDING":
        traveller.trip.ask("COMMIT")
    if traveller.trip.state not in ("CONFIRMED", "CONDITIONAL_CONFIRMED"):
        raise Contradiction(f"after COMMIT the booking is {traveller.trip.state}")
    traveller.recognise()


def cancel(traveller: Traveller) -> None:
    traveller.trip.ask("CANCEL")


def extend(traveller: Traveller) -> None:
    if traveller.trip.state == "PENDING":
        traveller.trip.ask("EXTEND_EXPIRY_TIME")


def lapse(traveller: Traveller) -> None:
    """The traveller forgets about it; what is confirmed does not lapse that soon, and is called off."""
    if traveller.trip.state != "PENDING":
        traveller.trip.ask("CANCEL")
        return
    traveller.wait(LAPSE_S)
    if not traveller.world.stopping.is_set():
        traveller.until("EXPIRED", patience_s=1)
        return
    traveller.trip.look()
    if traveller.trip.state == "PENDING":
        traveller.trip.ask("CANCEL")


def browse(traveller: Traveller) -> None:
    """What an app looks at while nobody rides."""
    for path in ("/operator/information", "/operator/stations", "/operator/regions", "/operator/pricing-plans"):
        traveller.client.get(path)
    traveller.client.get("/bookings")


def ride(traveller: Traveller) -> None:
    """The vehicle goes somewhere; if nobody found out which one it is, the time passes all the same."""
    traveller.recognise()
    rides = traveller.scenario.steps.count("ride")
    seconds = max(1.0, traveller.world.ride_seconds * traveller.rng.uniform(0.5, 1.5) / rides)
    if traveller.vehicle is not None:
        traveller.world.middleware.ride(traveller.vehicle, seconds)
    traveller.wait(seconds)


def park(traveller: Traveller) -> None:
    """The vehicle stands where it may be left."""
    if traveller.vehicle is not None:
        traveller.world.middleware.arrive(traveller.vehicle)


def undock(traveller: Traveller) -> None:
    """The vehicle is taken out of its dock, which begins the ride."""
    vehicle = traveller.vehicle
    if vehicle is None:
        raise Gone("nobody knows which vehicle it is")
    traveller.world.receiver.expect(traveller.trip.leg["id"], "SET_IN_USE")
    traveller.world.middleware.undock(vehicle)
    traveller.until("IN_USE", leg=True)
    began = datetime.fromisoformat(traveller.trip.leg["actualDepartureTime"])
    traveller.trip.moments.append(("SET_IN_USE", began))


def dock(traveller: Traveller) -> None:
    """The vehicle is put into a dock, which ends the ride."""
    if traveller.vehicle is None:
        raise Gone("nobody knows which vehicle it is")
    traveller.world.receiver.expect(traveller.trip.leg["id"], "FINISH")
    traveller.world.middleware.release(traveller.vehicle)
    traveller.vehicle = None
    traveller.until("FINISHED")


def is_confirmed(traveller: Traveller) -> None:
    _the_colleague(traveller, "confirm", "CONFIRMED", "COMMIT")


def is_denied(traveller: Traveller) -> None:
    _the_colleague(traveller, "deny", "REJECTED", "DENY")


def is_called_off(traveller: Traveller) -> None:
    _the_colleague(traveller, "cancel", "CANCELLED", "CANCEL")


def forget(traveller: Traveller) -> None:
    """The traveller walks away, and somebody at the operator ends the ride."""
    park(traveller)
    leg_id = traveller.trip.leg["id"]
    traveller.wait(traveller.rng.uniform(1, COLLEAGUE_S))
    traveller.world.receiver.expect(leg_id, "FINISH")
    traveller.world.colleague.ask("finish", leg_id)
    traveller.until("FINISHED")


def _the_colleague(traveller: Traveller, action: str, state: str, told: str) -> None:
    traveller.world.receiver.expect(traveller.trip.id, told)
    traveller.world.colleague.ask(action, traveller.trip.id)
    traveller.until(state)


def subscribe(traveller: Traveller) -> None:
    """From now on our server is told every step."""
    traveller.world.receiver.subscribe(traveller.trip.id)
    traveller.client.post(f"/bookings/{traveller.trip.id}/subscription", None)
    for event in ("SET_IN_USE", "PAUSE", "FINISH"):
        traveller.world.receiver.expect(traveller.trip.leg["id"], event)


def add(traveller: Traveller) -> None:
    """A child seat."""
    traveller.client.post(f"/legs/{traveller.trip.leg['id']}/ancillaries/AV/01", None)


def pick(traveller: Traveller) -> None:
    """The user takes the one they like best, unless one was assigned already."""
    leg_id = traveller.trip.leg["id"]
    found = traveller.client.get(f"/legs/{leg_id}/available-assets")
    if not found:
        raise Gone("none to pick")
    chosen = traveller.rng.choice(found)
    at = traveller.next_moment()
    body = {"event": "ASSIGN_ASSET", "time": at.isoformat(), "asset": {"id": chosen["id"]}}
    traveller.world.receiver.said(leg_id, "ASSIGN_ASSET", at.isoformat())
    leg = traveller.client.post(f"/legs/{leg_id}/events", body)
    if leg["asset"]["id"] != chosen["id"]:
        raise Contradiction(f"picked {chosen['id']}, got {leg['asset']['id']}")
    traveller.trip.booking["legs"][0] = leg


def complain(traveller: Traveller) -> None:
    _ask_for_help(traveller, "NOT_CLEAN", "DISTURBING_ISSUE")


def break_down(traveller: Traveller) -> None:
    _ask_for_help(traveller, "BROKEN_DOWN", "ERROR_CANNOT_CONTINUE")
    traveller.until("ISSUE_REPORTED", leg=True, patience_s=1)


def _ask_for_help(traveller: Traveller, kind: str, priority: str) -> None:
    request = {"id": traveller.trip.id, "supportType": kind, "priority": priority, "comment": "A simulated trouble."}
    said = traveller.client.post("/support/", request)
    statuses = traveller.client.get(f"/support/{traveller.trip.id}/status")
    if statuses[-1]["order"] != said["order"] or statuses[-1]["supportType"] != kind:
        raise Contradiction(f"the last status is not the answer: {statuses[-1]}")


def _all(event: str) -> Callable[[Traveller], None]:
    def each_leg(traveller: Traveller) -> None:
        for number in range(len(traveller.trip.booking["legs"])):
            traveller.event(event, leg=number)

    return each_leg


ACTS: dict[str, Callable[[Traveller], None]] = {
    "one stop": one_stop,
    "inquire": inquire,
    "offer": offer,
    "scan": scan,
    "party": party,
    "book": book,
    "commit": commit,
    "cancel": cancel,
    "extend": extend,
    "lapse": lapse,
    "give back": cancel,
    "browse": browse,
    "ride": ride,
    "park": park,
    "undock": undock,
    "dock": dock,
    "is confirmed": is_confirmed,
    "is denied": is_denied,
    "is called off": is_called_off,
    "forget": forget,
    "subscribe": subscribe,
    "add": add,
    "pick": pick,
    "complain": complain,
    "break down": break_down,
    "all SET_IN_USE": _all("SET_IN_USE"),
    "all FINISH": _all("FINISH"),
    **mischief.ACTS,
}


def act(name: str, traveller: Traveller) -> None:
    """The act of this name is done by this traveller."""
    ACTS[name](traveller)
