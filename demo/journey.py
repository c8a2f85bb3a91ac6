"""One ride from the provider's side: book a vehicle, ride it, end it, read what it costs."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from demo import receipt
from demo.client import CallFailed, Client
from demo.search import Json, RideFailed, Wish, offer

POLL_S = 2
CUSTOMER: dict[str, Json] = {
    "NAME": {"firstName": "Ada", "lastName": "Lovelace"},
    "FIRST_NAME": {"firstName": "Ada"},
    "EMAIL": {"email": "ada@demo-maas.example"},
    "PHONE_NUMBERS": {"phones": [{"preferred": True, "number": "+31-6-55501000", "kind": "MOBILE"}]},
    "BIRTHDATE": {"birthDate": "1985-12-10"},
    "AGE": {"age": 40},
}


@dataclass(frozen=True)
class Bill:
    """What was charged, what it was charged for, and what the provider expected."""

    entry: Json
    leg: Json
    used: receipt.Used
    expected: list[receipt.Line]

    @property
    def charged(self) -> Decimal:
        return Decimal(self.entry["amount"])

    @property
    def shown(self) -> Decimal:
        """What the leg says the ride cost."""
        return sum((Decimal(part["amount"]) for part in self.leg["pricing"]["parts"]), Decimal(0))

    @property
    def is_right(self) -> bool:
        return self.charged == receipt.total(self.expected) == self.shown


@dataclass
class Journey:
    """A traveller of the provider makes one trip. Each stretch of it lasts `seconds`."""

    client: Client
    wish: Wish
    seconds: int
    patience_s: int
    say: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    booking: Json = field(default_factory=dict)
    tariff: list[receipt.FarePart] = field(default_factory=list)
    moments: list[tuple[str, datetime]] = field(default_factory=list)

    def make(self) -> Bill:
        """The ride from the first question to the bill. Raises CallFailed, RideFailed, receipt.CannotCheck."""
        option = offer(self.client, self.wish)
        self.tariff = option["legs"][0]["pricing"]["parts"]
        try:
            self._book(option)
            self._commit()
            self._ride()
        except (CallFailed, RideFailed) as error:
            raise RideFailed(f"{error}{self._leave()}") from error
        return self._bill()

    # -- book

    def _book(self, option: Json) -> None:
        self.booking = self.client.post(
            "/bookings", {"id": option["id"], "customer": self._customer(option["legs"][0])}
        )

    def _customer(self, leg: Json) -> Json:
        """Who travels, with no more data than the conditions ask for."""
        customer: Json = {"id" if self.client.api_version.startswith("1.5") else "externalId": "traveller-1"}
        for required in _required_fields(leg):
            if required not in CUSTOMER:
                raise RideFailed(f"The operator wants to know {required}, which the demo traveller does not say.")
            customer |= CUSTOMER[required]
        return customer

    def _commit(self) -> None:
        """The booking is CONFIRMED: at once, by COMMIT, or after the operator agreed."""
        if self.booking["state"] == "PENDING":
            self.booking = self.client.post(f"/bookings/{self._id}/events", {"operation": "COMMIT"})
        if self.booking["state"] == "CONDITIONAL_CONFIRMED":
            self._await_operator()
        if self.booking["state"] != "CONFIRMED":
            raise RideFailed(f"Booking {self._id} is {self.booking['state']}.")

    def _await_operator(self) -> None:
        self.say(
            f"The operator has to agree. Say so in the back office, or with\n"
            f"    manage.py operate confirm {self._id}\n"
            f"within {self.patience_s} seconds.\n"
        )
        give_up_at = time.monotonic() + self.patience_s
        while self.booking["state"] == "CONDITIONAL_CONFIRMED":
            if time.monotonic() > give_up_at:
                raise RideFailed(f"The operator did not agree to booking {self._id} in time.")
            self.sleep(POLL_S)
            self.booking = self.client.get(f"/bookings/{self._id}", silently=True)

    @property
    def _id(self) -> str:
        return self.booking["id"]

    @property
    def _leg(self) -> Json:
        return self.booking["legs"][0]

    # -- ride

    def _ride(self) -> None:
        self._event("PREPARE", at=_now())
        # Events on whole seconds: then both sides count the same seconds, however long a call takes.
        start = _now().replace(microsecond=0) + timedelta(seconds=1)
        for number, event in enumerate(("SET_IN_USE", "PAUSE", "SET_IN_USE", "START_FINISHING", "FINISH")):
            at = start + timedelta(seconds=number * self.seconds)
            self.sleep(max(0.0, (at - _now()).total_seconds()))
            self._event(event, at=at)

    def _event(self, event: str, *, at: datetime) -> None:
        body: Json = {"event": event, "time": at.isoformat()}
        if asset := self._leg.get("asset"):
            # It ends where it began: there it may be left.
            location = {"coordinates": self._leg["from"]["coordinates"]}
            body["asset"] = {"id": asset["id"], "overriddenProperties": {"location": location}}
        if event == "FINISH":
            body["url"] = [f"https://demo-maas.example/photos/{self._id}.jpg"]
        self.booking["legs"][0] = self.client.post(f"/legs/{self._leg['id']}/events", body)
        self.moments.append((event, at))

    def _leave(self) -> str:
        """Nothing stays behind if it can be helped; what does is said."""
        if not self.booking or any(event == "FINISH" for event, _at in self.moments):
            return ""
        if any(event == "SET_IN_USE" for event, _at in self.moments):
            return f" The ride goes on; end it with: manage.py operate finish {self._leg['id']}"
        try:
            self.client.post(f"/bookings/{self._id}/events", {"operation": "CANCEL"})
        except CallFailed:
            return f" Booking {self._id} could not be cancelled."
        return " The booking was cancelled."

    # -- pay

    def _bill(self) -> Bill:
        leg = self.client.get(f"/bookings/{self._id}")["legs"][0]
        entries = self.client.get("/payment/journal-entry", id=self._id)
        fares = [entry for entry in entries if entry["category"] == "FARE"]
        if len(fares) != 1:
            raise RideFailed(f"The journal has {len(fares)} fares for booking {self._id}, not one.")
        used = self._used(leg, fares[0])
        return Bill(entry=fares[0], leg=leg, used=used, expected=receipt.lines(self.tariff, used))

    def _used(self, leg: Json, entry: Json) -> receipt.Used:
        """From the events we sent, up to the arrival, which the contract puts at START_FINISHING or at FINISH."""
        seconds = {"SET_IN_USE": 0, "PAUSE": 0}
        marks = [(event, at) for event, at in self.moments if event in seconds]
        ends = [at for _event, at in marks[1:]] + [datetime.fromisoformat(leg["actualArrivalTime"])]
        for (event, at), end in zip(marks, ends, strict=True):
            seconds[event] += round((end - at).total_seconds())
        distance = Decimal(entry.get("distance", 0)) * receipt.METRES[entry.get("distanceType", "KM")]
        return receipt.Used(seconds["SET_IN_USE"], seconds["PAUSE"], distance)


def _required_fields(leg: Json) -> list[str]:
    conditions = [*leg.get("conditions", ()), *leg.get("assetType", {}).get("conditions", ())]
    return [
        required
        for condition in conditions
        if condition["conditionType"].lower() == "conditionrequirebookingdata"
        for required in condition["requiredFields"]
    ]


def _now() -> datetime:
    return datetime.now(UTC)
