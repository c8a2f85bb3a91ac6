"""Vehicles out of service for a while: planned, running or over."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.models.vehicles import Asset, AssetState


class Restriction(models.Model):
    """These vehicles are out of service from then until then. It is a draft, without effect, until it is decided."""

    class State(models.TextChoices):
        OUT_OF_SERVICE = AssetState.OUT_OF_SERVICE.value, AssetState.OUT_OF_SERVICE.label
        STORED = AssetState.STORED.value, AssetState.STORED.label

    class Bookings(models.TextChoices):
        LEAVE = "LEAVE", _("leave them as they are")
        MOVE = "MOVE", _("move them to a free vehicle, tell the provider")
        CANCEL = "CANCEL", _("cancel them, tell the provider")

    state = models.CharField(max_length=14, choices=State, default=State.OUT_OF_SERVICE)
    reason = models.CharField(max_length=200)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty = until staff end it."))
    bookings = models.CharField(max_length=6, choices=Bookings, default=Bookings.LEAVE)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    settled = models.JSONField(
        default=list, blank=True, help_text=_("What became of each booking: its id, whether it was done, and how.")
    )

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                name="a_restriction_ends_after_it_starts",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")),
            ),
            models.CheckConstraint(name="a_restriction_has_a_reason", condition=~Q(reason="")),
        )

    def __str__(self):
        return f"{self.get_state_display()}: {self.reason}"


class RestrictedAssetQuerySet(models.QuerySet):
    def to_begin(self, now):
        return self.filter(
            Q(restriction__ends_at=None) | Q(restriction__ends_at__gt=now),
            began_at=None, ended_at=None, restriction__decided_at__isnull=False, restriction__starts_at__lte=now,
        )  # fmt: skip

    def to_end(self, now):
        return self.filter(ended_at=None, restriction__decided_at__isnull=False, restriction__ends_at__lte=now)

    def in_force(self, begins, ends):
        """Those of restrictions that touch this time."""
        return self.filter(
            Q(restriction__ends_at=None) | Q(restriction__ends_at__gt=begins),
            ended_at=None, restriction__decided_at__isnull=False,
            **({} if ends is None else {"restriction__starts_at__lt": ends}),
        )  # fmt: skip


class RestrictedAsset(models.Model):
    """One vehicle of a restriction, and how far it is with it."""

    restriction = models.ForeignKey(Restriction, models.CASCADE, related_name="vehicles")
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="restrictions")
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects = RestrictedAssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("restricted vehicle")
        verbose_name_plural = _("restricted vehicles")
        ordering = ("restriction", "asset")
        constraints = (
            models.UniqueConstraint(fields=["restriction", "asset"], name="a_restriction_names_a_vehicle_once"),
        )
        indexes = (models.Index(fields=["asset"], name="restriction_not_over", condition=Q(ended_at__isnull=True)),)

    def __str__(self):
        return str(self.asset)
