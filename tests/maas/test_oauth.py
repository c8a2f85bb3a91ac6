"""A provider gets its bearer token by POST /oauth/token, which …"""

import base64
from urllib.parse import quote, urlencode

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from oauth2_provider.models import AccessToken, RefreshToken

from maas import services
from maas.models import OAuthClient
from tests.factories import MaasProviderFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("maas.urls")]

MAAS_ID = "YAL:MaaS:first"


@pytest.fixture
def provider():
    return MaasProviderFactory(maas_id=MAAS_ID)


@pytest.fixture
def secret(provider):
    return services.rotate_client_secret(provider=provider)


def post(url, form, **headers):
    return Client(raise_request_exception=False).post(
        url, urlencode(form), "application/x-www-form-urlencoded", headers=headers
    )


def get_token(secret, client_id=MAAS_ID, **form):
    own = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return post("/oauth/token", own | form)


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def assert_refused(answer, status, *errors):
    """Refused by RFC 6749 §5.2, and no token was made."""
    assert answer.status_code == status, answer.content
    assert answer.json()["error"] in errors
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert not AccessToken.objects.exists()


# Tokens


def test_gives_a_token_for_the_secret_in_the_form(provider, secret):
    answer = get_token(secret)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"
    token = answer.json()
    assert (token["token_type"], token["expires_in"], token["scope"]) == ("Bearer", 3600, "tomp")
    assert AccessToken.objects.get().application.provider == provider


@pytest.mark.parametrize("encode", [str, quote], ids=["as it is", "form-encoded"])
def test_gives_a_token_for_the_secret_in_http_basic(provider, secret, encode):
    shown = basic(encode(MAAS_ID), secret)

    answer = post("/oauth/token", {"grant_type": "client_credentials"}, Authorization=shown)

    assert answer.status_code == 200, answer.content
    assert AccessToken.objects.get().application.provider == provider


def test_answers_with_a_slash_too(secret):
    form = {"grant_type": "client_credentials", "client_id": MAAS_ID, "client_secret": secret}

    assert post("/oauth/token/", form).status_code == 200


def test_needs_no_csrf_token(secret):
    form = {"grant_type": "client_credentials", "client_id": MAAS_ID, "client_secret": secret}

    assert Client(enforce_csrf_checks=True).post("/oauth/token", form).status_code == 200


def test_keeps_no_token_and_no_secret(secret):
    token = get_token(secret).json()["access_token"]

    kept = str([*AccessToken.objects.values(), *OAuthClient.objects.values()])
    assert token not in kept
    assert secret not in kept
    assert not RefreshToken.objects.exists()


def test_checks_a_secret_without_a_password_hash(secret, monkeypatch):
    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", lambda *args, **kwargs: pytest.fail("a slow hash"))

    assert get_token(secret).status_code == 200
    assert get_token("wrong").status_code == 401
    assert get_token("wrong", client_id="nobody").status_code == 401


def test_ignores_parameters_it_does_not_know(provider, secret):
    made_up = {"client": "x", "user": "1", "scopes": "admin", "extra_credentials": "x", "resource": "http://["}

    answer = get_token(secret, state="x", **made_up)

    assert answer.status_code == 200, answer.content
    assert (AccessToken.objects.get().scope, AccessToken.objects.get().user) == ("tomp", None)


def test_takes_an_empty_parameter_for_none(secret):
    assert get_token(secret, scope="").status_code == 200


# Refusals


def test_refuses_a_wrong_secret(secret):
    assert_refused(get_token("wrong"), 401, "invalid_client")


def test_refuses_a_wrong_secret_in_http_basic_whatever_the_form_says(secret):
    form = {"grant_type": "client_credentials", "client_id": MAAS_ID, "client_secret": secret}

    answer = post("/oauth/token", form, Authorization=basic(MAAS_ID, "wrong"))

    assert_refused(answer, 401, "invalid_client")


def test_refuses_a_form_that_is_too_large(secret, settings):
    settings.TOMP_MAX_BODY_BYTES = 100

    assert_refused(get_token(secret, state="x" * 100), 413, "invalid_request")


def test_refuses_two_clients_in_one_request(secret):
    form = {"grant_type": "client_credentials", "client_id": "second"}

    assert_refused(post("/oauth/token", form, Authorization=basic(MAAS_ID, secret)), 401, "invalid_client")


def test_refuses_the_stored_hash_in_place_of_the_secret(secret):
    assert_refused(get_token(OAuthClient.objects.get().client_secret), 401, "invalid_client")


def test_refuses_the_api_key_in_place_of_the_secret(provider, secret):
    _, api_key = services.issue_api_key(provider=provider)

    assert_refused(get_token(api_key), 401, "invalid_client")


def test_refuses_the_secret_of_another_client(secret):
    services.rotate_client_secret(provider=MaasProviderFactory(maas_id="second"))

    assert_refused(get_token(secret, client_id="second"), 401, "invalid_client")


def test_refuses_an_inactive_provider(provider, secret):
    provider.is_active = False
    provider.save()

    assert_refused(get_token(secret), 401, "invalid_client")


GRANTS = ["password", "authorization_code", "refresh_token", "implicit", "\0", "x" * 4000]
GRANTS += ["urn:ietf:params:oauth:grant-type:device_code"]


@pytest.mark.parametrize("grant", GRANTS)
def test_refuses_every_other_grant(secret, grant):
    answer = get_token(secret, grant_type=grant, username="x", password="x")

    assert_refused(answer, 400, "unsupported_grant_type")


