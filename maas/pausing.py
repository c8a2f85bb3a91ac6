"""Staff pause the calls to a provider that has trouble, and resume them. Nothing owed is lost or given up meanwhile."""

from django.db import transaction
from procrastinate.contrib.django import app

from maas.models import Callback, CallbackChannel, MaasProvider
from tomp.errors import IllegalOperation

HASTEN = "maas.tasks.hasten_calls"
# At once, and once more for calls that a worker was just putting off.
MOMENTS = ({"seconds": 0}, {"seconds": 10})


class PausedAlready(IllegalOperation):
    """403: somebody was faster."""


class NotPaused(IllegalOperation):
    """403: there is nothing to resume."""


@transaction.atomic
def pause(*, provider_id, reason, now):
    """From now on the provider is not called; what it is told is owed. A call that is under way is finished.

    Raises PausedAlready.
    """
    provider = _locked(provider_id)
    if provider.calls_paused_at is not None:
        raise PausedAlready(f"Calls to {provider} are paused already: {provider.calls_paused_because}")
    provider.calls_paused_at, provider.calls_paused_because = now, reason
    provider.save(update_fields=["calls_paused_at", "calls_paused_because"])


@transaction.atomic
def resume(*, provider_id, now):
    """What is owed to the provider goes out at once, in its order; the pause counts as no delay. Raises NotPaused."""
    provider = _locked(provider_id)
    since = provider.calls_paused_at
    if since is None:
        raise NotPaused(f"Calls to {provider} are not paused.")
    provider.calls_paused_at, provider.calls_paused_because = None, ""
    provider.save(update_fields=["calls_paused_at", "calls_paused_because"])
    Callback.objects.filter(provider=provider).had_to_wait(since, now)
    CallbackChannel.objects.filter(provider=provider).update(rests_until=None)
    for wait in MOMENTS:
        app.configure_task(HASTEN, schedule_in=wait).defer(provider_id=provider.pk)


def _locked(provider_id):
    return MaasProvider.objects.select_for_update(no_key=True).get(pk=provider_id)
