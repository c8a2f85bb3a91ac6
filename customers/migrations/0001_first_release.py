"""All tables as they are at the first release; `replaces` names the steps of the development before it."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.comparison
import django.db.models.functions.text
import django_fsm
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("customers", "0001_initial"),
        ("customers", "0002_whole_protocol"),
        ("customers", "0003_customers_to_approve"),
        ("customers", "0004_search_by_number_and_address"),
        ("customers", "0005_customer_history"),
    ]

    dependencies = [
        ('auth', '__first__'),
        ('maas', '0001_first_release'),
        # Not for its tables: made after ours, each of its migrations would build all our models again.
        ('oauth2_provider', '0022_refreshtoken_token_family_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalCustomer',
            fields=[
                ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ('status', django_fsm.FSMField(choices=[('CREATED', 'created, not ready'), ('TO_PENDING_VALIDATION', 'waiting for our approval'), ('ACTIVE', 'active'), ('BLOCKED', 'blocked')], default='ACTIVE', editable=False, max_length=24, protected=True)),
                ('blocked_reason', models.CharField(blank=True, max_length=200)),
                ('erased_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(blank=True, editable=False)),
                ('updated_at', models.DateTimeField(blank=True, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='maas.maasprovider')),
            ],
            options={
                'verbose_name': 'historical customer',
                'verbose_name_plural': 'historical customers',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('external_id', models.CharField(blank=True, help_text='The customer number at the provider.', max_length=200, null=True)),
                ('status', django_fsm.FSMField(choices=[('CREATED', 'created, not ready'), ('TO_PENDING_VALIDATION', 'waiting for our approval'), ('ACTIVE', 'active'), ('BLOCKED', 'blocked')], default='ACTIVE', editable=False, max_length=24, protected=True)),
                ('blocked_reason', models.CharField(blank=True, max_length=200)),
                ('data', models.JSONField(blank=True, default=dict, help_text='As the provider registered it (TOMP customer).')),
                ('notification_url', models.CharField(blank=True, help_text='Where the provider wants to hear of the account.', max_length=500)),
                ('erased_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='maas.maasprovider')),
            ],
            options={
                'verbose_name': 'customer',
                'verbose_name_plural': 'customers',
                'ordering': ('external_id',),
                'indexes': [models.Index(django.db.models.functions.comparison.Collate(django.db.models.functions.text.Upper('external_id'), 'C'), name='customer_by_number'), models.Index(django.db.models.functions.comparison.Collate(django.db.models.functions.text.Upper(django.db.models.fields.json.KeyTextTransform('email', 'data')), 'C'), name='customer_by_email'), django.contrib.postgres.indexes.GinIndex(fields=['data'], name='customer_by_data', opclasses=['jsonb_path_ops']), models.Index(condition=models.Q(('erased_at__isnull', True), ('status', 'TO_PENDING_VALIDATION')), fields=['created_at'], name='customer_to_approve'), models.Index(condition=models.Q(('erased_at__isnull', True)), fields=['updated_at'], name='customer_by_last_change')],
                'constraints': [models.UniqueConstraint(fields=('provider', 'external_id'), name='a_provider_knows_a_customer_once'), models.CheckConstraint(condition=models.Q(('erased_at__isnull', True), models.Q(('data', {}), ('notification_url', '')), _connector='OR'), name='an_erased_customer_has_no_data')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
    ]
