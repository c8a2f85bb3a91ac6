"""Who is asking? ProviderAuthentication …"""

import base64
import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import path
from django.utils import timezone
from oauth2_provider.models import AccessToken
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory

from maas import services
from maas.authentication import IsProviderOrPublic, ProviderAuthentication
from maas.models import ApiKey, MaasProvider
from maas.views import ProviderViewSet
from tests.factories import ApiKeyFactory, MaasProviderFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

CHALLENGE = 'Basic realm="TOMP", Bearer realm="TOMP"'
SECRET = "the-secret-of-the-first-provider"


class WhoViewSet(ProviderViewSet):
    def retrieve(self, request):
        return Response({"provider": self.provider and self.provider.maas_id, "user": str(request.user)})


class PublicViewSet(WhoViewSet):
    permission_classes = (IsProviderOrPublic,)


urlpatterns = [
    path("who", WhoViewSet.as_view({"get": "retrieve"})),
    path("public", PublicViewSet.as_view({"get": "retrieve"})),
]


@pytest.fixture
def provider():
    provider = MaasProviderFactory(maas_id="YAL:MaaS:first")
    ApiKeyFactory(provider=provider, secret=SECRET)
    return provider


@pytest.fixture
def token(provider):
    services.rotate_client_secret(provider=provider)
    return token_of(provider, "a-token")


def token_of(provider, text, lasts=datetime.timedelta(hours=1)):
    """A token as the toolkit keeps it: as a checksum."""
    token = AccessToken(application=provider.oauth_client, expires=timezone.now() + lasts, scope="tomp", token="")
    token._raw_token = text
    token.save()
    return text


