"""Making the calls we owe: now or again later, as the provider's channel says (semantics §5.4, Entur profile)."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from maas import calling, outbox
from maas.models import Callback, CallbackChannel
from tomp import egress, logs, written
from tomp.compiled import compiled
from tomp.errors import IllegalOperation

log = structlog.get_logger(__name__)

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600))
LONGEST_PAUSE = PAUSES[-1]
# A silent provider is not called for this long, whatever we owe it: waiting for it would delay the others.
REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=10)
# A paused provider is resumed by staff; this is only for a job that missed it.
PAUSED = timedelta(hours=1)
TRY_AGAIN = {408, 425, 429}
BATCH = 1000


class NotGivenUp(IllegalOperation):
    """403: a call that is owed or delivered is not owed once more."""


class NotYet(Exception):
    """The call was not made, or in vain, and is to be made at this moment."""

    def __init__(self, at, why):
        super().__init__(why)
        self.at = at


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made."""

    callback: Callback
    at: datetime
    began: float  # of the clock that only runs forward

    def recorded(self, status, outcome):
        """The callback knows what came of it; the record to be saved with it."""
        took = round((time.monotonic() - self.began) * 1000)
        return self.callback.attempt(at=self.at, status=status, outcome=outcome, duration_ms=took)


@compiled
def _callback(callback_id):
    return Callback.objects.select_related("provider").filter(pk=callback_id)


@compiled
def _channel(provider_id):
    return CallbackChannel.objects.filter(provider=provider_id)


def deliver(*, callback_id, now):
    """The call is delivered, or given up; safe to repeat. Raises NotYet when it is to be made later.

    2xx delivers. 408, 425, 429, 5xx and silence are tried again, after the time `Retry-After` asks for or after
    growing pauses, for TOMP_CALLBACK_DAYS; any other answer means that trying again is no use. While staff have
    paused the provider nothing is tried.
    """
    callback = _callback.first(callback_id=callback_id)
    if callback is None or callback.state != Callback.State.OWED:
        return
    logs.bind(
        callback=callback.pk,
        correlation_id=callback.correlation_id,
        maas_id=callback.provider.maas_id,
        booking_id=callback.booking_id,
    )
    if callback.provider.calls_paused_at is not None:
        raise NotYet(now + PAUSED, "Calls to the provider are paused.")
    channel = _channel_of(callback.provider)
    _wait_while_resting(channel, now)
    made = Made(callback, at=now, began=time.monotonic())
    try:
        answer = calling.call(
            channel, callback.method, callback.url, body=json.dumps(callback.body, ensure_ascii=False).encode(),
            version=callback.api_version, correlation_id=callback.correlation_id, now=now,
        )  # fmt: skip
    except egress.Unreachable as failure:
        _rest(channel, now)
        _try_again(made, None, str(failure))
    except egress.Forbidden as refusal:
        _settle(made, None, str(refusal))
    else:
        _wake(channel)
        _judge(made, channel, answer)


@transaction.atomic
def send_again(*, callback_id, now):
    """A call that was given up is owed once more, after all that is owed about its booking. Returns it.

    Raises NotGivenUp.
    """
    callback = Callback.objects.select_for_update().get(pk=callback_id)
    if callback.state != Callback.State.GIVEN_UP:
        raise NotGivenUp(f"This call is {callback.get_state_display()}; only what was given up is sent again.")
    callback.owe_again(now=now)
    callback.save(update_fields=["state", "owed_since", "owed_again_at", "next_attempt_at"])
    outbox.defer(callback)
    return callback


def send_all_again(*, callback_ids, now):
    """Those of these calls that were given up are owed once more, in the order of their ids. Returns these ids.

    In batches, each of them for good. Whatever is not given up, or not any more, stays as it is.
    """
    ids, owed = sorted(callback_ids), []
    for first in range(0, len(ids), BATCH):
        with transaction.atomic():
            found = Callback.objects.given_up().filter(pk__in=ids[first : first + BATCH])
            batch = list(found.select_for_update().order_by("pk"))
            given_up = [callback.pk for callback in batch]
            Callback.objects.filter(pk__in=given_up).owe_again(now)
            outbox.defer_all(batch)
        owed += given_up
    return owed


