"""Vehicles from any file: compared with the fleet, then written.

`preview` and `apply` compare in the same way. Only `apply` locks and writes, a chunk per transaction, and it
compares again under the lock, so that a preview may be as old as it likes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Q

from fleet.importing import upsert
from fleet.importing.references import RELATIONS, References
from fleet.models import Asset, AssetPublicId
from fleet.models.vehicles import AssetState

Owners = dict[tuple[str, Any], tuple[int, str]]  # (field, value) → primary key and number of the vehicle that has it
CHUNK = 1000
UNIQUE = ("vehicle_number", "vehicle_code", "license_plate", "mac", "nfc_id", "imei", "public_id")
TRIP_BOUND = ("vehicle_type", "lat", "lon", "station")  # a trip decides these, no file
MOVES = {
    AssetState.AVAILABLE: "put_in_service",
    AssetState.OUT_OF_SERVICE: "take_out_of_service",
    AssetState.STORED: "store",
    AssetState.MISSING: "report_missing",
    AssetState.RETIRED: "retire",
}


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class WantedState:
    """The state a file asks for. With `undoes` it ends no state but AVAILABLE and those of that reason."""

    state: AssetState
    reason: str = ""
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file says of one vehicle; fields it does not name stay as they are.

    Relations hold ids (`vehicle_type`, `station`, `home_station`, `pricing_plan`; "" = none). `initial` counts
    only for a vehicle that is new, and what another one has already is left out of it.
    """

    key: str
    values: dict[str, Any]
    initial: dict[str, Any] = field(default_factory=dict)
    state: WantedState | None = None


@dataclass(slots=True)
class Change:
    """What the file means for one vehicle: the differences by field, old and new."""

    wanted: Wanted
    asset: Asset
    outcome: Outcome = Outcome.UNCHANGED
    differences: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def preview(wanted: Sequence[Wanted], *, key: str, references: References) -> list[Change]:
    """What `apply` would do now; nothing is written."""
    return [
        change
        for chunk in _chunks(wanted)
        for change in _compare(chunk, _existing(Asset.objects, chunk, key), references)
    ]


def apply(
    wanted: Sequence[Wanted], *, key: str, references: References, reason: str, user_id: int | None = None
) -> list[Change]:
    """The fleet says what the file says, except where a change has errors. `key` is the field that identifies."""
    changes = []
    for chunk in _chunks(wanted):
        with transaction.atomic():
            locked = Asset.objects.select_for_update(no_key=True).order_by("pk")
            compared = list(_compare(chunk, _existing(locked, chunk, key), references))
            for outcome, is_new in ((Outcome.NEW, True), (Outcome.CHANGED, False)):
                assets = [change.asset for change in compared if change.outcome == outcome]
                upsert.write(assets, is_new=is_new, reason=reason, user_id=user_id)
        changes += compared
    return changes


def _chunks(wanted: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))


def _existing(assets: Any, chunk: Sequence[Wanted], key: str) -> dict[str, Asset]:
    """The vehicles by key. One without a source whose number is the key is that vehicle too."""
    keys = [wanted.key for wanted in chunk]
    condition = Q(**{f"{key}__in": keys})
    if key != "vehicle_number":
        condition |= Q(**{"vehicle_number__in": keys, key: ""})
    found = sorted(assets.filter(condition), key=lambda asset: bool(getattr(asset, key)))
    return {getattr(asset, key) or asset.vehicle_number: asset for asset in found}


def _compare(chunk: Sequence[Wanted], existing: dict[str, Asset], references: References) -> Iterator[Change]:
    owners = _owners(chunk)
    for wanted in chunk:
        asset = existing.get(wanted.key)
        yield _new(wanted, references, owners) if asset is None else _changed(wanted, asset, references, owners)


