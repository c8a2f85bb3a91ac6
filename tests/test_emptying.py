"""What a test commits is gone before the next one, whoever made the table."""

from django.contrib.contenttypes.models import ContentType
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from fleet.models import Station
from tests import emptying
from tests.fleet_factories import StationFactory


def test_rows_and_jobs_are_deleted_and_what_migrations_wrote_stays(transactional_db):
    StationFactory()
    app.configure_task("maas.tasks.hasten_calls").defer(provider_id=1)
    types = ContentType.objects.count()
    assert types > 0

    emptying._delete_all()

    assert not Station.objects.exists()
    assert not ProcrastinateJob.objects.exists()
    assert ContentType.objects.count() == types
