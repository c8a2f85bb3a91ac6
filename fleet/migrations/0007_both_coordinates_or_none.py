from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

NAME = "an_asset_is_at_a_place_or_at_none"
# A latitude alone kept the former constraint: what is compared with nothing is neither true nor false.
HALF = "UPDATE fleet_asset SET lat = NULL, lon = NULL WHERE (lat IS NULL) <> (lon IS NULL)"


class Migration(migrations.Migration):

    dependencies = [
        ('fleet', '0006_words_of_fare_parts'),
    ]

    operations = [
        migrations.RunSQL(HALF, migrations.RunSQL.noop),
        AddConstraintNotValid(
            model_name='asset',
            constraint=models.CheckConstraint(
                name=NAME,
                condition=models.Q(lat__isnull=True, lon__isnull=True)
                | models.Q(lat__isnull=False, lat__range=(-90, 90), lon__isnull=False, lon__range=(-180, 180)),
                violation_error_message='Give both latitude (-90 to 90) and longitude (-180 to 180), or neither.',
            ),
        ),
        migrations.RemoveConstraint(model_name='asset', name='an_asset_has_both_coordinates_or_none'),
    ]
