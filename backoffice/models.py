"""What must be written down now, as nobody could tell it later: how many vehicles there were, what a role was given."""

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from fleet.models import Asset
from fleet.models.vehicles import IS_FREE, IS_IN_THE_FLEET, IS_ON_A_TRIP


class FleetCount(models.Model):
    """The fleet at one moment. Vehicles of the sandbox, in storage and retired are no part of it."""

    at = models.DateTimeField(unique=True)
    vehicles = models.PositiveIntegerField(help_text=_("All that should be on the street."))
    usable = models.PositiveIntegerField(help_text=_("Of these, free to be rented or on a trip."))
    on_a_trip = models.PositiveIntegerField(help_text=_("Of these, reserved or in use."))

    class Meta:
        verbose_name = _("fleet count")
        verbose_name_plural = _("fleet counts")
        ordering = ("-at",)
        constraints = (
            models.CheckConstraint(
                name="a_part_is_no_larger_than_the_fleet",
                condition=Q(usable__lte=models.F("vehicles")) & Q(on_a_trip__lte=models.F("usable")),
            ),
        )

    def __str__(self):
        return f"{self.usable}/{self.vehicles}"

    @classmethod
    def of(cls, moment):
        """The fleet as it is, as the count of this moment, unsaved; one statement."""
        counted = Asset.objects.filter(IS_IN_THE_FLEET).aggregate(
            vehicles=Count("pk"),
            usable=Count("pk", filter=IS_FREE | IS_ON_A_TRIP),
            on_a_trip=Count("pk", filter=IS_ON_A_TRIP),
        )
        return cls(at=moment, **counted)


class GivenRole(models.Model):
    """What a group was given because it is a role: whatever else it may, or no longer may, was decided here."""

    name = models.CharField(max_length=80, unique=True, help_text=_("As in backoffice/roles.py."))
    group = models.OneToOneField(
        Group, models.SET_NULL, null=True, help_text=_("None: it was removed here, and stays away.")
    )
    permissions = models.JSONField(default=list, help_text=_("As app.codename."))

    class Meta:
        verbose_name = _("given role")
        verbose_name_plural = _("given roles")
        permissions = (("view_trail", _("Can see who changed what")),)

    def __str__(self):
        return self.name


class SignInCount(models.Model):
    """How many attempts to sign in failed lately: of an account, from an address, or both. Either is a digest."""

    account = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True)
    failures = models.PositiveIntegerField()
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("count of sign-ins")
        verbose_name_plural = _("counts of sign-ins")
        constraints = (
            models.UniqueConstraint(fields=["account", "address"], name="sign_ins_are_counted_once"),
            models.CheckConstraint(name="something_is_counted", condition=~Q(account="", address="")),
        )

    def __str__(self):
        return f"{self.failures}, {self.last_at}"
