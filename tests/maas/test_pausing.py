"""While the calls to a provider are paused …"""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from procrastinate.contrib.django.models import ProcrastinateJob

from maas import delivery, outbox, pausing, tasks
from maas.delivery import NotYet
from maas.models import Callback, CallbackAttempt, CallbackChannel, CallbackState, MaasProvider
from tests.factories import CallbackFactory, MaasProviderFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def provider(receiver):
    return MaasProviderFactory(name="Vy", base_url=receiver.url)


@pytest.fixture
def callback(provider, receiver):
    return CallbackFactory(provider=provider, base_url=receiver.url)


def pause(provider, now=NOW):
    pausing.pause(provider_id=provider.pk, reason="Moving.", now=now)


def resume(provider, now):
    pausing.resume(provider_id=provider.pk, now=now)


def deliver(callback, now):
    delivery.deliver(callback_id=callback.pk, now=now)
    return Callback.objects.get(pk=callback.pk)


def test_nothing_is_called_and_all_stays_owed(provider, callback, receiver):
    pause(provider)

    with pytest.raises(NotYet) as told:
        deliver(callback, NOW + timedelta(days=30))

    assert told.value.at == NOW + timedelta(days=30) + HOUR  # looked at rarely
    assert receiver.received == []
    left = Callback.objects.get()
    assert (left.state, left.attempts, left.next_attempt_at) == (CallbackState.OWED, 0, None)
    assert not CallbackAttempt.objects.exists()
    assert not CallbackChannel.objects.filter(failing_since__isnull=False).exists()


def test_other_providers_are_called(provider, callback, receiver):
    pause(provider)

    assert deliver(CallbackFactory(base_url=receiver.url), NOW).state == CallbackState.DELIVERED


def test_no_time_counts_as_delay(provider, callback, receiver, settings):
    settings.TOMP_CALLBACK_DAYS = 2
    pause(provider, NOW + timedelta(days=1))
    late = CallbackFactory(provider=provider, base_url=receiver.url, created_at=NOW + timedelta(days=5))

    resume(provider, NOW + timedelta(days=11))

    since = dict(Callback.objects.values_list("pk", "owed_since"))
    assert since == {callback.pk: NOW + timedelta(days=10), late.pk: NOW + timedelta(days=11)}
    receiver.answer(500)
    with pytest.raises(NotYet):
        deliver(callback, NOW + timedelta(days=11))
    receiver.answer(500)
    assert deliver(callback, NOW + timedelta(days=12)).outcome == "Tried for 2 days. 500: {}"


def test_what_is_over_stays_as_it_is(provider, callback):
    Callback.objects.update(state=CallbackState.GIVEN_UP)
    pause(provider)

    resume(provider, NOW + HOUR)

    assert Callback.objects.values_list("state", "owed_since").get() == (CallbackState.GIVEN_UP, None)


def scheduled():
    return list(ProcrastinateJob.objects.filter(task_name=outbox.DELIVER).order_by("id").values_list("scheduled_at"))


def put_off(callback, at):
    with time_machine.travel(at, tick=False):
        outbox.defer(callback)


def test_what_waited_goes_out_at_once_when_they_are_resumed(provider, callback):
    """The jobs of the provider alone, and not those that its own answers put off since."""
    other = CallbackFactory()
    put_off_since = CallbackFactory(provider=provider, next_attempt_at=NOW + 2 * HOUR)
    for each in (callback, other, put_off_since):
        put_off(each, NOW + HOUR)

    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        tasks.hasten_calls(provider_id=provider.pk)

    assert scheduled() == [(NOW + timedelta(minutes=1),), (NOW + HOUR,), (NOW + HOUR,)]


def test_resuming_owes_the_haste_twice(provider, callback):
    CallbackChannel.objects.create(provider=provider, failing_since=NOW, rests_until=NOW + 9 * HOUR)
    Callback.objects.update(next_attempt_at=NOW + 9 * HOUR)
    pause(provider)

    with time_machine.travel(NOW + HOUR, tick=False):
        resume(provider, NOW + HOUR)

    jobs = ProcrastinateJob.objects.filter(task_name="maas.tasks.hasten_calls")
    assert [(job.args, job.scheduled_at) for job in jobs.order_by("id")] == [
        ({"provider_id": provider.pk}, NOW + HOUR),
        ({"provider_id": provider.pk}, NOW + HOUR + timedelta(seconds=10)),
    ]
    assert Callback.objects.get().next_attempt_at is None
    assert CallbackChannel.objects.get().rests_until is None


def test_a_second_pause_is_refused_and_the_first_stays(provider):
    pause(provider)

    with pytest.raises(pausing.PausedAlready):
        pausing.pause(provider_id=provider.pk, reason="Mine.", now=NOW + HOUR)

    found = MaasProvider.objects.get()
    assert (found.calls_paused_at, found.calls_paused_because) == (NOW, "Moving.")


def test_nothing_is_resumed_that_goes_on(provider):
    with pytest.raises(pausing.NotPaused):
        resume(provider, NOW)

    assert not ProcrastinateJob.objects.exists()
