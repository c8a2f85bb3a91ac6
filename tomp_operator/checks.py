"""Would these settings be unsafe where others can reach the service?"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET_KEY = 40


def unsafe_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Django's system check: every setting that must not be as it is once the service has a public name."""
    return list(_errors()) if settings.IS_PUBLIC else []


def refuse_unsafe_settings() -> None:
    """Returns only where no setting is unsafe; otherwise raises ImproperlyConfigured."""
    if errors := unsafe_settings():
        raise ImproperlyConfigured("\n".join(map(str, errors)))


def _errors() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error("DEBUG shows code and settings to everybody.", hint="Unset DEBUG.", id="tomp_operator.E001")
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS accepts every name.",
            hint="Name the hosts, separated by commas.",
            id="tomp_operator.E002",
        )
    if settings.ALLOW_DEMO:
        return
    if not settings.SECRET_KEY_IS_GIVEN or len(settings.SECRET_KEY) < SHORTEST_SECRET_KEY:
        yield Error(
            f"SECRET_KEY is missing or shorter than {SHORTEST_SECRET_KEY} characters.",
            hint="Set the same random value on every host.",
            id="tomp_operator.E003",
        )
    if settings.EMBEDDED_POSTGRES:
        yield Error(
            "The embedded database is for trying out: one host, and no password.",
            hint="Set DATABASE_URL, or TOMP_DEMO=1 for a public demo.",
            id="tomp_operator.E004",
        )
    if not settings.TOMP_PUBLIC_URL.startswith("https://"):
        yield Error(
            f"TOMP_PUBLIC_URL is {settings.TOMP_PUBLIC_URL}: keys and sessions would travel unencrypted.",
            hint="Set the https address that others use.",
            id="tomp_operator.E005",
        )
    if settings.TOMP_ALLOW_PRIVATE_CALLBACKS:
        yield Error(
            "Callbacks may be sent to private addresses: a MaaS provider could reach inside this network.",
            hint="Unset TOMP_ALLOW_PRIVATE_CALLBACKS.",
            id="tomp_operator.E006",
        )
    yield from _open_to_browsers()


def _open_to_browsers() -> Iterator[CheckMessage]:
    if settings.CORS_ALLOW_ALL_ORIGINS:
        yield Error(
            "CORS_ALLOWED_ORIGINS lets the pages of every site call the API.",
            hint="Name the origins, separated by commas: https://app.example.com.",
            id="tomp_operator.E007",
        )
    for origin in settings.CORS_ALLOWED_ORIGINS:
        if not origin.startswith("https://"):
            yield Error(
                f"CORS_ALLOWED_ORIGINS names {origin}, a page that others could change on its way.",
                hint="Name https origins only.",
                id="tomp_operator.E008",
            )
