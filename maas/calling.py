"""One call to a provider, as it has to come from us: with our headers, our credentials and our signature."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import urlencode

from fleet import information
from maas.models import CallbackChannel
from tomp import egress, language, versions

TOKEN_MARGIN = timedelta(seconds=60)


class NoToken(egress.Unreachable):
    """The address where tokens are issued gave none; later it may."""


def call(channel, method, url, *, version, correlation_id, now, body=b"", seconds=None):
    """The answer of the provider of this channel, whatever its status. Raises Forbidden, Unreachable, NoToken.

    Not for use in a transaction: it may take as long as egress.call(), twice where a token has to be bought.
    """
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Language": language.published()[0],
        "Api": "TOMP",
        "Api-Version": versions.parse(version).full,
        "maas-id": information.operator_id() or information.system().system_id,
        "addressed-to": channel.provider.maas_id,
        "X-Correlation-ID": str(correlation_id),
        "Idempotency-Key": str(correlation_id),
        **_signature(body, channel, now),
        **_credentials(channel, now, seconds),
    }
    try:
        return egress.call(method, url, body=body, headers=headers, seconds=seconds)
    except ValueError:  # says what cannot be sent, that is, the secret
        raise egress.Forbidden("Our credentials cannot be sent: a header has no such characters.") from None


def forget_token(channel):
    """The next call buys a token."""
    CallbackChannel.objects.filter(pk=channel.pk).update(token="", token_expires_at=None)


def _signature(body, channel, now):
    """The provider can tell that it was us, and when: HMAC-SHA256 of "<unix time>.<body>"."""
    if not channel.signing_secret:
        return {}
    at = str(int(now.timestamp()))
    digest = hmac.new(channel.signing_secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Signature": f"t={at},v1={digest}"}


def _credentials(channel, now, seconds):
    match channel.auth:
        case CallbackChannel.Auth.API_KEY:
            return {channel.key_header: channel.secret}
        case CallbackChannel.Auth.BASIC:
            return {"Authorization": f"Basic {_basic(channel)}"}
        case CallbackChannel.Auth.BEARER:
            return {"Authorization": f"Bearer {channel.secret}"}
        case CallbackChannel.Auth.OAUTH2:
            return {"Authorization": f"Bearer {_token(channel, now, seconds)}"}
        case _:
            return {}


def _basic(channel):
    return base64.b64encode(f"{channel.client_id}:{channel.secret}".encode()).decode()


def _token(channel, now, seconds):
    """A token that is valid for a while yet; a new one is kept for the next calls. Raises NoToken, Forbidden."""
    if channel.token and channel.token_expires_at and channel.token_expires_at - TOKEN_MARGIN > now:
        return channel.token
    form = {
        "grant_type": "client_credentials",
        "client_id": channel.client_id,
        "client_secret": channel.secret,
        **({"audience": channel.audience} if channel.audience else {}),
        **({"scope": channel.scope} if channel.scope else {}),
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        answer = egress.call("POST", channel.token_url, body=urlencode(form).encode(), headers=headers, seconds=seconds)
    except egress.Unreachable as failure:
        raise NoToken(f"No token: {failure}") from failure
    channel.token, lifetime = _issued(answer)
    channel.token_expires_at = now + lifetime
    channel.save(update_fields=["token", "token_expires_at"])
    return channel.token


def _issued(answer):
    try:
        issued = json.loads(answer.body)
        return str(issued["access_token"]), timedelta(seconds=float(issued.get("expires_in", 300)))
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise NoToken(f"No token: {answer.status} from the token address.") from error
