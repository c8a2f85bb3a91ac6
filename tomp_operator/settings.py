"""Every setting, from the environment; a `.env` file beside manage.py is read too. Table: docs/operating.md.

Without any setting the service is a demo on this machine: names and addresses are loopback, the database is
embedded, the secret key is made up and kept. Naming a public host makes it an installation, and
tomp_operator/checks.py then refuses what must not stay as it is.
"""

import logging
import os
import secrets
import warnings
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from tomp import declarations
from tomp_operator import environment, logs
from tomp_operator.embedded import EmbeddedPostgres

BASE_DIR = Path(__file__).resolve().parent.parent

TILE_PLACE = ("{z}", "{x}", "{y}")

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def kept_secret(path: Path) -> str:
    """The random secret in the file, which is made at the first call; all processes get the same one."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"{path.name}.{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48))
            with suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"Cannot use {path} ({error.strerror}): set SECRET_KEY, or TOMP_DATA_DIR."
        ) from error


def amount(name: str, text: str) -> Decimal | None:
    """An amount of money in the currency of whatever it is compared with; None where nothing is set."""
    try:
        found = Decimal(text) if text else None
    except InvalidOperation:
        found = Decimal(-1)
    if found is not None and not (found.is_finite() and found >= 0):
        raise ImproperlyConfigured(f"{name} is {text!r}: an amount of money is expected, like 50 or 12.50.")
    return found


def tiles_source(url: str) -> str:
    """The hosts the tiles of this address come from, as a content security policy names them; "" without an address."""
    if not url:
        return ""
    parts = urlsplit(url.replace("{s}", "*"))
    if parts.scheme not in ("http", "https") or not parts.netloc or any(each not in url for each in TILE_PLACE):
        raise ImproperlyConfigured(f"TOMP_MAP_TILES_URL is {url}: https://…/{{z}}/{{x}}/{{y}}.png is expected.")
    return f"{parts.scheme}://{parts.netloc}"


# Who can reach us

LOOPBACK = {"127.0.0.1", "localhost", "::1", "[::1]"}
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=sorted(LOOPBACK))
TOMP_PUBLIC_URL = env.str("TOMP_PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
IS_HTTPS = TOMP_PUBLIC_URL.startswith("https://")
IS_PUBLIC = not {*ALLOWED_HOSTS, urlsplit(TOMP_PUBLIC_URL).hostname} <= LOOPBACK
ALLOW_DEMO = env.bool("TOMP_DEMO", default=False)  # a demo that others may look at
BEHIND_PROXY = env.bool("TOMP_BEHIND_PROXY", default=False)  # it says who calls, and how

# What must be kept: the embedded database, the generated key, the credentials of the demo

DATA_DIR = Path(env.str("TOMP_DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()

SECRET_KEY_IS_GIVEN = bool(env.str("SECRET_KEY", default=""))
if SECRET_KEY_IS_GIVEN:
    SECRET_KEY = env.str("SECRET_KEY")
elif IS_PUBLIC and not ALLOW_DEMO:
    raise ImproperlyConfigured("SECRET_KEY is not set: give every host the same random value of 40 characters or more.")
else:
    SECRET_KEY = kept_secret(DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # former keys, still good for reading

# Database

EMBEDDED_POSTGRES = None if env.str("DATABASE_URL", default="") else EmbeddedPostgres(DATA_DIR)
DATABASES = {"default": EMBEDDED_POSTGRES.connection() if EMBEDDED_POSTGRES else env.db_url("DATABASE_URL")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": None,  # a connection per request costs three quarters of the throughput
    "CONN_HEALTH_CHECKS": True,  # without it every connection that the server dropped becomes a 500
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["ENGINE"] = "tomp_operator.database"  # looks at a connection before it asks
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)  # seconds; psycopg's own: two minutes
DATABASES["default"]["OPTIONS"].update(
    # Parameters are sent apart. What is sent again and again is prepared by tomp/prepared.py; psycopg would forget all
    # that is prepared, ours, too, with each transaction that is rolled back.
    server_side_binding=True,
    prepare_threshold=None,
)
TOMP_MIGRATION_LOCK_SECONDS = env.int("TOMP_MIGRATION_LOCK_SECONDS", default=5)  # a migration waits for a table
TOMP_MIGRATION_STATEMENT_SECONDS = env.int("TOMP_MIGRATION_STATEMENT_SECONDS", default=3600)  # it works on it
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Applications

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # before the admin, whose templates it replaces
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "tomp_operator.site.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "corsheaders",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "simple_history",
    "import_export",
    "procrastinate.contrib.django",
    "django_structlog",
    "tomp",
    "maas",
    "fleet",
    "customers",
    "planning",
    "bookings",
    "legs",
    "payments",
    "support",
    "gbfs",
    "demo",
    "backoffice",
    "tomp_operator",
]

MIDDLEWARE = [
    "tomp_operator.monitoring.inside.Inside",  # health and figures, whatever comes after
    "tomp_operator.monitoring.traffic.Traffic",
    "django.middleware.security.SecurityMiddleware",
    "tomp_operator.middleware.OtherSites",  # answers a browser's preflight, before anybody is asked who they are
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tomp_operator.middleware.ContentSecurityPolicy",
    "tomp_operator.middleware.RequestLog",
    "tomp.middleware.TrailingSlash",
    "tomp.middleware.OldNames",
    "maas.middleware.AnonymousPace",
    "maas.middleware.Remarks",  # what the address was called is known here, and all transactions are over
    "tomp_operator.people.Session",
    "tomp_operator.middleware.PageLanguage",
    "tomp_operator.middleware.OperatorsTime",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tomp_operator.people.SignedIn",
    "tomp_operator.people.Verified",
    "backoffice.signin.middleware.SecondStep",
    "tomp_operator.people.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tomp_operator.people.History",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

ROOT_URLCONF = "tomp_operator.urls"
WSGI_APPLICATION = "tomp_operator.wsgi.application"
APPEND_SLASH = False  # both spellings are routed; a redirect would lose the body of a POST

# Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("nl", _("Dutch")),
    ("nb", _("Norwegian Bokmål")),
    ("de", _("German")),
    ("fr", _("French")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # who chose one in the back office finds it again
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = IS_HTTPS
USE_TZ = True
TIME_ZONE = "UTC"

# Static files: straight from the apps until `collectstatic` has written the list of their hashed names

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tomp_operator.static_files.StaticFiles"},
}
if WHITENOISE_USE_FINDERS:
    warnings.filterwarnings("ignore", "No directory at", UserWarning)  # whitenoise misses STATIC_ROOT
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "media")))
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # a TOMP body is a few kB; more is answered 413
TOMP_MAX_BODY_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE

# Security

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=IS_HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]  # asked from inside, past the proxy that speaks https
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 3600 if IS_HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
# Whether all its subdomains speak https, and browsers should ship that, only the owner of the domain can say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
CSRF_TRUSTED_ORIGINS = [TOMP_PUBLIC_URL] if IS_HTTPS else []
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Apps in browsers: sites that may call the API with a key of theirs. No cookie ever travels, and /admin/ is not open.

_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_ALLOWED_ORIGINS = [origin.rstrip("/") for origin in _ORIGINS if origin != "*"]
CORS_ALLOW_ALL_ORIGINS = "*" in _ORIGINS
CORS_ALLOW_CREDENTIALS = False
CORS_URLS_REGEX = r"/(?:tomp|gbfs|schema)(?:/|$)|/oauth/token/?$"
CORS_ALLOW_HEADERS = [
    *("accept", "authorization", "content-type", "x-api-key", "x-correlation-id"),
    *(parameter["name"].lower() for parameter in declarations.PARAMETERS.values()),
]
CORS_EXPOSE_HEADERS = ["Api-Version", "Content-Language", "Deprecation", "ETag", "Expires", "Retry-After"]

# Who works in the back office signs in; more in backoffice/signin/

LOGIN_REDIRECT_URL = "admin:index"  # for whoever opened the sign-in itself
AUTHENTICATION_BACKENDS = ["backoffice.signin.backend.StaffBackend"]
TOMP_SIGN_IN_FAILURES = env.int("TOMP_SIGN_IN_FAILURES", default=5)
TOMP_SIGN_IN_LOCK_MINUTES = env.int("TOMP_SIGN_IN_LOCK_MINUTES", default=15)
TOMP_SECOND_STEP_REQUIRED = env.bool("TOMP_SECOND_STEP_REQUIRED", default=False)
TOMP_SESSION_HOURS = env.int("TOMP_SESSION_HOURS", default=12)  # a working day at the service desk
TOMP_SESSION_IDLE_MINUTES = env.int("TOMP_SESSION_IDLE_MINUTES", default=60)
SESSION_ENGINE = "backoffice.signin.sessions"
SESSION_COOKIE_AGE = TOMP_SESSION_HOURS * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # a link in a mail opens the page it names
if IS_HTTPS:  # no other host of the domain can plant cookies of these names
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
OTP_TOTP_ISSUER = urlsplit(TOMP_PUBLIC_URL).hostname or "TOMP Transport Operator"  # what the app on the phone shows

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "tomp_operator.hashers.RandomSecretHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# OAuth: client credentials for MaaS providers and nothing else

OAUTH2_PROVIDER_APPLICATION_MODEL = "maas.OAuthClient"
OAUTH2_PROVIDER = {
    "OAUTH2_VALIDATOR_CLASS": "maas.oauth.ClientCredentialsValidator",
    "CLIENT_SECRET_HASHER": "sha256_random",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "SCOPES": {"tomp": "Use the TOMP API"},
    "DEFAULT_SCOPES": ["tomp"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
} | {
    f"COMPLIANT_BCP_RFC9700_{recommendation}": True
    for recommendation in (
        "IMPLICIT_GRANT",
        "PASSWORD_GRANT",
        "PKCE_METHOD",
        "ACCESS_TOKEN_TRANSPORT",
        "AUTHZ_RESPONSE_ISS",
        "TOKEN_STORAGE",
        "REFRESH_TOKEN",
        "REDIRECT_URI_SCHEME",
        "REDIRECT_URI_MATCHING",
        "PKCE_REQUIRED",
    )
}

# The API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["maas.authentication.ProviderAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_VERSIONING_CLASS": "tomp.versions.ApiVersionHeader",
    "DEFAULT_SCHEMA_CLASS": "tomp.schema.TompSchema",
    "DEFAULT_RENDERER_CLASSES": ["tomp.renderers.TompJSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "tomp.negotiation.Negotiation",
    "DEFAULT_PARSER_CLASSES": ["tomp.parsers.TompJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS would describe forms; the OpenAPI document describes the protocol
    "EXCEPTION_HANDLER": "tomp.errors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "COERCE_DECIMAL_TO_STRING": False,  # TOMP writes amounts as numbers
    "DEFAULT_THROTTLE_CLASSES": ["maas.throttling.CallsPerMinute"],
    "UNAUTHENTICATED_USER": None,  # a caller is a MaaS provider or nobody, never a Django user
}
SPECTACULAR_SETTINGS = {
    "TITLE": "TOMP Transport Operator",
    "DESCRIPTION": "The operator's side of the TOMP-API, versions 1.5 and 1.6.",
    "VERSION": "1.6.1",
    "SWAGGER_UI_DIST": "SIDECAR",  # served by us: the policy above lets no other host in
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # would make a document of its own kind; ours is checked by the tests
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "COMPONENT_SPLIT_REQUEST": True,
}

# What this operator promises

TOMP_OPERATOR_ID = env.str("TOMP_OPERATOR_ID", default="")  # empty: the id in the system information
TOMP_INFORMATION_IS_PUBLIC = env.bool("TOMP_INFORMATION_IS_PUBLIC", default=False)
TOMP_CODESPACE = env.str("TOMP_CODESPACE", default="")
TOMP_OFFER_TTL_SECONDS = env.int("TOMP_OFFER_TTL_SECONDS", default=600)
TOMP_MAX_PAGE_SIZE = env.int("TOMP_MAX_PAGE_SIZE", default=1000)
TOMP_DEFAULT_RADIUS_M = env.int("TOMP_DEFAULT_RADIUS_M", default=500)
TOMP_STATION_RADIUS_M = env.int("TOMP_STATION_RADIUS_M", default=100)  # so near is at the station
TOMP_RETENTION_DAYS = env.int("TOMP_RETENTION_DAYS", default=365)  # personal data are erased after that
TOMP_ALLOW_PRIVATE_CALLBACKS = env.bool("TOMP_ALLOW_PRIVATE_CALLBACKS", default=not IS_PUBLIC)
TOMP_CALLBACK_DAYS = env.int("TOMP_CALLBACK_DAYS", default=3)  # what is not delivered by then is given up
TOMP_ENCRYPTION_KEYS = env.list("TOMP_ENCRYPTION_KEYS", default=[])  # newest first; none: from SECRET_KEY
TOMP_KEY_SUPPLIERS = {  # whoever makes e-keys: name in the asset type → class (docs/access.md)
    "simulated": "legs.access.keys.SimulatedKeys",
    **env.dict("TOMP_KEY_SUPPLIERS", default={}),
}
TOMP_LOW_CHARGE_PERCENT = env.int("TOMP_LOW_CHARGE_PERCENT", default=15)
TOMP_MOVED_METRES = env.int("TOMP_MOVED_METRES", default=100)  # so far a vehicle stands from where it stood: moved
TOMP_SILENT_MINUTES = env.int("TOMP_SILENT_MINUTES", default=120)
TOMP_ALERT_QUIET_MINUTES = env.int("TOMP_ALERT_QUIET_MINUTES", default=30)  # back within that: the same alert
TOMP_ALERT_HOURS = env.int("TOMP_ALERT_HOURS", default=24)  # faults and movements not seen again are over then
TOMP_IMPORT_MAX_MB = env.int("TOMP_IMPORT_MAX_MB", default=50)
TOMP_IMPORT_MAX_ROWS = env.int("TOMP_IMPORT_MAX_ROWS", default=200_000)
TOMP_IMPORT_DAYS = env.int("TOMP_IMPORT_DAYS", default=30)  # an uploaded file is removed after that, its report stays
TOMP_GBFS_STATUS_TTL_SECONDS = env.int("TOMP_GBFS_STATUS_TTL_SECONDS", default=10)  # vehicles and stations
TOMP_GBFS_ALERTS_TTL_SECONDS = env.int("TOMP_GBFS_ALERTS_TTL_SECONDS", default=60)
TOMP_GBFS_TTL_SECONDS = env.int("TOMP_GBFS_TTL_SECONDS", default=300)  # all other feeds
# So many calls a minute are answered; 0 = all of them.
TOMP_CALLS_PER_MINUTE = env.int("TOMP_CALLS_PER_MINUTE", default=6000 if IS_PUBLIC else 0)  # of a provider
TOMP_ANONYMOUS_CALLS_PER_MINUTE = env.int("TOMP_ANONYMOUS_CALLS_PER_MINUTE", default=600 if IS_PUBLIC else 0)
TOMP_CORRECTION_CAP = amount(
    "TOMP_CORRECTION_CAP", env.str("TOMP_CORRECTION_CAP", default="")
)  # per customer and month
TOMP_TWO_PERSONS_ABOVE = amount("TOMP_TWO_PERSONS_ABOVE", env.str("TOMP_TWO_PERSONS_ABOVE", default=""))  # none: never
TOMP_WORKER_CONCURRENCY = env.int("TOMP_WORKER_CONCURRENCY", default=8)

# Back office

TOMP_MAP_TILES_URL = env.str("TOMP_MAP_TILES_URL", default="")  # none: the live map has a plain background
TOMP_MAP_ATTRIBUTION = env.str("TOMP_MAP_ATTRIBUTION", default="")
MAP_TILES_SOURCE = tiles_source(TOMP_MAP_TILES_URL)
UNFOLD = {
    "SITE_TITLE": "TOMP Transport Operator",
    "SITE_HEADER": "Transport Operator",
    "SITE_SYMBOL": "electric_scooter",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "tomp_operator.navigation.favicon"}],
    "SITE_URL": None,
    "STYLES": ["tomp_operator.navigation.styles"],
    "SCRIPTS": ["tomp_operator.navigation.scripts"],
    "LOGIN": {"form": "backoffice.signin.forms.SignInForm"},
    "ACCOUNT": {"navigation": [{"title": _("Second step"), "link": reverse_lazy("second-step-set-up")}]},
    "SHOW_BACK_BUTTON": True,
    "SHOW_LANGUAGES": True,
    "DASHBOARD_CALLBACK": "backoffice.dashboard.fill",
    "SIDEBAR": {"command_search": True, "show_search": True, "navigation": "tomp_operator.navigation.sidebar"},
}
FORMAT_MODULE_PATH = ["tomp_operator.formats"]  # moments with their seconds: 2026-05-04 17:30:00 in English
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True  # a cell that begins with = must not run in a spreadsheet

# Figures: who may read them, and whether the web processes of this host add theirs up

TOMP_METRICS_TOKEN = env.str("TOMP_METRICS_TOKEN", default="")
METRICS_NETWORKS = environment.networks(env.list("TOMP_METRICS_NETWORKS", default=["127.0.0.0/8", "::1/128"]))
METRICS_ARE_SHARED = environment.shared_folder(env.str("PROMETHEUS_MULTIPROC_DIR", default=""))

# Logs: to standard error, one JSON object per line where others run us, readable lines at home

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOG_AS_JSON = env.bool("LOG_AS_JSON", default=IS_PUBLIC and not DEBUG)
logs.look_up_nothing_in_vain()
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *logs.steps(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    wrapper_class=structlog.make_filtering_bound_logger(LOG_LEVEL),  # what is below it is not even looked at
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": logs.Line,
            "foreign_pre_chain": logs.steps_of_others(),
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *logs.rendering(as_json=LOG_AS_JSON),
            ],
        }
    },
    "handlers": {"standard_error": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["standard_error"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers would say everything twice, in another format.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},  # a refusal is one line already: the request's own
        "procrastinate": {"level": "WARNING"},
    },
}
# Its defaults, said here: it asks for them at each request, and one that is missing takes ten times as long to find.
DJANGO_STRUCTLOG_STATUS_DEFAULT_LOG_LEVEL = DJANGO_STRUCTLOG_STATUS_2XX_LOG_LEVEL = logging.INFO
DJANGO_STRUCTLOG_STATUS_5XX_LOG_LEVEL = logging.ERROR
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # the line with the status is enough
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO  # a refused request is the caller's affair
