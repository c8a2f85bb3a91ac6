"""How a vehicle was left."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from legs.models.leg import Leg


class Evidence(models.Model):
    """A photo that shows how the vehicle was left."""

    leg = models.ForeignKey(Leg, models.CASCADE, related_name="evidence")
    url = models.URLField(max_length=1000)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ("received_at", "id")
        constraints = (models.UniqueConstraint(fields=["leg", "url"], name="a_photo_is_kept_once"),)

    def __str__(self):
        return self.url
