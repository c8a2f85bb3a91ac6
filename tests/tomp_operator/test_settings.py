"""Without settings the service is a demo on this machine; with a public name it refuses what is unsafe."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import RequestFactory

from demo import credentials
from tomp_operator import checks
from tomp_operator.middleware import RequestLog

GOOD_KEY = "k" * checks.SHORTEST_SECRET_KEY
SAFE = {
    "ALLOWED_HOSTS": "tomp.example.com",
    "TOMP_PUBLIC_URL": "https://tomp.example.com",
    "SECRET_KEY": GOOD_KEY,
    "DATABASE_URL": "postgres://user:secret@db.example.com:5432/tomp",
}
OURS = ("SECRET_KEY", "DATABASE_URL", "DEBUG", "ALLOWED_HOSTS", "TOMP_", "SECURE_", "CORS_", "LOG_AS_JSON")
SHOW = """
import json
from tomp_operator import settings
names = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
print(json.dumps(names, default=lambda value: type(value).__name__))
"""


def read_settings(data: Path, **environment: str) -> dict:
    """The settings as another process reads them with these variables and none of ours."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    # An empty value hides what a developer may have in .env.
    inherited |= {"DATABASE_URL": "", "SECRET_KEY": "", "TOMP_DATA_DIR": str(data)}
    result = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=settings.BASE_DIR,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise ImproperlyConfigured(result.stderr.strip().splitlines()[-1])
    return json.loads(result.stdout)


def messages(found: list[CheckMessage]) -> list[str]:
    return [str(message.id) for message in found]


@pytest.fixture
def installation(settings):
    """Settings that pass every check."""
    settings.IS_PUBLIC = True
    settings.ALLOW_DEMO = False
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["tomp.example.com"]
    settings.SECRET_KEY = GOOD_KEY
    settings.SECRET_KEY_IS_GIVEN = True
    settings.EMBEDDED_POSTGRES = None
    settings.TOMP_PUBLIC_URL = "https://tomp.example.com"
    settings.TOMP_ALLOW_PRIVATE_CALLBACKS = False
    settings.CORS_ALLOW_ALL_ORIGINS = False
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    return settings


class TestWithoutSettings:
    def test_only_this_machine_is_served(self, tmp_path):
        found = read_settings(tmp_path)

        assert found["ALLOWED_HOSTS"] == ["127.0.0.1", "::1", "[::1]", "localhost"]
        assert found["IS_PUBLIC"] is False
        assert found["DEBUG"] is False

    def test_the_database_is_embedded(self, tmp_path):
        database = read_settings(tmp_path)["DATABASES"]["default"]

        assert database["HOST"] == str(tmp_path / "postgres")
        assert database["CONN_MAX_AGE"] is None
        assert database["OPTIONS"] == {"connect_timeout": 10, "server_side_binding": True, "prepare_threshold": None}

    def test_the_secret_key_is_made_once_and_kept_private(self, tmp_path):
        first = read_settings(tmp_path)["SECRET_KEY"]

        assert read_settings(tmp_path)["SECRET_KEY"] == first
        assert len(first) >= checks.SHORTEST_SECRET_KEY
        assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
        assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]

    def test_no_page_of_another_site_may_call(self, tmp_path):
        found = read_settings(tmp_path)

        assert (found["CORS_ALLOWED_ORIGINS"], found["CORS_ALLOW_ALL_ORIGINS"]) == ([], False)
        assert found["CORS_ALLOW_CREDENTIALS"] is False

    @pytest.mark.parametrize(
        ("given", "origins", "everybody"),
        [
            ("https://a.example,https://b.example/", ["https://a.example", "https://b.example"], False),
            ("*", [], True),
        ],
    )
    def test_pages_of_named_sites_may(self, tmp_path, given, origins, everybody):
        found = read_settings(tmp_path, CORS_ALLOWED_ORIGINS=given)

        assert (found["CORS_ALLOWED_ORIGINS"], found["CORS_ALLOW_ALL_ORIGINS"]) == (origins, everybody)

    def test_http_works(self, tmp_path):
        found = read_settings(tmp_path)

        assert found["SESSION_COOKIE_SECURE"] is False
        assert found["SECURE_SSL_REDIRECT"] is False
        assert found["SECURE_HSTS_SECONDS"] == 0


def test_the_manual_names_every_variable():
    base = Path(settings.BASE_DIR)
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (base / "tomp_operator" / "settings.py").read_text()))
    described = set(re.findall(r"^\| `(\w+)`", (base / "docs" / "operating.md").read_text(), re.MULTILINE))

    assert read == described


