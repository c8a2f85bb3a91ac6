"""All tables as they are at the first release; `replaces` names the steps of the development before it."""

import django.db.models.deletion
import django_fsm
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("legs", "0001_initial"),
        ("legs", "0002_indexes"),
        ("legs", "0003_whole_protocol"),
        ("legs", "0004_what_the_dashboard_asks"),
    ]

    dependencies = [
        ('bookings', '0001_first_release'),
        ('fleet', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='Leg',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sequence', models.PositiveSmallIntegerField(default=0)),
                ('state', django_fsm.FSMField(choices=[('NOT_STARTED', 'not started'), ('PREPARING', 'preparing'), ('IN_USE', 'in use'), ('PAUSED', 'paused'), ('FINISHING', 'finishing'), ('FINISHED', 'finished'), ('ISSUE_REPORTED', 'issue reported'), ('CANCELLED', 'cancelled')], default='NOT_STARTED', editable=False, max_length=50, protected=True)),
                ('asset_public_id', models.UUIDField(blank=True, help_text='The id the vehicle was booked by; it never changes here.', null=True)),
                ('from_place', models.JSONField()),
                ('to_place', models.JSONField(blank=True, null=True)),
                ('departs_at', models.DateTimeField()),
                ('arrives_at', models.DateTimeField(blank=True, null=True)),
                ('departed_at', models.DateTimeField(blank=True, null=True)),
                ('arrived_at', models.DateTimeField(blank=True, null=True)),
                ('tariff', models.JSONField(help_text='The plan as it was offered.')),
                ('conditions', models.JSONField(blank=True, default=list)),
                ('access_code', models.CharField(blank=True, editable=False, max_length=64)),
                ('segments', models.JSONField(default=list, editable=False, help_text='[[IN_USE, PAUSED or ISSUE_REPORTED, seconds], …]')),
                ('metered_since', models.DateTimeField(blank=True, help_text='The meter runs since then.', null=True)),
                ('distance_m', models.PositiveIntegerField(default=0)),
                ('fare', models.JSONField(blank=True, help_text='The final price.', null=True)),
                ('traveler_references', models.JSONField(blank=True, default=list, help_text='Who of the travellers rides it, as the provider numbers them.')),
                ('planned_distance_m', models.PositiveIntegerField(default=0, help_text='Before the ride: as the provider estimated it, or the straight line; 0 = unknown.')),
                ('track', models.JSONField(default=list, editable=False, help_text='[[milliseconds since the departure, lat, lon], …]')),
                ('ancillaries', models.JSONField(default=list, editable=False, help_text='What was added: category, number and its part of the tariff.')),
                ('overdue_at', models.DateTimeField(blank=True, editable=False, help_text='When it was noticed that the ride takes too long.', null=True)),
                ('asset', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='legs', to='fleet.asset')),
                ('asset_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='legs', to='fleet.assettype')),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='legs', to='bookings.booking')),
                ('station', models.ForeignKey(blank=True, help_text='Where it begins.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='fleet.station')),
            ],
            options={
                'verbose_name': 'leg',
                'verbose_name_plural': 'legs',
                'ordering': ('booking', 'sequence'),
                'indexes': [models.Index(fields=['departs_at'], name='leg_by_departure'), models.Index(fields=['asset_public_id'], name='leg_by_public_id'), models.Index(condition=models.Q(('departed_at__isnull', False)), fields=['departed_at'], name='leg_departed'), models.Index(condition=models.Q(('state__in', ['IN_USE', 'PAUSED', 'FINISHING', 'ISSUE_REPORTED'])), fields=['departed_at'], name='leg_running')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['IN_USE', 'PAUSED', 'ISSUE_REPORTED'])), fields=('asset',), name='one_running_leg_per_asset'), models.CheckConstraint(condition=models.Q(('asset__isnull', True), ('asset_public_id__isnull', False), _connector='OR'), name='an_asset_of_a_leg_has_its_public_id'), models.CheckConstraint(condition=models.Q(('arrived_at__isnull', True), ('arrived_at__gte', models.F('departed_at')), _connector='OR'), name='a_leg_arrives_after_it_departed'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'FINISHED'), _negated=True), ('fare__isnull', False), _connector='OR'), name='a_finished_leg_has_its_price')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.URLField(max_length=1000)),
                ('received_at', models.DateTimeField()),
                ('reviewed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('reviewed_by', models.CharField(blank=True, editable=False, max_length=150)),
                ('leg', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='legs.leg')),
            ],
            options={
                'verbose_name': 'evidence',
                'verbose_name_plural': 'evidence',
                'ordering': ('received_at', 'id'),
                'indexes': [models.Index(condition=models.Q(('reviewed_at__isnull', True)), fields=['received_at'], name='evidence_to_review')],
                'constraints': [models.UniqueConstraint(fields=('leg', 'url'), name='a_photo_is_kept_once')],
            },
        ),
        migrations.CreateModel(
            name='LegEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=20)),
                ('at', models.DateTimeField(help_text='As reported.')),
                ('state', models.CharField(choices=[('NOT_STARTED', 'not started'), ('PREPARING', 'preparing'), ('IN_USE', 'in use'), ('PAUSED', 'paused'), ('FINISHING', 'finishing'), ('FINISHED', 'finished'), ('ISSUE_REPORTED', 'issue reported'), ('CANCELLED', 'cancelled')], help_text='The state it led to.', max_length=20)),
                ('asked_by', models.CharField(choices=[('MP', 'MaaS provider'), ('TO', 'operator'), ('END_USER', 'traveller'), ('OTHER', 'somebody else')], default='MP', max_length=8)),
                ('actor', models.CharField(blank=True, help_text='The colleague, if it was one.', max_length=150)),
                ('lat', models.FloatField(blank=True, null=True)),
                ('lon', models.FloatField(blank=True, null=True)),
                ('comment', models.TextField(blank=True)),
                ('received_at', models.DateTimeField()),
                ('leg', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='legs.leg')),
            ],
            options={
                'verbose_name': 'leg event',
                'verbose_name_plural': 'leg events',
                'ordering': ('received_at', 'id'),
                'constraints': [models.UniqueConstraint(fields=('leg', 'event', 'at', 'asked_by'), name='a_leg_event_is_reported_once')],
            },
        ),
    ]
