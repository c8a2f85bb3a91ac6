"""The MaaS providers who book with us: who they are, what was agreed, how they identify themselves."""

import hashlib

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication
from simple_history.models import HistoricalRecords

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


class MaasProvider(models.Model):
    """A company whose app sells our rides, with the terms of its contract."""

    maas_id = models.CharField(
        max_length=120, unique=True, validators=[MAAS_ID], help_text=_("As sent in the header maas-id.")
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
    bill_until = models.CharField(max_length=15, choices=Milestone, default=Milestone.FINISH)
    release_asset_on = models.CharField(max_length=15, choices=Milestone, default=Milestone.FINISH)
    pascal_case_types = models.BooleanField(
        default=False,
        help_text=_("Write ConditionDeposit and TokenDefault instead of the official spelling."),
    )

    api_version = models.CharField(max_length=10, default="1.6", help_text=_("The version we call them in."))
    base_url = models.URLField(blank=True, help_text=_("Where they receive our calls."))

    evidence_condition = models.BooleanField(
        default=False,
        help_text=_("Say which photos are needed in the old way too (conditionRequireEvidence, deprecated since 1.5)."),
    )

    created_at = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("MaaS provider")
        verbose_name_plural = _("MaaS providers")
        ordering = ("maas_id",)

    def __str__(self):
        return self.name or self.maas_id


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
