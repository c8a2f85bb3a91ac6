"""Feeds are neither compressed once more nor logged: they are packed already, and can be built anew at any time.

7 MB are written in 23 ms instead of 210, with nothing to archive. After a crash of the database the table is empty, and
the first who asks, or the worker, builds them.
"""

from django.db import migrations

PLAIN = """
    ALTER TABLE gbfs_feed ALTER COLUMN gzipped SET STORAGE EXTERNAL;
    ALTER TABLE gbfs_feed SET UNLOGGED;
"""
AS_EVER = """
    ALTER TABLE gbfs_feed SET LOGGED;
    ALTER TABLE gbfs_feed ALTER COLUMN gzipped SET STORAGE EXTENDED;
"""


class Migration(migrations.Migration):
    dependencies = [("gbfs", "0001_first_release")]

    operations = [migrations.RunSQL(PLAIN, AS_EVER)]
