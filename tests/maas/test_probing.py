"""A test call …"""

import ssl
from datetime import UTC, datetime

import pytest
import urllib3

from maas import probing
from maas.models import Callback, CallbackAttempt, CallbackChannel
from tests.factories import MaasProviderFactory
from tests.fleet_factories import SystemFactory
from tomp import egress

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
Auth = CallbackChannel.Auth


@pytest.fixture
def provider(receiver):
    SystemFactory(system_id="utrecht-rides")
    return MaasProviderFactory(maas_id="mp", base_url=f"{receiver.url}/tomp/", api_version="1.5")


def probe(provider, **fields):
    if fields:
        CallbackChannel.objects.create(provider=provider, **fields)
    return probing.probe(provider_id=provider.pk, now=NOW)


def at(address):
    return MaasProviderFactory(base_url=address)


def test_asks_for_their_ping_as_the_outbox_would(provider, receiver):
    made = probe(provider, auth=Auth.API_KEY, secret="k3y", signing_secret="shared")

    [sent] = receiver.received
    assert (sent.method, sent.path, sent.body) == ("GET", "/tomp/operator/ping", b"")
    told = {name: sent.headers[name] for name in ("maas-id", "addressed-to", "api-version", "x-api-key")}
    assert told == {"maas-id": "utrecht-rides", "addressed-to": "mp", "api-version": "1.5.0", "x-api-key": "k3y"}
    assert sent.headers["x-signature"].startswith(f"t={int(NOW.timestamp())},v1=")
    assert (made.url, made.status, made.trouble) == (f"{receiver.url}/tomp/operator/ping", 200, "")
    assert str(made) == f"GET {made.url}: 200 in {made.duration_ms} ms."


def test_asks_for_their_meta_where_there_is_no_ping(provider, receiver):
    receiver.answer(404)

    made = probe(provider)

    assert [sent.path for sent in receiver.received] == ["/tomp/operator/ping", "/tomp/operator/meta"]
    assert (made.url, made.status) == (f"{receiver.url}/tomp/operator/meta", 200)


def test_leaves_nothing_behind(provider):
    probe(provider)

    assert not Callback.objects.exists()
    assert not CallbackAttempt.objects.exists()


def test_is_made_although_the_calls_are_paused(provider, receiver):
    provider.calls_paused_at, provider.calls_paused_because = NOW, "Moving."
    provider.save()

    assert probe(provider).status == 200


def test_shows_the_answer_that_is_none_of_success(provider, receiver):
    receiver.answer(503, body=b"down for repair")

    made = probe(provider)

    assert (made.status, made.trouble) == (503, "down for repair")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "They want credentials, and we show none."),
        ({"auth": Auth.BEARER, "secret": "x"}, "They do not accept our credentials."),
    ],
)
def test_says_that_they_do_not_know_us(provider, receiver, fields, said):
    receiver.answer(401, body=b"")

    made = probe(provider, **fields)

    assert (made.status, made.trouble) == (401, said)


@pytest.fixture
def oauth(provider, receiver):
    return {"auth": Auth.OAUTH2, "client_id": "us", "secret": "s", "token_url": f"{receiver.url}/token"}


def test_says_that_they_do_not_accept_our_token_and_forgets_it(provider, receiver, oauth):
    receiver.answer(200, body=b'{"access_token": "t"}')
    receiver.answer(401, body=b"")

    made = probe(provider, **oauth)

    assert made.trouble == "They do not accept our token; the next call buys a new one."
    assert CallbackChannel.objects.get().token == ""


def test_says_that_no_token_was_issued(provider, receiver, oauth):
    receiver.answer(400, body=b'{"error": "invalid_client"}')

    assert probe(provider, **oauth).trouble == "No token: 400 from the token address."


def test_says_that_nobody_listens_where_tokens_are_issued(provider, oauth):
    made = probe(provider, **oauth | {"token_url": "http://127.0.0.1:9"})

    assert made.trouble == "No token: Nobody listens there: the connection was refused."


def test_says_that_nobody_listens(db):
    made = probe(at("http://127.0.0.1:9"))

    assert (made.status, made.trouble) == (None, "Nobody listens there: the connection was refused.")


def test_says_that_an_address_is_inside_a_network(db, settings):
    settings.TOMP_ALLOW_PRIVATE_CALLBACKS = False

    made = probe(at("https://127.0.0.1"))

    assert made.trouble == "Not called: 127.0.0.1 is 127.0.0.1, an address inside a network."


def test_says_that_there_is_no_such_name(db, monkeypatch):
    def unknown(*_args, **_more):
        raise egress.socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(egress.socket, "getaddrinfo", unknown)

    assert probe(at("https://mp.example.org")).trouble.startswith(
        "The name is not known: mp.example.org has no address"
    )


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (urllib3.exceptions.SSLError("certificate has expired"), "TLS: certificate has expired"),
        (ssl.SSLError("wrong version number"), "TLS: ('wrong version number',)"),
        (urllib3.exceptions.ReadTimeoutError(None, "/", "Read timed out."), "They did not answer in time (5 s)."),
        (urllib3.exceptions.ConnectTimeoutError(None, "/"), "They did not answer in time (5 s)."),
    ],
)
def test_says_what_went_wrong_on_the_way(provider, monkeypatch, cause, said):
    class Pool:
        def urlopen(self, *_args, **_more):
            raise cause

        def close(self):
            pass

    monkeypatch.setattr(egress, "_pool", lambda *_args: Pool())

    assert probe(provider).trouble == said


@pytest.mark.parametrize(
    "address", ["https://" + "a" * 70 + ".org", "https://[::1", "ftp://mp.example.org", "nonsense"]
)
def test_never_raises(db, address):
    made = probe(at(address))

    assert made.status is None
    assert made.trouble.startswith("Not called: ")


def test_needs_a_base_url(db):
    made = probe(at(""))

    assert (made.status, made.trouble) == (None, "The provider has no base URL.")