# -- what came of it


def _judge(made, channel, answer):
    if answer.is_success:
        made.callback.answer = _said(answer)
        return _settle(made, answer.status, "")
    said = f"{answer.status}: {answer.body[:200].decode(errors='replace')}"
    if answer.status == 401 and channel.auth == CallbackChannel.Auth.OAUTH2 and channel.token:
        calling.forget_token(channel)
        return _try_again(made, answer.status, said)
    if answer.status in TRY_AGAIN or answer.status >= 500:
        return _try_again(made, answer.status, said, not_before=_retry_after(answer, made.at))
    return _settle(made, answer.status, said)


def _settle(made, status, outcome):
    """Delivered if there is nothing to complain about, else given up."""
    callback, record = made.callback, made.recorded(status, outcome)
    if outcome:
        callback.give_up()
        log.warning("callback_given_up", status=status)  # why is in the back office: they may have told who it was
    else:
        callback.deliver()
        log.info("callback_delivered", status=status, attempts=callback.attempts)
    with transaction.atomic():
        written.store(written.change(callback), written.insertion(record))
        outbox.pass_on(callback)


def _said(answer):
    """The word of a provider that was asked something: true, false, or None where it said anything else."""
    try:
        said = json.loads(answer.body)
    except ValueError:
        return None
    return said if isinstance(said, bool) else None


def _try_again(made, status, outcome, not_before=None):
    callback, now = made.callback, made.at
    pause = PAUSES[min(callback.attempts, len(PAUSES) - 1)]
    at = max(now + pause, not_before or now)
    if at > callback.lapses_at(settings.TOMP_CALLBACK_DAYS):
        return _settle(made, status, f"Tried for {settings.TOMP_CALLBACK_DAYS} days. {outcome}")
    record = made.recorded(status, outcome)
    callback.next_attempt_at = at
    # Not the state: what was withdrawn meanwhile stays so.
    tried = written.change(callback, ("attempts", "attempted_at", "next_attempt_at", "status", "outcome"))
    with transaction.atomic():
        written.store(tried, written.insertion(record))
    raise NotYet(at, outcome)


def _retry_after(answer, now):
    """The moment the header names, in seconds or as a date; at most a day ahead."""
    text = answer.headers.get("retry-after", "").strip()
    try:
        at = now + timedelta(seconds=int(text)) if text.isdigit() else parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return now
    return min(at if at.tzinfo else at.replace(tzinfo=UTC), now + LONGEST_PAUSE)


# -- a provider that does not answer


def _channel_of(provider):
    return _channel.first(provider_id=provider.pk) or CallbackChannel.objects.get_or_create(provider=provider)[0]


def _wait_while_resting(channel, now):
    """One call at a time tries whether a silent provider answers again; the others wait for it."""
    if channel.failing_since is None:
        return
    asks = CallbackChannel.objects.filter(Q(rests_until__lte=now) | Q(rests_until=None), pk=channel.pk)
    if not asks.update(rests_until=now + REST):
        rests_until = CallbackChannel.objects.values_list("rests_until", flat=True).get(pk=channel.pk)
        raise NotYet(max(rests_until or now, now + timedelta(seconds=1)), "The provider does not answer at the moment.")


def _rest(channel, now):
    since = channel.failing_since or now
    rest = min(max((now - since) / 4, REST), LONGEST_REST)
    CallbackChannel.objects.filter(pk=channel.pk).update(failing_since=since, rests_until=now + rest)


def _wake(channel):
    if channel.failing_since is not None:
        CallbackChannel.objects.filter(pk=channel.pk).update(failing_since=None, rests_until=None)
