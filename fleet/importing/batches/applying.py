"""The job that writes a batch: a chunk per transaction, which also says of each row that it was written.

So a worker that is killed leaves no row half done, and the next one goes on where it was.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from fleet.importing import assets
from fleet.importing.batches import asking, comparing, contents, storing
from fleet.importing.batches.counts import count_rows
from fleet.importing.batches.rows import KeptRow, changes_of, rows_of_things, wanted_of
from fleet.importing.errors import UnusableInput
from fleet.importing.findings import Findings
from fleet.importing.gbfs import write
from fleet.importing.gbfs.pricing import give_plans
from fleet.importing.gbfs.translate import translate
from fleet.importing.references import References
from fleet.importing.things import ThingChange
from fleet.importing.turns import end_without_waiting, take_turn
from fleet.models import ImportBatch, ImportRow
from fleet.models.imports import ImportState
from tomp.sentences import Sentence

ATTEMPTS = 3
MEANWHILE = Sentence(_("The database refused a row, because somebody wrote the same at that moment: apply again."))
Outcome = ImportRow.Outcome


def apply(*, batch_id: int, now: Any) -> None:
    """What the rows say is so, as far as the vehicles are still as they were when it was compared."""
    try:
        _apply_places(batch_id, now)
        while _apply_chunk_of(batch_id):
            pass
    except UnusableInput as error:
        fail(batch_id, error.sentence, ImportState.APPLYING)
    except IntegrityError:
        fail(batch_id, MEANWHILE, ImportState.APPLYING)
    else:
        finish(batch_id, ImportState.APPLYING, lambda batch: batch.finish_applying(at=now))


def in_turn(batch_id: int, state: str) -> ImportBatch | None:
    """Inside a transaction: the batch, locked, and no other import writes until it ends. None: not in that state."""
    take_turn()
    end_without_waiting()
    batch = asking.locked(batch_id)
    return batch if batch.state == state else None


def finish(batch_id: int, state: str, move: Any) -> None:
    """The step is over and the rows are counted; nothing happens when it was over before."""
    with transaction.atomic():
        batch = asking.locked(batch_id)
        if batch.state == state:
            batch.counts = count_rows(batch_id)
            move(batch)
            batch.save()


def fail(batch_id: int, error: Sentence, state: str) -> None:
    """The step ended before it was done; what was written stays, and is known."""
    finish(batch_id, state, lambda batch: batch.fail(error=error))


def progress(batch: ImportBatch, rows: int) -> None:
    batch.done += rows
    batch.save(update_fields=["done"])


def _apply_places(batch_id: int, now: Any) -> None:
    """Of a feed: all but the vehicles is written, once."""
    batch = ImportBatch.objects.get(pk=batch_id)
    if batch.kind != batch.Kind.FEED or batch.places_applied_at is not None:
        return
    findings = Findings()
    translated = translate(contents.read_feed(comparing.content_of(batch), batch.source, findings), findings)
    give_plans(translated, batch.options.get("plans", {}), findings)
    replaces = bool(batch.options.get("replace_system"))
    with transaction.atomic():
        found = in_turn(batch_id, ImportState.APPLYING)
        if found is None:
            return
        counts = write.write_places(
            translated,
            findings,
            reason=batch.reason,
            replace_system=replaces,
            record_things=lambda changes: _keep_things(batch_id, changes),
        )
        vehicles = [thing for thing in found.things if thing[0] == "vehicles"]
        found.things = comparing.things_of(counts) + vehicles
        found.places_applied_at = now
        found.save()


def _keep_things(batch_id: int, changes: list[ThingChange]) -> None:
    """What was really done stands in place of what was seen before."""
    ImportRow.objects.filter(batch=batch_id).exclude(thing="").delete()
    storing.insert(rows_of_things(batch_id, changes, outcome=Outcome.APPLIED))


def _apply_chunk_of(batch_id: int) -> bool:
    """The next rows are written, if there are any left. Somebody may write the same at the same moment: tried again."""
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _apply_next(batch_id)
        except IntegrityError:
            if attempt == ATTEMPTS - 1:
                raise
    return False


def _apply_next(batch_id: int) -> bool:
    batch = in_turn(batch_id, ImportState.APPLYING)
    if batch is None:
        return False
    rows = storing.due(batch_id, Outcome.WAITING, assets.CHUNK)
    changes = assets.apply_chunk(
        [wanted_of(row) for row in rows],
        key=batch.key,
        references=References.load(),
        reason=batch.reason,
        user_id=batch.imported_by_id,
    )
    retold = [row for row, change in zip(rows, changes, strict=True) if _note(row, change)]
    storing.settle(rows, retold)
    progress(batch, len(rows))
    return bool(rows)


def _note(row: KeptRow, change: assets.Change) -> bool:
    """The row says what became of it; whether that is not just what was seen before."""
    seen = row.changes
    was_written = change.outcome in (assets.Outcome.NEW, assets.Outcome.CHANGED)
    row.outcome = Outcome.APPLIED if was_written else Outcome.LEFT
    row.told = [*change.errors, *(warning for warning in change.warnings if warning not in row.warnings)]
    if not was_written and not row.told:
        row.told = [Sentence(_("is like that by now"))]
    if was_written:
        row.asset_pk, row.changes = change.asset_pk, changes_of(change)
    return bool(row.told) or row.changes != seen
