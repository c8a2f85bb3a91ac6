"""Each request begins its conversation with the status it has; its place in the order goes with it."""

from django.db import migrations

ONE_STATUS_EACH = """
    INSERT INTO support_supportstatus
        (request_id, reference, "order", status, comment, resolution_minutes, said_by, actor, at)
    SELECT id, reference, "order", status, comment, resolution_minutes, 'MP', '', created_at FROM support_supportrequest
"""


class Migration(migrations.Migration):

    dependencies = [
        ('support', '0002_customers'),
    ]

    operations = [
        migrations.RunSQL(ONE_STATUS_EACH, migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='supportrequest',
            name='support_requests_are_in_order',
        ),
        migrations.RemoveField(
            model_name='supportrequest',
            name='order',
        ),
    ]
