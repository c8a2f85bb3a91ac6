"""What staff ask of an import: begin it, say what its columns mean, compare, apply, undo or abandon it.

Each step is a line in the database and a job of the worker; jobs of imports are done one after the other.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as _
from procrastinate.contrib.django import app

from fleet.importing.batches import contents
from fleet.importing.errors import NotNow, UnusableInput
from fleet.importing.gbfs.values import is_web_address
from fleet.importing.sheets.columns import ALIASES, REQUIRED, recognise
from fleet.importing.sheets.table import table_of
from fleet.models import ColumnMapping, ImportBatch, ImportFile, ImportRow
from fleet.models.imports import can_be, signature_of
from tomp.sentences import Sentence

MB = 1024 * 1024
SAMPLE = 5
LOCK = "imports"
COMPARE, APPLY, UNDO = (f"fleet.tasks.{step}_import" for step in ("compare", "apply", "undo"))
WAS_REMOVED = _("The file was removed meanwhile: upload it again.")
NOT_NOW = {
    "compare": _("The import is %(state)s: it cannot be asked to compare now."),
    "apply": _("The import is %(state)s: it cannot be asked to apply now."),
    "undo": _("The import is %(state)s: it cannot be asked to undo now."),
    "abandon": _("The import is %(state)s: it cannot be asked to abandon now."),
}
Outcome = ImportRow.Outcome


def begin_file(
    *, name: str, content: bytes, user: Any, now: Any, options: Mapping[str, Any] | None = None
) -> ImportBatch:
    """A batch for the file: of a list the columns are guessed, a feed is compared at once. Raises UnusableInput."""
    if len(content) > settings.TOMP_IMPORT_MAX_MB * MB:
        raise too_large(name)
    is_feed = contents.is_feed(content)
    table = None
    if is_feed:
        contents.check_feed(content, name)
    else:
        table = table_of(content, name, most_rows=settings.TOMP_IMPORT_MAX_ROWS, only=SAMPLE)
        _refuse_without_rows(table.rows, name)
    batch = ImportBatch(
        kind=ImportBatch.Kind.FEED if is_feed else ImportBatch.Kind.LIST,
        source=name[:500],
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        imported_by=user,
        created_at=now,
        header=table.header if table else [],
        sample=[cells for _number, cells in table.rows] if table else [],
        mapping=_guessed(table.header) if table else {},
        options=dict(options or {}),
    )
    with transaction.atomic():
        batch.save()
        ImportFile.objects.create(batch=batch, content=content)
        if is_feed:
            _compare(batch, now)
    return batch


def begin_address(*, address: str, user: Any, now: Any, options: Mapping[str, Any] | None = None) -> ImportBatch:
    """A batch for the feed there, which a job will fetch. Raises UnusableInput."""
    address = address.strip()
    if not is_web_address(address) or len(address) > 500:
        raise UnusableInput(_("%(address)s is no http(s) address."), address=address[:100])
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            kind=ImportBatch.Kind.FEED, source=address, imported_by=user, created_at=now, options=dict(options or {})
        )
        _compare(batch, now)
    return batch


def too_large(name: str) -> UnusableInput:
    most = settings.TOMP_IMPORT_MAX_MB
    return UnusableInput(_("%(name)s is larger than %(most)s MB: split it."), name=name, most=most)


def _refuse_without_rows(rows: list[Any], name: str) -> None:
    if not rows:
        raise UnusableInput(_("%(name)s has a header and no rows."), name=name)


def _guessed(header: list[str]) -> dict[str, int]:
    """What the columns meant the last time that a file had these headers; else what the headers say."""
    kept = kept_mapping(header)
    return kept.columns if kept else recognise(header).places


def kept_mapping(header: list[str]) -> ColumnMapping | None:
    """What staff kept for these headers, the latest."""
    return ColumnMapping.objects.filter(signature=signature_of(header)).order_by("-pk").first()


def compare(
    *, batch_id: int, mapping: Mapping[str, int] | None = None, options: Mapping[str, Any] | None = None,
    keep_as: str = "", now: Any,
) -> None:  # fmt: skip
    """A job will compare the rows with the fleet as it is. Raises UnusableInput, NotNow.

    With a `mapping` (our column → its place in the file) that is what the columns mean, and it is kept under a name.
    """
    with transaction.atomic():
        batch = locked(batch_id)
        if mapping is not None:
            batch.mapping = _checked(mapping, batch.header)
            if keep_as:
                keep_mapping(batch, keep_as)
        if options is not None:
            batch.options = dict(options)
        _check_has_file(batch)
        _compare(batch, now)


def _checked(mapping: Mapping[str, int], header: list[str]) -> dict[str, int]:
    if REQUIRED not in mapping:
        raise UnusableInput(_("Say which column has the number of the vehicle: without it no row can be imported."))
    twice = [header[place] for place in set(mapping.values()) if list(mapping.values()).count(place) > 1]
    if twice:
        raise UnusableInput(_("The column '%(column)s' can mean one thing only."), column=twice[0])
    return {column: place for column, place in mapping.items() if column in ALIASES and 0 <= place < len(header)}


def keep_mapping(batch: ImportBatch, name: str) -> None:
    """The meaning of these columns is kept under the name, in place of what had that name."""
    ColumnMapping.objects.update_or_create(
        name=name[:80], defaults={"signature": signature_of(batch.header), "columns": batch.mapping}
    )


def _compare(batch: ImportBatch, now: Any) -> None:
    _move(batch, "compare", at=now)
    _defer(COMPARE, batch)


def apply(*, batch_id: int, now: Any) -> None:
    """A job will write the new and the changed rows. Raises NotNow."""
    with transaction.atomic():
        batch = locked(batch_id)
        if batch.kind == batch.Kind.FEED:
            _check_has_file(batch)
        waiting = batch.rows.filter(outcome=Outcome.WAITING, kind__in=("NEW", "CHANGED"), thing="")
        _move(batch, "apply", at=now, total=waiting.count())
        _defer(APPLY, batch)


def undo(*, batch_id: int, now: Any) -> None:
    """A job will restore what the batch changed; what was refused before is tried again. Raises NotNow."""
    with transaction.atomic():
        batch = locked(batch_id)
        batch.rows.filter(outcome__in=(Outcome.PARTLY, Outcome.KEPT)).update(outcome=Outcome.APPLIED, told=[])
        applied = batch.rows.filter(outcome=Outcome.APPLIED).count()
        if not applied:
            raise NotNow(_("There is nothing to undo."))
        _move(batch, "undo", at=now, total=applied)
        _defer(UNDO, batch)


def abandon(*, batch_id: int) -> None:
    """Nothing will be written; the rows are forgotten. Raises NotNow."""
    with transaction.atomic():
        batch = locked(batch_id)
        _move(batch, "abandon")
        ImportFile.objects.filter(batch=batch).delete()
        batch.rows.all()._raw_delete("default")


def locked(batch_id: int) -> ImportBatch:
    """The batch; whoever else wants to change it waits."""
    return ImportBatch.objects.select_for_update().get(pk=batch_id)


def _move(batch: ImportBatch, step: str, **said: Any) -> None:
    """Raises NotNow."""
    if not can_be(batch, step):
        raise NotNow(NOT_NOW[step], state=Sentence.label(batch.get_state_display))
    getattr(batch, step)(**said)
    batch.save()


def _check_has_file(batch: ImportBatch) -> None:
    """A feed at an address has none before it was fetched."""
    is_to_be_fetched = is_web_address(batch.source) and not batch.sha256
    if not is_to_be_fetched and not ImportFile.objects.filter(batch=batch).exists():
        raise NotNow(WAS_REMOVED)


def _defer(task: str, batch: ImportBatch) -> None:
    app.configure_task(task, lock=LOCK).defer(batch_id=batch.pk)
