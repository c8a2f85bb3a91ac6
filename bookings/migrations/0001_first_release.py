"""All tables as they are at the first release; `replaces` names the steps of the development before it."""

import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
import django_fsm
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("bookings", "0001_initial"),
        ("bookings", "0002_indexes"),
        ("bookings", "0003_whole_protocol"),
        ("bookings", "0004_notes"),
        ("bookings", "0005_bookings_by_time"),
    ]

    dependencies = [
        ('customers', '0001_first_release'),
        ('maas', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', django_fsm.FSMField(choices=[('NEW', 'offer'), ('PENDING', 'pending'), ('CONFIRMED', 'confirmed'), ('CONDITIONAL_CONFIRMED', 'waiting for our confirmation'), ('STARTED', 'started'), ('FINISHED', 'finished'), ('RELEASED', 'released'), ('EXPIRED', 'expired'), ('REJECTED', 'rejected'), ('CANCELLED', 'cancelled')], default='NEW', editable=False, max_length=50, protected=True)),
                ('api_version', models.CharField(help_text='The version it was made in.', max_length=10)),
                ('customer_data', models.JSONField(blank=True, help_text='As the provider sent it.', null=True)),
                ('from_place', models.JSONField()),
                ('to_place', models.JSONField(blank=True, null=True)),
                ('departs_at', models.DateTimeField()),
                ('arrives_at', models.DateTimeField(blank=True, null=True)),
                ('departed_at', models.DateTimeField(blank=True, null=True)),
                ('arrived_at', models.DateTimeField(blank=True, null=True)),
                ('callback_url', models.CharField(blank=True, max_length=500)),
                ('extra_info', models.JSONField(blank=True, null=True)),
                ('price', models.DecimalField(blank=True, decimal_places=3, help_text='Total so far, VAT included.', max_digits=12, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('valid_until', models.DateTimeField(help_text='Until when the offer can be booked.')),
                ('expires_at', models.DateTimeField(blank=True, help_text='Pending: when it lapses without COMMIT or our answer.', null=True)),
                ('response_minutes', models.PositiveSmallIntegerField(blank=True, help_text='We confirm within this time after COMMIT; empty = at once.', null=True)),
                ('extensions', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('booked_at', models.DateTimeField(blank=True, null=True)),
                ('extra_costs', models.JSONField(blank=True, default=list, editable=False, help_text='What the journal charges besides fares and deposits, kept here to be shown with the price.')),
                ('warned_at', models.DateTimeField(blank=True, editable=False, help_text='When the traveller was warned that it is about to lapse.', null=True)),
                ('anonymised_at', models.DateTimeField(blank=True, editable=False, help_text='Since then nobody can tell whose it was.', null=True)),
                ('customer', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='bookings', to='customers.customer')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='maas.maasprovider')),
            ],
            options={
                'verbose_name': 'booking',
                'verbose_name_plural': 'bookings',
                'ordering': ('-created_at',),
                'indexes': [models.Index(fields=['created_at'], name='booking_by_age'), models.Index(fields=['provider', 'state', 'departs_at'], name='booking_by_provider'), models.Index(fields=['provider', 'booked_at'], name='booking_by_quota'), django.contrib.postgres.indexes.GistIndex(models.Func(django.db.models.functions.comparison.Coalesce('departed_at', 'departs_at'), django.db.models.functions.comparison.Greatest(django.db.models.functions.comparison.Coalesce('departed_at', 'departs_at'), django.db.models.functions.comparison.Coalesce('arrived_at', 'arrives_at')), output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(), template="tstzrange(%(expressions)s, '[]')"), name='booking_by_time'), models.Index(condition=models.Q(('state__in', ['PENDING', 'CONDITIONAL_CONFIRMED'])), fields=['expires_at'], name='booking_waiting'), models.Index(condition=models.Q(('state', 'NEW')), fields=['valid_until'], name='booking_offer'), models.Index(condition=models.Q(('state', 'CONFIRMED')), fields=['departs_at'], name='booking_unstarted'), models.Index(condition=models.Q(('anonymised_at__isnull', True), ('state__in', ['FINISHED', 'RELEASED', 'EXPIRED', 'REJECTED', 'CANCELLED'])), fields=['created_at'], name='booking_with_personal_data')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['PENDING', 'CONDITIONAL_CONFIRMED']), _negated=True), ('expires_at__isnull', False), _connector='OR'), name='a_waiting_booking_expires'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['STARTED', 'FINISHED']), _negated=True), ('departed_at__isnull', False), _connector='OR'), name='a_started_booking_has_departed'), models.CheckConstraint(condition=models.Q(('price__isnull', True), models.Q(('currency', ''), _negated=True), _connector='OR'), name='a_price_has_a_currency')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='BookingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operation', models.CharField(max_length=30)),
                ('state', models.CharField(choices=[('NEW', 'offer'), ('PENDING', 'pending'), ('CONFIRMED', 'confirmed'), ('CONDITIONAL_CONFIRMED', 'waiting for our confirmation'), ('STARTED', 'started'), ('FINISHED', 'finished'), ('RELEASED', 'released'), ('EXPIRED', 'expired'), ('REJECTED', 'rejected'), ('CANCELLED', 'cancelled')], help_text='The state it led to.', max_length=30)),
                ('asked_by', models.CharField(choices=[('MP', 'MaaS provider'), ('TO', 'operator'), ('END_USER', 'traveller'), ('OTHER', 'somebody else')], default='MP', max_length=8)),
                ('actor', models.CharField(blank=True, help_text='The colleague, if it was one.', max_length=150)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='bookings.booking')),
            ],
            options={
                'verbose_name': 'booking event',
                'verbose_name_plural': 'booking events',
                'ordering': ('at', 'id'),
                'indexes': [models.Index(fields=['booking', 'at'], name='booking_event_order')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('actor', models.CharField(blank=True, help_text='The colleague.', max_length=150)),
                ('at', models.DateTimeField()),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='bookings.booking')),
            ],
            options={
                'verbose_name': 'note',
                'verbose_name_plural': 'notes',
                'ordering': ('at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(choices=[('VEHICLE_NOT_AVAILABLE', 'vehicle not available'), ('USER_NO_SHOW', 'user did not show up'), ('ETA', 'estimated time of arrival'), ('MESSAGE_TO_DRIVER', 'message to the driver'), ('MESSAGE_TO_END_USER', 'message to the user'), ('USER_OUT_OF_LIMITS', 'user out of limits'), ('OTHER', 'other')], max_length=24)),
                ('minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('comment', models.TextField(blank=True)),
                ('leg_id', models.CharField(blank=True, max_length=100)),
                ('asset', models.JSONField(blank=True, null=True)),
                ('sent_by', models.CharField(choices=[('MP', 'MaaS provider'), ('TO', 'operator'), ('END_USER', 'traveller'), ('OTHER', 'somebody else')], default='MP', max_length=8)),
                ('at', models.DateTimeField()),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='bookings.booking')),
            ],
            options={
                'verbose_name': 'notification',
                'verbose_name_plural': 'notifications',
                'ordering': ('at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('webhook', models.CharField(blank=True, help_text='Where to; empty = the callback address of the booking, or the provider.', max_length=500)),
                ('since', models.DateTimeField()),
                ('booking', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='subscription', to='bookings.booking')),
            ],
            options={
                'verbose_name': 'subscription',
                'verbose_name_plural': 'subscriptions',
                'ordering': ('-since',),
            },
        ),
    ]
