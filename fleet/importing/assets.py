"""Vehicles from any file: compared with the fleet, then written.

`preview` and `apply` compare in the same way, which touches nothing. Only `apply` locks and writes, a chunk per
transaction, and it compares again under the lock, so that a preview may be as old as it likes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from fleet.importing import upsert
from fleet.importing.names import named
from fleet.importing.references import RELATIONS, References
from fleet.importing.turns import take_turn
from fleet.models import Asset, AssetPublicId
from fleet.models.vehicles import AssetState
from tomp.sentences import Sentence

Differences = dict[str, tuple[Any, Any]]  # field → old and new
Owners = dict[tuple[str, Any], tuple[int, str]]  # (field, value) → primary key and number of the vehicle that has it
CHUNK = 1000
UNIQUE = ("vehicle_number", "vehicle_code", "license_plate", "mac", "nfc_id", "imei", "public_id")
TOGETHER = (("lat", "lon"), ("station", "station_slot"), ("state", "state_reason"))  # one stays with the other
ASIDE = object()
BLANK = Asset(public_id=None)  # type: ignore[misc]  # what a new vehicle differs from; it has no id yet
TRIP_BOUND = frozenset(("vehicle_type", "lat", "lon", "station"))  # a trip decides these, no file
IS_BY_NOW = _("%(field)s is %(value)s by now: left as it is")
IS_TAKEN = _("%(field)s %(value)s belongs to vehicle %(number)s: give that one another first")
IS_GONE = _("%(field)s %(value)s is not there any more")
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
    """What the file means for one vehicle: the differences by field, and what follows from them."""

    wanted: Wanted
    asset: Asset | None  # as it is, and after `apply` as it became; None: there is none
    outcome: Outcome = Outcome.UNCHANGED
    differences: Differences = field(default_factory=dict)
    consequences: Differences = field(default_factory=dict)
    warnings: list[Sentence] = field(default_factory=list)
    errors: list[Sentence] = field(default_factory=list)

    @property
    def asset_pk(self) -> int | None:
        return self.asset.pk if self.asset else None


Record = Callable[[list[Change]], None]


def preview(wanted: Sequence[Wanted], *, key: str, references: References) -> list[Change]:
    """What `apply` would do now; nothing is written."""
    return [change for chunk in chunks(wanted) for change in _compare(chunk, Asset.objects, key, references)]


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
    compared = _compare(chunk, Asset.objects.select_for_update(no_key=True).order_by("pk"), key, references)
    for outcome, is_new in ((Outcome.NEW, True), (Outcome.CHANGED, False)):
        changes = [change for change in compared if change.outcome == outcome]
        assets = [_carry_out(change, references) for change in changes]
        names = {name for change in changes for name in (*change.differences, *change.consequences)}
        columns = {_attribute(name) for name in names}
        upsert.write(assets, is_new=is_new, reason=reason, user_id=user_id, only=columns)
    return compared


def chunks(wanted: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))


def _compare(chunk: Sequence[Wanted], assets: Any, key: str, references: References) -> list[Change]:
    existing = _existing(assets, chunk, key)
    said = [_differences(wanted, existing.get(wanted.key), references) for wanted in chunk]
    owners = _owners(said, key)
    return [
        _change(wanted, existing.get(wanted.key), differences, references, owners)
        for wanted, differences in zip(chunk, said, strict=True)
    ]


def _existing(assets: Any, chunk: Sequence[Wanted], key: str) -> dict[str, Asset]:
    """The vehicles by key. One without a source whose number is the key is that vehicle too."""
    keys = [wanted.key for wanted in chunk]
    condition = Q(**{f"{key}__any_of": keys})
    if key == "source_id":
        condition |= Q(**{"vehicle_number__any_of": keys, key: ""})
    found = sorted(assets.filter(condition), key=lambda asset: bool(getattr(asset, key)))
    return {getattr(asset, key) or asset.vehicle_number: asset for asset in found}


def _differences(wanted: Wanted, asset: Asset | None, references: References) -> Differences:
    """What the vehicle says otherwise than the file, or what it would say that a new one does not."""
    values = wanted.values if asset else wanted.initial | wanted.values
    return {
        name: (old, value)
        for name, value in values.items()
        if (old := _value(asset or BLANK, name, references)) != value
    }


def _owners(said: Sequence[Differences], key: str) -> Owners:
    """Who has the values that only one vehicle can have. By their key all are known that exist."""
    owners: Owners = {}
    for name in UNIQUE:
        values = [differences[name][1] for differences in said if name in differences and differences[name][1]]
        if not values or name == key:
            continue
        having = Asset.objects.filter(**{f"{name}__any_of": values})
        for pk, number, value in having.values_list("pk", "vehicle_number", name):
            owners[name, value] = (pk, number)
        if name == "public_id":
            former = AssetPublicId.objects.filter(public_id__in=values).values_list("asset_id", "public_id")
            owners |= {(name, value): (pk, "") for pk, value in former}
    return owners


def _change(
    wanted: Wanted, asset: Asset | None, differences: Differences, references: References, owners: Owners
) -> Change:
    if asset is not None:
        return _changed(wanted, asset, differences, references, owners)
    if wanted.expected:
        return Change(wanted, None, Outcome.WRONG, errors=[Sentence(_("is not there any more"))])
    return _new(wanted, differences, references, owners)


def _new(wanted: Wanted, differences: Differences, references: References, owners: Owners) -> Change:
    state = wanted.state or WantedState(AssetState.AVAILABLE)
    change = Change(wanted, None, Outcome.NEW)
    taken = {name for name, value in wanted.initial.items() if (name, value) in owners}
    for name in taken:
        if name == "vehicle_number":
            taken_number = _("number %(number)s belongs to another vehicle")
            change.errors.append(Sentence(taken_number, number=wanted.initial[name]))
        else:
            change.warnings.append(Sentence(_("%(field)s belongs to another vehicle: left out"), field=named(name)))
    if not (wanted.values.get("vehicle_type") or wanted.initial.get("vehicle_type")):
        missing = _("%(field)s is missing: a new vehicle needs one")
        change.errors.append(Sentence(missing, field=named("vehicle_type")))
    change.differences["state"] = (None, state.state)
    _follow(change, "state_reason", "", state.reason)
    left_out = taken - wanted.values.keys()
    _tell(change, {name: pair for name, pair in differences.items() if name not in left_out}, references, owners)
    return change


def _changed(wanted: Wanted, asset: Asset, differences: Differences, references: References, owners: Owners) -> Change:
    change = Change(wanted, asset)
    if wanted.expected == {}:
        change.warnings.append(Sentence(_("was made by somebody else meanwhile: left as it is")))
        return change
    stale = _stale(wanted, asset, differences, references)
    seen = {name: old for name, old in stale.items() if old is not ASIDE}
    change.warnings += [
        Sentence(IS_BY_NOW, field=named(name), value=str(old) if old else Sentence(_("empty")))
        for name, old in seen.items()
    ]
    kept = stale.keys() | (TRIP_BOUND if asset.is_on_a_trip else ())
    if (kept & differences.keys()) - stale.keys():
        change.warnings.append(Sentence(_("is %(state)s: not moved"), state=Sentence.label(asset.get_state_display)))
    _tell(change, {name: pair for name, pair in differences.items() if name not in kept}, references, owners)
    if "state" not in stale:
        _move(change, asset)
    if change.differences and change.outcome != Outcome.WRONG:
        change.outcome = Outcome.CHANGED
    return change


def _stale(wanted: Wanted, asset: Asset, differences: Differences, references: References) -> dict[str, Any]:
    """The fields that would change although they are not as expected, and what they are; ASIDE: what it goes with."""
    expected = wanted.expected
    if expected is None:
        return {}
    now = {name: old for name, (old, _new) in differences.items()}
    if wanted.state and not asset.is_on_a_trip and _is_to_move(asset, wanted.state):
        now["state"] = asset.state
        if "state_reason" in expected:
            now["state_reason"] = asset.state_reason
    stale = {name: old for name, old in now.items() if old != expected.get(name, ASIDE)}
    for pair in TOGETHER:
        if not stale.keys().isdisjoint(pair):
            stale = dict.fromkeys(pair, ASIDE) | stale
    return stale


def _tell(change: Change, differences: Differences, references: References, owners: Owners) -> None:
    """The change has these differences; WRONG if a value belongs to another, or names what is not there."""
    for name, (old, value) in differences.items():
        pk, number = owners.get((name, value), (change.asset_pk, ""))
        if name in UNIQUE and pk != change.asset_pk:
            change.errors.append(Sentence(IS_TAKEN, field=named(name), value=value, number=number))
        if name in RELATIONS and value and value not in references.pks[name]:
            change.errors.append(Sentence(IS_GONE, field=named(name), value=value))
            continue
        change.differences[name] = (old, value)
    if "station" in change.differences:
        _stand_at(change, references)
    if change.errors:
        change.outcome = Outcome.WRONG


def _stand_at(change: Change, references: References) -> None:
    """A vehicle that comes to a station is in none of its slots yet, and where the station is."""
    said, station = change.wanted.values, change.differences["station"][1]
    follows: dict[str, Any] = {} if "station_slot" in said else {"station_slot": ""}
    if station and "lat" not in said:
        follows["lat"], follows["lon"] = references.places[station]
    for name, value in follows.items():
        _follow(change, name, getattr(change.asset or BLANK, name), value)


def _follow(change: Change, name: str, old: Any, new: Any) -> None:
    if old != new:
        change.consequences[name] = (old, new)


def _move(change: Change, asset: Asset) -> None:
    """Into the wanted state, if the vehicle is not on a trip."""
    wish = change.wanted.state
    if wish is None or asset.state == wish.state:
        return
    if asset.is_on_a_trip:
        if wish.undoes is None:
            change.warnings.append(
                Sentence(_("is %(state)s: state not changed"), state=Sentence.label(asset.get_state_display))
            )
    elif _is_to_move(asset, wish):
        change.differences["state"] = (asset.state, wish.state)
        _follow(change, "state_reason", asset.state_reason, wish.reason)


def _is_to_move(asset: Asset, wish: WantedState) -> bool:
    """Whether a vehicle that is on no trip gets another state by that wish."""
    is_undone = wish.undoes is None or asset.state == AssetState.AVAILABLE or asset.state_reason == wish.undoes
    return asset.state != wish.state and is_undone


def _carry_out(change: Change, references: References) -> Asset:
    """The vehicle, which is locked or new, is as the change says; its state by the transition that leads there."""
    asset = change.asset or BLANK
    news = {name: new for name, (_old, new) in (change.differences | change.consequences).items()}
    state, reason = news.pop("state", None), news.pop("state_reason", asset.state_reason)
    attributes = {
        _attribute(name): references.pk_of(name, value) if name in RELATIONS else value for name, value in news.items()
    }
    if change.asset is None:
        # The constructor may set a protected state; afterwards only transitions do.
        change.asset = Asset(state=state, state_reason=reason, **attributes)
        return change.asset
    for attribute, value in attributes.items():
        setattr(asset, attribute, value)
    if state is not None:
        getattr(asset, MOVES[state])(**({"reason": reason} if reason else {}))
    return asset


def _value(asset: Asset, name: str, references: References) -> Any:
    if name in RELATIONS:
        return references.id_of(name, getattr(asset, _attribute(name)))
    return getattr(asset, name)


def _attribute(name: str) -> str:
    return f"{RELATIONS[name].attribute}_id" if name in RELATIONS else name
