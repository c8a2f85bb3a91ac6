"""An import as staff make it and the worker does it, in tests."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

from fleet.importing.batches import applying, asking, comparing, undoing
from fleet.models import Asset, ImportBatch

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def archive(documents, folder="feed/", **more):
    """The documents as a ZIP file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, document in documents.items():
            file.writestr(f"{folder}{name}.json", json.dumps(document))
        for name, body in more.items():
            file.writestr(name, body)
    return content.getvalue()


def began(text, name="fleet.csv", user=None):
    """The batch of a file that was uploaded."""
    content = text.encode() if isinstance(text, str) else text
    return asking.begin_file(name=name, content=content, user=user, now=NOW)


def compared(text, name="fleet.csv", **options):
    """The batch after the worker compared it, with the guessed columns."""
    batch = began(text, name)
    if batch.kind == batch.Kind.LIST:
        asking.compare(batch_id=batch.pk, mapping=batch.mapping, options=options, now=NOW)
    comparing.compare(batch_id=batch.pk, now=NOW)
    return again(batch)


def applied(text, name="fleet.csv", **options):
    return apply(compared(text, name, **options))


def apply(batch):
    asking.apply(batch_id=batch.pk, now=NOW)
    applying.apply(batch_id=batch.pk, now=NOW)
    return again(batch)


def undone(batch):
    asking.undo(batch_id=batch.pk, now=LATER)
    undoing.undo(batch_id=batch.pk, now=LATER)
    return again(batch)


def again(batch):
    return ImportBatch.objects.get(pk=batch.pk)


def counts(batch):
    """Those that are not 0."""
    return {name: count for name, count in batch.counts.items() if count}


def told(batch):
    """{vehicle: what was left as it was, and why}"""
    return {row.vehicle: row.told for row in batch.rows.all() if row.told}


def changes(batch, vehicle):
    return batch.rows.get(vehicle=vehicle).changes


def fleet():
    """Everything about every vehicle."""
    return list(Asset.objects.order_by("pk").values())
