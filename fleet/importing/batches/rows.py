"""Rows of a batch: what a file wants of a vehicle, and what that changes, as JSON and back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fleet.importing.assets import Change, Outcome, Wanted, WantedState
from fleet.importing.sheets.service import RowReport
from fleet.importing.things import ThingChange
from fleet.models import ImportRow
from fleet.models.vehicles import AssetState

OF_TEXT: dict[str, Callable[[str], Any]] = {"reported_at": datetime.fromisoformat, "public_id": UUID}
STATE_FIELDS = ("state", "state_reason")


def row_of(batch_id: int, number: int, change: Change, *, warnings: Sequence[str], errors: Sequence[str]) -> ImportRow:
    """What is kept of a compared row."""
    is_waiting = change.outcome in (Outcome.NEW, Outcome.CHANGED)
    return ImportRow(
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


def rows_of_list(batch_id: int, reports: Iterable[RowReport]) -> Iterator[ImportRow]:
    """The same of a fleet list, whose wrong rows are kept as they were."""
    for report in reports:
        wanted = report.row.wanted or Wanted(report.row.vehicle_number, {})
        change = report.change or Change(wanted, None, Outcome.WRONG)
        row = row_of(batch_id, report.row.number, change, warnings=report.warnings, errors=report.errors)
        row.cells = report.row.cells if row.kind == ImportRow.Kind.WRONG else None
        yield row


def rows_of_things(batch_id: int, changes: Iterable[ThingChange]) -> Iterator[ImportRow]:
    """What an import does to places, types and plans; `number` keeps their order."""
    for number, change in enumerate(changes, start=1):
        yield ImportRow(
            batch_id=batch_id,
            number=number,
            thing=change.kind.name,
            vehicle=change.key[:200],
            asset_pk=change.pk,
            kind=ImportRow.Kind.NEW if change.is_new else ImportRow.Kind.CHANGED,
            changes=change.fields,
        )


def changes_of(change: Change) -> dict[str, list[Any]]:
    """Field: before and after."""
    return {
        name: [_plain(name, old), _plain(name, new)]
        for name, (old, new) in (change.differences | change.consequences).items()
    }


def wanted_of(row: ImportRow) -> Wanted:
    """What the row says, to be written where the vehicle is as it was when it was compared."""
    said: dict[str, Any] = row.wanted or {}
    expected = {} if row.kind == ImportRow.Kind.NEW else {n: _rich(n, old) for n, (old, _new) in row.changes.items()}
    return Wanted(
        key=said["key"],
        values=_rich_values(said["values"]),
        initial=_rich_values(said["initial"]),
        state=WantedState(AssetState(said["state"][0]), *said["state"][1:]) if said["state"] else None,
        expected=expected,
    )


def before(row: ImportRow) -> Wanted:
    """What the vehicle of an applied row was, to be written where it is still as the row left it."""
    old = {name: _rich(name, was) for name, (was, _is) in row.changes.items()}
    state = WantedState(AssetState(old["state"]), old.get("state_reason", "")) if "state" in old else None
    return Wanted(
        key=row.asset_pk,
        values={name: value for name, value in old.items() if name not in STATE_FIELDS},
        state=state,
        expected={name: _rich(name, now) for name, (_was, now) in row.changes.items()},
    )


def values_after(row: ImportRow) -> dict[str, Any]:
    """What an applied row wrote."""
    return {name: _rich(name, new) for name, (_old, new) in row.changes.items()}


def _as_json(wanted: Wanted) -> dict[str, Any]:
    state = wanted.state
    return {
        "key": wanted.key,
        "values": {name: _plain(name, value) for name, value in wanted.values.items()},
        "initial": {name: _plain(name, value) for name, value in wanted.initial.items()},
        "state": [state.state, state.reason, state.undoes] if state else None,
    }


def _plain(name: str, value: Any) -> Any:
    return str(value) if name in OF_TEXT and value is not None else value


def _rich(name: str, value: Any) -> Any:
    return OF_TEXT[name](value) if name in OF_TEXT and value is not None else value


def _rich_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _rich(name, value) for name, value in values.items()}
