"""Vehicles from any file: compared with the fleet, then written.

`preview` and `apply` compare in the same way. Only `apply` locks and writes, a chunk per transaction, and it
compares again under the lock, so that a preview may be as old as it likes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Q

from fleet.importing import upsert
from fleet.importing.references import RELATIONS, References
from fleet.importing.turns import take_turn
from fleet.models import Asset, AssetPublicId
from fleet.models.vehicles import AssetState
from tomp.words import in_english

Owners = dict[tuple[str, Any], tuple[int, str]]  # (field, value) → primary key and number of the vehicle that has it
CHUNK = 1000
UNIQUE = ("vehicle_number", "vehicle_code", "license_plate", "mac", "nfc_id", "imei", "public_id")
TOGETHER = (("lat", "lon"), ("station", "station_slot"), ("state", "state_reason"))  # one stays with the other
ASIDE = object()
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
    only for a vehicle that is new, and what another one has already is left out of it. `expected` is what somebody
    has seen there before: a field that says something else by now stays as it is. Empty: that there was no vehicle.
    """

    key: Any  # what the identifying field says
    values: dict[str, Any]
    initial: dict[str, Any] = field(default_factory=dict)
    state: WantedState | None = None
    expected: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Change:
    """What the file means for one vehicle: the differences by field, old and new, and what follows from them."""

    wanted: Wanted
    asset: Asset
    outcome: Outcome = Outcome.UNCHANGED
    differences: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    consequences: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


Record = Callable[[list[Change]], None]


def preview(wanted: Sequence[Wanted], *, key: str, references: References) -> list[Change]:
    """What `apply` would do now; nothing is written."""
    return [
        change
        for chunk in chunks(wanted)
        for change in _compare(chunk, _existing(Asset.objects, chunk, key), references)
    ]


def apply(
    wanted: Sequence[Wanted], *, key: str, references: References, reason: str, record: Record | None = None
) -> list[Change]:
    """The fleet says what the file says, except where a change has errors. `key` is the field that identifies.

    `record` is called with the changes of each chunk, in its transaction.
    """
    changes = []
    for chunk in chunks(wanted):
        with transaction.atomic():
            take_turn()
            compared = apply_chunk(chunk, key=key, references=references, reason=reason)
            if record:
                record(compared)
        changes += compared
    return changes


def apply_chunk(
    chunk: Sequence[Wanted], *, key: str, references: References, reason: str, user_id: int | None = None
) -> list[Change]:
    """The same for at most CHUNK vehicles, in the caller's transaction."""
    locked = Asset.objects.select_for_update(no_key=True).order_by("pk")
    existing = _existing(locked, chunk, key)
    before = {asset.pk: dict(vars(asset)) for asset in existing.values()}
    compared = list(_compare(chunk, existing, references))
    for outcome, is_new in ((Outcome.NEW, True), (Outcome.CHANGED, False)):
        assets = [change.asset for change in compared if change.outcome == outcome]
        upsert.write(assets, is_new=is_new, reason=reason, user_id=user_id, before=before)
    return compared


def chunks(wanted: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))


def _existing(assets: Any, chunk: Sequence[Wanted], key: str) -> dict[str, Asset]:
    """The vehicles by key. One without a source whose number is the key is that vehicle too."""
    keys = [wanted.key for wanted in chunk]
    condition = Q(**{f"{key}__any_of": keys})
    if key == "source_id":
        condition |= Q(**{"vehicle_number__any_of": keys, key: ""})
    found = sorted(assets.filter(condition), key=lambda asset: bool(getattr(asset, key)))
    return {getattr(asset, key) or asset.vehicle_number: asset for asset in found}


def _compare(chunk: Sequence[Wanted], existing: dict[str, Asset], references: References) -> Iterator[Change]:
    owners = _owners(chunk)
    for wanted in chunk:
        asset = existing.get(wanted.key)
        if asset is not None:
            yield _changed(wanted, asset, references, owners)
        elif wanted.expected:
            yield Change(wanted, Asset(), Outcome.WRONG, errors=["is not there any more"])
        else:
            yield _new(wanted, references, owners)


