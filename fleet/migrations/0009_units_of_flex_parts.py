from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

# Units that are not there kept the former constraint: what is compared with nothing is neither true nor false. Forms
# and feeds never left them out, and a price is not ours to make up: such a row stops the next migration, by name.


class Migration(migrations.Migration):

    dependencies = [
        ('fleet', '0008_coordinates_are_looked_at'),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='farepart',
            constraint=models.CheckConstraint(
                name='a_flex_part_has_its_units',
                condition=models.Q(type='FLEX', units__isnull=False, units__gt=0) & ~models.Q(unit_type='')
                | models.Q(unit_type='PERCENTAGE')
                | ~models.Q(type='FLEX'),
            ),
        ),
        migrations.RemoveConstraint(model_name='farepart', name='a_flex_part_has_units'),
    ]
