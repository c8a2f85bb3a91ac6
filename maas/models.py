"""The MaaS providers who book with us: who they are, what was agreed, how we know each other, what we owe them."""

import hashlib
import uuid
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition
from oauth2_provider.models import AbstractApplication
from simple_history.models import HistoricalRecords

from tomp.fields import ChoiceListField, EncryptedTextField

# It travels in a header, before the last colon of HTTP Basic and in the form of /oauth/token, each as it is.
MAAS_ID = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9._:@/~-]*\Z",
    _("A maas-id begins with a letter or a digit and may go on with letters, digits and . _ : @ / ~ -"),
)


def digest_of(secret):
    """What is kept of a random secret. It has 256 bits and cannot be guessed, so no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Milestone(models.TextChoices):
    """The leg event at which something happens by contract."""

    START_FINISHING = "START_FINISHING", _("when the user starts finishing")
    FINISH = "FINISH", _("when the ride is finished")


class QuotaPeriod(models.TextChoices):
    """What the number of bookings is counted over, by the operator's calendar."""

    HOUR = "HOUR", _("hour")
    DAY = "DAY", _("day")
    WEEK = "WEEK", _("week")
    MONTH = "MONTH", _("month")


class AccessAnswer(models.TextChoices):
    """The answer in which access data are given (TOMP process identifiers ACCESS_CODE_IN_…)."""

    BOOKING = "BOOKING", _("the booking, where it needs no COMMIT")
    COMMIT_EVENT = "COMMIT_EVENT", _("COMMIT")
    PREPARE_EVENT = "PREPARE_EVENT", _("PREPARE")
    ASSIGN_ASSET_EVENT = "ASSIGN_ASSET_EVENT", _("ASSIGN_ASSET")
    GET_LEG = "GET_LEG", _("reading the leg")
    GET_BOOKING = "GET_BOOKING", _("reading the booking")


class LocatedEvent(models.TextChoices):
    """A leg event for which a contract may demand a location (LEG_EVENT_LOCATION_REQUIRED_…)."""

    ASSIGN_ASSET = "ASSIGN_ASSET", "ASSIGN_ASSET"
    SET_IN_USE = "SET_IN_USE", "SET_IN_USE"
    PAUSE = "PAUSE", "PAUSE"
    OPEN_TRUNK = "OPEN_TRUNK", "OPEN_TRUNK"
    TIME_EXTEND = "TIME_EXTEND", "TIME_EXTEND"
    FINISH = "FINISH", "FINISH"


def usual_access():
    """Where access data are given if nothing else was agreed."""
    return [
        AccessAnswer.COMMIT_EVENT.value,
        AccessAnswer.PREPARE_EVENT.value,
        AccessAnswer.ASSIGN_ASSET_EVENT.value,
        AccessAnswer.GET_LEG.value,
    ]


class Unstarted(models.TextChoices):
    """What becomes of a confirmed booking nobody came for, once the time to hold its vehicle is over."""

    CANCEL = "CANCEL", _("we call it off, free of charge")
    NO_SHOW = "NO_SHOW", _("we call it off for the no-show fee")
    KEEP = "KEEP", _("it stays; staff decide")


