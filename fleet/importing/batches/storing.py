"""Rows of a batch in bulk. Django's own ways make a model of each, and quote every JSON value twice."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import orjson
from django.db import connection

from fleet.importing.batches.rows import KeptRow
from fleet.models import ImportRow
from tomp.fields import SentencesField
from tomp.sentences import Sentence

TABLE = ImportRow._meta.db_table
NAMES = [field.name for field in fields(KeptRow) if field.name != "pk"]
JSON = [name for name in NAMES if ImportRow._meta.get_field(name).get_internal_type() == "JSONField"]
SENTENCES = [name for name in JSON if isinstance(ImportRow._meta.get_field(name), SentencesField)]
PLAIN = [name for name in NAMES if name not in JSON]
COLUMNS = ", ".join([*PLAIN, *JSON])
COPY = f"COPY {TABLE} ({COLUMNS}) FROM STDIN"
DUE = (
    f"SELECT id, {COLUMNS} FROM {TABLE} WHERE batch_id = %s AND outcome = %s AND kind IN ('NEW', 'CHANGED') "  # noqa: S608
    "AND thing = '' ORDER BY id LIMIT %s"
)
SETTLE = (
    f"UPDATE {TABLE} AS row SET outcome = said.outcome, asset_pk = said.asset_pk, wanted = NULL "  # noqa: S608
    "FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS said (id, outcome, asset_pk) WHERE row.id = said.id"
)
TELL = f"UPDATE {TABLE} SET told = %s, changes = %s WHERE id = %s"  # noqa: S608
plain_of, json_of = attrgetter(*PLAIN), attrgetter(*JSON)


def insert(rows: Iterable[KeptRow]) -> None:
    """The rows are in the database; their primary keys are not known."""
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row((*plain_of(row), *map(_as_text, json_of(row))))


def due(batch_id: int, outcome: str, most: int) -> list[KeptRow]:
    """The next rows of vehicles that have this outcome and change something."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [batch_id, outcome, most])
        return [_row(*row) for row in cursor.fetchall()]


def settle(rows: Sequence[KeptRow | ImportRow], retold: Sequence[KeptRow | ImportRow]) -> None:
    """What became of the rows is kept; of some also what is told of them and what they changed."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            SETTLE, [[row.pk for row in rows], [row.outcome for row in rows], [row.asset_pk for row in rows]]
        )
        if retold:
            cursor.executemany(TELL, [(_as_text(row.told), _as_text(row.changes), row.pk) for row in retold])


def _as_text(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value, _plain, orjson.OPT_PASSTHROUGH_SUBCLASS).decode()


def _plain(value: Any) -> Any:
    """What JSON has no word for: a sentence, or a kind of text."""
    return value.kept() if isinstance(value, Sentence) else str(value)


def _row(pk: int, *values: Any) -> KeptRow:
    said: dict[str, Any] = dict(zip([*PLAIN, *JSON], values, strict=True))
    for name in JSON:
        said[name] = None if said[name] is None else orjson.loads(said[name])
    for name in SENTENCES:
        said[name] = [Sentence.of(one) for one in said[name]]
    return KeptRow(pk=pk, **said)
