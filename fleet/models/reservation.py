"""Which vehicle, or how many of a type, is held for which leg and until when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from fleet.models.places import Station
from fleet.models.vehicles import Asset, AssetType


class Reservation(models.Model):
    """A promise to one leg: this vehicle, or one vehicle of this type, during this period.

    It exists as long as it holds; giving a vehicle back deletes it. An open end means "until the ride ends".
    """

    leg_id = models.UUIDField(unique=True)
    asset_type = models.ForeignKey(AssetType, models.PROTECT, related_name="reservations")
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, related_name="reservations")
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="reservations")
    period = DateTimeRangeField()
    is_virtual = models.BooleanField(default=False, help_text=_("In the sandbox: kept with virtual vehicles."))

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        indexes = (models.Index(fields=["asset_type", "station"], name="reservation_of_a_type"),)
        constraints = (
            ExclusionConstraint(
                name="reservations_of_an_asset_never_overlap",
                index_type="GIST",
                # A one-element range stands in for the equality operator of btree_gist, an
                # extension that the embedded server does not have.
                expressions=[
                    (
                        Func(F("asset"), F("asset"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(asset__isnull=False),
            ),
        )

    def __str__(self):
        begins = date_format(localtime(self.period.lower), "DATETIME_FORMAT")
        return f"{self.asset or self.asset_type}, {begins}"

    @property
    def kind(self):
        """What was promised; any vehicle of this kind keeps it, and the others of its kind have to share with it."""
        return {"asset_type_id": self.asset_type_id, "station_id": self.station_id, "is_virtual": self.is_virtual}