def basic(maas_id, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{maas_id}:{secret}".encode()).decode()}


def ask(url="/who", maas_id="YAL:MaaS:first", **headers):
    if maas_id:
        headers["maas-id"] = maas_id
    return APIClient(raise_request_exception=False).get(url, headers=headers)


def assert_refused(answer, status, code):
    assert (answer.status_code, answer.json()["errorcode"]) == (status, code), answer.content
    assert answer.headers.get("WWW-Authenticate") == (CHALLENGE if status == 401 else None)


# What is accepted


WHO = {"provider": "YAL:MaaS:first", "user": str(AnonymousUser())}


def test_accepts_an_api_key(provider):
    assert ask(**{"X-API-Key": SECRET}).json() == WHO


def test_accepts_http_basic(provider):
    assert ask(**basic("YAL:MaaS:first", SECRET)).json() == WHO


def test_accepts_a_bearer_token(token):
    assert ask(Authorization=f"Bearer {token}").json() == WHO


def test_asks_the_database_once(token, provider, django_assert_num_queries):
    shown = [{"X-API-Key": SECRET}, basic("YAL:MaaS:first", SECRET), {"Authorization": f"Bearer {token}"}]
    requests = [APIRequestFactory().get("/who", headers=headers) for headers in shown]

    for request in requests:
        with django_assert_num_queries(1):
            _, found = ProviderAuthentication().authenticate(request)
            assert found.name == provider.name


@pytest.mark.parametrize("scheme", ["basic", "BASIC"])
def test_takes_a_scheme_in_any_case(provider, scheme):
    shown = basic("YAL:MaaS:first", SECRET)["Authorization"].replace("Basic", scheme)

    assert ask(Authorization=shown).status_code == 200


def test_accepts_every_key_of_a_provider(provider):
    _, second = services.issue_api_key(provider=provider)

    assert ask(**{"X-API-Key": SECRET}).status_code == 200
    assert ask(**{"X-API-Key": second}).status_code == 200


def test_looks_at_the_api_key_first(provider):
    assert ask(**{"X-API-Key": SECRET, "Authorization": "Bearer of-a-gateway"}).status_code == 200


# What is refused


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": ""}, {"Authorization": ""}, {"Authorization": "Nonsense"}])
def test_takes_nothing_known_for_no_credentials(provider, headers):
    assert_refused(ask(**headers), 401, 7001)


LATIN_1 = "clé-\xff"
GARBAGE = ["x" * 4000, "\0", "a\0b", LATIN_1, "\ud800", "%%%not-base64%%%", " ", "\t", "🚲"]


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("scheme", ["Basic", "Bearer", "basic ", "bearer"])
def test_refuses_garbage_in_authorization(provider, scheme, garbage):
    assert_refused(ask(Authorization=f"{scheme} {garbage}"), 401, 7002)


@pytest.mark.parametrize("garbage", GARBAGE)
def test_refuses_garbage_as_api_key(provider, garbage):
    assert_refused(ask(**{"X-API-Key": garbage}), 401, 7002)


@pytest.mark.parametrize(
    "inside",
    [b"", b":", b"no-colon", b"\xff\xfe:\xff", b"a\0b:c\0d", b"YAL:MaaS:first:", b"x" * 4000, b"\xed\xa0\x80:x"],
)
def test_refuses_garbage_inside_http_basic(provider, inside):
    assert_refused(ask(Authorization="Basic " + base64.b64encode(inside).decode()), 401, 7002)


@pytest.mark.parametrize("scheme", ["Basic", "Bearer", "bearer "])
def test_refuses_a_scheme_without_a_value(provider, scheme):
    assert_refused(ask(Authorization=scheme), 401, 7002)


def test_refuses_an_unknown_key(provider):
    assert_refused(ask(**{"X-API-Key": SECRET + "x"}), 401, 7002)


def test_refuses_the_digest_in_place_of_the_key(provider):
    assert_refused(ask(**{"X-API-Key": ApiKey.objects.get().digest}), 401, 7002)


def test_refuses_http_basic_under_another_name(provider):
    MaasProviderFactory(maas_id="second")

    assert_refused(ask(**basic("second", SECRET)), 401, 7002)


def test_refuses_a_revoked_key(provider):
    key = provider.api_keys.get()
    _, other = services.issue_api_key(provider=provider)
    services.revoke_api_key(key_id=key.pk, now=timezone.now())

    assert_refused(ask(**{"X-API-Key": SECRET}), 401, 7002)
    assert ask(**{"X-API-Key": other}).status_code == 200


def test_refuses_an_expired_token(token, provider):
    late = token_of(provider, "a-late-token", lasts=datetime.timedelta(seconds=-1))

    assert_refused(ask(Authorization=f"Bearer {late}"), 401, 7002)


def test_refuses_every_credential_of_an_inactive_provider(token, provider):
    MaasProvider.objects.update(is_active=False)

    assert_refused(ask(**{"X-API-Key": SECRET}), 401, 7002)
    assert_refused(ask(**basic("YAL:MaaS:first", SECRET)), 401, 7002)
    assert_refused(ask(Authorization=f"Bearer {token}"), 401, 7002)


# The header maas-id


def test_refuses_a_request_without_maas_id(provider):
    assert_refused(ask(maas_id=None, **{"X-API-Key": SECRET}), 400, 7001)


@pytest.mark.parametrize("claimed", ["second", "nobody", "yal:maas:FIRST", "\xff", "x" * 4000])
def test_refuses_another_maas_id_than_the_credential_has(token, claimed):
    MaasProviderFactory(maas_id="second")

    assert_refused(ask(maas_id=claimed, **{"X-API-Key": SECRET}), 403, 7006)
    assert_refused(ask(maas_id=claimed, **basic("YAL:MaaS:first", SECRET)), 403, 7006)
    assert_refused(ask(maas_id=claimed, Authorization=f"Bearer {token}"), 403, 7006)


# Where the public may ask


def test_lets_the_public_ask_what_is_public(provider, settings):
    settings.TOMP_INFORMATION_IS_PUBLIC = True

    assert ask("/public", maas_id=None).json()["provider"] is None
    assert ask("/public", **{"X-API-Key": SECRET}).json()["provider"] == "YAL:MaaS:first"
    assert_refused(ask("/public", **{"X-API-Key": "wrong"}), 401, 7002)
    assert_refused(ask("/who", maas_id=None), 401, 7001)


def test_keeps_the_public_out_of_what_is_not(provider, settings):
    settings.TOMP_INFORMATION_IS_PUBLIC = False

    assert_refused(ask("/public", maas_id=None), 401, 7001)
