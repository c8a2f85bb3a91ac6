"""The rules of a trip, told a second time: by the protocol and our contracts, without a line of the service.

Sources: TOMP 1.6.1 (bookingOperation, legEvent) and docs/states.md, docs/pricing.md, docs/payments.md. A `Trip` is what
everybody may expect of one booking with one vehicle; each of its methods is something that happens to it. Whatever is
asked is answered by a status and a code of the protocol: (200, None) or, say, (403, 4004). Then nothing has changed.

Money is in cents, time in seconds since the beginning.
"""

from dataclasses import dataclass, field

OFFER_LASTS = 600
PENDING_LASTS = 15 * 60
ANSWER_WITHIN = 10 * 60
HELD_FOR = 30 * 60
LATEST_REPORT = 10 * 60
FINISHED_FOR_YOU_AFTER = 60 * 60
UNLOCKING, PER_MINUTE, PER_PAUSED_MINUTE = 100, 20, 5
DEPOSIT = 5000

OK = (200, None)
CREATED = (201, None)
CALLED_OFF = {"RELEASED", "CANCELLED"}
WAITING = {"PENDING", "CONDITIONAL_CONFIRMED"}
RIDING = {"IN_USE", "PAUSED", "FINISHING", "ISSUE_REPORTED"}
BEFORE_THE_RIDE = {"NOT_STARTED", "PREPARING"}

# What leads where. Whatever is not here is refused.
PROVIDER_MAY = {
    "PREPARE": {"NOT_STARTED": "PREPARING", "PREPARING": "PREPARING", "IN_USE": "IN_USE", "PAUSED": "PAUSED"},
    "SET_IN_USE": dict.fromkeys(BEFORE_THE_RIDE | RIDING, "IN_USE"),
    "PAUSE": dict.fromkeys(("IN_USE", "FINISHING", "ISSUE_REPORTED"), "PAUSED"),
    "START_FINISHING": dict.fromkeys(("IN_USE", "PAUSED", "ISSUE_REPORTED"), "FINISHING"),
    "FINISH": dict.fromkeys(RIDING | {"FINISHED"}, "FINISHED"),
    "CANCEL": dict.fromkeys(BEFORE_THE_RIDE, "CANCELLED"),
    "OPEN_TRUNK": {},  # these vehicles have none
}
OPERATOR_MAY = {
    **PROVIDER_MAY,
    "PREPARE": {"NOT_STARTED": "PREPARING"},
    "SET_IN_USE": dict.fromkeys(BEFORE_THE_RIDE | RIDING - {"FINISHING"}, "IN_USE"),
}
NEEDS_THE_VEHICLE = {"SET_IN_USE", "PAUSE"}


@dataclass(frozen=True)
class Contract:
    """What was agreed with a provider."""

    name: str
    auto_commit: bool = False
    extensions: int = 2
    stops_at_start_finishing: bool = False  # the meter, and the vehicle is free for others
    cancellation_fee: int = 0


@dataclass
class Vehicle:
    """One thing that can be ridden; `rides` are those that ended, each under an id of its own."""

    number: str
    needs_answer: bool = False  # staff confirm each booking
    has_deposit: bool = False
    state: str = "AVAILABLE"
    rides: int = 0


