"""What is kept of imports: the failure of a step, the import of a command, and files no longer than needed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from fleet.importing.assets import Change
from fleet.importing.batches import asking, storing
from fleet.importing.batches.comparing import things_of
from fleet.importing.batches.counts import count_rows
from fleet.importing.batches.rows import KeptRow, row_of, rows_of_list, rows_of_things
from fleet.importing.gbfs.service import Result, import_feed
from fleet.importing.references import References
from fleet.importing.sheets.service import Report, apply_list, parse_list, reports
from fleet.importing.sheets.table import content_of
from fleet.importing.things import ThingChange
from fleet.models import ImportBatch, ImportFile, ImportRow
from tomp.sentences import Sentence

UNFORESEEN = Sentence(
    _("It stopped for a reason nobody foresaw; the log has it. What was written is below, and can be undone.")
)
INTERRUPTED = Sentence(_("The command did not come to its end. What was written is below, and can be undone."))


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
        self.batch = ImportBatch(
            kind=kind, source=source[:500], size=len(content), created_at=now, compared_at=now, error=INTERRUPTED,
            sha256=hashlib.sha256(content).hexdigest() if content else "", state=ImportBatch.State.FAILED,
        )  # fmt: skip
        self.batch.save()

    def keep(self, rows: Iterable[KeptRow]) -> None:
        """In the transaction that changed what the rows say."""
        kept = list(rows)
        for row in kept:
            row.wanted = None
            row.outcome = ImportRow.Outcome.APPLIED if row.changes else ImportRow.Outcome.WAITING
        storing.insert(kept)
        self.batch.done += len(kept)

    def finish(self) -> None:
        """The command came to its end."""
        batch = self.batch
        done = batch.done
        batch.counts = count_rows(batch.pk)
        batch.apply(at=self.now, total=done)
        batch.done = done
        batch.finish_applying(at=self.now)
        batch.save()


def import_list_and_keep(path: Path, *, default_type: str, now: Any) -> Report:
    """The list is imported as by import_list, and its report kept. Raises UnusableInput."""
    content = content_of(path)
    references = References.load()
    parsed = parse_list(content, str(path), references, default_type)
    record = Record(kind=ImportBatch.Kind.LIST, source=path.name, content=content, now=now)
    record.batch.header, record.batch.notes = parsed.table.header, parsed.notes
    rows = {row.wanted.key: row for row in parsed.rows if row.wanted}

    def keep(changes: Sequence[Change]) -> None:
        chunk = [rows[change.wanted.key] for change in changes]
        record.keep(rows_of_list(record.batch.pk, reports(chunk, changes)))

    report = apply_list(parsed, references, path.name, record=keep)
    record.keep(rows_of_list(record.batch.pk, reports([row for row in parsed.rows if not row.wanted], ())))
    record.finish()
    return report


def import_feed_and_keep(where: str, *, plans: Mapping[str, str], replace_system: bool, now: Any) -> Result:
    """The feed is imported as by import_feed, and its report kept. Raises UnusableInput."""
    record: Record | None = None
    numbers = count(1)

    def begun() -> Record:
        """Only now: of a source that cannot be read there is nothing to tell."""
        nonlocal record
        record = record or Record(kind=ImportBatch.Kind.FEED, source=where, now=now)
        return record

    def keep(changes: Sequence[Change]) -> None:
        batch_id = begun().batch.pk
        begun().keep(row_of(batch_id, next(numbers), c, warnings=c.warnings, errors=c.errors) for c in changes)

    def keep_things(changes: Sequence[ThingChange]) -> None:
        begun().keep(rows_of_things(begun().batch.pk, changes))

    result = import_feed(where, plans=plans, replace_system=replace_system, record=keep, record_things=keep_things)
    batch = begun().batch
    batch.places_applied_at, batch.things = now, things_of(result.counts)
    batch.notes = list(result.findings.notes())
    begun().finish()
    return result
