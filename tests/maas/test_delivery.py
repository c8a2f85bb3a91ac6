"""What we owe a provider arrives: once it answers, in our name, and no longer than it makes sense."""

import base64
import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from maas import delivery
from maas.delivery import NotGivenUp, NotYet
from maas.models import Callback, CallbackAttempt, CallbackChannel, CallbackState
from tests.factories import CallbackFactory, MaasProviderFactory
from tests.fleet_factories import SystemFactory
from tomp.egress import Answer

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
Auth = CallbackChannel.Auth


def seconds(number):
    return timedelta(seconds=number)


@pytest.fixture
def provider():
    SystemFactory(system_id="utrecht-rides")
    return MaasProviderFactory(maas_id="mp")


@pytest.fixture
def callback(provider, receiver):
    return CallbackFactory(provider=provider, base_url=f"{receiver.url}/mp/")


def deliver(callback, now=NOW):
    delivery.deliver(callback_id=callback.pk, now=now)
    return Callback.objects.get(pk=callback.pk)


def put_off(callback, now=NOW):
    """Tries in vain; until when it is put off, and the row."""
    with pytest.raises(NotYet) as told:
        delivery.deliver(callback_id=callback.pk, now=now)
    return told.value.at, Callback.objects.get(pk=callback.pk)


def test_is_sent_as_it_was_written_in_our_name(callback, receiver):
    done = deliver(callback)

    (sent,) = receiver.received
    assert (sent.method, sent.path) == ("POST", f"/mp/bookings/{callback.booking_id}/events")
    assert sent.json == {"operation": "CANCEL", "origin": "TO"}
    told = {name: sent.headers[name] for name in ("maas-id", "addressed-to", "api", "api-version", "content-type")}
    assert told == {
        "maas-id": "utrecht-rides",
        "addressed-to": "mp",
        "api": "TOMP",
        "api-version": "1.6.1",
        "content-type": "application/json",
    }
    assert sent.headers["x-correlation-id"] == sent.headers["idempotency-key"] == str(callback.correlation_id)
    assert "authorization" not in sent.headers
    assert (done.state, done.attempts, done.status, done.attempted_at) == (CallbackState.DELIVERED, 1, 200, NOW)


def test_is_not_sent_again_once_it_was_delivered(callback, receiver):
    deliver(callback)
    deliver(callback)

    assert len(receiver.received) == 1


def test_one_that_is_gone_is_no_error(callback):
    delivery.deliver(callback_id=callback.pk + 1, now=NOW)


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
def test_is_tried_again_after_growing_pauses(callback, receiver, status):
    receiver.answers.extend([(status, {}, b"later")] * 3)

    first, _ = put_off(callback)
    second, _ = put_off(callback, first)
    third, left = put_off(callback, second)

    assert [first - NOW, second - first, third - second] == [seconds(5), seconds(15), seconds(60)]
    assert (left.state, left.attempts, left.status, left.outcome) == (CallbackState.OWED, 3, status, f"{status}: later")
    assert left.next_attempt_at == third
    assert deliver(callback, third).state == CallbackState.DELIVERED
    assert len({sent.headers["idempotency-key"] for sent in receiver.received}) == 1


@pytest.mark.parametrize("wish", ["120", "Mon, 04 May 2026 12:02:00 GMT"])
def test_waits_as_long_as_the_provider_asks(callback, receiver, wish):
    receiver.answer(503, {"Retry-After": wish})

    assert put_off(callback)[0] == NOW + seconds(120)


@pytest.mark.parametrize("nonsense", ["soon", "-5", "1e9", ""])
def test_a_wish_that_makes_no_sense_is_none(callback, receiver, nonsense):
    receiver.answer(429, {"Retry-After": nonsense})

    assert put_off(callback)[0] == NOW + seconds(5)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422, 301])
def test_is_given_up_at_once_when_trying_again_is_no_use(callback, receiver, status):
    receiver.answer(status, body=b'{"errorcode": 3204}')

    left = deliver(callback)

    assert (left.state, left.attempts, left.status) == (CallbackState.GIVEN_UP, 1, status)
    assert left.outcome == f'{status}: {{"errorcode": 3204}}'


def test_is_given_up_after_days_in_vain(callback, receiver, settings):
    settings.TOMP_CALLBACK_DAYS = 2
    receiver.answer(500)

    left = deliver(callback, callback.created_at + timedelta(days=2))

    assert left.state == CallbackState.GIVEN_UP
    assert left.outcome == "Tried for 2 days. 500: {}"


def test_an_address_inside_our_network_is_given_up(callback, receiver, settings):
    settings.TOMP_ALLOW_PRIVATE_CALLBACKS = False

    left = deliver(callback)

    assert (left.state, left.outcome) == (CallbackState.GIVEN_UP, "Calls go to https addresses only.")
    assert receiver.received == []


# A provider that does not answer


@pytest.fixture
def nobody(provider):
    """Two callbacks to a port at which nobody listens."""
    return CallbackFactory.create_batch(2, provider=provider, base_url="http://127.0.0.1:9")


