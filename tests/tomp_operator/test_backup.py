"""What docs/operating.md says about backups holds …"""

import json
import os
import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from bookings.models import Booking
from payments.models import JournalEntry
from tests.databases import another_database, program, url_of
from tests.fleet_factories import AssetFactory
from tests.journey import HERE, at, mp_client, pause_plan


def rows():
    """How many there are of everything."""
    counts = {}
    with connection.cursor() as cursor:
        for table in sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)}):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a table of ours
            counts[table] = cursor.fetchone()[0]
    return counts


RESTORED = """
import django, json
django.setup()
from tests.tomp_operator.test_backup import rows
print(json.dumps(rows()))
"""


@pytest.fixture
def ridden(clock, transactional_db):
    """A trip that was paid, and one under way."""
    mp = mp_client(maas_id="mp", auto_commit=True)
    plan = pause_plan()
    first, second = AssetFactory(asset_type__default_plan=plan), AssetFactory(asset_type__default_plan=plan)
    for asset in (first, second):
        booking = mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)]).json()["id"]
        mp.event(booking, "SET_IN_USE")
        if asset == first:
            mp.event(booking, "FINISH")
    assert Booking.objects.count() == 2
    assert JournalEntry.objects.count() == 1


def run(*command, **environment):
    ran = subprocess.run(
        command, cwd=settings.BASE_DIR, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:] + ran.stdout[-2000:]
    return ran.stdout


def test_a_dump_is_restored_whole_and_adds_up(ridden, tmp_path):
    here = url_of(connection.settings_dict["NAME"])
    dump = str(tmp_path / "tomp.dump")
    before = rows()

    run(program("pg_dump"), "--format=custom", f"--file={dump}", here)
    with another_database("restored") as name:
        there = {"DATABASE_URL": url_of(name), "DJANGO_SETTINGS_MODULE": "tomp_operator.settings"}
        run(program("pg_restore"), "--exit-on-error", "--no-owner", f"--dbname={url_of(name)}", dump)
        restored = run(sys.executable, "-c", RESTORED, **there)
        audited = run(sys.executable, "manage.py", "audit", **there)
        run(sys.executable, "manage.py", "migrate", "--check", **there)

    assert json.loads(restored) == before
    assert before["bookings_booking"] == 2
    assert audited.endswith("Everything adds up.\n")
