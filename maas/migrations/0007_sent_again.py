from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('maas', '0006_remarks_on_calls'),
    ]

    operations = [
        migrations.AddField(
            model_name='callback',
            name='owed_again_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When staff last sent it again, after all others.', null=True),
        ),
    ]
