"""The log of the back office, which Django keeps, is read newest first: by its list and by the audit trail."""

from django.db import migrations

MAKE = "CREATE INDEX CONCURRENTLY IF NOT EXISTS log_by_age ON django_admin_log (action_time DESC, id DESC)"
DROP = "DROP INDEX CONCURRENTLY IF EXISTS log_by_age"


class Migration(migrations.Migration):

    atomic = False  # an index on a table in use is made beside it

    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("backoffice", "0001_first_release"),
    ]

    operations = [migrations.RunSQL(MAKE, DROP)]
