from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('fleet', '0009_units_of_flex_parts'),
    ]

    operations = [
        ValidateConstraint(model_name='farepart', name='a_flex_part_has_its_units'),
    ]
