"""Places, types, plans and the operator, taken back after the vehicles of a feed."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from fleet.importing.batches import storing
from fleet.importing.batches.applying import in_turn, progress
from fleet.importing.names import named
from fleet.importing.things import KINDS, Kind, Restoring, look, referring
from fleet.models import ImportRow
from fleet.models.imports import ImportState
from tomp.sentences import Sentence

Outcome = ImportRow.Outcome
GONE = Sentence(_("was gone already"))
LOST = _("what it had as %(fields)s is not there any more")
HAS_CHANGED, HAS = _("has changed since: %(fields)s"), _("has %(owners)s")


def undo_places(*, batch_id: int) -> None:
    """In the caller's transaction: what the batch changed is as before, and what it made is gone, as far as it is still
    as the batch left it and nothing else needs it. The rows say why not.
    """
    batch = in_turn(batch_id, ImportState.UNDOING)
    if batch is None:
        return
    rows = list(batch.rows.filter(outcome=Outcome.APPLIED).exclude(thing="").order_by("pk"))
    restoring = {
        name: Restoring(kind, reason=f"undo of {batch.reason}", user_id=batch.imported_by_id)
        for name, kind in KINDS.items()
    }
    for name, things in restoring.items():
        _restore(things, [row for row in rows if row.thing == name and row.kind == ImportRow.Kind.CHANGED])
    for name, things in reversed(restoring.items()):  # first what refers to the others
        _remove(things, [row for row in rows if row.thing == name and row.kind == ImportRow.Kind.NEW])
    storing.settle(rows, [row for row in rows if row.told])
    progress(batch, len(rows))


def _restore(things: Restoring, rows: Sequence[ImportRow]) -> None:
    """Each field that still says what the row wrote says again what it said before."""
    there, now = _locked(things.kind, rows)
    wanted = {}
    for row in rows:
        if row.asset_pk not in there:
            row.told, row.outcome = [GONE], Outcome.UNDONE
            continue
        stale = _changed_since(row, now[row.asset_pk])
        said = {name: old for name, (old, _new) in row.changes.items() if name not in stale}
        missing = things.missing(said)
        wanted[there[row.asset_pk]] = {name: old for name, old in said.items() if name not in missing}
        row.told = _has_changed(things.kind, stale)
        row.told += [Sentence(LOST, fields=_names(things.kind, missing))] if missing else []
        row.outcome = (Outcome.PARTLY if wanted[there[row.asset_pk]] else Outcome.KEPT) if row.told else Outcome.UNDONE
    things.restore({thing: said for thing, said in wanted.items() if said})


def _remove(things: Restoring, rows: Sequence[ImportRow]) -> None:
    """Their rows are locked for good, so nothing can begin to refer to them meanwhile."""
    there, now = _locked(things.kind, rows)
    owners = referring(things.kind.model, there, besides=[owned.model for owned in things.kind.owned.values()])
    removed = []
    for row in rows:
        pk = row.asset_pk or 0
        if pk not in there:
            row.told, row.outcome = [GONE], Outcome.UNDONE
            continue
        stale = _changed_since(row, now[pk])
        row.told = _has_changed(things.kind, stale)
        row.told += [Sentence(HAS, owners=owners[pk])] if pk in owners else []
        row.outcome = Outcome.KEPT if row.told else Outcome.UNDONE
        if not row.told:
            removed.append(pk)
    things.remove(removed)


def _locked(kind: Kind, rows: Iterable[ImportRow]) -> tuple[dict[int, Any], dict[int, dict[str, Any]]]:
    """The things that are still there, and what they say now; nobody else changes or refers to them."""
    found = kind.model.objects.filter(pk__in=[row.asset_pk for row in rows])
    there = {thing.pk: thing for thing in found.select_for_update().order_by("pk")}
    return there, look(kind, kind.model.objects.filter(pk__in=list(there)))


def _has_changed(kind: Kind, stale: Sequence[str]) -> list[Sentence]:
    return [Sentence(HAS_CHANGED, fields=_names(kind, stale))] if stale else []


def _names(kind: Kind, fields: Iterable[str]) -> list[Sentence]:
    return [named(name, kind.model) for name in fields]


def _changed_since(row: ImportRow, now: dict[str, Any]) -> list[str]:
    return [name for name, (_old, new) in row.changes.items() if now.get(name) != new]