def _owners(chunk: Sequence[Wanted]) -> Owners:
    """Who has the values that only one vehicle can have."""
    owners: Owners = {}
    for name in UNIQUE:
        values = [v for wanted in chunk if (v := wanted.values.get(name) or wanted.initial.get(name))]
        for pk, number, value in Asset.objects.filter(**{f"{name}__in": values}).values_list(
            "pk", "vehicle_number", name
        ):
            owners[name, value] = (pk, number)
        if name == "public_id":
            former = AssetPublicId.objects.filter(public_id__in=values).values_list("asset_id", "public_id")
            owners |= {(name, value): (pk, "") for pk, value in former}
    return owners


def _new(wanted: Wanted, references: References, owners: Owners) -> Change:
    state = wanted.state or WantedState(AssetState.AVAILABLE)
    # The constructor may set a protected state; afterwards only transitions do.
    change = Change(wanted, Asset(state=state.state, state_reason=state.reason), Outcome.NEW)
    free = {name: value for name, value in wanted.initial.items() if (name, value) not in owners}
    for name in wanted.initial.keys() - free.keys():
        if name == "vehicle_number":
            change.errors.append(f"number {wanted.initial[name]} belongs to another vehicle")
        else:
            change.warnings.append(f"{name} belongs to another vehicle: left out")
    values = free | wanted.values
    if not values.get("vehicle_type"):
        change.errors.append("vehicle_type is missing: a new vehicle needs one")
    change.differences["state"] = (None, state.state)
    _assign(change, values, references, owners)
    return change


def _changed(wanted: Wanted, asset: Asset, references: References, owners: Owners) -> Change:
    change = Change(wanted, asset)
    values = wanted.values
    if asset.is_on_a_trip:
        values = {name: value for name, value in values.items() if name not in TRIP_BOUND}
        if any(_old(asset, name, references) != wanted.values[name] for name in wanted.values.keys() - values.keys()):
            change.warnings.append(f"is {asset.get_state_display()}: not moved")
    _assign(change, values, references, owners)
    _move(change)
    if change.differences and change.outcome != Outcome.WRONG:
        change.outcome = Outcome.CHANGED
    return change


def _assign(change: Change, values: dict[str, Any], references: References, owners: Owners) -> None:
    """The asset has the values, and the change tells which were different; WRONG if one belongs to another."""
    asset = change.asset
    for name, value in values.items():
        pk, number = owners.get((name, value), (asset.pk, ""))
        if name in UNIQUE and pk != asset.pk:
            change.errors.append(f"{name} {value} belongs to vehicle {number}: give that one another first")
        old = _old(asset, name, references)
        if old != value:
            change.differences[name] = (old, value)
            setattr(asset, *_as_attribute(name, value, references))
    if "station" in change.differences:
        asset.station_slot = ""
        if values["station"] and "lat" not in values:
            asset.lat, asset.lon = references.places[values["station"]]
    if change.errors:
        change.outcome = Outcome.WRONG


def _old(asset: Asset, name: str, references: References) -> Any:
    if name in RELATIONS:
        return references.id_of(name, getattr(asset, f"{RELATIONS[name].attribute}_id"))
    return getattr(asset, name)


def _as_attribute(name: str, value: Any, references: References) -> tuple[str, Any]:
    if name in RELATIONS:
        return f"{RELATIONS[name].attribute}_id", references.pk_of(name, value)
    return name, value


def _move(change: Change) -> None:
    """Into the wanted state by the transition that leads there, if the vehicle is not on a trip."""
    asset, wish = change.asset, change.wanted.state
    if wish is None or asset.state == wish.state:
        return
    if asset.is_on_a_trip:
        if wish.undoes is None:
            change.warnings.append(f"is {asset.get_state_display()}: state not changed")
        return
    if wish.undoes is not None and asset.state != AssetState.AVAILABLE and asset.state_reason != wish.undoes:
        return
    change.differences["state"] = (asset.state, wish.state)
    transition = getattr(asset, MOVES[wish.state])
    transition(**({"reason": wish.reason} if wish.reason else {}))
