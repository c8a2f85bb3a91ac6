"""What is kept of imports: the failure of a step, the import of a command, and files no longer than needed."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from fleet.importing.assets import Change
from fleet.importing.batches import asking, storing
from fleet.importing.batches.counts import count_rows
from fleet.importing.batches.rows import row_of
from fleet.models import ImportBatch, ImportFile, ImportRow

UNFORESEEN = "It stopped for a reason nobody foresaw; the log has it. What was written is below, and can be undone."
INTERRUPTED = "The command did not come to its end. What was written is below, and can be undone."


def fail(*, batch_id: int) -> None:
    """The step at work is over; nothing happens if none is."""
    with transaction.atomic():
        batch = asking.locked(batch_id)
        if batch.is_at_work:
            batch.counts = count_rows(batch_id)
            batch.fail(error=UNFORESEEN)
            batch.save()


def forget_files(*, before: Any) -> int:
    """The bytes of older batches are gone. Returns how many."""
    count, _by_model = ImportFile.objects.filter(batch__created_at__lt=before).delete()
    return count


class Record:
    """The batch of a command, which compares and writes in one go: what it wrote is kept in the same transactions.

    Until the end it counts as interrupted.
    """

    def __init__(self, *, kind: str, source: str, content: bytes = b"", now: Any):
        self.now = now
        self.rows = 0
        self.batch = ImportBatch(
            kind=kind, source=source[:500], size=len(content), created_at=now, compared_at=now, error=INTERRUPTED,
            sha256=hashlib.sha256(content).hexdigest() if content else "", state=ImportBatch.State.FAILED,
        )  # fmt: skip
        self.batch.save()

    def keep(self, changes: Sequence[Change], numbers: dict[str, int] | None = None) -> None:
        """In the transaction that made the changes. `numbers` are those of the rows, by key; else they are counted."""
        kept = []
        for place, change in enumerate(changes, start=self.rows + 1):
            number = numbers[change.wanted.key] if numbers else place
            row = row_of(self.batch.pk, number, change, warnings=change.warnings, errors=change.errors)
            row.wanted = None
            row.outcome = ImportRow.Outcome.APPLIED if row.changes else ImportRow.Outcome.WAITING
            kept.append(row)
        self.rows += len(kept)
        storing.insert(kept)

    def finish(self, *, notes: Sequence[str] = (), things: Sequence[Any] = ()) -> None:
        batch = self.batch
        batch.notes, batch.things = list(notes), list(things)
        batch.counts = count_rows(batch.pk)
        batch.apply(at=self.now, total=self.rows)
        batch.done = self.rows
        batch.finish_applying(at=self.now)
        batch.save()