class TestInstallation:
    def test_takes_its_database_from_the_environment(self, tmp_path):
        found = read_settings(tmp_path, **SAFE)

        assert found["EMBEDDED_POSTGRES"] is None
        assert found["DATABASES"]["default"]["HOST"] == "db.example.com"
        assert found["DATABASES"]["default"]["OPTIONS"]["prepare_threshold"] is None

    def test_insists_on_https(self, tmp_path):
        found = read_settings(tmp_path, **SAFE)

        assert found["SESSION_COOKIE_SECURE"] is True
        assert found["CSRF_COOKIE_SECURE"] is True
        assert found["SECURE_SSL_REDIRECT"] is True
        assert found["SECURE_HSTS_SECONDS"] == 365 * 24 * 3600
        assert found["CSRF_TRUSTED_ORIGINS"] == ["https://tomp.example.com"]

    def test_keeps_callbacks_out_of_its_own_network(self, tmp_path):
        assert read_settings(tmp_path, **SAFE)["TOMP_ALLOW_PRIVATE_CALLBACKS"] is False

    def test_makes_up_no_secret_key(self, tmp_path):
        with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set"):
            read_settings(tmp_path, **SAFE | {"SECRET_KEY": ""})

        assert list(tmp_path.iterdir()) == []

    def test_passes_the_checks(self, installation):
        assert checks.unsafe_settings() == []
        checks.refuse_unsafe_settings()

    @pytest.mark.parametrize(
        ("name", "value", "error"),
        [
            ("DEBUG", True, "tomp_operator.E001"),
            ("ALLOWED_HOSTS", ["*"], "tomp_operator.E002"),
            ("SECRET_KEY", "short", "tomp_operator.E003"),
            ("SECRET_KEY_IS_GIVEN", False, "tomp_operator.E003"),
            ("EMBEDDED_POSTGRES", object(), "tomp_operator.E004"),
            ("TOMP_PUBLIC_URL", "http://tomp.example.com", "tomp_operator.E005"),
            ("TOMP_ALLOW_PRIVATE_CALLBACKS", True, "tomp_operator.E006"),
            ("CORS_ALLOW_ALL_ORIGINS", True, "tomp_operator.E007"),
            ("CORS_ALLOWED_ORIGINS", ["http://app.example.com"], "tomp_operator.E008"),
            ("CORS_ALLOWED_ORIGINS", ["app.example.com"], "tomp_operator.E008"),
        ],
    )
    def test_is_refused_when_unsafe(self, installation, name, value, error):
        setattr(installation, name, value)

        assert messages(checks.unsafe_settings()) == [error]
        with pytest.raises(ImproperlyConfigured, match=error):
            checks.refuse_unsafe_settings()

    def test_stops_a_worker_that_would_be_unsafe(self, installation):
        installation.DEBUG = True

        with pytest.raises(SystemCheckError, match=r"tomp_operator\.E001"):
            call_command("worker", skip_checks=False)

    def test_may_be_a_demo_that_others_look_at(self, installation):
        installation.ALLOW_DEMO = True
        installation.EMBEDDED_POSTGRES = object()
        installation.SECRET_KEY_IS_GIVEN = False
        installation.CORS_ALLOW_ALL_ORIGINS = True

        assert checks.unsafe_settings() == []

    def test_is_free_on_this_machine(self, installation):
        installation.IS_PUBLIC = False
        installation.DEBUG = True

        assert checks.unsafe_settings() == []


class TestGeneratedSecrets:
    def test_are_recognised_by_their_digest(self):
        stored = make_password("a random secret", hasher="sha256_random")

        assert "a random secret" not in stored
        assert check_password("a random secret", stored)
        assert not check_password("another secret", stored)

    def test_are_not_how_people_s_passwords_are_kept(self):
        assert make_password("chosen by a person").startswith("pbkdf2_sha256$")


class TestDemoCredentials:
    GIVEN: credentials.DemoCredentials = {
        "maas_id": "demo-mp",
        "api_key": "key",
        "client_secret": "secret",
        "admin_user": "admin",
        "admin_password": "password",
    }

    def test_are_shown_again_and_to_their_owner_only(self, settings, tmp_path):
        settings.DATA_DIR = tmp_path / "data"

        credentials.save(self.GIVEN)
        credentials.save(self.GIVEN | {"api_key": "newer"})

        assert credentials.load() == self.GIVEN | {"api_key": "newer"}
        assert stat.S_IMODE(credentials.path().stat().st_mode) == 0o600

    def test_are_none_without_a_demo(self, settings, tmp_path):
        settings.DATA_DIR = tmp_path

        assert credentials.load() is None


class TestEveryAnswer:
    def test_may_load_from_us_alone(self, client):
        policy = client.get("/nothing/here").headers["Content-Security-Policy"]

        assert "default-src 'self'" in policy
        assert "unsafe" not in policy

    @pytest.mark.parametrize("address", ["/tomp/operator/ping", "/tomp/nothing", "/gbfs/nothing", "/oauth/token"])
    def test_has_the_same_policy_for_machines(self, client, address):
        elsewhere = client.get("/nothing/here").headers["Content-Security-Policy"]

        assert client.get(address).headers["Content-Security-Policy"] == elsewhere

    def test_may_evaluate_scripts_in_the_back_office(self, client, db):
        policy = client.get("/admin/login/").headers["Content-Security-Policy"]

        assert "script-src 'self' 'unsafe-eval'" in policy

    def test_is_logged_without_its_query(self):
        request = RequestFactory().get("/tomp/customers", {"email": "someone@example.com"})

        assert RequestLog.format_request(request) == "GET /tomp/customers"


@pytest.mark.parametrize("name", ["TOMP_CORRECTION_CAP", "TOMP_TWO_PERSONS_ABOVE"])
def test_amounts_of_money_are_read_exactly(tmp_path, name):
    assert read_settings(tmp_path)[name] is None
    assert read_settings(tmp_path, **{name: "12.50"})[name] == "Decimal"  # what JSON has no word for is named
    for wrong in ("much", "-1", "NaN"):
        with pytest.raises(ImproperlyConfigured, match=f"{name} is '{wrong}': an amount of money is expected"):
            read_settings(tmp_path, **{name: wrong})
