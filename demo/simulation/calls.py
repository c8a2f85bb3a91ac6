"""What the provider's server is told, and whether the operator keeps its word about it (docs/callbacks.md).

Told what comes in and goes out, it returns the complaints there are. Knows no network; callers hold a lock.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

NEEDED = ("maas-id", "addressed-to", "api", "api-version", "accept-language", "x-correlation-id", "idempotency-key")
CONCERNS = ("bookings", "legs", "payment")
MAY_BE_SAID_TWICE = ("progress",)  # a vehicle that stands still


@dataclass
class Call:
    """One call: what it is about, and every time it came."""

    about: str  # id of the booking or leg
    what: str  # events, notifications, …
    body: Any
    attempts: int = 0
    is_settled: bool = False
    is_open: bool = False  # being answered at the moment
    not_before: float = 0

    @property
    def is_awaited(self) -> bool:
        """It is to come again; advice need not, once the ride is over."""
        return not self.is_settled and self.what != "notifications"

    @property
    def subject(self) -> str:
        """In the protocol's words: COMMIT, ASSIGN_ASSET, MESSAGE_TO_END_USER …"""
        said = self.body if isinstance(self.body, dict) else {}
        return next((said[name] for name in ("operation", "event", "type", "category") if name in said), self.what)


@dataclass
class Calls:
    """All calls so far. `booking_of` says which booking a leg belongs to, as far as apps have been told."""

    of: dict[str, Call] = field(default_factory=dict)
    booking_of: dict[str, str] = field(default_factory=dict)
    sent: set[tuple[str, str, str]] = field(default_factory=set)  # (leg, event, time) that apps sent themselves
    subscribed: set[str] = field(default_factory=set)
    expected: set[tuple[str, str]] = field(default_factory=set)  # (booking or leg, subject) that has to come

    def came(self, path: str, headers: dict[str, str], content: bytes, *, to: str, at: float) -> tuple[Call, list[str]]:
        """A call came in at `path` below the base URL of the provider `to`."""
        parts = path.strip("/").split("/")
        complaints = [f"no header {name}" for name in NEEDED if not headers.get(name)]
        if len(parts) < 2 or parts[0] not in CONCERNS:
            complaints.append("nobody knows this path")
        if headers.get("addressed-to", to) != to:
            complaints.append(f"addressed to {headers['addressed-to']}, sent to {to}")
        correlation = headers.get("x-correlation-id", "")
        if headers.get("idempotency-key") != correlation:
            complaints.append("Idempotency-Key is not X-Correlation-ID")
        try:
            body = json.loads(content)
        except ValueError:
            body = None
            complaints.append("the body is not JSON")
        call = self.of.get(correlation)
        if call is None:
            call = Call(about=parts[1] if len(parts) > 1 else "", what=parts[2] if len(parts) > 2 else "", body=body)
            complaints += self._new(call)
            self.of[correlation] = call
        elif call.body != body:
            complaints.append("another body than at the first attempt")
        if at < call.not_before:
            complaints.append(f"{call.not_before - at:.1f} s before the time that Retry-After asked for")
        complaints += [f"while {other.subject} of this booking was open" for other in self._others(call)]
        call.attempts += 1
        call.is_open = True
        return call, [self._line(call, path, text) for text in complaints]

    def answered(self, call: Call, *, is_final: bool, not_before: float = 0) -> None:
        """It was answered: for good, or it is to come again."""
        call.is_open, call.not_before = False, not_before
        call.is_settled = call.is_settled or is_final

    def _new(self, call: Call) -> list[str]:
        complaints = []
        about = (call.about, call.what)
        twins = [other for other in self.of.values() if (other.about, other.what) == about and other.body == call.body]
        if twins and call.what not in MAY_BE_SAID_TWICE:
            complaints.append("told a second time under another X-Correlation-ID")
        if call.what == "events" and isinstance(call.body, dict) and self._booking(call) not in self.subscribed:
            said = (call.about, str(call.body.get("event")), moment(str(call.body.get("time"))))
            if said in self.sent:
                complaints.append(f"told what we said ourselves: {said[1]}")
        return complaints

    def _others(self, call: Call) -> list[Call]:
        """Calls about the same booking that came before and are to come again, or are being answered."""
        booking = self._booking(call)
        earlier = []
        for other in self.of.values():
            if other is call:
                break
            if self._booking(other) == booking and (other.is_open or other.is_awaited):
                earlier.append(other)
        return earlier

    def _booking(self, call: Call) -> str:
        return self.booking_of.get(call.about, call.about)

    def missing(self) -> list[str]:
        """What should have come and has not, in one line each."""
        had = {(call.about, call.subject) for call in self.of.values()}
        return [f"{subject} about {about} never came" for about, subject in sorted(self.expected - had)]

    @property
    def unsettled(self) -> int:
        """How many are to come again."""
        return sum(call.is_awaited for call in self.of.values())

    def _line(self, call: Call, path: str, text: str) -> str:
        return f"The call {call.subject} at {path}: {text}"


def moment(text: str) -> str:
    """The same for every way to write one moment; what is none stays as it is."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    except ValueError:
        return text
