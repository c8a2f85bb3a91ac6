"""All tables as they are at the first release; `replaces` names the steps of the development before it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("backoffice", "0001_fleet_counts"),
        ("backoffice", "0002_given_roles"),
        ("backoffice", "0003_sign_in_counts"),
        ("backoffice", "0004_may_see_the_trail"),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='FleetCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(unique=True)),
                ('vehicles', models.PositiveIntegerField(help_text='All that should be on the street.')),
                ('usable', models.PositiveIntegerField(help_text='Of these, free to be rented or on a trip.')),
                ('on_a_trip', models.PositiveIntegerField(help_text='Of these, reserved or in use.')),
            ],
            options={
                'verbose_name': 'fleet count',
                'verbose_name_plural': 'fleet counts',
                'ordering': ('-at',),
                'constraints': [models.CheckConstraint(condition=models.Q(('usable__lte', models.F('vehicles')), ('on_a_trip__lte', models.F('usable'))), name='a_part_is_no_larger_than_the_fleet')],
            },
        ),
        migrations.CreateModel(
            name='GivenRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='As in backoffice/roles.py.', max_length=80, unique=True)),
                ('permissions', models.JSONField(default=list, help_text='As app.codename.')),
                ('group', models.OneToOneField(help_text='None: it was removed here, and stays away.', null=True, on_delete=django.db.models.deletion.SET_NULL, to='auth.group')),
            ],
            options={
                'verbose_name': 'given role',
                'verbose_name_plural': 'given roles',
                'permissions': (('view_trail', 'Can see who changed what'),),
            },
        ),
        migrations.CreateModel(
            name='SignInCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(blank=True, max_length=64)),
                ('address', models.CharField(blank=True, max_length=64)),
                ('failures', models.PositiveIntegerField()),
                ('last_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'verbose_name': 'count of sign-ins',
                'verbose_name_plural': 'counts of sign-ins',
                'constraints': [models.UniqueConstraint(fields=('account', 'address'), name='sign_ins_are_counted_once'), models.CheckConstraint(condition=models.Q(('account', ''), ('address', ''), _negated=True), name='something_is_counted')],
            },
        ),
    ]
