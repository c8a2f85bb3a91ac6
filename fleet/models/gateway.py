"""Vehicles that talk: who may speak for them, and what is wrong with them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from fleet.models.vehicles import Asset, AssetType
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

    def vehicles(self):
        """Those it may report about: real ones, of its types."""
        types = list(self.asset_types.values_list("pk", flat=True))
        vehicles = Asset.objects.real()
        return vehicles.filter(asset_type__in=types) if types else vehicles


class VehicleAlertQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at=None)

    def real(self):
        """Of vehicles of this world, not of the sandbox."""
        return self.filter(asset__script="")


class VehicleAlert(models.Model):
    """Something about a vehicle that somebody should look at, from when it was first seen until it is over.

    What comes back within the quiet period is the same alert again (fleet/gateway/alerts.py).
    """

    class Kind(models.TextChoices):
        LOW_CHARGE = "LOW_CHARGE", _("low charge")
        OUTSIDE_AREA = "OUTSIDE_AREA", _("outside the area")
        MOVED_UNBOOKED = "MOVED_UNBOOKED", _("moved without a booking")
        FAULT = "FAULT", _("fault")
        SILENT = "SILENT", _("silent")

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="vehicle_alerts")
    kind = models.CharField(max_length=14, choices=Kind)
    details = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = VehicleAlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle alert")
        verbose_name_plural = _("vehicle alerts")
        ordering = ("-since", "-id")
        indexes = (models.Index(fields=["asset", "kind"], name="alert_of_vehicle"),)
        constraints = (
            models.UniqueConstraint(
                name="a_vehicle_has_an_open_alert_once", fields=["asset", "kind"], condition=models.Q(closed_at=None)
            ),
        )

    def __str__(self):
        return f"{self.asset}: {self.get_kind_display()}"


class Command(models.Model):
    """Something a vehicle was told to do, and what came of it. For one event of a leg it is told once."""

    class Kind(models.TextChoices):
        UNLOCK = "UNLOCK", _("unlock")
        LOCK = "LOCK", _("lock")
        OPEN_TRUNK = "OPEN_TRUNK", _("open the trunk")
        LOCATE = "LOCATE", _("locate")

    class State(models.TextChoices):
        SENT = "SENT", _("sent")
        DONE = "DONE", _("done")
        FAILED = "FAILED", _("failed")

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="commands")
    kind = models.CharField(max_length=10, choices=Kind)
    leg_id = models.UUIDField(null=True, blank=True, db_index=True)
    event = models.CharField(max_length=20, blank=True)
    event_at = models.DateTimeField(null=True, blank=True, help_text=_("The time of the event, as reported."))
    state = models.CharField(max_length=6, choices=State, default=State.SENT)
    outcome = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("command")
        verbose_name_plural = _("commands")
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(
                name="an_event_sends_one_command",
                fields=["leg_id", "event", "event_at"],
                condition=~models.Q(state="FAILED"),
            ),
        )

    def __str__(self):
        return f"{self.get_kind_display()}: {self.asset}"
