from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('fleet', '0007_both_coordinates_or_none'),
    ]

    operations = [
        ValidateConstraint(model_name='asset', name='an_asset_is_at_a_place_or_at_none'),
    ]
