"""All tables as they are at the first release; `replaces` names the steps of the development before it."""

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

# Amounts and what they are for never change; only the invoice an entry is on may be filled in, once.
JOURNAL_STAYS = """
CREATE FUNCTION payments_journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a journal entry is never deleted; append a correction'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(NEW) - ARRAY['state', 'invoice_number', 'invoiced_at']
       IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'invoice_number', 'invoiced_at']
       OR OLD.state = 'INVOICED' THEN
        RAISE EXCEPTION 'a journal entry never changes; append a correction'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON payments_journalentry
    FOR EACH ROW EXECUTE FUNCTION payments_journal_is_append_only();
"""
JOURNAL_MAY_CHANGE = """
DROP TRIGGER journal_is_append_only ON payments_journalentry;
DROP FUNCTION payments_journal_is_append_only();
"""

# A number that was used stays used, for what it was used for.
INVOICES_STAY = """
CREATE FUNCTION payments_invoices_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an invoice never changes; append a correction to the journal and invoice that'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER invoices_stay BEFORE UPDATE OR DELETE ON payments_invoice
    FOR EACH ROW EXECUTE FUNCTION payments_invoices_stay();
"""
INVOICES_MAY_CHANGE = """
DROP TRIGGER invoices_stay ON payments_invoice;
DROP FUNCTION payments_invoices_stay();
"""


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("payments", "0001_initial"),
        ("payments", "0002_journal_is_append_only"),
        ("payments", "0003_payments"),
        ("payments", "0004_payments_sql"),
        ("payments", "0005_journal_by_age"),
        ("payments", "0006_corrections"),
        ("payments", "0007_entries_by_their_name"),
    ]

    dependencies = [
        ('bookings', '0001_first_release'),
        ('legs', '0001_first_release'),
        ('maas', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('PROPOSED', 'under review'), ('APPROVED', 'approved'), ('REJECTED', 'rejected')], default='PROPOSED', editable=False, max_length=50, protected=True)),
                ('category', models.CharField(choices=[('DAMAGE', 'damage'), ('LOSS', 'loss'), ('STOLEN', 'stolen'), ('EXTRA_USAGE', 'extra usage'), ('REFUND', 'refund'), ('FINE', 'fine'), ('OTHER_ASSET_USED', 'other asset used'), ('CREDIT', 'credit'), ('VOUCHER', 'voucher'), ('DEPOSIT', 'deposit'), ('OTHER', 'other')], max_length=16)),
                ('amount', models.DecimalField(decimal_places=3, help_text='VAT included; negative is money for the provider.', max_digits=12)),
                ('currency', models.CharField(max_length=3)),
                ('vat_rate', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ('vat_country', models.CharField(blank=True, max_length=2)),
                ('description', models.TextField()),
                ('details', models.JSONField(blank=True, default=dict, help_text='What else was sent: a number, an account, meta.')),
                ('created_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.CharField(blank=True, max_length=150)),
                ('reason', models.CharField(blank=True, help_text='Why it was decided so.', max_length=300)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='bookings.booking')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='maas.maasprovider')),
            ],
            options={
                'verbose_name': 'claim',
                'verbose_name_plural': 'claims',
                'ordering': ('-created_at', '-id'),
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='JournalEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveIntegerField(help_text='Counts within the booking.')),
                ('category', models.CharField(choices=[('FARE', 'fare'), ('DAMAGE', 'damage'), ('LOSS', 'loss'), ('STOLEN', 'stolen'), ('EXTRA_USAGE', 'extra usage'), ('REFUND', 'refund'), ('FINE', 'fine'), ('OTHER_ASSET_USED', 'other asset used'), ('CREDIT', 'credit'), ('VOUCHER', 'voucher'), ('DEPOSIT', 'deposit'), ('OTHER', 'other')], max_length=16)),
                ('amount', models.DecimalField(decimal_places=3, help_text='VAT included; credits are negative.', max_digits=12)),
                ('amount_ex_vat', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True)),
                ('vat_rate', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ('vat_country', models.CharField(blank=True, max_length=2)),
                ('currency', models.CharField(max_length=3)),
                ('details', models.JSONField(blank=True, help_text='The fare in parts, or what else is charged.', null=True)),
                ('comment', models.TextField(blank=True)),
                ('distance_m', models.PositiveIntegerField(blank=True, null=True)),
                ('used_s', models.PositiveIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('TO_INVOICE', 'to invoice'), ('INVOICED', 'invoiced')], default='TO_INVOICE', max_length=10)),
                ('invoice_number', models.CharField(blank=True, max_length=60)),
                ('invoiced_at', models.DateTimeField(blank=True, null=True)),
                ('actor', models.CharField(blank=True, help_text='The colleague, if it was one.', max_length=150)),
                ('reason', models.CharField(blank=True, help_text='Why; for colleagues only.', max_length=300)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='journal_entries', to='bookings.booking')),
                ('leg', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='journal_entries', to='legs.leg')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='journal_entries', to='maas.maasprovider')),
                ('refers_to', models.ForeignKey(blank=True, help_text='The entry this one gives back or corrects.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='counter_entries', to='payments.journalentry')),
            ],
            options={
                'verbose_name': 'journal entry',
                'verbose_name_plural': 'journal',
                'ordering': ('created_at', 'id'),
                'indexes': [models.Index(fields=['provider', 'created_at'], name='journal_of_a_provider'), models.Index(fields=['created_at'], name='journal_by_age'), models.Index(condition=models.Q(('invoice_number', ''), _negated=True), fields=['invoice_number'], name='journal_of_an_invoice')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('category', 'FARE')), fields=('leg',), name='one_fare_per_leg'), models.UniqueConstraint(condition=models.Q(('category', 'DEPOSIT')), fields=('leg',), name='one_deposit_per_leg'), models.UniqueConstraint(fields=('booking', 'sequence'), name='journal_ids_are_unique'), models.CheckConstraint(condition=models.Q(models.Q(('category', 'FARE'), _negated=True), ('amount__gte', 0), _connector='OR'), name='a_fare_is_not_negative'), models.CheckConstraint(condition=models.Q(models.Q(('category__in', ['REFUND', 'CREDIT', 'VOUCHER']), _negated=True), ('amount__lt', 0), _connector='OR'), name='money_back_is_negative'), models.CheckConstraint(condition=models.Q(models.Q(('invoice_number', ''), ('invoiced_at__isnull', True), ('state', 'TO_INVOICE')), models.Q(('invoiced_at__isnull', False), ('state', 'INVOICED'), models.Q(('invoice_number', ''), _negated=True)), _connector='OR'), name='an_invoiced_entry_has_number_and_date')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('CLAIM', 'extra costs'), ('REFUND', 'refund'), ('TAKE_BACK', 'entry taken back'), ('THEIR_CLAIM', 'claim of the provider')], max_length=11)),
                ('state', django_fsm.FSMField(choices=[('PROPOSED', 'waits for a colleague'), ('APPROVED', 'approved'), ('REFUSED', 'refused')], default='PROPOSED', editable=False, max_length=50, protected=True)),
                ('category', models.CharField(choices=[('FARE', 'fare'), ('DAMAGE', 'damage'), ('LOSS', 'loss'), ('STOLEN', 'stolen'), ('EXTRA_USAGE', 'extra usage'), ('REFUND', 'refund'), ('FINE', 'fine'), ('OTHER_ASSET_USED', 'other asset used'), ('CREDIT', 'credit'), ('VOUCHER', 'voucher'), ('DEPOSIT', 'deposit'), ('OTHER', 'other')], max_length=16)),
                ('amount', models.DecimalField(decimal_places=3, help_text='VAT included; negative is money for the provider.', max_digits=12)),
                ('currency', models.CharField(max_length=3)),
                ('vat_rate', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ('vat_country', models.CharField(blank=True, max_length=2)),
                ('description', models.TextField(help_text='What the provider reads.')),
                ('details', models.JSONField(blank=True, default=dict)),
                ('comment', models.TextField(blank=True)),
                ('proposed_at', models.DateTimeField()),
                ('proposed_by', models.CharField(max_length=150)),
                ('reason', models.CharField(blank=True, help_text='Why; for colleagues only.', max_length=300)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.CharField(blank=True, max_length=150)),
                ('decided_because', models.CharField(blank=True, max_length=300)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='bookings.booking')),
                ('claim', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='payments.claim')),
                ('leg', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='legs.leg')),
                ('entry', models.OneToOneField(blank=True, help_text='What it led to.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='payments.journalentry', verbose_name='journal entry')),
                ('of_entry', models.ForeignKey(blank=True, help_text='The entry it gives back or takes back.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='payments.journalentry')),
            ],
            options={
                'verbose_name': 'correction',
                'verbose_name_plural': 'corrections',
                'ordering': ('-proposed_at', '-id'),
                'permissions': (('exceed_correction_cap', 'Can give back more per customer and month than the cap'),),
                'indexes': [models.Index(condition=models.Q(('state', 'PROPOSED')), fields=['proposed_at'], name='corrections_waiting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'PROPOSED')), fields=('claim',), name='a_claim_waits_once_for_a_colleague'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'PROPOSED')), models.Q(models.Q(('state', 'PROPOSED'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='a_decided_correction_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('state', 'APPROVED')), models.Q(models.Q(('state', 'APPROVED'), _negated=True), ('entry__isnull', True)), _connector='OR'), name='an_approved_correction_has_its_entry'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by', ''), ('state', 'PROPOSED')), models.Q(models.Q(('decided_by', ''), _negated=True), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='nobody_decides_their_own_correction')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.AddField(
            model_name='claim',
            name='entry',
            field=models.OneToOneField(blank=True, help_text='What it led to.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claim', to='payments.journalentry', verbose_name='journal entry'),
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=60, unique=True)),
                ('year', models.PositiveSmallIntegerField()),
                ('serial', models.PositiveIntegerField(help_text='Counts within the year, without a gap.')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(help_text='The first moment that does not count.')),
                ('currency', models.CharField(max_length=3)),
                ('total', models.DecimalField(decimal_places=3, help_text='VAT included.', max_digits=14)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(blank=True, max_length=150)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='maas.maasprovider')),
            ],
            options={
                'verbose_name': 'invoice',
                'verbose_name_plural': 'invoices',
                'ordering': ('-year', '-serial'),
                'constraints': [models.UniqueConstraint(fields=('year', 'serial'), name='an_invoice_number_is_used_once'), models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='an_invoice_is_of_a_period')],
            },
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(condition=models.Q(('state', 'PROPOSED')), fields=['created_at'], name='claim_under_review'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'PROPOSED')), models.Q(models.Q(('state', 'PROPOSED'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='a_decided_claim_says_when'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('state', 'APPROVED')), models.Q(models.Q(('state', 'APPROVED'), _negated=True), ('entry__isnull', True)), _connector='OR'), name='an_approved_claim_has_its_entry'),
        ),
        migrations.RunSQL(JOURNAL_STAYS, JOURNAL_MAY_CHANGE),
        migrations.RunSQL(INVOICES_STAY, INVOICES_MAY_CHANGE),
    ]
