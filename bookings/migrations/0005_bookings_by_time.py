from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce, Greatest


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("bookings", "0004_notes"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="booking",
            index=GistIndex(
                models.Func(
                    Coalesce("departed_at", "departs_at"),
                    Greatest(Coalesce("departed_at", "departs_at"), Coalesce("arrived_at", "arrives_at")),
                    output_field=DateTimeRangeField(),
                    template="tstzrange(%(expressions)s, '[]')",
                ),
                name="booking_by_time",
            ),
        ),
    ]
