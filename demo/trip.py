"""One booking and its rides, as the app of the provider knows them: what it may ask, and what it costs."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from demo import receipt
from demo.client import Client
from demo.search import Json, RideFailed

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
class Trip:
    """What became of an option that was booked. Whatever calls the operator raises CallFailed."""

    client: Client
    booking: Json = field(default_factory=dict)
    tariff: list[receipt.FarePart] = field(default_factory=list)
    moments: list[tuple[str, datetime]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.booking["id"]

    @property
    def state(self) -> str:
        return self.booking["state"]

    @property
    def leg(self) -> Json:
        return self.booking["legs"][0]

    def book(self, option: Json, **headers: str) -> None:
        """The option is booked. Raises RideFailed if the operator asks for data that nobody has."""
        self.tariff = option["legs"][0]["pricing"]["parts"]
        request = {"id": option["id"], "customer": self._customer(option["legs"][0])}
        self.booking = self.client.post("/bookings", request, **headers)

    def _customer(self, leg: Json) -> Json:
        """Who travels, with no more data than the conditions ask for."""
        customer: Json = {"id" if self.client.api_version.startswith("1.5") else "externalId": "traveller-1"}
        for required in _required_fields(leg):
            if required not in CUSTOMER:
                raise RideFailed(f"The operator wants to know {required}, which the demo traveller does not say.")
            customer |= CUSTOMER[required]
        return customer

    def ask(self, operation: str) -> None:
        """COMMIT, CANCEL, EXTEND_EXPIRY_TIME."""
        self.booking = self.client.post(f"/bookings/{self.id}/events", {"operation": operation})

    def look(self, *, silently: bool = False) -> None:
        """The booking is known as it is now."""
        self.booking = self.client.get(f"/bookings/{self.id}", silently=silently)

    def event(self, event: str, *, at: datetime, place: Json | None = None, leg: int = 0, photo: bool = True) -> None:
        """The leg is as far as the event leads. Without a `place` it happened where the leg began."""
        known = self.booking["legs"][leg]
        body: Json = {"event": event, "time": at.isoformat()}
        if asset := known.get("asset"):
            location = {"coordinates": (place or known["from"])["coordinates"]}
            body["asset"] = {"id": asset["id"], "overriddenProperties": {"location": location}}
        if event == "FINISH" and photo:
            body["url"] = [f"https://demo-maas.example/photos/{self.id}.jpg"]
        self.booking["legs"][leg] = self.client.post(f"/legs/{known['id']}/events", body)
        if leg == 0:
            self.moments.append((event, at))

    def has(self, event: str) -> bool:
        """Whether the first leg had it from us."""
        return any(each == event for each, _at in self.moments)

    def fares(self) -> list[Json]:
        """What the journal has for the rides of this booking."""
        return [entry for entry in self.client.get("/payment/journal-entry", id=self.id) if entry["category"] == "FARE"]

    def bill(self) -> Bill:
        """For the only leg, which is over. Raises RideFailed, receipt.CannotCheck."""
        leg = self.client.get(f"/bookings/{self.id}")["legs"][0]
        fares = self.fares()
        if len(fares) != 1:
            raise RideFailed(f"The journal has {len(fares)} fares for booking {self.id}, not one.")
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
