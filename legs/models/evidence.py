"""How a vehicle was left."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from legs.models.leg import Leg


class EvidenceQuerySet(models.QuerySet):
    def to_review(self):
        """Photos nobody of us has looked at."""
        return self.filter(reviewed_at=None)

    def review(self, *, by, at):
        """This colleague looked at those nobody had looked at; returns how many."""
        return self.to_review().update(reviewed_at=at, reviewed_by=by)


class Evidence(models.Model):
    """A photo that shows how the vehicle was left, and who of us looked at it."""

    leg = models.ForeignKey(Leg, models.CASCADE, related_name="evidence")
    url = models.URLField(max_length=1000)
    received_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    reviewed_by = models.CharField(max_length=150, blank=True, editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ("received_at", "id")
        indexes = (
            models.Index(
                fields=["received_at"], name="evidence_to_review", condition=models.Q(reviewed_at__isnull=True)
            ),
        )
        constraints = (models.UniqueConstraint(fields=["leg", "url"], name="a_photo_is_kept_once"),)

    def __str__(self):
        return self.url
