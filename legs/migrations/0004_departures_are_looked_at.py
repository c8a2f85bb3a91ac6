from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('legs', '0003_departed_before_it_arrived'),
    ]

    operations = [
        ValidateConstraint(model_name='leg', name='a_leg_departed_before_it_arrived'),
    ]
