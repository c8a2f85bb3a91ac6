"""How we call providers, and every call we owe or owed them."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from maas.models.providers import MaasProvider
from tomp.fields import EncryptedTextField


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


class CallbackQuerySet(models.QuerySet):
    def owed(self):
        return self.filter(state=CallbackState.OWED)

    def failing(self):
        """Owed, and tried in vain so far."""
        return self.owed().filter(attempts__gt=0)

    def given_up(self):
        return self.filter(state=CallbackState.GIVEN_UP)

    def over(self, before):
        """Delivered or given up, and written before this moment."""
        return self.exclude(state=CallbackState.OWED).filter(created_at__lt=before)

    def owe_again(self, now):
        """As Callback.owe_again(), of many at once; those that were not given up stay as they are."""
        again = {"owed_since": now, "owed_again_at": now, "next_attempt_at": None}
        return self.given_up().update(state=CallbackState.OWED, **again)

    def had_to_wait(self, since, until):
        """The time in between counts as no delay of those that are owed, and nothing puts them off any more."""
        counted_from = Coalesce("owed_since", "created_at", output_field=models.DateTimeField())
        later = models.ExpressionWrapper(counted_from + (until - since), models.DateTimeField())
        return self.owed().update(owed_since=Least(later, models.Value(until)), next_attempt_at=None)


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
    owed_since = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("Our patience counts from then; empty: since it was created."),
    )
    attempted_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(
        max_length=20, choices=CallbackKind, blank=True, editable=False, help_text=_("What is special about it.")
    )
    owed_again_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When staff last sent it again, after all others.")
    )
    answer = models.JSONField(null=True, blank=True, editable=False, help_text=_("What they answered to a question."))

    objects = CallbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=["provider", "created_at"], name="callback_owed", condition=models.Q(state=CallbackState.OWED)
            ),
            models.Index(fields=["provider", "state"], name="callback_by_state"),
            models.Index(fields=["created_at"], name="callback_over", condition=~models.Q(state=CallbackState.OWED)),
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

    def lapses_at(self, days):
        """When it is given up if it could not be delivered for so many days."""
        return (self.owed_since or self.created_at) + timedelta(days=days)

    def attempt(self, *, at, status=None, outcome="", duration_ms=0):
        """Once more it was tried; this came of it. Returns the record of it, to be saved together with this."""
        self.attempts += 1
        self.attempted_at, self.next_attempt_at = at, None
        self.status, self.outcome = status, outcome[:300]
        return CallbackAttempt(callback=self, at=at, duration_ms=duration_ms, status=status, outcome=self.outcome)

    @transition("state", source=CallbackState.OWED, target=CallbackState.DELIVERED)
    def deliver(self):
        """The provider has it."""

    @transition("state", source=CallbackState.OWED, target=CallbackState.GIVEN_UP)
    def give_up(self):
        """It will not be tried again by itself."""

    @transition("state", source=CallbackState.GIVEN_UP, target=CallbackState.OWED)
    def owe_again(self, *, now):
        """Staff want it tried once more, after what was owed meanwhile, with as much patience as at first."""
        self.owed_since = self.owed_again_at = now
        self.next_attempt_at = None


class CallbackAttempt(models.Model):
    """One time a call was tried, and what came of it. Written once, never changed; forgotten with its call."""

    callback = models.ForeignKey(Callback, models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField(help_text=_("Milliseconds, with the token that had to be bought."))
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("Empty: nobody answered."))
    outcome = models.CharField(max_length=300, blank=True, help_text=_("Why it was in vain."))

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("id",)

    def __str__(self):
        return f"{self.callback_id}: {self.status or self.outcome}"
