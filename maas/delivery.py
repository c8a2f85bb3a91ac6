"""Making the calls we owe: now or again later, as the provider's channel says (semantics §5.4, Entur profile)."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from fleet import information
from maas import outbox
from maas.models import Callback, CallbackChannel
from tomp import egress, language, versions

log = structlog.get_logger(__name__)

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600))
LONGEST_PAUSE = PAUSES[-1]
# A silent provider is not called for this long, whatever we owe it: waiting for it would delay the others.
REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=10)
TOKEN_MARGIN = timedelta(seconds=60)
TRY_AGAIN = {408, 425, 429}


class NotYet(Exception):
    """The call was not made, or in vain, and is to be made at this moment."""

    def __init__(self, at, why):
        super().__init__(why)
        self.at = at


def deliver(*, callback_id, now):
    """The call is delivered, or given up; safe to repeat. Raises NotYet when it is to be made later.

    2xx delivers. 408, 425, 429, 5xx and silence are tried again, after the time `Retry-After` asks for or after
    growing pauses, for TOMP_CALLBACK_DAYS; any other answer means that trying again is no use.
    """
    callback = Callback.objects.select_related("provider").filter(pk=callback_id).first()
    if callback is None or callback.state != Callback.State.OWED:
        return
    channel, _is_new = CallbackChannel.objects.get_or_create(provider=callback.provider)
    _wait_while_resting(channel, now)
    try:
        body = json.dumps(callback.body, ensure_ascii=False).encode()
        headers = _headers(callback, channel, body, now)
        answer = egress.call(callback.method, callback.url, body=body, headers=headers)
    except egress.Unreachable as failure:
        _rest(channel, now)
        _try_again(callback, now, None, str(failure))
    except egress.Forbidden as refusal:
        _settle(callback, now, None, str(refusal))
    else:
        _wake(channel)
        _judge(callback, channel, answer, now)


def send_again(*, callback_id, now):
    """A call that was given up is owed once more, after all that is owed about its booking. Returns it."""
    callback = Callback.objects.get(pk=callback_id)
    callback.owe_again(at=now)
    callback.save(update_fields=["state", "owed_again_at"])
    outbox.defer(callback)
    return callback


# -- what came of it


def _judge(callback, channel, answer, now):
    if answer.is_success:
        callback.answer = _said(answer)
        return _settle(callback, now, answer.status, "")
    said = f"{answer.status}: {answer.body[:200].decode(errors='replace')}"
    if answer.status == 401 and channel.auth == CallbackChannel.Auth.OAUTH2 and channel.token:
        CallbackChannel.objects.filter(pk=channel.pk).update(token="", token_expires_at=None)
        return _try_again(callback, now, answer.status, said)
    if answer.status in TRY_AGAIN or answer.status >= 500:
        return _try_again(callback, now, answer.status, said, not_before=_retry_after(answer, now))
    return _settle(callback, now, answer.status, said)


def _settle(callback, now, status, outcome):
    """Delivered if there is nothing to complain about, else given up."""
    callback.attempt(at=now, status=status, outcome=outcome)
    if outcome:
        callback.give_up()
        log.warning("callback_given_up", callback=callback.pk, booking_id=str(callback.booking_id), why=outcome)
    else:
        callback.deliver()
    with transaction.atomic():
        callback.save()
        outbox.pass_on(callback)


def _said(answer):
    """The word of a provider that was asked something: true, false, or None where it said anything else."""
    try:
        said = json.loads(answer.body)
    except ValueError:
        return None
    return said if isinstance(said, bool) else None


def _try_again(callback, now, status, outcome, not_before=None):
    pause = PAUSES[min(callback.attempts, len(PAUSES) - 1)]
    at = max(now + pause, not_before or now)
    if at > callback.created_at + timedelta(days=settings.TOMP_CALLBACK_DAYS):
        return _settle(callback, now, status, f"Tried for {settings.TOMP_CALLBACK_DAYS} days. {outcome}")
    callback.attempt(at=now, status=status, outcome=outcome)
    callback.next_attempt_at = at
    # Not the state: what was withdrawn meanwhile stays so.
    callback.save(update_fields=["attempts", "attempted_at", "next_attempt_at", "status", "outcome"])
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


# -- what is sent


def _headers(callback, channel, body, now):
    version = versions.parse(callback.api_version)
    return {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Language": language.published()[0],
        "Api": "TOMP",
        "Api-Version": version.full,
        "maas-id": information.operator_id() or information.system().system_id,
        "addressed-to": callback.provider.maas_id,
        "X-Correlation-ID": str(callback.correlation_id),
        "Idempotency-Key": str(callback.correlation_id),
        **_signature(body, channel, now),
        **_credentials(channel, now),
    }


def _signature(body, channel, now):
    """The provider can tell that it was us, and when: HMAC-SHA256 of "<unix time>.<body>"."""
    if not channel.signing_secret:
        return {}
    at = str(int(now.timestamp()))
    digest = hmac.new(channel.signing_secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Signature": f"t={at},v1={digest}"}


def _credentials(channel, now):
    match channel.auth:
        case CallbackChannel.Auth.API_KEY:
            return {channel.key_header: channel.secret}
        case CallbackChannel.Auth.BASIC:
            return {"Authorization": f"Basic {_basic(channel)}"}
        case CallbackChannel.Auth.BEARER:
            return {"Authorization": f"Bearer {channel.secret}"}
        case CallbackChannel.Auth.OAUTH2:
            return {"Authorization": f"Bearer {_token(channel, now)}"}
        case _:
            return {}


def _basic(channel):
    return base64.b64encode(f"{channel.client_id}:{channel.secret}".encode()).decode()


def _token(channel, now):
    """A token that is valid for a while yet; a new one is kept for the next calls. Raises Unreachable."""
    if channel.token and channel.token_expires_at and channel.token_expires_at - TOKEN_MARGIN > now:
        return channel.token
    form = {
        "grant_type": "client_credentials",
        "client_id": channel.client_id,
        "client_secret": channel.secret,
        **({"audience": channel.audience} if channel.audience else {}),
        **({"scope": channel.scope} if channel.scope else {}),
    }
    answer = egress.call(
        "POST",
        channel.token_url,
        body=urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
    )
    channel.token, lifetime = _issued(answer)
    channel.token_expires_at = now + lifetime
    channel.save(update_fields=["token", "token_expires_at"])
    return channel.token


def _issued(answer):
    try:
        issued = json.loads(answer.body)
        return str(issued["access_token"]), timedelta(seconds=float(issued.get("expires_in", 300)))
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise egress.Unreachable(f"No token: {answer.status} from the token address.") from error
