"""Rule 4: what the database promised, it still promises."""

from django.apps import apps
from django.db import connection

from tomp_operator.audit.invariant import Found, Invariant

OUR_APPS = ("maas", "fleet", "customers", "bookings", "legs", "payments", "support")
TRIGGERS = (("payments_journalentry", "journal_is_append_only"), ("payments_invoice", "invoices_stay"))


def _promises():
    """(table, name, columns) of all that our models declare; the kind instead of a name that nobody chose."""
    for model in (model for app in OUR_APPS for model in apps.get_app_config(app).get_models()):
        table = model._meta.db_table
        for constraint in model._meta.constraints:
            yield table, constraint.name, ()
        for field in model._meta.local_concrete_fields:
            if field.unique:
                yield table, "unique", (field.column,)
            if getattr(field, "db_constraint", False):
                yield table, "reference", (field.column,)
    for table, name in TRIGGERS:
        yield table, name, ()


def _kept():
    """The same of all that the database enforces: valid constraints and unique indexes, triggers that fire."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.conrelid::regclass::text, c.conname, (
                SELECT array_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
                WHERE a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
            ), CASE c.contype WHEN 'p' THEN 'unique' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'reference' END
            FROM pg_constraint c WHERE c.convalidated AND c.conrelid <> 0
            UNION ALL SELECT i.indrelid::regclass::text, n.relname, NULL, NULL FROM pg_index i
            JOIN pg_class n ON n.oid = i.indexrelid WHERE i.indisunique AND i.indisvalid
            UNION ALL SELECT t.tgrelid::regclass::text, t.tgname, NULL, NULL FROM pg_trigger t
            WHERE t.tgenabled IN ('O', 'A')
            """
        )
        for table, name, columns, kind in cursor.fetchall():
            yield table, name, ()
            if kind:
                yield table, kind, tuple(columns)


def _disabled():
    """Triggers of ours that do not fire, also those with which the database checks foreign keys."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled NOT IN ('O', 'A')")
        return [f"{table} {name} is disabled" for table, name in cursor.fetchall()]


def _look(now, show):
    promises, kept = set(_promises()), set(_kept())
    missing = [f"{table} {' of '.join((name, *columns))}" for table, name, columns in promises - kept]
    wrong = sorted([*missing, *_disabled()])
    return Found(len(promises), len(wrong), wrong[:show])


INVARIANTS = (
    Invariant(
        4,
        "the-database-keeps-its-promises",
        "All constraints that the models declare, and the append-only triggers, are there, valid and enabled.",
        _look,
    ),
)
