import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('support', '0007_inbox'),
    ]

    operations = [
        migrations.AddField(
            model_name='supportrequest',
            name='result',
            field=models.CharField(blank=True, choices=[('SOLVED', 'solved'), ('NOT_OURS', 'not our matter'), ('NOT_REACHABLE', 'not reachable'), ('DUPLICATE', 'duplicate')], db_default='', default='', max_length=16),
        ),
        migrations.AddField(
            model_name='supportrequest',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='support.supportrequest'),
        ),
        AddConstraintNotValid(
            model_name='supportrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('result', 'DUPLICATE'), _negated=True), ('merged_into__isnull', True)), models.Q(('merged_into__isnull', False), ('result', 'DUPLICATE')), _connector='OR'), name='a_duplicate_says_of_what'),
        ),
        AddConstraintNotValid(
            model_name='supportrequest',
            constraint=models.CheckConstraint(condition=models.Q(('result__in', ['', 'DUPLICATE']), ('status__in', ['RESOLVED', 'CANCELLED']), _connector='OR'), name='what_has_a_result_is_closed'),
        ),
        AddConstraintNotValid(
            model_name='supportrequest',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='nothing_is_merged_into_itself'),
        ),
    ]
