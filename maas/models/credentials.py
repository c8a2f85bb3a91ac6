"""How providers identify themselves, and what they were answered."""

import hashlib
import secrets

from django.contrib.auth.hashers import check_password
from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from maas.models.providers import MaasProvider


def new_secret():
    """256 random bits as text. It begins with no `-`: a command line would take it for an option."""
    while (secret := secrets.token_urlsafe(32)).startswith("-"):
        pass
    return secret


def digest_of(secret):
    """What is kept of a random secret. It has 256 bits and cannot be guessed, so no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class ApiKeyQuerySet(models.QuerySet):
    def not_revoked(self, now):
        """Also those that are revoked from a later moment on."""
        return self.filter(models.Q(revoked_at__isnull=True) | models.Q(revoked_at__gt=now))

    def valid(self, now):
        return self.not_revoked(now).filter(provider__is_active=True)

    def for_secret(self, secret):
        """The key with this secret."""
        return self.for_digest(digest_of(secret))

    def for_digest(self, digest):
        """The key whose secret has this digest, found in a unique index.

        How long that takes tells nothing about a secret: whoever could vary the digest bit by bit would
        have to invert SHA-256 first. That is why no comparison in constant time follows.
        """
        return self.filter(digest=digest)


class ApiKey(models.Model):
    """A credential of a provider. Only its digest is kept; the secret is shown once, when it is made."""

    provider = models.ForeignKey(MaasProvider, models.CASCADE, related_name="api_keys")
    label = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=8, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=150, blank=True, help_text=_("The colleague; none: a command."))
    revoked_at = models.DateTimeField(null=True, blank=True, help_text=_("From then on it opens nothing."))

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ("-created_at",)

    def __str__(self):
        return f"{self.prefix}… {self.label}".strip()


class OAuthClient(AbstractApplication):
    """The OAuth2 client of a provider (client credentials); its client id is the maas-id.

    Of its secret only a digest is kept, and of the one it replaced as long as that works beside it.
    """

    provider = models.OneToOneField(MaasProvider, models.CASCADE, related_name="oauth_client")
    secret_made_at = models.DateTimeField(null=True, blank=True, editable=False)
    secret_made_by = models.CharField(
        max_length=150, blank=True, default="", db_default="", help_text=_("The colleague; none: a command.")
    )
    former_secret = models.CharField(max_length=255, blank=True, default="", db_default="", editable=False)
    former_secret_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("From then on the former secret is worth nothing.")
    )

    class Meta(AbstractApplication.Meta):
        verbose_name = _("OAuth2 client")
        verbose_name_plural = _("OAuth2 clients")
        constraints = (
            models.CheckConstraint(
                name="a_former_secret_ends",
                condition=models.Q(former_secret="", former_secret_until__isnull=True)
                | (models.Q(former_secret_until__isnull=False) & ~models.Q(former_secret="")),
            ),
        )

    def has_former_secret(self, now):
        """Whether the secret before this one still works."""
        return self.former_secret_until is not None and now < self.former_secret_until

    def knows(self, secret, now):
        """(whether this is a secret of the client, until when it is one: None without an end)"""
        if check_password(secret, self.client_secret):
            return True, None
        is_former = self.has_former_secret(now) and check_password(secret, self.former_secret)
        return is_former, self.former_secret_until if is_former else None


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
