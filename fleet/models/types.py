"""The kinds of vehicles, what a booking of each asks of the provider, and who works its lock."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from fleet import access, condition_rules
from fleet.licences import CATEGORIES
from fleet.models.groups import UserGroup
from fleet.models.places import Station
from fleet.models.prices import PricingPlan
from tomp.fields import EncryptedTextField, LocalizedTextField
from tomp.language import in_any_language

REQUIREMENT = re.compile("(HR|AV|HV|AB|AER|K|ZR|RR)[0-9]{2}")  # TOMP requirement: category and number


class Gateway(models.Model):
    """Through whom vehicles are opened, closed and found: a supplier's server, or a simulation of one."""

    class Kind(models.TextChoices):
        SIMULATED = "SIMULATED", _("simulated: every command succeeds")
        HTTP = "HTTP", _("HTTP")

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.HTTP)
    url = models.URLField(max_length=500, blank=True, help_text=_("Where commands are posted."))
    secret = EncryptedTextField(blank=True, help_text=_("Shown there as a bearer token."))
    timeout_seconds = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )

    class Meta:
        verbose_name = _("gateway")
        verbose_name_plural = _("gateways")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                name="a_gateway_over_http_has_a_url",
                condition=~models.Q(kind="HTTP") | ~models.Q(url=""),
                violation_error_message=_("A gateway over HTTP needs an address."),
            ),
        )

    def __str__(self):
        return self.name


