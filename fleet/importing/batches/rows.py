"""Rows of a batch: what a file wants of a vehicle, and what that changes, as JSON and back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from fleet.importing.assets import Change, Outcome, Wanted, WantedState
from fleet.importing.sheets.service import RowReport
from fleet.importing.things import ThingChange
from fleet.models import ImportRow
from fleet.models.vehicles import AssetState
from tomp.sentences import Sentence

OF_TEXT: dict[str, Callable[[str], Any]] = {"reported_at": datetime.fromisoformat, "public_id": UUID}
STATE_FIELDS = ("state", "state_reason")
OLD, NEW = 0, 1  # of a change


@dataclass(slots=True, kw_only=True)
class KeptRow:
    """An ImportRow as it is read and written in bulk: to make its model takes longer than to compare the vehicle."""

    pk: int | None = None
    batch_id: int
    number: int
    thing: str = ""
    vehicle: str
    asset_pk: int | None = None
    kind: str
    has_warning: bool = False
    wanted: dict[str, Any] | None = None
    changes: dict[str, list[Any]] = field(default_factory=dict)
    errors: list[Sentence] = field(default_factory=list)
    warnings: list[Sentence] = field(default_factory=list)
    cells: list[str] | None = None
    outcome: str = ""
    told: list[Sentence] = field(default_factory=list)


def row_of(
    batch_id: int, number: int, change: Change, *, warnings: Sequence[Sentence], errors: Sequence[Sentence]
) -> KeptRow:
    """What is kept of a compared row."""
    is_waiting = change.outcome in (Outcome.NEW, Outcome.CHANGED)
    return KeptRow(
        batch_id=batch_id,
        number=number,
        vehicle=change.wanted.key[:200],
        asset_pk=change.asset_pk,
        kind=change.outcome.upper(),
        has_warning=bool(warnings),
        wanted=_as_json(change.wanted) if is_waiting else None,
        changes=changes_of(change) if is_waiting else {},
        errors=list(errors),
        warnings=list(warnings),
    )


def rows_of_list(batch_id: int, reports: Iterable[RowReport]) -> Iterator[KeptRow]:
    """The same of a fleet list, whose wrong rows are kept as they were."""
    for report in reports:
        wanted = report.row.wanted or Wanted(report.row.vehicle_number, {})
        change = report.change or Change(wanted, None, Outcome.WRONG)
        row = row_of(batch_id, report.row.number, change, warnings=report.warnings, errors=report.errors)
        row.cells = report.row.cells if row.kind == ImportRow.Kind.WRONG else None
        yield row


def rows_of_things(batch_id: int, changes: Iterable[ThingChange], *, outcome: str = "") -> Iterator[KeptRow]:
    """What an import does to places, types and plans; `number` keeps their order."""
    for number, change in enumerate(changes, start=1):
        yield KeptRow(
            batch_id=batch_id,
            number=number,
            thing=change.kind.name,
            vehicle=change.key[:200],
            asset_pk=change.pk,
            kind=ImportRow.Kind.NEW if change.is_new else ImportRow.Kind.CHANGED,
            changes=change.fields,
            outcome=outcome,
        )


def changes_of(change: Change) -> dict[str, list[Any]]:
    """Field: before and after."""
    found = {name: list(pair) for name, pair in (change.differences | change.consequences).items()}
    for name in OF_TEXT.keys() & found.keys():
        found[name] = [None if value is None else str(value) for value in found[name]]
    return found


def wanted_of(row: KeptRow) -> Wanted:
    """What the row says, to be written where the vehicle is as it was when it was compared."""
    said: dict[str, Any] = row.wanted or {}
    return Wanted(
        key=said["key"],
        values=_rich(said["values"]),
        initial=_rich(said["initial"]),
        state=WantedState(AssetState(said["state"][0]), *said["state"][1:]) if said["state"] else None,
        expected={} if row.kind == ImportRow.Kind.NEW else _rich(_side(row, OLD)),
    )


def before(row: KeptRow) -> Wanted:
    """What the vehicle of an applied row was, to be written where it is still as the row left it."""
    old = _rich(_side(row, OLD))
    state = WantedState(AssetState(old["state"]), old.get("state_reason", "")) if "state" in old else None
    return Wanted(
        key=row.asset_pk,
        values={name: value for name, value in old.items() if name not in STATE_FIELDS},
        state=state,
        expected=values_after(row),
    )


def values_after(row: KeptRow) -> dict[str, Any]:
    """What an applied row wrote."""
    return _rich(_side(row, NEW))


def _side(row: KeptRow, which: int) -> dict[str, Any]:
    return {name: pair[which] for name, pair in row.changes.items()}


def _as_json(wanted: Wanted) -> dict[str, Any]:
    state = wanted.state
    return {
        "key": wanted.key,
        "values": _plain(wanted.values),
        "initial": _plain(wanted.initial),
        "state": [state.state, state.reason, state.undoes] if state else None,
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, **{name: str(values[name]) for name in OF_TEXT if values.get(name) is not None}}


def _rich(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, **{name: of(values[name]) for name, of in OF_TEXT.items() if values.get(name) is not None}}