class MaasProvider(models.Model):
    """A company whose app sells our rides, with the terms of its contract."""

    maas_id = models.CharField(
        _("maas-id"), max_length=120, unique=True, validators=[MAAS_ID], help_text=_("As sent in the header maas-id.")
    )
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)

    auto_commit = models.BooleanField(default=False, help_text=_("Bookings are confirmed at once, without COMMIT."))
    pending_minutes = models.PositiveSmallIntegerField(
        default=15, validators=[MinValueValidator(1)], help_text=_("How long a booking waits for COMMIT.")
    )
    max_extensions = models.PositiveSmallIntegerField(
        default=2, help_text=_("How often that time may be extended; 0 = never.")
    )
    max_open_bookings = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Bookings open at the same time; empty = no limit.")
    )
    bill_until = models.CharField(
        max_length=15, choices=Milestone, default=Milestone.FINISH, help_text=_("When the meter stops.")
    )
    release_asset_on = models.CharField(
        max_length=15, choices=Milestone, default=Milestone.FINISH, help_text=_("When others may book the vehicle.")
    )
    pascal_case_types = models.BooleanField(
        _("PascalCase types"),
        default=False,
        help_text=_("Write ConditionDeposit and TokenDefault instead of the official spelling."),
    )

    access_code_in = ChoiceListField(
        options=AccessAnswer.choices, default=usual_access, help_text=_("The answers that carry what opens a vehicle.")
    )
    atomic_set_in_use = models.BooleanField(
        default=False, help_text=_("A booking for now is committed and the ride begun at once.")
    )
    location_required_on = ChoiceListField(
        options=LocatedEvent.choices, help_text=_("Their events that are refused without a location.")
    )
    location_is_of_user = models.BooleanField(
        default=False, help_text=_("They report where the person is; it is not kept and moves no vehicle.")
    )

    api_version = models.CharField(
        _("API version"), max_length=10, default="1.6", help_text=_("The version we call them in.")
    )
    base_url = models.URLField(_("base URL"), blank=True, help_text=_("Where they receive our calls."))

    max_bookings = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Vehicles that may be booked per period; empty = no limit.")
    )
    quota_period = models.CharField(max_length=5, choices=QuotaPeriod, default=QuotaPeriod.DAY)
    issue_stops_meter = models.BooleanField(
        default=True,
        help_text=_("While a user cannot go on and has asked for help, no time is billed."),
    )
    cancellation_fee = models.DecimalField(
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("For calling off what was committed; VAT included, in the currency of the booking. Empty = none."),
    )
    free_cancellation_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("So long after COMMIT calling off costs nothing.")
    )
    no_show_fee = models.DecimalField(
        _("no-show fee"),
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("For a booking nobody came for; VAT included, in the currency of the booking. Empty = none."),
    )
    customers_need_approval = models.BooleanField(
        default=False,
        help_text=_("Only customers whose account (TOMP 1.6 /customers) staff approved may book."),
    )
    evidence_condition = models.BooleanField(
        default=False,
        help_text=_("Say which photos are needed in the old way too (conditionRequireEvidence, deprecated since 1.5)."),
    )

    unstarted = models.CharField(
        _("nobody came"),
        max_length=7,
        choices=Unstarted,
        default=Unstarted.CANCEL,
        help_text=_("When the vehicle was held for the minutes of its type after the departure."),
    )
    lapse_warning_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, default=5, help_text=_("So long before that the traveller is warned; empty = never.")
    )
    finish_after_minutes = models.PositiveIntegerField(
        null=True,
        blank=True,
        default=60,
        help_text=_("So long after START_FINISHING we finish the ride, as of then; empty = never."),
    )
    longest_ride_hours = models.PositiveIntegerField(
        null=True,
        blank=True,
        default=24,
        validators=[MinValueValidator(1)],
        help_text=_("Of a ride that takes longer they, and staff, are told; empty = never."),
    )
    end_longest_ride = models.BooleanField(default=False, help_text=_("And it is ended by us."))

    created_at = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("MaaS provider")
        verbose_name_plural = _("MaaS providers")
        ordering = ("maas_id",)
        constraints = (
            models.CheckConstraint(
                name="access_is_given_in_known_answers",
                condition=models.Q(access_code_in__contained_by=AccessAnswer.values),
            ),
            models.CheckConstraint(
                name="a_location_is_demanded_of_known_events",
                condition=models.Q(location_required_on__contained_by=LocatedEvent.values),
            ),
        )

    def __str__(self):
        return self.name or self.maas_id

    def clean(self):
        """The terms fit together: nothing is promised or demanded that cannot happen."""
        at_once = self.auto_commit or self.atomic_set_in_use
        if AccessAnswer.BOOKING in self.access_code_in and not at_once:
            raise ValidationError(
                {"access_code_in": _("A booking that waits for COMMIT opens nothing: its answer has no access data.")}
            )
        if self.atomic_set_in_use and LocatedEvent.SET_IN_USE in self.location_required_on:
            raise ValidationError(
                {"location_required_on": _("A ride that begins with the booking has no event to carry a location.")}
            )


class ApiKeyQuerySet(models.QuerySet):
    def valid(self):
        return self.filter(revoked_at__isnull=True, provider__is_active=True)

    def for_secret(self, secret):
        """The key with this secret, found by its digest in a unique index.

        How long that takes tells nothing about a secret: whoever could vary the digest bit by bit would
        have to invert SHA-256 first. That is why no comparison in constant time follows.
        """
        return self.filter(digest=digest_of(secret))


class ApiKey(models.Model):
    """A credential of a provider. Only its digest is kept; the secret is shown once, when it is made."""

    provider = models.ForeignKey(MaasProvider, models.CASCADE, related_name="api_keys")
    label = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=8, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ("-created_at",)

    def __str__(self):
        return f"{self.prefix}… {self.label}".strip()


class OAuthClient(AbstractApplication):
    """The OAuth2 client of a provider (client credentials); its client id is the maas-id."""

    provider = models.OneToOneField(MaasProvider, models.CASCADE, related_name="oauth_client")

    class Meta(AbstractApplication.Meta):
        verbose_name = _("OAuth2 client")
        verbose_name_plural = _("OAuth2 clients")