def test_a_silent_provider_rests_and_the_next_call_waits_without_trying(nobody):
    first, second = nobody

    at, tried = put_off(first)
    waits_until, untried = put_off(second, NOW + seconds(1))

    assert (at, tried.attempts) == (NOW + seconds(5), 1)
    assert (waits_until, untried.attempts) == (NOW + seconds(5), 0)


def test_one_call_at_a_time_tries_whether_it_is_back(nobody):
    first, second = nobody
    put_off(first)
    CallbackChannel.objects.update(rests_until=NOW)
    CallbackChannel.objects.update(rests_until=NOW + seconds(5))  # another worker is trying

    assert put_off(second, NOW + seconds(2))[0] == NOW + seconds(5)


def test_rests_longer_the_longer_it_is_silent_but_never_more_than_ten_minutes(nobody):
    first, _ = nobody
    put_off(first)

    later = NOW + timedelta(hours=1)
    put_off(first, later)
    assert CallbackChannel.objects.get().rests_until == later + timedelta(minutes=10)
    minutes_later = NOW + timedelta(minutes=4)
    CallbackChannel.objects.update(rests_until=None)
    put_off(first, minutes_later)
    assert CallbackChannel.objects.get().rests_until == minutes_later + timedelta(minutes=1)


def test_whoever_answers_again_rests_no_more(nobody, receiver):
    first, second = nobody
    put_off(first)
    Callback.objects.update(base_url=receiver.url)

    deliver(first, NOW + seconds(5))

    channel = CallbackChannel.objects.get()
    assert (channel.failing_since, channel.rests_until) == (None, None)
    assert deliver(second, NOW + seconds(6)).state == CallbackState.DELIVERED


def test_another_provider_is_not_delayed(nobody, receiver):
    put_off(nobody[0])

    assert deliver(CallbackFactory(base_url=receiver.url)).state == CallbackState.DELIVERED


# Who we are


def channel(provider, **fields):
    return CallbackChannel.objects.create(provider=provider, **fields)


@pytest.mark.parametrize(
    ("fields", "header", "value"),
    [
        ({"auth": Auth.API_KEY, "secret": "k3y"}, "x-api-key", "k3y"),
        ({"auth": Auth.API_KEY, "secret": "k3y", "key_header": "X-Token"}, "x-token", "k3y"),
        ({"auth": Auth.BEARER, "secret": "t0ken"}, "authorization", "Bearer t0ken"),
        (
            {"auth": Auth.BASIC, "client_id": "us", "secret": "pa:ss"},
            "authorization",
            f"Basic {base64.b64encode(b'us:pa:ss').decode()}",
        ),
    ],
)
def test_shows_the_credentials_of_the_channel(callback, receiver, fields, header, value):
    channel(callback.provider, **fields)

    deliver(callback)

    assert receiver.received[0].headers[header] == value


def test_signs_what_it_sends(callback, receiver):
    channel(callback.provider, signing_secret="shared")

    deliver(callback)

    sent = receiver.received[0]
    expected = hmac.new(b"shared", f"{int(NOW.timestamp())}.".encode() + sent.body, hashlib.sha256).hexdigest()
    assert sent.headers["x-signature"] == f"t={int(NOW.timestamp())},v1={expected}"


@pytest.fixture
def oauth(callback, receiver):
    return channel(
        callback.provider, auth=Auth.OAUTH2, client_id="us", secret="s3cret", audience="https://mp.example.org",
        token_url=f"{receiver.url}/oauth/token",
    )  # fmt: skip


def token(receiver, text, lifetime=3600):
    receiver.answer(200, body=json.dumps({"access_token": text, "expires_in": lifetime}).encode())


def test_buys_a_token_and_uses_it_until_it_nearly_expires(oauth, callback, receiver):
    token(receiver, "first", 600)
    deliver(callback)
    deliver(CallbackFactory(provider=callback.provider, base_url=receiver.url), NOW + seconds(539))
    token(receiver, "second")
    deliver(CallbackFactory(provider=callback.provider, base_url=receiver.url), NOW + seconds(541))

    bought = [sent.body for sent in receiver.received if sent.path == "/oauth/token"]
    form = b"grant_type=client_credentials&client_id=us&client_secret=s3cret&audience=https%3A%2F%2Fmp.example.org"
    assert bought == [form, form]
    shown = [sent.headers["authorization"] for sent in receiver.received if sent.path != "/oauth/token"]
    assert shown == ["Bearer first", "Bearer first", "Bearer second"]


def test_a_token_the_provider_does_not_accept_is_replaced(oauth, callback, receiver):
    token(receiver, "revoked")
    receiver.answer(401)
    token(receiver, "fresh")

    at, _ = put_off(callback)
    done = deliver(callback, at)

    assert (done.state, receiver.received[-1].headers["authorization"]) == (CallbackState.DELIVERED, "Bearer fresh")


