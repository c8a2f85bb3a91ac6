"""Which operations a Transport Operator can offer: those of the official 1.5.0 and 1.6.1 files.

These are the operations tagged TO, and two kinds that are operator-side without that tag: claim-extra-costs
(reading 26 of semantics §16) and the customer module.
"""

from dataclasses import dataclass

from tomp.versions import V1_5, V1_6, VERSIONS, Version

BOOKING_EVENTS = ("COMMIT", "CANCEL")
LEG_EVENTS = (
    "PREPARE",
    "ASSIGN_ASSET",
    "SET_IN_USE",
    "PAUSE",
    "OPEN_TRUNK",
    "START_FINISHING",
    "FINISH",
    "CANCEL",
)


@dataclass(frozen=True, slots=True)
class Operation:
    """A method on a path, spelled as in the official file.

    `events` are the event types /operator/meta can name for it (reading 32): neither DENY, which the operator says,
    nor EXPIRE and ISSUE, which are no operations of these versions, nor the newer events its enumeration does not know.
    """

    method: str
    path: str
    since: Version = V1_5
    events: tuple[str, ...] = ()

    def is_in(self, version):
        """Whether this version knows the operation."""
        return is_since(self.since, version)


def is_since(first, version):
    """Whether a version is this one or a later one."""
    order = list(VERSIONS.values())
    return order.index(first) <= order.index(version)


def earlier(one, other):
    """The lower of two versions."""
    return one if is_since(one, other) else other


OPERATIONS = (
    Operation("GET", "/operator/ping"),
    Operation("GET", "/operator/meta"),
    Operation("GET", "/operator/information"),
    Operation("GET", "/operator/regions"),
    Operation("GET", "/operator/stations"),
    Operation("GET", "/operator/available-assets"),
    Operation("GET", "/operator/pricing-plans"),
    Operation("GET", "/operator/alerts"),
    Operation("GET", "/operator/operating-hours"),
    Operation("GET", "/operator/operating-calendar"),
    Operation("POST", "/plannings"),
    Operation("POST", "/planning/inquiries"),
    Operation("POST", "/planning/offers"),
    Operation("GET", "/bookings"),
    Operation("POST", "/bookings"),
    Operation("POST", "/bookings/one-stop"),
    Operation("GET", "/bookings/{id}"),
    Operation("PUT", "/bookings/{id}"),
    Operation("POST", "/bookings/{id}/events", events=BOOKING_EVENTS),
    Operation("POST", "/bookings/{id}/subscription"),
    Operation("DELETE", "/bookings/{id}/subscription"),
    Operation("GET", "/bookings/{id}/notifications"),
    Operation("POST", "/bookings/{id}/notifications"),
    Operation("GET", "/legs/{id}"),
    Operation("POST", "/legs/{id}/events", events=LEG_EVENTS),
    Operation("GET", "/legs/{id}/available-assets"),
    Operation("GET", "/legs/{id}/progress"),
    Operation("POST", "/legs/{id}/ancillaries/{category}/{number}"),
    Operation("DELETE", "/legs/{id}/ancillaries/{category}/{number}"),
    Operation("GET", "/payment/journal-entry"),
    Operation("POST", "/payment/{id}/claim-extra-costs"),
    Operation("POST", "/support/"),
    Operation("GET", "/support/{id}/status"),
    Operation("POST", "/customers", since=V1_6),
    Operation("GET", "/customers/{id}", since=V1_6),
    Operation("PATCH", "/customers/{id}", since=V1_6),
    Operation("DELETE", "/customers/{id}", since=V1_6),
)
