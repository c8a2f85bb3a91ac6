"""All tables as they are at the first release; `replaces` names the steps of the development before it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("support", "0001_initial"),
        ("support", "0002_customers"),
        ("support", "0003_customers_sql"),
        ("support", "0004_jobs"),
        ("support", "0005_open_by_urgency"),
        ("support", "0006_forgotten_requests"),
        ("support", "0007_inbox"),
        ("support", "0008_results_and_merging"),
        ("support", "0009_results_and_merging_hold"),
    ]

    dependencies = [
        ('bookings', '0001_first_release'),
        ('fleet', '0001_first_release'),
        ('maas', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='SupportRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(db_index=True, max_length=100)),
                ('support_type', models.CharField(choices=[('BROKEN_DOWN', 'broken down'), ('NOT_AT_LOCATION', 'not at its location'), ('MISSING_AFTER_PAUSE', 'missing after a pause'), ('NOT_CLEAN', 'not clean'), ('NOT_AVAILABLE', 'not available'), ('UNABLE_TO_OPEN', 'unable to open'), ('UNABLE_TO_CLOSE', 'unable to close'), ('API_TECHNICAL', 'API, technical'), ('API_FUNCTIONAL', 'API, functional'), ('ACCIDENT', 'accident'), ('OTHER', 'other')], default='OTHER', max_length=20)),
                ('priority', models.CharField(choices=[('ERROR_CANNOT_CONTINUE', 'cannot continue'), ('ERROR_CAN_CONTINUE', 'can continue'), ('DISTURBING_ISSUE', 'disturbing'), ('QUESTION', 'question'), ('OTHER', 'other')], default='OTHER', max_length=24)),
                ('status', models.CharField(choices=[('PROCESSING', 'processing'), ('UPDATE_REQUESTED', 'update requested'), ('RESOLVED', 'resolved'), ('CANCELLED', 'cancelled')], default='PROCESSING', max_length=16)),
                ('comment', models.TextField(blank=True)),
                ('contact', models.CharField(blank=True, max_length=200)),
                ('location', models.JSONField(blank=True, null=True)),
                ('urls', models.JSONField(blank=True, default=list)),
                ('damage', models.JSONField(blank=True, null=True)),
                ('asset_reference', models.CharField(blank=True, help_text='As the provider named it.', max_length=120)),
                ('requested_response_minutes', models.FloatField(blank=True, null=True)),
                ('resolution_minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('occurred_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('forgotten_at', models.DateTimeField(blank=True, editable=False, help_text='When what was said with it was forgotten.', null=True)),
                ('assigned_to', models.CharField(blank=True, help_text='The colleague who looks after it; the provider does not see this.', max_length=150)),
                ('result', models.CharField(blank=True, choices=[('SOLVED', 'solved'), ('NOT_OURS', 'not our matter'), ('NOT_REACHABLE', 'not reachable'), ('DUPLICATE', 'duplicate')], db_default='', default='', max_length=16)),
                ('asset', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='support_requests', to='fleet.asset')),
                ('booking', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='support_requests', to='bookings.booking')),
                ('merged_into', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='support.supportrequest')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='support_requests', to='maas.maasprovider')),
            ],
            options={
                'verbose_name': 'support request',
                'verbose_name_plural': 'support requests',
                'ordering': ('reference', 'created_at', 'id'),
                'indexes': [models.Index(condition=models.Q(('forgotten_at__isnull', True)), fields=['created_at'], name='support_to_forget'), models.Index(condition=models.Q(('status__in', ['PROCESSING', 'UPDATE_REQUESTED'])), fields=['priority', 'created_at'], name='support_open'), models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='support_merged')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(models.Q(('result', 'DUPLICATE'), _negated=True), ('merged_into__isnull', True)), models.Q(('merged_into__isnull', False), ('result', 'DUPLICATE')), _connector='OR'), name='a_duplicate_says_of_what'), models.CheckConstraint(condition=models.Q(('result__in', ['', 'DUPLICATE']), ('status__in', ['RESOLVED', 'CANCELLED']), _connector='OR'), name='what_has_a_result_is_closed'), models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='nothing_is_merged_into_itself')],
            },
        ),
        migrations.CreateModel(
            name='SupportNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('actor', models.CharField(max_length=150)),
                ('at', models.DateTimeField()),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='support.supportrequest')),
            ],
            options={
                'verbose_name': 'internal note',
                'verbose_name_plural': 'internal notes',
                'ordering': ('at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='SupportStatus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(help_text='That of the request.', max_length=100)),
                ('order', models.PositiveIntegerField()),
                ('status', models.CharField(choices=[('PROCESSING', 'processing'), ('UPDATE_REQUESTED', 'update requested'), ('RESOLVED', 'resolved'), ('CANCELLED', 'cancelled')], default='PROCESSING', max_length=16)),
                ('comment', models.TextField(blank=True)),
                ('resolution_minutes', models.PositiveIntegerField(blank=True, help_text='How long we expect to need from then on.', null=True)),
                ('said_by', models.CharField(choices=[('MP', 'MaaS provider'), ('TO', 'operator'), ('END_USER', 'traveller'), ('OTHER', 'somebody else')], default='MP', max_length=8)),
                ('actor', models.CharField(blank=True, help_text='The colleague, if it was one.', max_length=150)),
                ('at', models.DateTimeField()),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='statuses', to='support.supportrequest')),
            ],
            options={
                'verbose_name': 'support status',
                'verbose_name_plural': 'support statuses',
                'ordering': ('reference', 'order'),
                'constraints': [models.UniqueConstraint(fields=('reference', 'order'), name='support_statuses_are_in_order')],
            },
        ),
    ]
