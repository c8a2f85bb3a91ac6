"""Which MaaS provider is asking, and may it be asked for?

One SQL statement answers it for every kind of credential (semantics §1.4): an API key in X-API-Key, the same
key in HTTP Basic together with the maas-id, or an OAuth2 bearer token (maas/oauth.py).
"""

import base64

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from oauth2_provider.models import AccessToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission

from maas import throttling
from maas.models import ApiKey, MaasProvider, digest_of
from tomp import errors, logs
from tomp.compiled import compiled

CHALLENGE = 'Basic realm="TOMP", Bearer realm="TOMP"'  # one header line: not every client reads a second
CHALLENGED = {"WWW-Authenticate": CHALLENGE}


class ProviderAuthentication(BaseAuthentication):
    """request.auth is the provider whose credential was shown.

    request.user stays anonymous on purpose: the audit (simple-history) and the log (structlog) take it for a
    Django user, and a provider is none. Whoever shows nothing is let through, for the permission to decide;
    whoever shows something wrong is refused here, also where the public may enter.
    """

    # Of every request one or two headers are wanted: `request.META` has them, `request.headers` spells out all first.
    def authenticate(self, request):
        api_key = request.META.get("HTTP_X_API_KEY")
        scheme, _, value = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if api_key:
            provider = _holder_of_key(api_key)
        elif scheme.lower() == "basic":
            provider = _holder_of_pair(basic_pair(value))
        elif scheme.lower() == "bearer":
            provider = _holder_of_token(value.strip(), now=timezone.now())
        else:
            return None
        if provider is None:
            throttling.refuse_guessing(request)
            raise errors.BadCredentials("The credentials are not valid.", headers=CHALLENGED)
        logs.bind(maas_id=provider.maas_id)
        return AnonymousUser(), provider

    def authenticate_header(self, request):
        return CHALLENGE


def basic_pair(value):
    """The two halves of an HTTP Basic credential; None if it is none (RFC 7617).

    They part at the last colon: a maas-id may have some (`YAL:Operator:Altair`), a secret of ours has none.
    """
    try:
        name, colon, secret = base64.b64decode(value.strip(), validate=True).decode().rpartition(":")
    except ValueError:  # not base64, or not UTF-8 inside
        return None
    return (name, secret) if colon else None


@compiled
def _valid_key(digest, now):
    return ApiKey.objects.valid(now).for_digest(digest).select_related("provider")


def _holder_of_key(secret):
    try:
        return _valid_key.get(digest=digest_of(secret), now=timezone.now()).provider
    except ApiKey.DoesNotExist:
        return None


def _holder_of_pair(pair):
    if pair is None:
        return None
    maas_id, secret = pair
    provider = _holder_of_key(secret)
    return provider if provider and provider.maas_id == maas_id else None


def _holder_of_token(token, *, now):
    found = AccessToken.objects.select_related("application__provider").filter(
        token_checksum=digest_of(token), expires__gt=now, application__provider__is_active=True
    )
    known = found.first()
    return known and known.application.provider


class IsProvider(BasePermission):
    """Refuses, with 401/7001, whoever showed no credentials."""

    def has_permission(self, request, view):
        if not isinstance(request.auth, MaasProvider):
            raise errors.NoCredentials("Show an API key, HTTP Basic or a bearer token.", headers=CHALLENGED)
        return True


class IsProviderOrPublic(IsProvider):
    """The same, unless this operator publishes its information."""

    def has_permission(self, request, view):
        return settings.TOMP_INFORMATION_IS_PUBLIC or super().has_permission(request, view)


def check_maas_id(request, provider, *, is_required=True):
    """Returns only if the header maas-id names this provider; the public (None) has no name to give.

    Operations that do not declare the header do without it, but not with a wrong one.
    Raises Missing (400/7001) or NoAccess (403/7006), see semantics §1.1.
    """
    if provider is None:
        return
    claimed = request.META.get("HTTP_MAAS_ID")
    if not claimed and not is_required:
        return
    if not claimed:
        raise errors.Missing("Field: maas-id, Reason: the header is required.", module=errors.GENERAL)
    if claimed != provider.maas_id:
        raise errors.NoAccess("The credentials belong to another maas-id.", module=errors.GENERAL)
