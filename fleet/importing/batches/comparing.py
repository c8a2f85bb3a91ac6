"""The job that compares a batch with the fleet: a chunk at a time, each row kept, no vehicle locked."""

import hashlib
from collections.abc import Sequence
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as _

from fleet.importing import assets
from fleet.importing.batches import asking, contents, storing
from fleet.importing.batches.counts import count_rows
from fleet.importing.batches.rows import KeptRow, row_of, rows_of_list, rows_of_things
from fleet.importing.errors import UnusableInput
from fleet.importing.findings import Findings
from fleet.importing.gbfs import source, stations, write
from fleet.importing.gbfs.pricing import NO_PLAN, give_plans
from fleet.importing.gbfs.schema import violations
from fleet.importing.gbfs.translate import translate
from fleet.importing.references import References
from fleet.importing.sheets.columns import chosen_columns
from fleet.importing.sheets.parse import notes_of, rows_of, terms_of
from fleet.importing.sheets.service import local_zone, reports
from fleet.importing.sheets.table import table_of
from fleet.importing.things import ThingChange
from fleet.importing.turns import end_without_waiting
from fleet.models import ImportBatch, ImportFile
from fleet.models.imports import ImportState
from tomp.sentences import Sentence

MOST_NOTES = 200
ON_PAGES = {
    write.ALREADY_THERE: _(
        "the operator's information is there already and stays as it is (unless you say with the file that the feed "
        "replaces it)"
    ),
    stations.WITHOUT_IDS: _("%(n)s vehicles at stations have no ids in the feed: not imported (import a fleet list)"),
    NO_PLAN: _(
        "has no default pricing plan: vehicles without a plan of their own are neither offered nor published; "
        "choose it above"
    ),
}
TEMPORARY_IDS = Sentence(
    _(
        "Ids in a public feed are temporary: a vehicle gets another one after each trip. Use such a feed for the first "
        "import only; later it would make the same vehicles once more."
    )
)
BROKEN = _("%(n)s times against the official schemas; imported all the same")


class Stopped(Exception):
    """The batch was abandoned meanwhile."""


def compare(*, batch_id: int, now: Any) -> None:
    """Each row is kept with what it would change, and the batch waits to be applied; FAILED if it cannot be read.

    Done twice it begins again; of a batch that waits for something else it leaves everything as it is.
    """
    batch = ImportBatch.objects.get(pk=batch_id)
    if batch.state != ImportState.MAPPED:
        return
    batch.rows.all()._raw_delete("default")
    try:
        (_compare_feed if batch.kind == batch.Kind.FEED else _compare_list)(batch)
    except UnusableInput as refusal:
        error = refusal.sentence
        _finish(batch, lambda found: found.fail(error=error))
    except Stopped:
        batch.rows.all()._raw_delete("default")
    else:
        _finish(batch, lambda found: found.finish_comparing(at=now))


def _finish(batch: ImportBatch, move: Any) -> None:
    with transaction.atomic():
        found = asking.locked(batch.pk)
        if found.state != ImportState.MAPPED:
            return
        found.notes, found.things, found.unpriced = batch.notes[:MOST_NOTES], batch.things, batch.unpriced
        found.sha256, found.size = batch.sha256, batch.size
        found.counts = count_rows(batch.pk)
        move(found)
        found.save()


def _compare_list(batch: ImportBatch) -> None:
    table = table_of(content_of(batch), batch.source, most_rows=settings.TOMP_IMPORT_MAX_ROWS)
    if table.header != batch.header:
        raise UnusableInput(_("The headers are not those that were mapped."))
    references = References.load()
    terms = terms_of(
        table,
        references,
        zone=local_zone(),
        default_type=batch.options.get("default_type", ""),
        source=batch.source,
        columns=chosen_columns(batch.mapping, table.header),
    )
    batch.notes = notes_of(terms)
    _tell(batch, total=len(table.rows))
    rows, done = rows_of(table, terms), 0
    while chunk := list(islice(rows, assets.CHUNK)):
        changes = assets.preview([row.wanted for row in chunk if row.wanted], key=batch.key, references=references)
        done += len(chunk)
        with transaction.atomic():
            end_without_waiting()
            storing.insert(rows_of_list(batch.pk, reports(chunk, changes)))
            _tell(batch, done=done)


def _compare_feed(batch: ImportBatch) -> None:
    """The places are written and taken back in one transaction, which locks no vehicle."""
    findings = Findings()
    feed = _fetched(batch, findings)
    kept: list[KeptRow] = []
    things: list[ThingChange] = []

    def keep(changes: Sequence[assets.Change]) -> None:
        kept.extend(
            row_of(batch.pk, number, change, warnings=change.warnings, errors=change.errors)
            for number, change in enumerate(changes, start=1)
        )

    translated = translate(feed, findings)
    batch.unpriced = give_plans(translated, batch.options.get("plans", {}), findings)
    counts = write.write(
        translated,
        findings,
        reason=batch.reason,
        replace_system=bool(batch.options.get("replace_system")),
        dry_run=True,
        record=keep,
        record_things=things.extend,
    )
    storing.insert(rows_of_things(batch.pk, things))
    storing.insert(kept)
    batch.things = things_of(counts)
    broken = sum(violation.count for violation in violations(feed))
    batch.notes = [TEMPORARY_IDS] if kept else []
    batch.notes += [Sentence(BROKEN, n=broken)] if broken else []
    batch.notes += findings.notes(ON_PAGES)
    _tell(batch, done=len(kept), total=len(kept))


def things_of(counts: Sequence[write.Count]) -> list[list[Any]]:
    """Kind, new, changed, unchanged, skipped: of everything but the vehicles that have rows."""
    return [[c.kind, c.new, c.changed, c.unchanged, c.skipped] for c in counts]


def _fetched(batch: ImportBatch, findings: Findings) -> source.Feed:
    if ImportFile.objects.filter(batch=batch).exists():
        return contents.read_feed(content_of(batch), batch.source, findings)
    feed = source.read(batch.source, findings, is_guarded=True)
    content = contents.packed(feed)
    batch.sha256, batch.size = hashlib.sha256(content).hexdigest(), len(content)
    ImportFile.objects.create(batch=batch, content=content)
    return feed


def content_of(batch: ImportBatch) -> bytes:
    found = ImportFile.objects.filter(batch=batch).values_list("content", flat=True).first()
    if found is None:
        raise UnusableInput(asking.WAS_REMOVED)
    return bytes(found)


def _tell(batch: ImportBatch, **progress: int) -> None:
    """For whoever watches. Raises Stopped."""
    if not ImportBatch.objects.filter(pk=batch.pk, state=ImportState.MAPPED).update(**progress):
        raise Stopped