class AssetType(models.Model):
    """A kind of vehicle that is booked, priced and described alike (TOMP assetType)."""

    class AssetClass(models.TextChoices):
        BICYCLE = "BICYCLE", _("bicycle")
        STEP = "STEP", _("scooter")
        MOPED = "MOPED", _("moped")
        CAR = "CAR", _("car")
        TAXI = "TAXI", _("taxi")
        OTHER = "OTHER", _("other")

    class BookedBy(models.TextChoices):
        ASSET = "ASSET", _("vehicle: the user books this very one, for now")
        TYPE = "TYPE", _("type: booked ahead, a vehicle is assigned later")

    class ReturnRule(models.TextChoices):
        FREE_FLOATING = "free_floating", _("anywhere in the operating area")
        ANY_STATION = "any_station", _("at any station")
        ROUNDTRIP_STATION = "roundtrip_station", _("at the station where it was taken")
        HYBRID = "hybrid", _("at a station or in the operating area")

    class Propulsion(models.TextChoices):
        HUMAN = "human", _("human")
        ELECTRIC_ASSIST = "electric_assist", _("electric assist")
        ELECTRIC = "electric", _("electric")
        COMBUSTION = "combustion", _("combustion")
        COMBUSTION_DIESEL = "combustion_diesel", _("diesel")
        HYBRID = "hybrid", _("hybrid")
        PLUG_IN_HYBRID = "plug_in_hybrid", _("plug-in hybrid")
        HYDROGEN = "hydrogen_fuel_cell", _("hydrogen")

    class FormFactor(models.TextChoices):
        BICYCLE = "bicycle", _("bicycle")
        CARGO_BICYCLE = "cargo_bicycle", _("cargo bicycle")
        SCOOTER_STANDING = "scooter_standing", _("standing scooter")
        SCOOTER_SEATED = "scooter_seated", _("seated scooter")
        MOPED = "moped", _("moped")
        CAR = "car", _("car")
        OTHER = "other", _("other")

    type_id = models.CharField(max_length=120, unique=True)
    name = LocalizedTextField()
    asset_class = models.CharField(max_length=10, choices=AssetClass)
    asset_subclass = models.CharField(max_length=60, blank=True, help_text=_("Required for class OTHER."))
    form_factor = models.CharField(max_length=20, choices=FormFactor)
    propulsion = models.CharField(max_length=20, choices=Propulsion, default=Propulsion.HUMAN)
    max_range_m = models.PositiveIntegerField(_("range in metres"), null=True, blank=True)
    properties = models.JSONField(
        default=dict,
        blank=True,
        help_text=_(
            "What all have in common: brand, model, colour, max_speed, wheel_count, persons …, and which needs of "
            'travellers it meets, by the codes of the TOMP dictionary: "requirements": ["HR01", "AV03"].'
        ),
    )
    access_methods = models.JSONField(
        default=list, blank=True, help_text=_('How it opens: ["TOMP-API"], ["QR"], ["DEEPLINK"] …')
    )
    default_plan = models.ForeignKey(PricingPlan, models.PROTECT, null=True, blank=True, related_name="default_for")
    plans = models.ManyToManyField(PricingPlan, blank=True, related_name="asset_types")
    booked_by = models.CharField(max_length=5, choices=BookedBy, default=BookedBy.ASSET)
    return_rule = models.CharField(max_length=20, choices=ReturnRule, default=ReturnRule.FREE_FLOATING)
    docks_report = models.BooleanField(
        default=False,
        help_text=_("The dock tells when it is taken and brought back; the user's app may not end the ride."),
    )
    hold_minutes = models.PositiveSmallIntegerField(
        default=30, help_text=_("How long before departure a vehicle may be held.")
    )
    bookable_ahead_hours = models.PositiveSmallIntegerField(
        default=168, help_text=_("Types only: how far ahead a booking may start.")
    )
    assign_minutes_before = models.PositiveSmallIntegerField(
        default=30, help_text=_("Types only: when the operator assigns a vehicle at the latest.")
    )
    user_may_pick = models.BooleanField(default=False, help_text=_("Types only: the user may choose."))
    response_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Staff confirm each booking within this time; empty = at once.")
    )
    min_charge_percent = models.PositiveSmallIntegerField(
        _("lowest charge in percent"), default=0, help_text=_("Below this charge a vehicle is not offered.")
    )
    minimum_age = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Bookings must then tell the age or the day of birth.")
    )
    has_trunk = models.BooleanField(default=False)
    source_id = models.CharField(max_length=200, blank=True, help_text=_("The id in the feed it came from."))
    user_groups = models.ManyToManyField(
        UserGroup, blank=True, related_name="asset_types", help_text=_("For these users only; none = for everybody.")
    )
    access_details = models.JSONField(
        default=dict,
        blank=True,
        help_text=_(
            'What some methods need: {"DEEPLINK": {"url": "https://…?code={code}"}, "PDF": {"url": "…"}, '
            '"PHYSICAL-KEY": {"text": {"en": "…"}}, "AXA-EKEY-OTP": {"supplier": "simulated"}}.'
        ),
    )
    must_be_locked = models.BooleanField(
        default=False,
        help_text=_("The user locks it by hand: while its lock is known to be open, the ride cannot be ended."),
    )
    opening_instructions = LocalizedTextField(
        blank=True, default=dict, help_text=_("What the user reads before the ride: how to open it.")
    )
    pausing_instructions = LocalizedTextField(
        blank=True, default=dict, help_text=_("What the user reads in a pause: how to leave it.")
    )
    closing_instructions = LocalizedTextField(
        blank=True, default=dict, help_text=_("What the user reads at the end: how to close it.")
    )
    licence = models.CharField(
        max_length=3,
        choices=[(category, category) for category in CATEGORIES],
        blank=True,
        help_text=_("The driving licence it takes (EU category). Bookings must then come with one."),
    )
    lock_pauses = models.BooleanField(
        default=False,
        help_text=_("When the vehicle reports that it was locked by hand during a ride, the ride is in a pause."),
    )
    gateway = models.ForeignKey(
        Gateway,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="asset_types",
        help_text=_("Through whom we open and close it; none = the user's app does."),
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("asset type")
        verbose_name_plural = _("asset types")
        ordering = ("type_id",)
        constraints = (
            models.CheckConstraint(
                name="class_other_has_a_subclass",
                condition=~models.Q(asset_class="OTHER") | ~models.Q(asset_subclass=""),
                violation_error_message=_("A type of another class needs a subclass."),
            ),
            models.CheckConstraint(
                name="a_charge_limit_is_a_percentage",
                condition=models.Q(min_charge_percent__lte=100),
                violation_error_message=_("The charge is at most 100 percent."),
            ),
        )

    def __str__(self):
        return in_any_language(self.name) or self.type_id

    def clean(self):
        """Whoever books a vehicle of this type can be given what opens it; needs of travellers are named by codes."""
        access.check(self.access_methods, self.access_details)
        codes = self.properties.get("requirements", [])
        if not isinstance(codes, list) or not all(isinstance(c, str) and REQUIREMENT.fullmatch(c) for c in codes):
            raise ValidationError({"properties": _('requirements are codes: ["HR01", "AV03"].')})

    @property
    def opens_by(self):
        """Its access methods; if none is named, we open it when the app asks."""
        return self.access_methods or [access.AccessMethod.TOMP_API]

    @property
    def is_locked_remotely(self):
        """Whether we open and close it ourselves, at SET_IN_USE, PAUSE and FINISH."""
        return access.AccessMethod.TOMP_API in self.opens_by


class Condition(models.Model):
    """What a booking of this type asks of the provider (TOMP conditions, semantics §10).

    What follows from the type's other terms is no row: to wait for an answer, to bring it back where it was taken, to
    be of age, to hold a licence (fleet/conditions.py). Steps replace, for this type, the whole list (reading 43).
    """

    class Kind(models.TextChoices):
        DEPOSIT = "conditionDeposit", _("deposit")
        UPFRONT_PAYMENT = "conditionUpfrontPayment", _("payment up front")
        PAY_WHEN_FINISHED = "conditionPayWhenFinished", _("payment at the end")
        REQUIRE_BOOKING_DATA = "conditionRequireBookingData", _("data required with the booking")
        RETURN_AREA = "conditionReturnArea", _("return area")
        ONBOARDING_STEPS = "conditionRequireOnboardingSteps", _("steps before the ride")
        OFFBOARDING_STEPS = "conditionRequireOffboardingSteps", _("steps to end the ride")
        PAUSING_STEPS = "conditionRequirePausingSteps", _("steps to pause")
        RESUMING_STEPS = "conditionRequireResumingSteps", _("steps to resume")

    asset_type = models.ForeignKey(AssetType, models.CASCADE, related_name="conditions")
    kind = models.CharField(max_length=40, choices=Kind)
    details = models.JSONField(default=dict, blank=True, help_text=_("As fleet/condition_rules.py describes them."))
    position = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(
                name="a_type_has_each_condition_once",
                fields=["asset_type", "kind"],
                condition=~models.Q(kind="conditionReturnArea"),
            ),
        )

    def __str__(self):
        return self.get_kind_display()

    def save(self, *args, **kwargs):
        """Raises ValidationError: details that make no sense would break every offer of the type."""
        self.check_details()
        super().save(*args, **kwargs)

    def check_details(self):
        """For save(), and for bulk writers, which pass by it. Raises ValidationError."""
        try:
            condition_rules.check(self.kind, self.details)
        except ValidationError as error:
            raise ValidationError({"details": error.messages}) from error

    def clean(self):
        self.check_details()
        station_id = self.details.get("station_id")
        if station_id and not Station.objects.filter(station_id=station_id).exists():
            raise ValidationError({"details": _("There is no station %(id)s.") % {"id": station_id}})
