"""The travellers as their provider knows them."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from maas.models import MaasProvider


class Customer(models.Model):
    """A traveller of one provider. Whether we still serve this person is decided here and nowhere else."""

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("active")
        BLOCKED = "BLOCKED", _("blocked")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(MaasProvider, models.PROTECT, related_name="customers")
    external_id = models.CharField(max_length=200, help_text=_("The customer number at the provider."))
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    blocked_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ("external_id",)
        constraints = (
            models.UniqueConstraint(fields=["provider", "external_id"], name="a_provider_knows_a_customer_once"),
        )

    def __str__(self):
        return self.external_id

    @property
    def is_blocked(self):
        return self.status == self.Status.BLOCKED