@dataclass
class Trip:
    """One booking and its leg, from the offer to the end."""

    contract: Contract
    vehicle: Vehicle
    offered_at: int
    id_of_ride: int  # how many rides of the vehicle had ended when it was offered
    state: str = "NEW"
    leg: str = "NOT_STARTED"
    expires_at: int | None = None
    extended: int = 0
    holds: bool = False
    journal: list = field(default_factory=list)
    told: list = field(default_factory=list)
    reported: set = field(default_factory=set)
    used: dict = field(default_factory=lambda: {"IN_USE": 0, "PAUSED": 0})
    meter: str | None = None
    known: int = 0
    finishing_since: int | None = None
    charged: int = 0  # and not given back; a deposit is no charge

    # Booking

    def book(self, now):
        if self.state != "NEW":
            return 409, 3004
        if now >= self.offered_at + OFFER_LASTS or not self.is_offered_still():
            return 410, 3202
        self._hold(now)
        return CREATED

    def is_offered_still(self):
        return self.vehicle.state == "AVAILABLE" and self.vehicle.rides == self.id_of_ride

    def _hold(self, now):
        self.holds, self.vehicle.state, self.known = True, "RESERVED", now
        self.state, self.expires_at = "PENDING", now + PENDING_LASTS
        if self.contract.auto_commit:
            self._commit(now)

    def _commit(self, now):
        if self.vehicle.needs_answer:
            self.state, self.expires_at = "CONDITIONAL_CONFIRMED", now + ANSWER_WITHIN
        else:
            self._confirm()

    def _confirm(self):
        self.state, self.expires_at = "CONFIRMED", None
        if self.vehicle.has_deposit:
            self._enter("DEPOSIT", DEPOSIT)

    def notice_lapse(self, now):
        """A booking nobody said the word for in time is EXPIRED for whoever looks."""
        if self.state in WAITING and now >= self.expires_at:
            self._end("EXPIRED")

    def operate(self, operation, now):
        """POST /bookings/{id}/events"""
        if self.state == "NEW":
            return 404, 3204
        self.notice_lapse(now)
        return {"COMMIT": self.commit, "CANCEL": self.cancel, "EXTEND_EXPIRY_TIME": self.extend}.get(
            operation, lambda now: (403, 3004)
        )(now)

    def commit(self, now):
        if self.state == "EXPIRED":
            return 403, 3202
        if self.state != "PENDING":
            return 403, 3004
        self._commit(now)
        return OK

    def cancel(self, now):
        if self.state in CALLED_OFF:
            return OK
        if self.state == "STARTED":
            return 403, 3203
        if self.state in ("FINISHED", "EXPIRED", "REJECTED"):
            return 403, 3004
        fee = 0 if self.state == "PENDING" else self.contract.cancellation_fee
        self._end("RELEASED" if self.state == "PENDING" else "CANCELLED", fee)
        return OK

    def extend(self, now):
        if self.state == "EXPIRED":
            return 410, 3202
        if self.state != "PENDING":
            return 403, 3004
        if self.extended == self.contract.extensions:
            return 410, 3202
        self.extended, self.expires_at = self.extended + 1, now + PENDING_LASTS
        return OK

    def _end(self, state, fee=0):
        """Over before it began."""
        self.state, self.leg, self.holds = state, "CANCELLED", False
        self.vehicle.state = "AVAILABLE"
        if state != "EXPIRED":
            self.expires_at = None
        self._give_deposit_back()
        if fee:
            self._charge("OTHER", fee)

    def _give_deposit_back(self):
        if ("DEPOSIT", DEPOSIT) in self.journal:
            self._enter("REFUND", -DEPOSIT)

    # What we do ourselves: True if it is possible

    def operator(self, action, now):
        """confirm, deny, cancel, expire: as staff do on the page of the booking."""
        is_due = self.expires_at is not None and now >= self.expires_at
        if action == "confirm" and self.state == "CONDITIONAL_CONFIRMED" and not is_due:
            self._confirm()
            self.told.append("COMMIT")
        elif action == "deny" and self.state == "CONDITIONAL_CONFIRMED":
            self._end("REJECTED")
            self.told.append("DENY")
        elif action == "cancel" and self.state in {"PENDING", "CONDITIONAL_CONFIRMED", "CONFIRMED"}:
            self._end("CANCELLED")
            self.told.append("CANCEL")
        elif action == "expire" and (self.state == "PENDING" or (self.state in WAITING and is_due)):
            self._end("EXPIRED")
        else:
            return action == "cancel" and self.state in CALLED_OFF
        return True

    def nobody_came(self, now):
        """A confirmed booking whose vehicle was held long enough is called off, and that is told."""
        if self.state == "CONFIRMED" and now >= self.offered_at + HELD_FOR:
            self.operator("cancel", now)

    def nobody_finished(self, now):
        """A ride in FINISHING is ended as of when that began, once the patience is over."""
        if self.leg == "FINISHING" and now >= self.finishing_since + FINISHED_FOR_YOU_AFTER:
            self.event("FINISH", self.finishing_since, now, by_operator=True)

    # Riding

    def event(self, event, time, now, *, by_operator=False):
        """POST /legs/{id}/events, or the same reported by us."""
        if self.state == "NEW":
            return 404, 4204
        if (event, time, by_operator) in self.reported:
            return OK
        if event == "CANCEL" and self.leg in RIDING:
            return 403, 4203
        if self.state not in ("CONFIRMED", "STARTED") and (event, self.state) != ("FINISH", "FINISHED"):
            return 403, 4004
        to = (OPERATOR_MAY if by_operator else PROVIDER_MAY)[event].get(self.leg)
        if to is None or (event in NEEDS_THE_VEHICLE and not self.holds):
            return 403, 4004
        at = max(self.known, min(time, now)) if by_operator else self._believable(time, now)
        if (event, self.leg) not in (("SET_IN_USE", "IN_USE"), ("FINISH", "FINISHED")):
            self._go(event, to, at, now, by_operator)
        self.reported.add((event, time, by_operator))
        if by_operator:
            self.told.append(event)
        return OK

    def _believable(self, time, now):
        """What comes late counts from when it happened, but not before what is known, nor from before ten minutes."""
        return time if max(self.known, now - LATEST_REPORT) <= time <= now else now

    def _go(self, event, to, at, now, by_operator):
        self.leg = to
        match event:
            case "SET_IN_USE" | "PAUSE":
                self._turn_meter(to, at)
                self.state, self.vehicle.state = "STARTED", "IN_USE"
            case "START_FINISHING":
                self.finishing_since = now
                if self.contract.stops_at_start_finishing:
                    self._turn_meter(None, at)
                    self._give_back()
            case "FINISH":
                self._turn_meter(None, at)
                self._give_back()
                self.state = "FINISHED"
                self._charge("FARE", self.fare())
                self._give_deposit_back()
            case "CANCEL":
                self._end("CANCELLED", 0 if by_operator else self.contract.cancellation_fee)

    def ask_for_help(self, now):
        """POST /support/ from somebody who cannot go on: no time is billed until the ride goes on."""
        if self.state == "NEW":
            return 404, 5204
        same = ("ISSUE_REPORTED", now, False)
        if self.leg in RIDING - {"ISSUE_REPORTED"} and self.holds and same not in self.reported:
            self.reported.add(same)
            self.leg = "ISSUE_REPORTED"
            self._turn_meter("ISSUE_REPORTED", max(now, self.known))
        return OK

    def _turn_meter(self, to, at):
        if self.meter in self.used:
            self.used[self.meter] += at - self.known
        if self.meter is not None or to is not None:
            self.known = at
        self.meter = to

    def _give_back(self):
        """The vehicle is free for others, who know it by another id."""
        if self.holds:
            self.holds, self.vehicle.state = False, "AVAILABLE"
            self.vehicle.rides += 1

    def fare(self):
        """A minute counts when it has begun; all riding is added up first, and so are all pauses."""
        riding, paused = (-(-self.used[state] // 60) for state in ("IN_USE", "PAUSED"))
        return UNLOCKING + PER_MINUTE * riding + PER_PAUSED_MINUTE * paused

    # Money afterwards

    def refund(self, amount):
        """Staff give money back: never more than was charged. True if it is possible."""
        if amount > self.charged:
            return False
        self._charge("REFUND", -amount)
        return True

    def _charge(self, category, amount):
        self._enter(category, amount)
        self.charged += amount

    def _enter(self, category, amount):
        """The provider reads the fare in the leg; all other money it is told of."""
        self.journal.append((category, amount))
        if category != "FARE":
            self.told.append(category)
