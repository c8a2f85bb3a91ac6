"""kill -9 of the worker while a call to a provider is on its way."""

import threading
import time
import uuid

import pytest
from django.utils import timezone

from maas import outbox
from maas.models import Callback, CallbackState
from tests.crash.conftest import ended, start, wait_until
from tests.factories import MaasProviderFactory
from tomp_operator.audit import audit

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

TAKEN_UP_WITHIN = 60  # three missed signs of life, and the next turn of retry_stalled_jobs


def owe(provider, booking_id, operation):
    return outbox.owe(
        provider=provider, booking_id=booking_id, path=f"bookings/{booking_id}/events",
        body={"operation": operation}, version="1.6", now=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def held(receiver):
    """The receiver keeps the first answer to itself until the event is set."""
    answered, keep = threading.Event(), []
    handler = receiver.server.RequestHandlerClass
    usual = handler.send_response

    def send_response(self, *args):
        if not keep:
            keep.append(True)
            answered.wait(TAKEN_UP_WITHIN)
        usual(self, *args)

    handler.send_response = send_response
    yield answered
    answered.set()


def test_the_call_is_made_again_in_its_order_and_the_others_arrive_meanwhile(receiver, held, database_url):
    provider, booking_id, other_id = MaasProviderFactory(base_url=receiver.url), uuid.uuid4(), uuid.uuid4()
    first = owe(provider, booking_id, "COMMIT")
    with ended(start("manage.py", "worker", DATABASE_URL=database_url)) as worker:
        wait_until(lambda: receiver.received, "the call is on its way")
        worker.kill()
        worker.wait()
    killed_at = time.monotonic()
    held.set()
    owe(provider, booking_id, "CANCEL")
    owe(provider, other_id, "DENY")

    with ended(start("manage.py", "worker", DATABASE_URL=database_url)):
        wait_until(lambda: len(receiver.received) == 4, "all calls arrived", TAKEN_UP_WITHIN)
        taken_up_after = time.monotonic() - killed_at
        wait_until(lambda: not Callback.objects.exclude(state=CallbackState.DELIVERED).exists(), "all are delivered")

    assert [sent.json["operation"] for sent in receiver.received] == ["COMMIT", "DENY", "COMMIT", "CANCEL"]
    again = [sent.headers["x-correlation-id"] for sent in receiver.received if sent.json["operation"] == "COMMIT"]
    assert again == [str(first.correlation_id)] * 2
    assert taken_up_after < TAKEN_UP_WITHIN
    assert not [found for _invariant, found in audit(now=timezone.now(), show=5) if found.violations]
