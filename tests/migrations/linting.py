"""Which operations of a migration would stop a busy service, or the version that still runs beside it?

The rules of docs/operating.md ("Upgrading"). What is not understood is not judged; what is judged can be excused by the
migration itself, which then says why: `excused = {"RemoveField": "read by nobody since 1.4"}`.
"""

from collections.abc import Iterator

from django.contrib.postgres import operations as postgres
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import connection, models
from django.db.migrations import operations
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

# Tables of dozens of rows, written by people: whatever is done to them is done at once.
SMALL = {
    "maas": {"maasprovider", "callbackchannel", "apikey", "oauthclient", "historicalmaasprovider"},
    "fleet": {"system", "region", "assettype", "pricingplan", "farepart", "openinghours", "calendarperiod", "gateway"},
    "backoffice": {"fleetcount"},
}
CONTRACTS = (operations.RemoveField, operations.DeleteModel, operations.RenameField, operations.RenameModel,
             operations.AlterModelTable)  # fmt: skip


def faults(migration: Migration, state: ProjectState) -> Iterator[str]:
    """What is wrong with it, where `state` is that before it; `state` is changed."""
    made: set[str] = set()
    excused = getattr(migration, "excused", {})
    for operation in migration.operations:
        for fault in _faults(operation, migration, state, made):
            if type(operation).__name__ not in excused:
                yield f"{migration.app_label}.{migration.name}: {operation.describe()}: {fault}"
        if isinstance(operation, operations.CreateModel):
            made.add(operation.name_lower)
        operation.state_forwards(migration.app_label, state)


def _faults(operation, migration, state, made) -> Iterator[str]:
    if isinstance(operation, CONTRACTS):
        yield "the version that still runs needs what goes: take its use out first, and this in the next release"
    if not operation.reversible:
        yield "cannot be undone: give it a reverse, if only one that does nothing"
    table = getattr(operation, "model_name_lower", None)
    if table is None or table in made or table in SMALL.get(migration.app_label, ()):
        return
    if isinstance(operation, operations.AddIndex) and not isinstance(operation, postgres.AddIndexConcurrently):
        yield "nobody can write while the index is built: AddIndexConcurrently, with atomic = False"
    elif isinstance(operation, operations.AddConstraint):
        yield from _constraint(operation)
    elif isinstance(operation, operations.AddField):
        yield from _new_field(operation.field)
    elif isinstance(operation, operations.AlterField):
        old = state.models[migration.app_label, table].fields[operation.name]
        yield from _altered_field(old, operation.field)


def _constraint(operation) -> Iterator[str]:
    if isinstance(operation, postgres.AddConstraintNotValid):
        return
    if isinstance(operation.constraint, models.CheckConstraint):
        yield "reads the whole table under a lock: AddConstraintNotValid, and ValidateConstraint in the next migration"
    elif isinstance(operation.constraint, models.UniqueConstraint | ExclusionConstraint):
        yield "builds its index under a lock: a unique index made concurrently, or excused where the table is small"


def _new_field(field) -> Iterator[str]:
    if not field.null and not field.has_db_default() and not field.many_to_many:
        yield "the version that still runs does not fill it: null=True or db_default"
    if _is_indexed(field):
        yield "builds its index under a lock: without one here, then AddIndexConcurrently"


def _altered_field(old, new) -> Iterator[str]:
    before, after = _type(old), _type(new)
    if before != after and not _is_wider(old, new):
        yield f"rewrites the table ({before} → {after}): a new column, filled in batches"
    if old.null and not new.null:
        yield "reads the whole table under a lock: a NOT VALID check first"
    if _is_indexed(new) and not _is_indexed(old):
        yield "builds its index under a lock: AddIndexConcurrently"


def _type(field) -> str | None:
    """In the database; of a relation the model that it names, whose key it copies."""
    if field.remote_field:
        return str(field.remote_field.model)
    named = field.clone()
    named.set_attributes_from_name("field")
    return named.db_type(connection)


def _is_wider(old, new) -> bool:
    """A longer varchar, or text in its place, changes the catalogue only."""
    texts = isinstance(old, models.CharField | models.TextField) and isinstance(new, models.CharField | models.TextField)
    return texts and (new.max_length is None or (old.max_length is not None and new.max_length >= old.max_length))


def _is_indexed(field) -> bool:
    return bool(getattr(field, "db_index", False) or getattr(field, "unique", False))