@pytest.mark.parametrize("answer", [(500, b""), (200, b"no json"), (200, b"{}"), (400, b'{"error": "invalid_client"}')])
def test_without_a_token_nothing_is_sent_and_it_is_tried_again(oauth, callback, receiver, answer):
    status, body = answer
    receiver.answer(status, body=body)

    _, left = put_off(callback)

    assert [sent.path for sent in receiver.received] == ["/oauth/token"]
    assert (left.state, left.outcome) == (CallbackState.OWED, f"No token: {status} from the token address.")


def test_secrets_are_unreadable_in_the_database(oauth):
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM maas_callbackchannel")
        (kept,) = cursor.fetchone()

    assert "s3cret" not in kept
    assert CallbackChannel.objects.get().secret == "s3cret"


def test_secrets_survive_a_change_of_the_key_and_not_its_loss(oauth, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [settings.SECRET_KEY]
    assert CallbackChannel.objects.get().secret == "s3cret"

    settings.SECRET_KEY_FALLBACKS = []
    assert CallbackChannel.objects.get().secret == ""


# Once more


def test_staff_send_again_what_was_given_up(callback, receiver):
    receiver.answer(404)
    deliver(callback)

    delivery.send_again(callback_id=callback.pk, now=NOW)

    done = deliver(callback)
    assert (done.state, done.attempts, done.owed_again_at) == (CallbackState.DELIVERED, 2, NOW)


def test_what_is_sent_again_has_as_much_patience_as_at_first(callback, receiver, settings):
    settings.TOMP_CALLBACK_DAYS = 2
    receiver.answer(404)
    deliver(callback)
    much_later = NOW + timedelta(days=9)

    delivery.send_again(callback_id=callback.pk, now=much_later)

    receiver.answer(500)
    assert put_off(callback, much_later)[1].state == CallbackState.OWED
    receiver.answer(500)
    assert deliver(callback, much_later + timedelta(days=2)).outcome == "Tried for 2 days. 500: {}"


def test_what_was_not_given_up_is_not_sent_again(callback):
    with pytest.raises(NotGivenUp, match="This call is owed"):
        delivery.send_again(callback_id=callback.pk, now=NOW)

    assert Callback.objects.get().owed_since is None
    assert not ProcrastinateJob.objects.exists()


def test_many_are_sent_again_in_order_with_few_statements(provider, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 40)
    bookings = [uuid.uuid4() for _ in range(10)]
    calls = [CallbackFactory(provider=provider, booking_id=booking) for _ in range(10) for booking in bookings]
    Callback.objects.exclude(pk=calls[5].pk).update(state=CallbackState.GIVEN_UP)

    with CaptureQueriesContext(connection) as queries:
        owed = delivery.send_all_again(callback_ids=[call.pk for call in reversed(calls)], now=NOW)

    expected = [call for call in calls if call != calls[5]]
    assert owed == [call.pk for call in expected]
    jobs = ProcrastinateJob.objects.order_by("id")
    assert [(job.args["callback_id"], job.lock) for job in jobs] == [
        (call.pk, f"callbacks of {call.booking_id}") for call in expected
    ]
    assert set(Callback.objects.values_list("state", "owed_since")) == {("OWED", None), ("OWED", NOW)}
    # per batch of 40: savepoint, lock, state, jobs, release
    assert len(queries) == 3 * 5


# Each attempt


def tries(callback):
    rows = callback.tries.values_list("at", "status", "outcome", "duration_ms")
    return [(at, status, outcome, 0 <= took < 5000) for at, status, outcome, took in rows]


def test_every_attempt_is_kept(callback, receiver):
    receiver.answer(503, body=b"later")
    at, _ = put_off(callback)
    deliver(callback, at)

    assert tries(callback) == [(NOW, 503, "503: later", True), (at, 200, "", True)]


def test_an_attempt_knows_how_long_it_took(callback, receiver, monkeypatch):
    moments = iter([10.0, 10.25])
    monkeypatch.setattr(delivery.time, "monotonic", lambda: next(moments, 99.0))
    monkeypatch.setattr(delivery.calling, "call", lambda *_args, **_more: Answer(200))

    deliver(callback)

    assert callback.tries.get().duration_ms == 250


def test_an_attempt_without_an_answer_is_kept_too(nobody):
    put_off(nobody[0])

    assert tries(nobody[0]) == [(NOW, None, "NewConnectionError: 127.0.0.1:9", True)]
    assert tries(nobody[1]) == []


def test_waiting_is_no_attempt(nobody):
    put_off(nobody[0])
    put_off(nobody[1], NOW + seconds(1))

    assert CallbackAttempt.objects.count() == 1


def test_credentials_that_cannot_be_sent_are_given_up_and_not_told(callback, receiver):
    channel(callback.provider, auth=Auth.BEARER, secret="s3cret\n")

    left = deliver(callback)

    assert (left.state, receiver.received) == (CallbackState.GIVEN_UP, [])
    assert left.outcome == "Our credentials cannot be sent: a header has no such characters."
