"""Where the operator works: the system itself, its regions and zones, its stations."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from fleet.polygons import check_polygon
from fleet.steps import check_booking_steps, check_planning_steps
from tomp.fields import ChoiceListField, LocalizedTextField
from tomp.language import in_any_language


class System(models.Model):
    """The operator as it presents itself to the world; there is exactly one (GBFS system_information)."""

    class ProductType(models.TextChoices):
        RENTAL = "RENTAL", _("rental")
        SHARING = "SHARING", _("sharing")
        PARKING = "PARKING", _("parking")
        CHARGING = "CHARGING", _("charging")

    class AvailabilityNeed(models.TextChoices):
        """What a question about availability has to name (TOMP identifiers AVAILABILITY_…)."""

        REGION = "REGION", _("a region")
        STATION = "STATION", _("a station")
        ON_SPOT = "ON_SPOT", _("a box around the user (1.6)")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    system_id = models.CharField(max_length=100)
    name = LocalizedTextField()
    short_name = LocalizedTextField(blank=True, default=dict)
    operator = LocalizedTextField(blank=True, default=dict)
    languages = models.JSONField(default=list, help_text=_('BCP 47 tags, the default first: ["en", "nl"].'))
    timezone = models.CharField(max_length=64, default="UTC", help_text=_("A name of the tz database."))
    product_type = models.CharField(max_length=10, choices=ProductType, default=ProductType.SHARING)
    url = models.URLField(blank=True)
    purchase_url = models.URLField(blank=True)
    terms = LocalizedTextField(blank=True, default=dict)
    terms_url = LocalizedTextField(
        blank=True, default=dict, help_text=_('Where the terms are, per language: {"en": "https://…"}.')
    )
    terms_updated_on = models.DateField(
        null=True, blank=True, help_text=_("Since when these terms hold; without it GBFS cannot tell where they are.")
    )
    privacy_url = LocalizedTextField(
        blank=True, default=dict, help_text=_('Where the privacy policy is, per language: {"en": "https://…"}.')
    )
    privacy_updated_on = models.DateField(
        null=True, blank=True, help_text=_("Since when it holds; without it GBFS cannot tell where it is.")
    )
    start_date = models.DateField(null=True, blank=True)
    phone_number = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    feed_contact_email = models.EmailField(blank=True)
    license_url = models.URLField(blank=True)
    rental_apps = models.JSONField(default=dict, blank=True)
    availability_needs = ChoiceListField(
        options=AvailabilityNeed.choices,
        help_text=_("Availability is told only to who names one of these; none = to everybody."),
    )
    must_be_addressed = models.BooleanField(
        default=False, help_text=_("Requests without the header addressed-to are refused.")
    )
    planning_steps = models.JSONField(
        default=list,
        blank=True,
        validators=[check_planning_steps],
        help_text=_("What travellers are shown with every result of planning (TOMP planningStep)."),
    )
    booking_steps = models.JSONField(
        default=list,
        blank=True,
        validators=[check_booking_steps],
        help_text=_("What travellers are shown in each state of a booking (TOMP bookingStep)."),
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("operator information")
        verbose_name_plural = _("operator information")
        constraints = (
            models.CheckConstraint(name="there_is_one_system", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="availability_needs_what_the_protocol_has",
                condition=models.Q(availability_needs__contained_by=["REGION", "STATION", "ON_SPOT"]),
            ),
        )

    def __str__(self):
        return in_any_language(self.name) or self.system_id


class Region(models.Model):
    """An area with a meaning: where we operate, where one may not park, where one must ride slowly."""

    class Kind(models.TextChoices):
        OPERATING = "OPERATING", _("operating area")
        NO_ACCESS = "NO_ACCESS", _("no access")
        NO_PARKING = "NO_PARKING", _("no parking")
        PARKING = "PARKING", _("parking")
        DISCOUNT = "DISCOUNT", _("discount")
        SPEEDLIMIT = "SPEEDLIMIT", _("speed limit")

    region_id = models.CharField(max_length=120, unique=True)
    name = LocalizedTextField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OPERATING)
    max_speed_kmh = models.PositiveSmallIntegerField(null=True, blank=True)
    area = models.JSONField(help_text=_("GeoJSON Polygon, longitude before latitude, rings closed."))
    south = models.FloatField(editable=False)
    north = models.FloatField(editable=False)
    west = models.FloatField(editable=False)
    east = models.FloatField(editable=False)
    asset_types = models.ManyToManyField(
        "fleet.AssetType", blank=True, help_text=_("The types the rule is for; none = all.")
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    source_id = models.CharField(max_length=200, blank=True, help_text=_("The id in the feed it came from."))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ("region_id",)
        indexes = (models.Index(fields=["kind", "south", "north", "west", "east"], name="region_box"),)
        constraints = (
            models.CheckConstraint(
                name="a_speed_limit_has_a_speed",
                condition=~models.Q(kind="SPEEDLIMIT") | models.Q(max_speed_kmh__isnull=False),
                violation_error_message=_("A speed limit needs a speed."),
            ),
        )

    def __str__(self):
        return f"{in_any_language(self.name) or self.region_id} ({self.get_kind_display()})"

    def save(self, *args, **kwargs):
        """The bounding box always belongs to the area."""
        self.set_box()
        super().save(*args, **kwargs)

    def is_in_force(self, now):
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or self.ends_at > now)

    def set_box(self):
        """south, north, west and east enclose the area; for bulk writers, which pass by save()."""
        ring = self.area["coordinates"][0]
        self.west, self.east = min(p[0] for p in ring), max(p[0] for p in ring)
        self.south, self.north = min(p[1] for p in ring), max(p[1] for p in ring)

    def clean(self):
        """The area is one closed polygon inside the world, without crossings (GBFS 3.0, RFC 7946)."""
        try:
            check_polygon(self.area)
        except ValidationError as error:
            raise ValidationError({"area": error.messages}) from error
        if self.kind == self.Kind.SPEEDLIMIT and self.max_speed_kmh is None:
            raise ValidationError({"max_speed_kmh": _("A speed limit needs a speed.")})


def rents_out(path=""):
    """A condition: the station at `path` (as "station__") stands there and rents vehicles out."""
    return models.Q(**{f"{path}is_installed": True, f"{path}is_renting": True})


class StationQuerySet(models.QuerySet):
    def renting(self):
        """Stations one can start from."""
        return self.filter(rents_out())


class Station(models.Model):
    """A place where vehicles stand: docks, a marked parking place, or a virtual one."""

    class ParkingType(models.TextChoices):
        PARKING_LOT = "PARKING_LOT", _("parking lot")
        STREET_PARKING = "STREET_PARKING", _("street parking")
        UNDERGROUND_PARKING = "UNDERGROUND_PARKING", _("underground parking")
        SIDEWALK_PARKING = "SIDEWALK_PARKING", _("sidewalk parking")
        OTHER = "OTHER", _("other")

    station_id = models.CharField(max_length=120, unique=True)
    name = LocalizedTextField()
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    region = models.ForeignKey(Region, models.SET_NULL, null=True, blank=True, related_name="stations")
    street_address = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    cross_street = models.CharField(max_length=200, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True, help_text=_("Places; empty = unlimited."))
    has_docks = models.BooleanField(default=False, help_text=_("Vehicles are held by docks that report."))
    is_virtual = models.BooleanField(default=False)
    is_charging = models.BooleanField(default=False)
    area = models.JSONField(null=True, blank=True, help_text=_("GeoJSON MultiPolygon."))
    parking_type = models.CharField(max_length=20, choices=ParkingType, blank=True)
    is_installed = models.BooleanField(default=True)
    is_renting = models.BooleanField(default=True)
    is_returning = models.BooleanField(default=True)
    source_id = models.CharField(max_length=200, blank=True, help_text=_("The id in the feed it came from."))
    history = HistoricalRecords()

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = _("station")
        verbose_name_plural = _("stations")
        ordering = ("station_id",)
        indexes = (models.Index(fields=["lat", "lon"], name="station_place"),)
        constraints = (
            models.CheckConstraint(
                name="a_station_is_on_the_globe",
                condition=models.Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                violation_error_message=_("The latitude is from -90 to 90, the longitude from -180 to 180."),
            ),
        )

    def __str__(self):
        return in_any_language(self.name) or self.station_id
