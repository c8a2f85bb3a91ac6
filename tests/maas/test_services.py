"""Providers and their credentials: the service …"""

import datetime
import secrets
from threading import Barrier, Thread

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from oauth2_provider.models import AccessToken

from maas import services, tasks
from maas.models import (
    ApiKey,
    Callback,
    CallbackAttempt,
    CallbackState,
    IdempotentRequest,
    MaasProvider,
    OAuthClient,
    digest_of,
    new_secret,
)
from tests.factories import ApiKeyFactory, CallbackFactory, MaasProviderFactory

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2030, 5, 1, 12, 0, tzinfo=datetime.UTC)
A_SECOND = datetime.timedelta(seconds=1)


def everything():
    models = (MaasProvider, MaasProvider.history.model, ApiKey, OAuthClient)
    return [list(model.objects.order_by("pk").values()) for model in models]


def token_of(provider, text, expires):
    token = AccessToken(application=provider.oauth_client, expires=expires, token="")
    token._raw_token = text
    token.save()


# create_provider


def test_creates_a_provider_who_may_book_at_once():
    created = services.create_provider(maas_id="YAL:MaaS:1", name="First", auto_commit=True, pending_minutes=5)

    provider = MaasProvider.objects.get()
    assert (provider.maas_id, provider.name, provider.is_active) == ("YAL:MaaS:1", "First", True)
    assert (provider.auto_commit, provider.pending_minutes, provider.max_extensions) == (True, 5, 2)
    assert ApiKey.objects.valid(NOW).for_secret(created.api_key_secret).get().provider == provider
    assert provider.oauth_client.client_id == created.client_id == "YAL:MaaS:1"
    assert provider.oauth_client.client_type == "confidential"
    assert provider.oauth_client.authorization_grant_type == "client-credentials"


def test_names_a_provider_after_its_maas_id():
    services.create_provider(maas_id="mp-1")

    assert MaasProvider.objects.get().name == "mp-1"


def test_shows_secrets_once_and_keeps_digests_only():
    created = services.create_provider(maas_id="mp-1")

    kept, shown = str(everything()), repr(created)
    for secret in (created.api_key_secret, created.client_secret):
        assert len(secret) == 43
        assert secret not in kept
        assert secret not in shown
    assert ApiKey.objects.get().digest == digest_of(created.api_key_secret)
    assert ApiKey.objects.get().prefix == created.api_key_secret[:8]
    assert OAuthClient.objects.get().client_secret == f"sha256_random${digest_of(created.client_secret)}"


def test_refuses_a_maas_id_that_is_taken():
    services.create_provider(maas_id="mp-1", name="First")
    before = everything()

    with pytest.raises(services.ProviderExists, match="mp-1"):
        services.create_provider(maas_id="mp-1", name="Second", auto_commit=True)

    assert everything() == before


@pytest.mark.parametrize(
    "terms",
    [
        {"maas_id": ""},
        {"maas_id": "with space"},
        {"maas_id": "a+b"},
        {"maas_id": "a%20b"},
        {"maas_id": "trailing\n"},
        {"maas_id": "zoë"},
        {"maas_id": ":colon-first"},
        {"maas_id": "x" * 121},
        {"pending_minutes": -1},
        {"pending_minutes": 40000},
        {"max_open_bookings": -1},
        {"bill_until": "NEVER"},
        {"base_url": "mp.example"},
        {"name": "x" * 201},
    ],
)
def test_refuses_terms_that_cannot_be(terms):
    before = everything()

    with pytest.raises(ValidationError):
        services.create_provider(**{"maas_id": "mp-1"} | terms)

    assert everything() == before


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_creates_one_of_two_at_once():
    at_once, outcomes = Barrier(2), []

    def create():
        at_once.wait()
        try:
            outcomes.append(services.create_provider(maas_id="mp-1").provider.maas_id)
        except services.ProviderExists:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=create) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["mp-1", "refused"]
    assert [len(rows) for rows in everything()] == [1, 1, 1, 1]


# API keys


def test_issues_a_key_beside_the_others():
    first = ApiKeyFactory(secret="the first")

    key, secret = services.issue_api_key(provider=first.provider, label="staging")

    assert (key.label, key.provider, key.revoked_at) == ("staging", first.provider, None)
    assert ApiKey.objects.valid(NOW).for_secret(secret).get() == key
    assert ApiKey.objects.valid(NOW).for_secret("the first").get() == first


