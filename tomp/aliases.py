"""What addresses and members used to be called. Clients that live long still use the names of the wiki's guides.

An address by its old name is the same operation in every respect. The old names of members count at old addresses
only: at the present ones they are what they are to any other operator, members that nobody knows.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class OldName:
    """How addresses began, how they begin now, and what was called otherwise there (old: present, dots lead inside)."""

    path: str
    present: str
    members: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)

    def present_path(self, path):
        """The present name of this path; None if the path does not begin with the old name."""
        rest = path.removeprefix(self.path)
        return self.present + rest if path.startswith(self.path) and rest[:1] in ("", "/") else None

    def old_path(self, path):
        """The old name of this path; None if it had no other."""
        rest = path.removeprefix(self.present)
        begins = path.startswith(self.present) and rest[:1] in ("", "/")
        return self.path + rest if begins and self.path != self.present else None


PLANNING_MEMBERS = {
    "assetIds": "useAssets",
    "use-asset": "useAssets",
    "users": "travelers",
    "startTime": "departureTime",
    "endTime": "arrivalTime",
}
OLD_NAMES = (
    OldName("/booking", "/bookings"),
    OldName("/executions", "/legs", {"operation": "event", "asset.place": "asset.overriddenProperties.location"}),
    OldName("/operators", "/operator"),
    OldName("/planning-options", "/plannings", PLANNING_MEMBERS, {"provide-ids": "booking-intent"}),
    OldName("/plannings", "/plannings", PLANNING_MEMBERS),  # still in the official files, as deprecated since 1.3
)


def old_name_of(path):
    """The OldName this path begins with, or None."""
    return next((name for name in OLD_NAMES if name.present_path(path) is not None), None)


def in_present_names(sent: Any, names: Mapping[str, str]) -> Any:
    """What was sent, under present names. Where a member came by both, the present one counts."""
    if not names or not isinstance(sent, Mapping):
        return sent
    renamed = copy.deepcopy(dict(sent))
    for old, present in names.items():
        value = _take(renamed, *old.split("."))
        if value is not None:
            _put(value, renamed, *present.split("."))
    return renamed


def _take(value, *way):
    for name in way[:-1]:
        value = value.get(name)
        if not isinstance(value, dict):
            return None
    return value.pop(way[-1], None)


def _put(value, into, *way):
    for name in way[:-1]:
        into = into.setdefault(name, {})
        if not isinstance(into, dict):
            return
    if into.get(way[-1]) is None:
        into[way[-1]] = value