def _owners(chunk: Sequence[Wanted]) -> Owners:
    """Who has the values that only one vehicle can have."""
    owners: Owners = {}
    for name in UNIQUE:
        values = [v for wanted in chunk if (v := wanted.values.get(name) or wanted.initial.get(name))]
        having = Asset.objects.filter(**{f"{name}__any_of": values}) if values else Asset.objects.none()
        for pk, number, value in having.values_list("pk", "vehicle_number", name):
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
    _follow(change, "state_reason", "", state.reason)
    _assign(change, values, references, owners)
    return change


def _changed(wanted: Wanted, asset: Asset, references: References, owners: Owners) -> Change:
    change = Change(wanted, asset)
    if wanted.expected == {}:
        change.warnings.append("was made by somebody else meanwhile: left as it is")
        return change
    stale = _stale(wanted, asset, references)
    seen = {name: old for name, old in stale.items() if old is not ASIDE}
    change.warnings += [f"{name} is {old or 'empty'} by now: left as it is" for name, old in seen.items()]
    values = {name: value for name, value in wanted.values.items() if name not in stale}
    if asset.is_on_a_trip:
        kept = {name: value for name, value in values.items() if name in TRIP_BOUND}
        values = {name: value for name, value in values.items() if name not in TRIP_BOUND}
        if any(_old(asset, name, references) != value for name, value in kept.items()):
            change.warnings.append(f"is {in_english(asset.get_state_display)}: not moved")
    _assign(change, values, references, owners)
    if "state" not in stale:
        _move(change)
    if change.differences and change.outcome != Outcome.WRONG:
        change.outcome = Outcome.CHANGED
    return change


def _stale(wanted: Wanted, asset: Asset, references: References) -> dict[str, Any]:
    """The fields that would change although they are not as expected, and what they are; ASIDE: what it goes with."""
    expected = wanted.expected
    if expected is None:
        return {}
    news = {name: value for name, value in wanted.values.items() if _old(asset, name, references) != value}
    if wanted.state and not asset.is_on_a_trip and _is_to_move(asset, wanted.state):
        news |= {"state": wanted.state.state}
        if "state_reason" in expected:
            news |= {"state_reason": wanted.state.reason}
    stale = {name: old for name in news if (old := _old(asset, name, references)) != expected.get(name, ASIDE)}
    for pair in TOGETHER:
        if any(name in stale for name in pair):
            stale = dict.fromkeys(pair, ASIDE) | stale
    return stale


def _assign(change: Change, values: dict[str, Any], references: References, owners: Owners) -> None:
    """The asset has the values, and the change tells which were different; WRONG if one belongs to another."""
    asset = change.asset
    for name, value in values.items():
        pk, number = owners.get((name, value), (asset.pk, ""))
        if name in UNIQUE and pk != asset.pk:
            change.errors.append(f"{name} {value} belongs to vehicle {number}: give that one another first")
        if name in RELATIONS and value and value not in references.pks[name]:
            change.errors.append(f"{name} {value} is not there any more")
            continue
        old = _old(asset, name, references)
        if old != value:
            change.differences[name] = (old, value)
            setattr(asset, *_as_attribute(name, value, references))
    if "station" in change.differences:
        _stand_at(change, values, references)
    if change.errors:
        change.outcome = Outcome.WRONG


def _stand_at(change: Change, values: dict[str, Any], references: References) -> None:
    """A vehicle that comes to a station is in none of its slots yet, and where the station is."""
    follows: dict[str, Any] = {} if "station_slot" in values else {"station_slot": ""}
    if values["station"] and "lat" not in values:
        follows["lat"], follows["lon"] = references.places[values["station"]]
    for name, value in follows.items():
        _follow(change, name, getattr(change.asset, name), value)
        setattr(change.asset, name, value)


def _follow(change: Change, name: str, old: Any, new: Any) -> None:
    if old != new:
        change.consequences[name] = (old, new)


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
            change.warnings.append(f"is {in_english(asset.get_state_display)}: state not changed")
        return
    if _is_to_move(asset, wish):
        old_state, old_reason = asset.state, asset.state_reason
        transition = getattr(asset, MOVES[wish.state])
        transition(**({"reason": wish.reason} if wish.reason else {}))
        change.differences["state"] = (old_state, wish.state)
        _follow(change, "state_reason", old_reason, asset.state_reason)


def _is_to_move(asset: Asset, wish: WantedState) -> bool:
    """Whether a vehicle that is on no trip gets another state by that wish."""
    is_undone = wish.undoes is None or asset.state == AssetState.AVAILABLE or asset.state_reason == wish.undoes
    return asset.state != wish.state and is_undone
