"""A traveller and the app of one provider play a scenario, and judge whatever the operator answers."""

import math
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

from demo import receipt
from demo.client import Call, CallFailed, Client
from demo.search import Json, RideFailed
from demo.simulation import judge
from demo.simulation.accounts import Account
from demo.simulation.scenarios import Scenario
from demo.simulation.vehicles import Vehicle
from demo.simulation.world import World
from demo.trip import Trip

EVENTS = {
    "PREPARE": "PREPARING",
    "SET_IN_USE": "IN_USE",
    "PAUSE": "PAUSED",
    "START_FINISHING": "FINISHING",
    "FINISH": "FINISHED",
}
TRIES = 5  # of what the operator asks to try again
POLL_S = 1
PATIENCE_S = 90


Act = Callable[[str, "Traveller"], None]


class Gone(Exception):
    """Nothing came of it, and nobody is to blame: the vehicle was somebody else's, or there was none."""


class Contradiction(Exception):
    """The operator did not what it had to do; the message says what."""


class Traveller:
    """One scenario with one provider. `act(step)` is how acts get to know their traveller."""

    def __init__(self, world: World, account: Account, scenario: Scenario, rng: Random) -> None:
        self.world, self.account, self.scenario, self.rng = world, account, scenario, rng
        self.type_id = rng.choice(scenario.types)
        self.client = self.client_of(account)
        self.trip = Trip(self.client)
        self.option: Json = {}
        self.vehicle: Vehicle | None = None
        self._last_moment = 0

    def client_of(self, account: Account, **changes: str) -> Client:
        """A connection of this provider; each of its answers is judged."""
        terms = {"maas_id": account.maas_id, "api_key": account.api_key, "api_version": account.api_version}
        return Client(self.world.base_url, report=self._judge, **terms | changes)

    def other_account(self) -> Account:
        """Another provider than ours."""
        return self.rng.choice([each for each in self.world.accounts if each != self.account])

    def _judge(self, call: Call) -> None:
        if refusal := judge.refusal(call):
            self.world.tally.refusal(refusal)
        if complaint := judge.complaint(call):
            self.world.tally.fault(complaint, booking_id=self.booking_id)

    @property
    def booking_id(self) -> str:
        return self.trip.booking.get("id", "")

    # -- the story

    def play(self, act: Act) -> None:
        """The scenario is over, with or without a ride, and counted; nothing of it stays behind."""
        try:
            for step in self.scenario.steps:
                self._take(step, act)
            outcome = self._settle()
        except Gone as reason:
            outcome = f"without a vehicle ({reason})"
            self._leave()
        except (CallFailed, RideFailed, Contradiction) as failure:
            outcome = "failed"
            self.world.tally.fault(f"{self.scenario.name}: {failure}", booking_id=self.booking_id)
            self._leave()
        finally:
            if self.vehicle is not None:
                self.world.middleware.release(self.vehicle)
            self.client.close()
        self.world.tally.ride(self.scenario.name, outcome)

    def _take(self, step: str, act: Act) -> None:
        """One step, with the answer it has to have; what the operator asks to try again is tried again."""
        name, _, wanted = step.partition("!")
        for _try in range(TRIES):
            try:
                self._do(name, act)
            except CallFailed as failure:
                if failure.call is None:
                    raise
                if judge.is_to_be_retried(failure.call):
                    self.wait(int(failure.call.headers["Retry-After"]))
                    continue
                refusal = judge.refusal(failure.call)
                if wanted:
                    self._check_refusal(step, refusal, wanted)
                    return
                if refusal in MAY_BE_REFUSED.get(name, ()):
                    raise Gone(refusal) from failure
                if refusal in MAY_BE_SKIPPED.get(name, ()):
                    return
                raise
            else:
                if wanted:
                    raise Contradiction(f"{name} was accepted, although {wanted} was due")
                return
        raise Gone("503, however often we tried")

    def _check_refusal(self, step: str, refusal: str, wanted: str) -> None:
        if refusal != wanted:
            raise Contradiction(f"{step}: it was {refusal}")

    def _do(self, name: str, act: Act) -> None:
        if name in EVENTS:
            self.event(name)
        else:
            act(name, self)

    # -- what acts are made of

    def event(self, event: str, *, leg: int = 0, photo: bool = True, place: Json | None = None) -> None:
        """The leg had the event on the next whole second. Raises CallFailed, Contradiction."""
        at = self.next_moment()
        known = self.trip.booking["legs"][leg]
        said = known["id"], event, at.isoformat()
        self.world.receiver.said(*said)
        place = place or (self.vehicle.coordinates if self.vehicle else None)
        try:
            self.trip.event(event, at=at, place=place, leg=leg, photo=photo)
        except CallFailed:
            self.world.receiver.unsaid(*said)
            raise
        state = self.trip.booking["legs"][leg]["state"]
        if state != EVENTS[event]:
            raise Contradiction(f"after {event} the leg is {state}")

    def next_moment(self) -> datetime:
        """The next whole second that had no event yet; it has come."""
        moment = max(math.ceil(time.time()), self._last_moment + 1)
        self._last_moment = moment
        time.sleep(max(0.0, moment - time.time()))
        return datetime.fromtimestamp(moment, UTC)

    def wait(self, seconds: float) -> None:
        """So long, or until everybody is to come to an end."""
        self.world.stopping.wait(seconds)

    def booked(self) -> None:
        """There is a booking: the other parties know it, and it is what was agreed. Raises Contradiction."""
        self.world.receiver.knows(self.trip.id, [leg["id"] for leg in self.trip.booking["legs"]])
        shown = self.trip.leg["pricing"]["parts"]
        if self.option and shown != self.option["legs"][0]["pricing"]["parts"]:
            raise Contradiction(f"the price shown was {self.option['legs'][0]['pricing']['parts']}, booked is {shown}")
        self.trip.tariff = shown
        self.recognise()

    def recognise(self) -> None:
        """The vehicle of the leg is the one in front of the traveller, if it has one yet."""
        if self.vehicle is None:
            self.vehicle = self.world.middleware.find(self.trip.leg)

    def until(self, *states: str, leg: bool = False, patience_s: float = PATIENCE_S) -> None:
        """The booking, or its leg, is in one of these states. Raises Contradiction if it takes too long."""
        give_up_at = time.monotonic() + patience_s
        while True:
            self.trip.look()
            state = self.trip.leg["state"] if leg else self.trip.state
            if state in states:
                return
            if time.monotonic() > give_up_at:
                raise Contradiction(f"still {state} after {patience_s:.0f} s, not {' or '.join(states)}")
            time.sleep(POLL_S)

    def new_key(self) -> str:
        """For the header Idempotency-Key."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    # -- the end

    def _settle(self) -> str:
        """The operator's books say the same. Returns the outcome. Raises Contradiction, CallFailed, RideFailed."""
        if not self.scenario.ends:
            return "nothing wanted"
        self.trip.look()
        state = self.trip.state
        if state not in self.scenario.ends:
            raise Contradiction(f"the booking is {state}, not {' or '.join(self.scenario.ends)}")
        ridden = [leg for leg in self.trip.booking["legs"] if leg["state"] == "FINISHED"]
        fares = self.trip.fares()
        if len(fares) != len(ridden):
            raise Contradiction(f"{len(ridden)} rides, but {len(fares)} fares in the journal")
        if self.scenario.is_billed and state == "FINISHED":
            return f"{state}{self._check_bill()}"
        return state

    def _check_bill(self) -> str:
        """What is to be said of the price, if it cannot be checked. Raises Contradiction if it is wrong."""
        try:
            bill = self.trip.bill()
        except receipt.CannotCheck as reason:
            return f" at a price not checked ({reason})"
        if not bill.is_right:
            raise Contradiction(
                f"charged {bill.charged}, shown {bill.shown}, but the tariff says {receipt.total(bill.expected)}"
            )
        return ""

    def _leave(self) -> None:
        """What was booked is called off, what was begun is ended by the colleague."""
        if not self.trip.booking:
            return
        try:
            self.trip.look()
            if self.trip.state in ("PENDING", "CONFIRMED", "CONDITIONAL_CONFIRMED"):
                self.trip.ask("CANCEL")
        except CallFailed:
            pass
        if self.trip.state == "STARTED":
            for leg in self.trip.booking["legs"]:
                self.world.colleague.ask("finish", leg["id"])


TAKEN = ("406/3202", "410/3202")
MAY_BE_REFUSED = {  # somebody else was faster, or so few are left that none can be promised
    "one stop": TAKEN,
    "one stop twice": TAKEN,
    "hang up": TAKEN,
    "two at once": TAKEN,
    "book": TAKEN,
    "extend": ("410/3202",),
}
MAY_BE_SKIPPED = {"pick": ("403/4006", "403/4202")}  # the operator had assigned one already, or somebody took it
