"""What is owed …"""

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from maas import outbox, tasks
from maas.models import CallbackState
from tests.factories import CallbackFactory
from tests.journey import NOW, minutes

pytestmark = pytest.mark.django_db


def jobs():
    return list(ProcrastinateJob.objects.order_by("id").values_list("args__callback_id", flat=True))


def test_has_a_job_again_if_it_was_lost():
    with_job, lost, second = CallbackFactory(), CallbackFactory(), CallbackFactory()
    CallbackFactory(state=CallbackState.GIVEN_UP)
    CallbackFactory(created_at=timezone.now())
    outbox.defer(with_job)

    assert [tasks.defer_lost_calls(0), tasks.defer_lost_calls(0)] == [2, 0]

    assert jobs() == [with_job.pk, lost.pk, second.pk]


def test_is_not_taken_for_lost_while_its_transaction_may_be_under_way():
    CallbackFactory(created_at=NOW)

    assert outbox.defer_lost(now=NOW + minutes(2)) == 0
    assert outbox.defer_lost(now=NOW + minutes(3)) == 1
