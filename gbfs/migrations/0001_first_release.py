"""All tables as they are at the first release; `replaces` names the steps of the development before it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("gbfs", "0001_feeds"),
        ("gbfs", "0002_how_long_a_feed_lives"),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=3)),
                ('language', models.CharField(blank=True, max_length=6)),
                ('name', models.CharField(max_length=30)),
                ('gzipped', models.BinaryField()),
                ('etag', models.CharField(max_length=40)),
                ('built_at', models.DateTimeField()),
                ('ttl', models.PositiveIntegerField(db_default=0)),
            ],
            options={
                'verbose_name': 'GBFS feed',
                'verbose_name_plural': 'GBFS feeds',
                'ordering': ('version', 'language', 'name'),
                'constraints': [models.UniqueConstraint(fields=('version', 'language', 'name'), name='a_feed_is_kept_once')],
            },
        ),
    ]
