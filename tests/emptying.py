"""What tests committed is deleted after them: rows, where there are some.

Django truncates all tables, which makes a new file for each of them and all their indexes, and writes content types
and permissions anew for hundreds of models: seconds for a test that left ten rows.
"""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = ("contenttypes.ContentType", "auth.Permission")


@pytest.fixture(autouse=True, scope="session")
def what_tests_committed_is_deleted():
    """Only a superuser may delete without asking triggers; elsewhere tables are truncated."""
    truncate = TransactionTestCase._fixture_teardown
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            TransactionTestCase,
            "_fixture_teardown",
            lambda case: _delete_all() if _may_overrule_triggers() else truncate(case),
        )
        yield


def _may_overrule_triggers():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return cursor.fetchone()[0]


@transaction.atomic
def _delete_all():
    kept = {apps.get_model(label)._meta.db_table for label in KEPT}
    # Jobs, too, though no migration of Django makes their tables.
    of_models = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    there = set(connection.introspection.table_names())
    tables = sorted(connection.ops.quote_name(name) for name in of_models & there - kept)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # the journal is append-only, says a trigger
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")  # whoever is still writing has written
        filled = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)  # noqa: S608 - ours
        cursor.execute(" UNION ALL ".join(filled))
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608
