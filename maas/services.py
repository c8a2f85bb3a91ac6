"""What happens to providers and their credentials. A secret is returned once; nobody can read it again."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from oauth2_provider.models import AccessToken

from maas.idempotency import KEPT_FOR
from maas.models import (
    ApiKey,
    Callback,
    IdempotentRequest,
    MaasProvider,
    OAuthClient,
    PaceCount,
    Remark,
    digest_of,
    new_secret,
)
from tomp.errors import IllegalOperation

PACE_MATTERS = timedelta(minutes=10)  # it is counted by the minute


class ProviderExists(Exception):
    """There is a provider with this maas-id."""


class KeyRevoked(IllegalOperation):
    """403: there is nothing to replace."""


class SecretStillChanging(IllegalOperation):
    """403: two secrets work already."""


class NothingToEnd(IllegalOperation):
    """403: there is one secret, if any."""


@dataclass(frozen=True)
class Created:
    """A new provider with its secrets. The representation leaves them out: it may end up in a log."""

    provider: MaasProvider
    api_key_secret: str
    client_id: str
    client_secret: str

    def __repr__(self):
        return f"Created({self.provider.maas_id!r})"


@transaction.atomic
def create_provider(*, maas_id, name="", **terms):
    """A provider who may book at once, with a key and an OAuth2 client. `terms` are fields of MaasProvider.

    Raises ProviderExists, or Django's ValidationError for a term that cannot be.
    """
    provider = MaasProvider(maas_id=maas_id, name=name or maas_id, **terms)
    provider.full_clean(validate_unique=False)
    try:
        with transaction.atomic():
            provider.save()
    except IntegrityError:
        raise ProviderExists(f"There is a MaaS provider {maas_id} already.") from None
    _, api_key_secret = issue_api_key(provider=provider)
    client_secret = rotate_client_secret(provider=provider)
    return Created(provider, api_key_secret, provider.oauth_client.client_id, client_secret)


def issue_api_key(*, provider, label="", actor=""):
    """One more key of this provider: (key, secret). Those it has stay valid."""
    secret = new_secret()
    key = ApiKey.objects.create(
        provider=provider, label=label, prefix=secret[:8], digest=digest_of(secret), made_by=actor
    )
    return key, secret


@transaction.atomic
def rotate_api_key(*, key_id, overlap, now, actor=""):
    """A new key in the place of this one, which stays valid for the `overlap` (a timedelta): (key, secret).

    Raises KeyRevoked for one that is revoked, or will be.
    """
    old = ApiKey.objects.select_for_update().select_related(None).get(pk=key_id)
    if old.revoked_at is not None:
        raise KeyRevoked(
            _("API key %(key)s is revoked from %(moment)s on."),
            key=str(old),
            moment=f"{old.revoked_at:%Y-%m-%d %H:%M} UTC",
        )
    old.revoked_at = now + overlap
    old.save(update_fields=["revoked_at"])
    return issue_api_key(provider=old.provider, label=old.label, actor=actor)


def revoke_api_key(*, key_id, now):
    """The key opens nothing from now on. A key that was revoked before keeps its time."""
    ApiKey.objects.not_revoked(now).filter(pk=key_id).update(revoked_at=now)
    return ApiKey.objects.get(pk=key_id)


def rotate_client_secret(*, provider, actor=""):
    """A new secret of this provider's OAuth2 client, which is made if it has none.

    The secrets before it are worth nothing from now on, and neither are the tokens they bought.
    """
    return replace_client_secret(provider_id=provider.pk, overlap=timedelta(), now=timezone.now(), actor=actor)


@transaction.atomic
def replace_client_secret(*, provider_id, overlap, now, actor=""):
    """A new secret of this provider's OAuth2 client; the old one works beside it for the `overlap` (a timedelta).

    Tokens that the old one bought end with it. Without an overlap all secrets and tokens before are worth nothing from
    now on. Raises SecretStillChanging when the secret before the old one still works, and an overlap is wanted.
    """
    provider = MaasProvider.objects.select_for_update().get(pk=provider_id)  # who may have no client to lock yet
    client = OAuthClient.objects.filter(provider=provider).first() or _new_client(provider)
    if overlap and client.has_former_secret(now):
        until = f"{client.former_secret_until:%Y-%m-%d %H:%M} UTC"
        raise SecretStillChanging(
            _("The secret before this one still works, until %(until)s. End it first."), until=until
        )
    has_one = client.pk is not None and bool(client.client_secret)
    client.former_secret, client.former_secret_until = "", None
    if overlap and has_one:
        client.former_secret, client.former_secret_until = client.client_secret, now + overlap
    secret = new_secret()
    client.client_secret, client.secret_made_at, client.secret_made_by = secret, now, actor
    client.save()
    if not overlap:
        AccessToken.objects.filter(application=client).delete()
    else:
        AccessToken.objects.filter(application=client, expires__gt=now + overlap).update(expires=now + overlap)
    return secret


def _new_client(provider):
    return OAuthClient(
        provider=provider,
        client_id=provider.maas_id,
        client_secret="",
        client_type=OAuthClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=OAuthClient.GRANT_CLIENT_CREDENTIALS,
        name=provider.name,
    )


@transaction.atomic
def end_former_secret(*, provider_id, now):
    """Only the latest secret of the OAuth2 client works from now on; tokens have to be bought again.

    Raises NothingToEnd when the one before works no more.
    """
    client = OAuthClient.objects.select_for_update().filter(provider=provider_id).first()
    if client is None or not client.has_former_secret(now):
        raise NothingToEnd(_("No former client secret works any more."))
    OAuthClient.objects.filter(pk=client.pk).update(former_secret="", former_secret_until=None)
    AccessToken.objects.filter(application=client).delete()


def forget_expired(*, now):
    """Bearer tokens that ran out and answers kept long enough for any retry are gone; how many of each.

    So is how often somebody called.
    """
    tokens, _ = AccessToken.objects.filter(expires__lte=now).delete()
    answers, _ = IdempotentRequest.objects.filter(created_at__lte=now - KEPT_FOR).delete()
    PaceCount.objects.filter(minute__lt=now - PACE_MATTERS).delete()
    return tokens, answers


@transaction.atomic
def forget_callbacks(*, before, limit):
    """Calls that were delivered or given up and are older than this moment are gone; at most `limit` of them now.

    Their bodies tell who rode where. What is still owed stays. Returns how many are gone.
    """
    found = Callback.objects.over(before).order_by("created_at")
    ids = list(found.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    Callback.objects.filter(pk__in=ids).delete()
    return len(ids)


def forget_remarks(*, before):
    """What was counted of the calls before this day is gone; how many rows."""
    deleted, _ = Remark.objects.filter(day__lt=before).delete()
    return deleted
