"""The job that takes a batch back: what it changed is as before, what it made is gone, what has changed since stays."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from fleet.importing import assets
from fleet.importing.batches import places, storing
from fleet.importing.batches.applying import finish, in_turn, progress
from fleet.importing.batches.rows import KeptRow, before, values_after
from fleet.importing.names import named
from fleet.importing.references import RELATIONS, References
from fleet.importing.things import referring
from fleet.importing.upsert import record_history
from fleet.models import Asset, ImportBatch, ImportRow
from fleet.models.imports import ImportState
from tomp.sentences import Sentence

Outcome = ImportRow.Outcome
NAMES = {relation.attribute: name for name, relation in RELATIONS.items()}  # as rows call these fields


def undo(*, batch_id: int, now: Any) -> None:
    """Every row that was applied is taken back, or says why not; one refusal stops no other."""
    while True:
        with transaction.atomic():
            if not _undo_next(batch_id):
                places.undo_places(batch_id=batch_id)
                break
    finish(batch_id, ImportState.UNDOING, lambda batch: batch.finish_undoing(at=now))


def _undo_next(batch_id: int) -> bool:
    batch = in_turn(batch_id, ImportState.UNDOING)
    if batch is None:
        return False
    rows = storing.due(batch_id, Outcome.APPLIED, assets.CHUNK)
    references = References.load()
    _restore([row for row in rows if row.kind == ImportRow.Kind.CHANGED], batch, references)
    _remove([row for row in rows if row.kind == ImportRow.Kind.NEW], batch, references)
    storing.settle(rows, [row for row in rows if row.told])
    progress(batch, len(rows))
    return bool(rows)


def _reason(batch: ImportBatch) -> str:
    return f"undo of {batch.reason}"


def _restore(rows: Sequence[KeptRow], batch: ImportBatch, references: References) -> None:
    """The vehicles say what they said before, where they say what the row wrote."""
    changes = assets.apply_chunk(
        [before(row) for row in rows],
        key="pk",
        references=references,
        reason=_reason(batch),
        user_id=batch.imported_by_id,
    )
    for row, change in zip(rows, changes, strict=True):
        row.told = [*change.errors, *change.warnings]
        if not row.told:
            row.outcome = Outcome.UNDONE
        else:
            row.outcome = Outcome.PARTLY if change.outcome == assets.Outcome.CHANGED else Outcome.KEPT


def _remove(rows: Sequence[KeptRow], batch: ImportBatch, references: References) -> None:
    """The vehicles that the rows made are deleted, unless they have changed or anything belongs to them.

    Their rows are locked for good, so nothing can begin to refer to them meanwhile.
    """
    locked = Asset.objects.select_for_update().filter(pk__in=[row.asset_pk for row in rows]).order_by("pk")
    found = {asset.pk: asset for asset in locked}
    owners = referring(Asset, found)
    removed = []
    for row in rows:
        asset = found.get(row.asset_pk or 0)
        row.told = [places.GONE] if asset is None else _objections(asset, row, owners, references)
        row.outcome = Outcome.KEPT if asset is not None and row.told else Outcome.UNDONE
        if asset is not None and not row.told:
            removed.append(asset)
    if removed:
        record_history(removed, "-", reason=_reason(batch), user_id=batch.imported_by_id)
        Asset.objects.filter(pk__in=[asset.pk for asset in removed])._raw_delete("default")


def _objections(
    asset: Asset, row: KeptRow, owners: dict[int, list[Sentence]], references: References
) -> list[Sentence]:
    written = values_after(row)
    changed = [
        named(NAMES.get(field.name, field.name))
        for field in Asset._meta.concrete_fields
        if field.name not in ("id", "public_id") and not _is_as_made(asset, field, written, references)
    ]
    objections = [Sentence(places.HAS_CHANGED, fields=changed)] if changed else []
    return objections + ([Sentence(places.HAS, owners=owners[asset.pk])] if asset.pk in owners else [])


def _is_as_made(asset: Asset, field: Any, written: dict[str, Any], references: References) -> bool:
    name = NAMES.get(field.name, field.name)
    now = references.id_of(name, getattr(asset, field.attname)) if name in RELATIONS else getattr(asset, field.name)
    default = "" if name in RELATIONS else field.get_default()
    return bool(now == written.get(name, default))