def test_refuses_a_request_without_grant(secret):
    assert_refused(get_token(secret, grant_type=""), 400, "invalid_request")


def test_refuses_a_scope_it_does_not_know(secret):
    assert_refused(get_token(secret, scope="tomp admin"), 400, "invalid_scope")


@pytest.mark.parametrize("query", ["a=b", "client_secret=x", "%ZZ", "a=%", "\xff"])
def test_refuses_parameters_in_the_address(secret, query):
    form = {"grant_type": "client_credentials", "client_id": MAAS_ID, "client_secret": secret}

    assert_refused(post(f"/oauth/token?{query}", form), 400, "invalid_request")


GARBAGE = ["", "\0", "a\0b", "\xff", "🚲", "x" * 4000, ":", "%", "{}"]


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("parameter", ["client_id", "client_secret"])
def test_refuses_garbage_as_client(secret, parameter, garbage):
    assert_refused(get_token(secret, **{"client_id": MAAS_ID, parameter: garbage}), 401, "invalid_client")


@pytest.mark.parametrize("garbage", ["", " ", "%%%", "x" * 4000, "\xff", "\0", *(basic(g, g)[6:] for g in GARBAGE)])
def test_refuses_garbage_in_http_basic(secret, garbage):
    answer = post("/oauth/token", {"grant_type": "client_credentials"}, Authorization=f"Basic {garbage}")

    assert_refused(answer, 401, "invalid_client")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe\0", "application/x-www-form-urlencoded"),
        (b"%", "application/x-www-form-urlencoded"),
        (b"grant_type=%ff%00", "application/x-www-form-urlencoded"),
        (b"grant_type=client_credentials", "application/x-www-form-urlencoded; charset=utf-16"),
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b"x", "multipart/form-data"),
        (b"--x\r\ngarbage", "multipart/form-data; boundary=x"),
        (b"x", "\xff"),
        (b"", ""),
    ],
)
@pytest.mark.parametrize("url", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
def test_refuses_a_body_that_is_no_form(secret, url, body, content_type):
    answer = Client(raise_request_exception=False).generic("POST", url, body, content_type)

    assert answer.status_code in (400, 401), answer.content
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"&".join(b"a%d=1" % number for number in range(1001)), "application/x-www-form-urlencoded"),
        (b"grant_type=client_credentials", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"x", "multipart/form-data"),
        (b"--x\r\ngarbage", "multipart/form-data; boundary=" + "x" * 500),
    ],
    ids=["many fields", "another encoding", "no boundary", "a long boundary"],
)
@pytest.mark.parametrize("url", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
def test_refuses_what_nobody_can_read_in_its_own_words(secret, url, body, content_type):
    answer = Client(raise_request_exception=False).generic("POST", url, body, content_type)

    assert_refused(answer, 400, "invalid_request")


@pytest.mark.parametrize("method", ["get", "put", "delete", "head", "options", "patch"])
@pytest.mark.parametrize("url", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
def test_answers_post_only(url, method):
    assert getattr(Client(), method)(url).status_code == 405


@pytest.mark.parametrize("page", ["authorize/", "applications/", "register/", "device/", "revoke_token/"])
def test_comes_without_the_other_pages_of_the_toolkit(page):
    assert Client().get(f"/oauth/{page}").status_code == 404


# Introspection and revocation


def own(secret, client_id=MAAS_ID):
    return {"client_id": client_id, "client_secret": secret}


@pytest.fixture
def token(secret):
    return get_token(secret).json()["access_token"]


@pytest.fixture
def other_secret():
    return services.rotate_client_secret(provider=MaasProviderFactory(maas_id="second"))


def test_tells_a_client_about_its_token(secret, token):
    told = post("/oauth/introspect", own(secret) | {"token": token}).json()

    assert told.pop("exp") == int(AccessToken.objects.get().expires.timestamp())
    assert told == {"active": True, "client_id": MAAS_ID, "scope": "tomp", "token_type": "Bearer"}


def test_tells_nothing_about_the_token_of_another_client(token, other_secret):
    answer = post("/oauth/introspect", own(other_secret, "second") | {"token": token})

    assert (answer.status_code, answer.json()) == (200, {"active": False})


@pytest.mark.parametrize("unknown", ["x", "\0", "x" * 4000, "🚲"])
def test_tells_nothing_about_an_unknown_token(secret, unknown):
    answer = post("/oauth/introspect", own(secret) | {"token": unknown})

    assert (answer.status_code, answer.json()) == (200, {"active": False})


def test_tells_nothing_to_a_stranger(token):
    assert post("/oauth/introspect", {"token": token}).status_code == 401
    assert post("/oauth/introspect", own("wrong") | {"token": token}).status_code == 401
    assert post("/oauth/introspect", {"token": token}, Authorization=f"Bearer {token}").status_code == 401


def test_revokes_the_token_of_a_client(secret, token):
    assert post("/oauth/revoke", own(secret) | {"token": token}).status_code == 200

    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("unknown", ["x", "\0", "x" * 4000, "🚲"])
def test_takes_an_unknown_token_for_revoked(secret, token, unknown):
    assert post("/oauth/revoke", own(secret) | {"token": unknown}).status_code == 200

    assert AccessToken.objects.count() == 1


def test_revokes_no_token_of_another_client(token, other_secret):
    assert post("/oauth/revoke", own(other_secret, "second") | {"token": token}).status_code == 200
    assert post("/oauth/revoke", own("wrong") | {"token": token}).status_code == 401

    assert AccessToken.objects.count() == 1
