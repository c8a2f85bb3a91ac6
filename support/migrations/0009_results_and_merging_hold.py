from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # indexes are built while others write

    dependencies = [
        ('support', '0008_results_and_merging'),
    ]

    operations = [
        ValidateConstraint(model_name='supportrequest', name='a_duplicate_says_of_what'),
        ValidateConstraint(model_name='supportrequest', name='what_has_a_result_is_closed'),
        ValidateConstraint(model_name='supportrequest', name='nothing_is_merged_into_itself'),
        AddIndexConcurrently(
            model_name='supportrequest',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='support_merged'),
        ),
    ]
