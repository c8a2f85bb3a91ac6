"""The process identifiers (care labels): which we may declare, and what makes each of them true (semantics §3).

Each is kept by code elsewhere; tests/tomp_operator/test_identifiers.py names the test that shows it. Those that would
promise something we do not do are left out on purpose: docs/identifiers.md says which and why.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from fleet.access import WORKING_THE_LOCK, AccessMethod
from fleet.conditions import demanded_evidence
from fleet.models import AssetType, Condition, System
from maas.models import AccessAnswer, LocatedEvent, MaasProvider
from tomp.operations import is_since
from tomp.versions import V1_5, V1_6, Version

MODULES = ("operatorInformation", "planning", "booking", "tripExecution", "support", "payment", "general")


@dataclass(frozen=True)
class Facts:
    """What makes identifiers true: the contract, the operator's settings, the types of vehicles with conditions."""

    terms: MaasProvider
    system: System
    types: list[AssetType]

    @cached_property
    def methods(self):
        """The access methods in the fleet."""
        return {method for asset_type in self.types for method in asset_type.opens_by}

    @cached_property
    def is_always_postponed(self):
        return bool(self.types) and all(asset_type.response_minutes is not None for asset_type in self.types)

    def always(self, kind):
        """Whether trips of every type have the condition."""
        return bool(self.types) and all(
            any(condition.kind == kind for condition in asset_type.conditions.all()) for asset_type in self.types
        )

    @cached_property
    def always_demands_photo(self):
        return bool(self.types) and all(
            demanded_evidence([{"kind": c.kind, **c.details} for c in asset_type.conditions.all()])
            for asset_type in self.types
        )

    def gives_access_in(self, answer):
        """Where no COMMIT is sent, what belongs to its answer is in that of the booking."""
        terms, agreed = self.terms, self.terms.access_code_in
        if answer == AccessAnswer.BOOKING:
            begins_confirmed = terms.auto_commit or terms.atomic_set_in_use
            return begins_confirmed and (answer in agreed or AccessAnswer.COMMIT_EVENT in agreed)
        if answer == AccessAnswer.COMMIT_EVENT:
            return answer in agreed and not terms.auto_commit
        return answer in agreed


@dataclass(frozen=True)
class Identifier:
    """One care label: in which of the seven lists, since which version, and when it is true."""

    module: str
    name: str
    is_true: Callable[[Facts], bool] = lambda facts: True
    since: Version = V1_5

    def is_declared(self, facts, version):
        return is_since(self.since, version) and self.is_true(facts)


def declared(facts, version):
    """TOMP processIdentifiers: the seven lists."""
    return {
        module: [i.name for i in IDENTIFIERS if i.module == module and i.is_declared(facts, version)]
        for module in MODULES
    }


def availability_needs(system, version):
    """Which of REGION, STATION and ON_SPOT have to be named; in 1.5 nobody can name a box (reading 31)."""
    return [need for need in system.availability_needs if need != "ON_SPOT" or version.has_bounding_box]


def _availability(need, name, since=V1_5):
    return Identifier("operatorInformation", name, lambda facts: need in facts.system.availability_needs, since)


def _format(method):
    name = "TOKEN" if method == AccessMethod.TOMP_API else method.value.replace("-", "_")
    return Identifier("booking", f"ACCESS_CODE_{name}", lambda facts: method in facts.methods)


def _delivery(answer):
    return Identifier("booking", f"ACCESS_CODE_IN_{answer.value}", lambda facts: facts.gives_access_in(answer))


def _execution(name, *methods):
    return Identifier("tripExecution", name, lambda facts: bool(facts.methods & set(methods)))


def _located(event):
    return Identifier(
        "tripExecution",
        f"LEG_EVENT_LOCATION_REQUIRED_{event.value}",
        lambda facts: event in facts.terms.location_required_on,
    )


SHOWN = (AccessMethod.QR, AccessMethod.PDF, AccessMethod.HTML)
BY_APP = (AccessMethod.AXA_EKEY_OTP, AccessMethod.DEEPLINK, AccessMethod.PHYSICAL_KEY, *SHOWN)
FORMATS = (AccessMethod.TOMP_API, *BY_APP)

IDENTIFIERS = (
    _availability("REGION", "AVAILABILITY_REGION_MANDATORY"),
    _availability("STATION", "AVAILABILITY_STATION_MANDATORY"),
    _availability("ON_SPOT", "AVAILABILITY_ON_SPOT", since=V1_6),
    # A vehicle is found by its public id, by the code printed on it (scanned or typed in), its Bluetooth address, its
    # NFC tag or its plate; a place by coordinates or by a station (planning/options.py).
    Identifier("planning", "ASSET_BASED"),
    Identifier("planning", "EXACT_ID"),
    Identifier("planning", "QR_SCAN"),
    Identifier("planning", "BARCODE_SCAN"),
    Identifier("planning", "NFC_SCAN"),
    Identifier("planning", "MANUAL_ENTRY"),
    Identifier("planning", "BLUETOOTH_SCAN"),
    Identifier("planning", "PLANNING_BASED"),
    Identifier("planning", "SPECIFIC_LOCATION_BASED"),
    Identifier("booking", "NORMAL"),
    Identifier("booking", "ONE_STOP"),
    Identifier("booking", "POSTPONED_COMMIT", lambda facts: facts.is_always_postponed),
    Identifier("booking", "AUTO_COMMIT", lambda facts: facts.terms.auto_commit),
    Identifier(
        "booking",
        "ATOMIC_BOOKING_SET_IN_USE",
        lambda facts: facts.terms.atomic_set_in_use and not facts.is_always_postponed,
    ),
    Identifier("booking", "ALLOW_EXTEND_BOOKING_EXPIRY_TIME", lambda facts: facts.terms.max_extensions > 0),
    Identifier("booking", "ACCESS_CODE_BY_TO"),
    *(_format(method) for method in FORMATS),
    *(_delivery(answer) for answer in AccessAnswer),
    _execution("LOCK_UNLOCK_REMOTELY", AccessMethod.TOMP_API),
    _execution("LOCK_UNLOCK_APP", *BY_APP),
    _execution("LOCK_UNLOCK_BLUETOOTH", AccessMethod.AXA_EKEY_OTP),
    _execution("LOCK_UNLOCK_DEEPLINK", AccessMethod.DEEPLINK),
    _execution("LOCK_UNLOCK_SHOW_ACCESS_CODE", *SHOWN),
    _execution("LOCK_UNLOCK_OTHER", AccessMethod.PHYSICAL_KEY),
    _execution("LOCK_CODE_IN_PAUSE_EVENT", *WORKING_THE_LOCK),
    _execution("LOCK_CODE_IN_FINISHING_EVENT", *WORKING_THE_LOCK),
    *(_located(event) for event in LocatedEvent),
    Identifier("tripExecution", "LEG_EVENT_LOCATION_IS_USER_LOCATION", lambda facts: facts.terms.location_is_of_user),
    Identifier("tripExecution", "OFF_BOARDING_REQUIRED", lambda facts: facts.always_demands_photo),
    Identifier("payment", "DEPOSIT", lambda facts: facts.always(Condition.Kind.DEPOSIT)),
    Identifier("payment", "PAY_WHEN_FINISHED", lambda facts: facts.always(Condition.Kind.PAY_WHEN_FINISHED)),
    Identifier("payment", "UPFRONT_PAYMENT", lambda facts: facts.always(Condition.Kind.UPFRONT_PAYMENT)),
    Identifier("general", "TO_OPERATOR_REQUIRED", lambda facts: facts.system.must_be_addressed),
)
