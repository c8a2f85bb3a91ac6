"""Rows of a batch in bulk. Django's own ways quote every JSON value twice: half the time of an import."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from fleet.models import ImportRow

TABLE = ImportRow._meta.db_table
FIELDS = [field for field in ImportRow._meta.concrete_fields if not field.primary_key]
JSON = frozenset(field.attname for field in FIELDS if field.get_internal_type() == "JSONField")
COPY = f"COPY {TABLE} ({', '.join(str(field.column) for field in FIELDS)}) FROM STDIN"
SETTLE = (
    f"UPDATE {TABLE} AS row SET outcome = said.outcome, asset_pk = said.asset_pk, wanted = NULL "  # noqa: S608
    "FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS said (id, outcome, asset_pk) WHERE row.id = said.id"
)
TELL = f"UPDATE {TABLE} SET told = %s, changes = %s WHERE id = %s"  # noqa: S608


def insert(rows: Iterable[ImportRow]) -> None:
    """The rows are in the database; their primary keys are not known."""
    names = [field.attname for field in FIELDS]
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row([_column(name, getattr(row, name)) for name in names])


def settle(rows: Sequence[ImportRow], retold: Sequence[ImportRow]) -> None:
    """What became of the rows is kept; of some also what is told of them and what they changed."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            SETTLE, [[row.pk for row in rows], [row.outcome for row in rows], [row.asset_pk for row in rows]]
        )
        if retold:
            cursor.executemany(TELL, [(json.dumps(row.told), json.dumps(row.changes), row.pk) for row in retold])


def _column(name: str, value: Any) -> Any:
    return json.dumps(value) if name in JSON and value is not None else value
