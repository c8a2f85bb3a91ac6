"""Rows in bulk: created where the key is new, updated where something differs, with their history."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models
from django.utils import timezone

BATCH = 1000
LONGEST_REASON = 100


@dataclass
class Saved:
    """What became of the rows of one kind, by key."""

    objects: dict[str, Any] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)

    @property
    def unchanged(self) -> int:
        return len(self.objects) - len(self.new | self.changed)

    def pk(self, key: str) -> Any:
        return self.objects[key].pk

    def note_changes(self, keys: Iterable[str]) -> None:
        """Something beside the row itself changed."""
        self.changed |= set(keys) - self.new


def upsert(model: type[models.Model], key: str, rows: Iterable[Mapping[str, Any]], *, reason: str) -> Saved:
    """Every row is in the database. A field that is None is not said: it stays, or gets the model's default."""
    said = {row[key]: {name: value for name, value in row.items() if value is not None} for row in rows}
    existing = {
        getattr(found, key): found
        for found in model._default_manager.select_for_update().filter(**{f"{key}__in": list(said)}).order_by("pk")
    }
    saved = Saved(objects=existing)
    for of_key, values in said.items():
        if of_key not in existing:
            saved.objects[of_key] = model(**values)
            saved.new.add(of_key)
        elif assign(existing[of_key], values):
            saved.changed.add(of_key)
    write([saved.objects[of_key] for of_key in said if of_key in saved.new], is_new=True, reason=reason)
    write([saved.objects[of_key] for of_key in said if of_key in saved.changed], is_new=False, reason=reason)
    return saved


def assign(found: models.Model, values: Mapping[str, Any]) -> bool:
    """The object says what the values say; tells whether that is news. Texts in other languages stay."""
    is_news = False
    for name, value in values.items():
        old = getattr(found, name)
        new = old | value if isinstance(old, dict) and isinstance(value, dict) else value
        if old != new:
            setattr(found, name, new)
            is_news = True
    return is_news


def write(
    objects: Collection[models.Model],
    *,
    is_new: bool,
    reason: str,
    user_id: int | None = None,
    only: Collection[str] | None = None,
) -> None:
    """The objects, which are new or locked, are in the database as they are, and so is their history.

    Of locked ones `only` these attributes say something else than before; if that is not known, all are written.
    """
    if not objects:
        return
    model = type(next(iter(objects)))
    if hasattr(model, "set_box"):
        for region in objects:
            region.set_box()  # type: ignore[attr-defined]
    if is_new:
        _number(objects)
        _copy(objects, model._meta.concrete_fields, into=model._meta.db_table, is_new=True)
    else:
        _overwrite(objects, only)
    record_history(objects, "+" if is_new else "~", reason=reason, user_id=user_id)


def _number(objects: Collection[models.Model]) -> None:
    """They have the primary keys that they will be saved under."""
    table = type(next(iter(objects)))._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, len(objects)]
        )
        for found, (pk,) in zip(objects, cursor.fetchall(), strict=True):
            found.pk = pk


def _overwrite(objects: Collection[models.Model], only: Collection[str] | None) -> None:
    """The rows that have their primary keys say what the objects say."""
    model = type(next(iter(objects)))
    quote = connection.ops.quote_name
    table, said = quote(model._meta.db_table), quote(f"said_{model._meta.db_table}")
    columns = [
        column
        for column in model._meta.concrete_fields
        if not column.primary_key and (only is None or column.attname in only or getattr(column, "auto_now", False))
    ]
    if not columns:
        return
    names = [quote(str(column.column)) for column in columns]
    assignments = ", ".join(f"{name} = said.{name}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {said} ON COMMIT DROP AS SELECT id, {', '.join(names)} FROM {table} LIMIT 0"  # noqa: S608
        )
        _copy(objects, [model._meta.pk, *columns], into=f"said_{model._meta.db_table}", is_new=False)
        cursor.execute(f"UPDATE {table} AS row SET {assignments} FROM {said} AS said WHERE row.id = said.id")  # noqa: S608
        cursor.execute(f"DROP TABLE {said}")


def _copy(objects: Collection[models.Model], columns: Sequence[Any], *, into: str, is_new: bool) -> None:
    """One COPY: with an INSERT, half the time of an import goes into quoting values and counting placeholders."""
    names = ", ".join(connection.ops.quote_name(str(column.column)) for column in columns)
    statement = f"COPY {connection.ops.quote_name(into)} ({names}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for found in objects:
            copy.write_row([c.get_db_prep_save(c.pre_save(found, is_new), connection) for c in columns])
        for found in objects:
            found._state.adding = False


def record_history(objects: Collection[models.Model], type_: str, *, reason: str, user_id: int | None = None) -> None:
    """The audit has a row for each object as it is now.

    One INSERT … SELECT: simple-history's own bulk helpers send every value a second time, which doubles
    the time of an import.
    """
    model = type(next(iter(objects)))
    history = model.history.model  # type: ignore[attr-defined]
    quote = connection.ops.quote_name
    kept = {column.column for column in history._meta.concrete_fields}
    columns = ", ".join(quote(str(field.column)) for field in model._meta.concrete_fields if field.column in kept)
    extra = "history_date, history_type, history_change_reason, history_user_id"
    sql = (
        f"INSERT INTO {quote(history._meta.db_table)} ({columns}, {extra}) "  # noqa: S608
        f"SELECT {columns}, %s, %s, %s, %s FROM {quote(model._meta.db_table)} WHERE {quote('id')} = ANY(%s)"
    )
    values: list[Any] = [timezone.now(), type_, reason[:LONGEST_REASON], user_id, [found.pk for found in objects]]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def relate(through: type[models.Model], source: str, target: str, wanted: Mapping[Any, Collection[Any]]) -> set[Any]:
    """Each source is related to the wanted targets and no others; returns the sources for which that is news."""
    manager = through._default_manager
    current: dict[Any, set[Any]] = {pk: set() for pk in wanted}
    for pk, other in manager.filter(**{f"{source}__in": list(wanted)}).values_list(source, target):
        current[pk].add(other)
    news = {pk for pk, others in wanted.items() if current[pk] != set(others)}
    manager.filter(**{f"{source}__in": news}).delete()
    rows = [through(**{source: pk, target: other}) for pk in news for other in dict.fromkeys(wanted[pk])]
    manager.bulk_create(rows, batch_size=BATCH)
    return news
