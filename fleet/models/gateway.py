"""Vehicles that talk: who may speak for them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from fleet.models.vehicles import AssetType
from maas.models import digest_of


class DeviceGroupQuerySet(models.QuerySet):
    def for_secret(self, secret):
        """The active group with this key, found by its digest in a unique index."""
        return self.filter(digest=digest_of(secret), is_active=True)


class DeviceGroup(models.Model):
    """Devices, or the middleware of a supplier, that report with one key. Only the digest of the key is kept."""

    name = models.CharField(max_length=100, unique=True)
    is_active = models.BooleanField(default=True, help_text=_("Its reports are taken."))
    asset_types = models.ManyToManyField(
        AssetType, blank=True, help_text=_("The types it may report about; none = all.")
    )
    prefix = models.CharField(max_length=8, blank=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    history = HistoricalRecords(excluded_fields=["digest"])

    objects = DeviceGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("device group")
        verbose_name_plural = _("device groups")
        ordering = ("name",)

    def __str__(self):
        return self.name
