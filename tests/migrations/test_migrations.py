"""Migrations can be made while the service runs, and unmade …"""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.core.management import CommandError, call_command
from django.db import connection, connections, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState

from tests.databases import another_database, url_of
from tests.migrations.linting import faults

OURS = ("maas", "fleet", "customers", "bookings", "legs", "payments", "support", "gbfs", "backoffice")
FIRST_RELEASE = "0001_first_release"  # there was nobody to disturb; later ones are judged


def test_that_are_new_stop_nobody():
    loader = MigrationLoader(None)
    found = []
    for app, name in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        if app in OURS and name != FIRST_RELEASE:
            migration = loader.disk_migrations[app, name]
            before = [node.key for node in loader.graph.node_map[app, name].parents]
            state = loader.project_state(before, at_end=True)
            found += faults(migration, state)

    assert found == []


def judged(*given, **attributes):
    """What is said of a migration with these operations on a table `trip` that is there."""
    state = ProjectState()
    state.add_model(
        ModelState("app", "Trip", [("id", models.BigAutoField(primary_key=True)), ("note", models.CharField(max_length=9)),
                                   ("place", models.TextField(null=True))])
    )  # fmt: skip
    made = type("Migration", (migrations.Migration,), {"operations": list(given), **attributes})
    return list(faults(made("0009_new", "app"), state))


AN_INDEX = models.Index(fields=["note"], name="i")
A_CHECK = models.CheckConstraint(name="c", condition=~models.Q(note=""))


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        (migrations.AddIndex("trip", AN_INDEX), "AddIndexConcurrently"),
        (migrations.AddConstraint("trip", A_CHECK), "AddConstraintNotValid"),
        (migrations.AddConstraint("trip", models.UniqueConstraint(fields=["note"], name="u")), "made concurrently"),
        (migrations.AddField("trip", "new", models.IntegerField(default=0)), "null=True or db_default"),
        (migrations.AddField("trip", "new", models.IntegerField(null=True, db_index=True)), "AddIndexConcurrently"),
        (migrations.AlterField("trip", "note", models.IntegerField()), "rewrites the table"),
        (migrations.AlterField("trip", "note", models.CharField(max_length=8)), "rewrites the table"),
        (migrations.AlterField("trip", "place", models.TextField()), "NOT VALID"),
        (migrations.RemoveField("trip", "note"), "next release"),
        (migrations.RenameField("trip", "note", "remark"), "next release"),
        (migrations.DeleteModel("trip"), "next release"),
        (migrations.RunSQL("SELECT 1"), "cannot be undone"),
        (migrations.RunPython(lambda apps, editor: None), "cannot be undone"),
    ],
)
def test_are_refused_that_would_stop_somebody(operation, fault):
    (said,) = judged(operation)

    assert fault in said
    assert judged(operation, excused={type(operation).__name__: "The table has ten rows."}) == []


@pytest.mark.parametrize(
    "operation",
    [
        AddIndexConcurrently("trip", AN_INDEX),
        AddConstraintNotValid("trip", A_CHECK),
        migrations.AddField("trip", "new", models.IntegerField(null=True)),
        migrations.AddField("trip", "new", models.IntegerField(db_default=0)),
        migrations.AlterField("trip", "note", models.CharField(max_length=10)),
        migrations.AlterField("trip", "note", models.TextField()),
        migrations.RunSQL("SELECT 1", migrations.RunSQL.noop),
    ],
)
def test_are_taken_that_stop_nobody(operation):
    assert judged(operation) == []


def test_may_do_anything_to_a_table_they_make():
    table = migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True)), ("n", models.TextField())])

    assert judged(table, migrations.AddIndex("new", models.Index(fields=["n"], name="n"))) == []


def python(*arguments, **env):
    """What another process made of it, by default on the database of the test."""
    place = {"DATABASE_URL": url_of(connection.settings_dict["NAME"]), "DJANGO_SETTINGS_MODULE": "tomp_operator.settings"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | place | env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.django_db(transaction=True)
class TestTheCommand:
    """… and wait for a busy table no longer than the settings say."""

    @pytest.fixture
    def undone(self):
        """One migration is to be made; its tables point to bookings."""
        call_command("migrate", "support", "zero", verbosity=0)
        yield
        call_command("migrate", "support", verbosity=0)

    def test_gives_up_when_a_table_is_busy_and_leaves_all_as_it_was(self, undone):
        busy = connections["default"].copy()
        try:
            with busy.cursor() as cursor:
                cursor.execute("BEGIN; LOCK TABLE bookings_booking IN ROW EXCLUSIVE MODE")  # as who books does
            tried = python("manage.py", "migrate", "support", TOMP_MIGRATION_LOCK_SECONDS="1")
        finally:
            busy.close()

        assert tried.returncode == 1
        assert "A table was busy for longer than TOMP_MIGRATION_LOCK_SECONDS (1)." in tried.stderr
        assert "support_supportrequest" not in connection.introspection.table_names()

    def test_leaves_the_connection_as_it_was(self):
        call_command("migrate", "support", verbosity=0)

        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
            assert cursor.fetchone() == ("0", "0")


@pytest.mark.django_db
def test_of_a_database_half_way_to_the_first_release_are_refused():
    MigrationRecorder.Migration.objects.filter(app="support").exclude(name="0001_initial").delete()

    with pytest.raises(CommandError, match=r"^support: this database is of a development version"):
        call_command("migrate", verbosity=0)


WITH_OURS = "oauth2_provider"  # its tables point to our clients, though its migrations do not say so
WALK = """
import django, sys
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

def tables():
    with connection.cursor() as cursor:
        cursor.execute('''
            SELECT table_name, column_name, data_type, is_nullable, character_maximum_length
            FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2''')
        columns = cursor.fetchall()
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
        indexes = cursor.fetchall()
        cursor.execute("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2")
        constraints = cursor.fetchall()
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1")
        return columns, indexes, constraints, cursor.fetchall()

apps = sys.argv[1].split(",")
def migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets(executor.loader.graph))

migrate(lambda graph: graph.leaf_nodes())
made = tables()
migrate(lambda graph: [(app, None) for app in apps])
left = [name for name in connection.introspection.table_names() if name.partition("_")[0] in apps]
assert left == [], left
migrate(lambda graph: graph.leaf_nodes())
again = tables()
assert made == again, [set(a) ^ set(b) for a, b in zip(made, again)]
print("walked")
"""


def test_can_all_be_undone():
    disk = MigrationLoader(None).disk_migrations
    found = [
        (app, name, operation.describe())
        for (app, name), migration in disk.items()
        if app in OURS
        for operation in migration.operations
        if not operation.reversible
    ]

    assert found == []


def test_lead_backwards_to_nothing_and_forwards_to_the_same(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), another_database("walk") as name:
        walked = python("-c", WALK, ",".join((*OURS, WITH_OURS)), DATABASE_URL=url_of(name))

    assert (walked.returncode, walked.stdout) == (0, "walked\n"), walked.stderr[-3000:]
