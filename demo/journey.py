"""One ride from the provider's side: book a vehicle, ride it, end it, read what it costs."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from demo.client import CallFailed, Client
from demo.destination import destination
from demo.search import RideFailed, Wish, offer
from demo.trip import Bill, Trip

POLL_S = 2
ENDING = ("START_FINISHING", "FINISH")


@dataclass
class Journey:
    """A traveller of the provider makes one trip. Each stretch of it lasts `seconds`."""

    client: Client
    wish: Wish
    seconds: int
    patience_s: int
    say: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    trip: Trip = field(init=False)

    def __post_init__(self) -> None:
        self.trip = Trip(self.client)

    def make(self) -> Bill:
        """The ride from the first question to the bill. Raises CallFailed, RideFailed, receipt.CannotCheck."""
        option = offer(self.client, self.wish)
        try:
            self.trip.book(option)
            self._commit()
            self._ride()
        except (CallFailed, RideFailed) as error:
            raise RideFailed(f"{error}{self._leave()}") from error
        return self.trip.bill()

    def _commit(self) -> None:
        """The booking is CONFIRMED: at once, by COMMIT, or after the operator agreed."""
        if self.trip.state == "PENDING":
            self.trip.ask("COMMIT")
        if self.trip.state == "CONDITIONAL_CONFIRMED":
            self._await_operator()
        if self.trip.state != "CONFIRMED":
            raise RideFailed(f"Booking {self.trip.id} is {self.trip.state}.")

    def _await_operator(self) -> None:
        self.say(
            f"The operator has to agree. Say so in the back office, or with\n"
            f"    manage.py operate confirm {self.trip.id}\n"
            f"within {self.patience_s} seconds.\n"
        )
        give_up_at = time.monotonic() + self.patience_s
        while self.trip.state == "CONDITIONAL_CONFIRMED":
            if time.monotonic() > give_up_at:
                raise RideFailed(f"The operator did not agree to booking {self.trip.id} in time.")
            self.sleep(POLL_S)
            self.trip.look(silently=True)

    def _ride(self) -> None:
        """It ends some way off, if there is a place to leave it; until then it is said to be where it began."""
        self.trip.event("PREPARE", at=_now())
        end = destination(self.client, self.trip.leg)
        # Events on whole seconds: then both sides count the same seconds, however long a call takes.
        start = _now().replace(microsecond=0) + timedelta(seconds=1)
        for number, event in enumerate(("SET_IN_USE", "PAUSE", "SET_IN_USE", "START_FINISHING", "FINISH")):
            at = start + timedelta(seconds=number * self.seconds)
            self.sleep(max(0.0, (at - _now()).total_seconds()))
            self.trip.event(event, at=at, place=end if event in ENDING else None)

    def _leave(self) -> str:
        """Nothing stays behind if it can be helped; what does is said."""
        if not self.trip.booking or self.trip.has("FINISH"):
            return ""
        if self.trip.has("SET_IN_USE"):
            return f" The ride goes on; end it with: manage.py operate finish {self.trip.leg['id']}"
        try:
            self.trip.ask("CANCEL")
        except CallFailed:
            return f" Booking {self.trip.id} could not be cancelled."
        return " The booking was cancelled."


def _now() -> datetime:
    return datetime.now(UTC)