class IdempotentRequest(models.Model):
    """The first answer to a POST with an Idempotency-Key, given again to its repetitions.

    A row is written in the transaction of the work it answers for (maas/idempotency.py), so whoever sees one
    sees it with its answer. It holds what the caller was told, customer data included: it is kept for a day.
    """

    provider = models.ForeignKey(MaasProvider, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("idempotent request")
        verbose_name_plural = _("idempotent requests")
        ordering = ("-created_at",)
        constraints = (models.UniqueConstraint(fields=["provider", "key"], name="an_idempotency_key_is_used_once"),)

    def __str__(self):
        return self.key


class CallbackChannel(models.Model):
    """How a provider is called: what we show there, and whether anybody answers at the moment."""

    class Auth(models.TextChoices):
        NONE = "NONE", _("nothing")
        API_KEY = "API_KEY", _("API key")
        BASIC = "BASIC", _("user and password")
        BEARER = "BEARER", _("bearer token")
        OAUTH2 = "OAUTH2", _("OAuth2 client credentials")

    provider = models.OneToOneField(MaasProvider, models.CASCADE, related_name="channel")
    auth = models.CharField(_("we identify ourselves by"), max_length=8, choices=Auth, default=Auth.NONE)
    client_id = models.CharField(max_length=200, blank=True, help_text=_("The user, or the OAuth2 client id."))
    secret = EncryptedTextField(blank=True, help_text=_("The key, password, token or client secret."))
    key_header = models.CharField(max_length=60, default="X-API-Key", help_text=_("The header of an API key."))
    token_url = models.URLField(blank=True, help_text=_("OAuth2: where tokens are issued."))
    audience = models.CharField(max_length=200, blank=True)
    scope = models.CharField(max_length=200, blank=True)
    signing_secret = EncryptedTextField(blank=True, help_text=_("Each call is signed with it (HMAC-SHA256)."))
    more_hosts = models.JSONField(
        default=list, blank=True, help_text=_("Hosts a booking's callbackUrl may name beside that of the base URL.")
    )

    token = EncryptedTextField(blank=True, editable=False)
    token_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    rests_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("Nobody answered; no call is made before.")
    )

    class Meta:
        verbose_name = _("callback channel")
        verbose_name_plural = _("callback channels")
        constraints = (
            models.CheckConstraint(
                name="oauth2_needs_a_token_url", condition=~models.Q(auth="OAUTH2") | ~models.Q(token_url="")
            ),
        )

    def __str__(self):
        return str(self.provider)


class CallbackState(models.TextChoices):
    OWED = "OWED", _("owed")
    DELIVERED = "DELIVERED", _("delivered")
    GIVEN_UP = "GIVEN_UP", _("given up")


class CallbackKind(models.TextChoices):
    """Most calls tell something and are done; these are more than that."""

    ADVICE = "ADVICE", _("advice for the ride, worth nothing after it")
    REPLACE_ASSET = "REPLACE_ASSET", _("may we replace the vehicle?")
    START_LEG = "START_LEG", _("may we begin the ride?")


class Callback(FSMModelMixin, models.Model):
    """A call to a provider: owed in the transaction of what it tells, made outside it (maas/delivery.py).

    The body is frozen. Calls about one booking are made in the order of their ids. `booking_id` is no foreign
    key: this app knows no bookings, and a call is remembered longer than they may be.
    """

    State = CallbackState

    provider = models.ForeignKey(MaasProvider, models.PROTECT, related_name="callbacks")
    booking_id = models.UUIDField(db_index=True)
    method = models.CharField(max_length=6, default="POST")
    base_url = models.CharField(max_length=500)
    path = models.CharField(max_length=200)
    body = models.JSONField()
    api_version = models.CharField(max_length=10)
    correlation_id = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    state = FSMField(choices=CallbackState, default=CallbackState.OWED, protected=True, editable=False)
    attempts = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("The last answer's."))
    outcome = models.CharField(max_length=300, blank=True, help_text=_("Why it was not delivered yet."))
    created_at = models.DateTimeField()
    attempted_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(
        max_length=20, choices=CallbackKind, blank=True, editable=False, help_text=_("What is special about it.")
    )
    answer = models.JSONField(null=True, blank=True, editable=False, help_text=_("What they answered to a question."))

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=["provider", "created_at"], name="callback_owed", condition=models.Q(state=CallbackState.OWED)
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="a_delivered_callback_was_attempted",
                condition=~models.Q(state=CallbackState.DELIVERED) | models.Q(attempted_at__isnull=False),
            ),
        )

    def __str__(self):
        return f"{self.subject} → {self.path}"

    @property
    def subject(self):
        """What it tells, in the protocol's words: COMMIT, ASSIGN_ASSET, MESSAGE_TO_END_USER, DEPOSIT …"""
        told = self.body if isinstance(self.body, dict) else {}
        return next((told[name] for name in ("operation", "event", "type", "category") if name in told), self.method)

    @property
    def url(self):
        return f"{self.base_url.rstrip('/')}/{self.path}"

    def attempt(self, *, at, status=None, outcome=""):
        """Once more it was tried; this came of it."""
        self.attempts += 1
        self.attempted_at, self.next_attempt_at = at, None
        self.status, self.outcome = status, outcome[:300]

    @transition("state", source=CallbackState.OWED, target=CallbackState.DELIVERED)
    def deliver(self):
        """The provider has it."""

    @transition("state", source=CallbackState.OWED, target=CallbackState.GIVEN_UP)
    def give_up(self):
        """It will not be tried again by itself."""

    @transition("state", source=CallbackState.GIVEN_UP, target=CallbackState.OWED)
    def owe_again(self):
        """Staff want it tried once more."""