def test_revokes_one_key_and_no_other():
    first = ApiKeyFactory()
    second = ApiKeyFactory(provider=first.provider)

    revoked = services.revoke_api_key(key_id=first.pk, now=NOW)

    assert (revoked.pk, revoked.revoked_at) == (first.pk, NOW)
    assert list(ApiKey.objects.valid(NOW)) == [second]


def test_revokes_a_key_once():
    key = ApiKeyFactory(revoked_at=NOW)

    assert services.revoke_api_key(key_id=key.pk, now=NOW + A_SECOND).revoked_at == NOW


def test_refuses_to_revoke_a_key_that_is_not_there():
    with pytest.raises(ApiKey.DoesNotExist):
        services.revoke_api_key(key_id=0, now=NOW)


# The client secret


def test_rotates_a_secret_and_ends_the_tokens_it_bought():
    first, other = (services.create_provider(maas_id=maas_id) for maas_id in ("mp-1", "mp-2"))
    token_of(first.provider, "bought", NOW)
    token_of(other.provider, "other", NOW)

    secret = services.rotate_client_secret(provider=first.provider)

    client = OAuthClient.objects.get(provider=first.provider)
    assert secret != first.client_secret
    assert client.client_secret == f"sha256_random${digest_of(secret)}"
    assert AccessToken.objects.get().application.provider == other.provider


def test_makes_a_client_for_a_provider_without_one():
    provider = MaasProviderFactory(maas_id="mp-1")

    services.rotate_client_secret(provider=provider)

    assert OAuthClient.objects.get().client_id == "mp-1"


# forget_expired


def test_forgets_what_has_served_its_time():
    provider = services.create_provider(maas_id="mp-1").provider
    token_of(provider, "late", NOW)
    token_of(provider, "good", NOW + A_SECOND)
    a_day_ago = NOW - datetime.timedelta(days=1)
    for key, created_at in (("old", a_day_ago), ("young", a_day_ago + A_SECOND)):
        IdempotentRequest.objects.create(provider=provider, key=key, created_at=created_at)

    assert services.forget_expired(now=NOW) == (1, 1)

    assert AccessToken.objects.get().token_checksum == digest_of("good")
    assert IdempotentRequest.objects.get().key == "young"


# forget_callbacks


def a_call(state, created_at):
    callback = CallbackFactory(created_at=created_at)
    if state != CallbackState.OWED:
        callback.attempt(at=created_at, status=200).save()
        Callback.objects.filter(pk=callback.pk).update(state=state, attempted_at=created_at)
    return callback.pk


def test_forgets_calls_that_are_over_after_the_days_of_the_settings(settings, monkeypatch):
    settings.TOMP_RETENTION_DAYS = 30
    monkeypatch.setattr(tasks, "BATCH", 2)
    old = NOW - datetime.timedelta(days=30)
    for state in (CallbackState.DELIVERED, CallbackState.GIVEN_UP) * 3:
        a_call(state, old - A_SECOND)
    kept = {a_call(CallbackState.OWED, old - A_SECOND), *(a_call(state, old) for state in CallbackState)}

    with time_machine.travel(NOW, tick=False):
        assert tasks.forget_callbacks(timestamp=0) == 6
        assert tasks.forget_callbacks(timestamp=0) == 0

    assert set(Callback.objects.values_list("pk", flat=True)) == kept
    assert CallbackAttempt.objects.count() == 2


def test_a_replaced_key_works_for_a_while(db):
    provider = MaasProviderFactory()
    old, old_secret = services.issue_api_key(provider=provider, label="production")

    new, secret = services.rotate_api_key(key_id=old.pk, overlap=datetime.timedelta(hours=24), now=NOW, actor="ann")

    assert (new.label, new.made_by, new.provider) == ("production", "ann", provider)
    for after, valid in ((datetime.timedelta(hours=23), {old, new}), (datetime.timedelta(hours=24), {new})):
        assert set(ApiKey.objects.valid(NOW + after).filter(provider=provider)) == valid
    assert ApiKey.objects.valid(NOW).for_secret(old_secret).get() == old
    with pytest.raises(services.KeyRevoked):
        services.rotate_api_key(key_id=old.pk, overlap=datetime.timedelta(hours=24), now=NOW)
    assert ApiKey.objects.filter(provider=provider).count() == 2
    assert services.revoke_api_key(
        key_id=old.pk, now=NOW + datetime.timedelta(hours=1)
    ).revoked_at == NOW + datetime.timedelta(hours=1)
    assert secret != old_secret


def test_a_secret_is_no_option_of_a_command_line(monkeypatch):
    made = iter(["-looks-like-one", "-this-too", "as-long-as-usual"])
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: next(made) if size == 32 else None)

    assert new_secret() == "as-long-as-usual"
