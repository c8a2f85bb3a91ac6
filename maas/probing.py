"""Does a provider answer us? One call that tells nothing, made while staff wait for its result."""

import socket
import ssl
import time
import uuid
from dataclasses import dataclass

from maas import calling
from maas.models import CallbackChannel, MaasProvider
from tomp import egress

PATHS = ("operator/ping", "operator/meta")  # the second of providers that do not have the first
SECONDS = 5.0


@dataclass(frozen=True)
class Probe:
    """What came of it. `trouble` is "" when the provider answered with success."""

    url: str
    status: int | None
    duration_ms: int
    trouble: str = ""

    def __str__(self):
        answered = (
            f"{self.status} in {self.duration_ms} ms." if self.status else f"no answer after {self.duration_ms} ms."
        )
        return f"GET {self.url}: {answered} {self.trouble}".strip()

    @property
    def in_short(self):
        """For a line of the history."""
        return f"{self.status or 'no answer'}, {self.duration_ms} ms. {self.trouble}".strip()


def probe(*, provider_id, now):
    """The provider was called once, as the outbox calls it, paused or not. Raises nothing: trouble is the answer.

    `GET {base}/operator/ping`, and where there is none `GET {base}/operator/meta` (semantics §5.4).
    """
    provider = MaasProvider.objects.get(pk=provider_id)
    if not provider.base_url:
        return Probe("–", None, 0, "The provider has no base URL.")
    channel, _is_new = CallbackChannel.objects.get_or_create(provider=provider)
    made = None
    for path in PATHS:
        made = _get(channel, f"{provider.base_url.rstrip('/')}/{path}", now)
        if made.status != 404:
            break
    return made


def _get(channel, url, now):
    began = time.monotonic()
    try:
        answer = calling.call(
            channel, "GET", url, version=channel.provider.api_version, correlation_id=uuid.uuid4(), now=now,
            seconds=SECONDS,
        )  # fmt: skip
    except egress.Forbidden as refusal:
        return Probe(url, None, _ms_since(began), f"Not called: {refusal}")
    except egress.Unreachable as failure:
        return Probe(url, None, _ms_since(began), _trouble_of(failure))
    return Probe(url, answer.status, _ms_since(began), "" if answer.is_success else _said(channel, answer))


def _ms_since(began):
    return round((time.monotonic() - began) * 1000)


def _said(channel, answer):
    text = answer.body[:200].decode(errors="replace").strip()
    if answer.status != 401:
        return text
    if channel.auth == CallbackChannel.Auth.NONE:
        return f"They want credentials, and we show none. {text}".strip()
    if channel.auth == CallbackChannel.Auth.OAUTH2:
        calling.forget_token(channel)
        return f"They do not accept our token; the next call buys a new one. {text}".strip()
    return f"They do not accept our credentials. {text}".strip()


def _trouble_of(failure):
    """Why nobody answered, in words; `failure` was raised from what happened."""
    if isinstance(failure, calling.NoToken):
        inner = failure.__cause__
        return f"No token: {_trouble_of(inner)}" if isinstance(inner, egress.Unreachable) else str(failure)
    cause = failure.__cause__
    if isinstance(cause, socket.gaierror):
        return f"The name is not known: {failure}"
    name, details = type(cause).__name__, str(cause)
    if isinstance(cause, ssl.SSLError) or name == "SSLError":
        return f"TLS: {details}"
    if name in ("ConnectTimeoutError", "ReadTimeoutError", "TimeoutError"):
        return f"They did not answer in time ({SECONDS:.0f} s)."
    if name == "NewConnectionError":
        return "Nobody listens there: the connection was refused."
    return str(failure)
