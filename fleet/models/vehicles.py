"""Each single vehicle, and the ids the public knew it by."""

import math
import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Window
from django.db.models.functions import Collate, RowNumber, Upper
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition
from simple_history.models import HistoricalRecords

from fleet.models.places import Station
from fleet.models.prices import PricingPlan
from fleet.models.types import AssetType

NFC_ID = RegexValidator(r"\A[0-9A-F]{8,32}\Z", _("An NFC tag has 8 to 32 hexadecimal digits, in capitals."))


class AssetState(models.TextChoices):
    AVAILABLE = "AVAILABLE", _("available")
    RESERVED = "RESERVED", _("reserved")
    IN_USE = "IN_USE", _("in use")
    OUT_OF_SERVICE = "OUT_OF_SERVICE", _("out of service")
    STORED = "STORED", _("in storage")
    MISSING = "MISSING", _("missing")
    RETIRED = "RETIRED", _("retired")


TRIP_STATES = (AssetState.RESERVED, AssetState.IN_USE)
STAFF_STATES = tuple(state for state in AssetState if state not in TRIP_STATES)


class Script(models.TextChoices):
    """How a virtual vehicle behaves when it is booked (docs/sandbox.md, legs/sandbox.py)."""

    WORKS = "WORKS", _("works")
    OPENS_LATE = "OPENS_LATE", _("opens at the second attempt")
    NEVER_OPENS = "NEVER_OPENS", _("never opens")
    RUNS_EMPTY = "RUNS_EMPTY", _("runs empty during the ride")
    LEAVES_AREA = "LEAVES_AREA", _("leaves the area during the ride")
    LOCKED_BY_HAND = "LOCKED_BY_HAND", _("is locked and unlocked by hand during the ride")
    ENDED_BY_US = "ENDED_BY_US", _("its ride is ended by us")
    DOCKS = "DOCKS", _("its dock tells when it is taken and brought back")


HARD_TO_OPEN = (Script.OPENS_LATE, Script.NEVER_OPENS)

# What a vehicle's own row tells of whether it may be offered; fleet/offering.py says it in words.
IS_AVAILABLE = models.Q(state=AssetState.AVAILABLE)
HAS_PLACE = models.Q(lat__isnull=False)
IS_CHARGED = models.Q(state_of_charge__isnull=True) | models.Q(
    state_of_charge__gte=models.F("asset_type__min_charge_percent")
)
IS_REAL = models.Q(script="")


def is_given_to(provider):
    """A condition: such a provider may be given the vehicle. Virtual ones in the sandbox, real ones everywhere else.

    Nobody in particular (None) is outside it.
    """
    return ~IS_REAL if provider is not None and provider.is_sandbox else IS_REAL


IS_FREE = IS_AVAILABLE & HAS_PLACE & IS_CHARGED
IS_ON_A_TRIP = models.Q(state__in=TRIP_STATES)
IS_IN_THE_FLEET = IS_REAL & ~models.Q(state__in=(AssetState.STORED, AssetState.RETIRED))


class AssetQuerySet(models.QuerySet):
    def real(self):
        """Vehicles of this world: those in the sandbox are not part of the fleet."""
        return self.filter(IS_REAL)

    def virtual(self):
        return self.exclude(IS_REAL)

    def given_to(self, provider):
        """The vehicles such a provider may be given."""
        return self.filter(is_given_to(provider))

    def free(self):
        """Vehicles that may be offered as far as their own row can tell."""
        return self.filter(IS_FREE)

    def usable(self):
        """Of the fleet, those that are free or on a trip."""
        return self.filter(IS_IN_THE_FLEET, IS_FREE | IS_ON_A_TRIP)

    def unusable(self):
        """The rest of the fleet: what earns nothing until somebody does something. What is in storage is no part."""
        return self.filter(IS_IN_THE_FLEET).exclude(IS_FREE | IS_ON_A_TRIP)

    def in_box(self, south, north, west, east):
        return self.filter(lat__range=(south, north), lon__range=(west, east))

    def nearest(self, lat, lon, *, of_each_type):
        """So many of each type, those that stand nearest; as the crow flies over a small area."""
        order = [_squared_distance(lat, lon).asc(), F("pk").asc()]
        rank = Window(RowNumber(), partition_by=F("asset_type"), order_by=order)
        return self.annotate(rank=rank).filter(rank__lte=of_each_type)

    def nearest_first(self, lat, lon):
        """From there on, as nearest(); by number where it is unknown, and of those at one place."""
        away = () if lat is None or lon is None else (_squared_distance(lat, lon).asc(nulls_last=True),)
        return self.order_by(*away, "vehicle_number")

    def for_trip(self):
        """With all that describes a vehicle to a traveller, in one query."""
        return self.select_related("asset_type", "station", "pricing_plan")


def _squared_distance(lat, lon):
    return (F("lat") - lat) ** 2 + ((F("lon") - lon) * math.cos(math.radians(lat))) ** 2


class LockState(models.TextChoices):
    """What is known of a vehicle's lock."""

    UNKNOWN = "UNKNOWN", _("unknown")
    OPEN = "OPEN", _("open")
    CLOSED = "CLOSED", _("closed")


# A former version needs no index of these: it is found by its vehicle, by when and by whom.
NEVER_FOUND_BY = (
    "vehicle_number", "public_id", "vehicle_code", "license_plate", "mac", "imei", "nfc_id",
    "asset_type", "station", "home_station", "pricing_plan",
)  # fmt: skip


class Asset(FSMModelMixin, models.Model):
    """One vehicle. The public knows it by public_id only, and by a new one after every trip."""

    State = AssetState

    vehicle_number = models.CharField(
        max_length=80, unique=True, help_text=_("The operator's own number; never published.")
    )
    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    asset_type = models.ForeignKey(AssetType, models.PROTECT, related_name="assets")
    state = FSMField(choices=AssetState, default=AssetState.AVAILABLE, protected=True, editable=False)
    state_reason = models.CharField(max_length=200, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    station = models.ForeignKey(Station, models.SET_NULL, null=True, blank=True, related_name="assets")
    station_slot = models.CharField(max_length=40, blank=True)
    home_station = models.ForeignKey(Station, models.SET_NULL, null=True, blank=True, related_name="home_assets")
    state_of_charge = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("Percent."))
    range_m = models.PositiveIntegerField(_("range in metres"), null=True, blank=True)
    odometer_m = models.PositiveBigIntegerField(_("odometer in metres"), null=True, blank=True)
    vehicle_code = models.CharField(
        max_length=120, unique=True, null=True, blank=True, help_text=_("What its printed QR or bar code says.")
    )
    license_plate = models.CharField(max_length=20, unique=True, null=True, blank=True)
    mac = models.CharField(
        _("Bluetooth address"), max_length=17, unique=True, null=True, blank=True, help_text=_("AA:BB:CC:DD:EE:FF")
    )
    imei = models.CharField(_("IMEI"), max_length=17, unique=True, null=True, blank=True)
    serial_number = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=100, blank=True, help_text=_("What the user reads on it."))
    pricing_plan = models.ForeignKey(
        PricingPlan, models.PROTECT, null=True, blank=True, help_text=_("Instead of the type's plan.")
    )
    notes = models.TextField(blank=True)
    tags = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, help_text=_("Words to find it by, with commas.")
    )
    reported_at = models.DateTimeField(null=True, blank=True, help_text=_("When the vehicle last reported."))
    source_id = models.CharField(max_length=200, blank=True, help_text=_("The id in the feed it came from."))
    nfc_id = models.CharField(
        _("NFC tag"), max_length=32, unique=True, null=True, blank=True, validators=[NFC_ID], help_text=_("Its number.")
    )
    lock_state = models.CharField(
        max_length=7, choices=LockState, default=LockState.UNKNOWN, help_text=_("As last reported, or as we left it.")
    )
    damages = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text=_("What its open support requests say is broken (TOMP damage); written by nobody else."),
    )
    is_docked = models.BooleanField(
        null=True, blank=True, editable=False, help_text=_("Whether it stands in a dock; empty = it never said.")
    )
    dock_reported_at = models.DateTimeField(null=True, blank=True, editable=False, help_text=_("When it last said so."))
    script = models.CharField(
        max_length=14,
        choices=Script,
        blank=True,
        editable=False,
        help_text=_("A virtual vehicle of the sandbox: how it behaves; empty = a real one."),
    )
    out_after_trip = models.CharField(
        max_length=200, blank=True, editable=False, help_text=_("Why it leaves service when its trip ends; empty = no.")
    )
    history = HistoricalRecords(
        excluded_fields=["damages", "is_docked", "dock_reported_at", "script", "out_after_trip"],
        no_db_index=list(NEVER_FOUND_BY),
    )

    objects = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        ordering = ("vehicle_number",)
        indexes = (
            models.Index(fields=["lat", "lon"], name="available_asset_place", condition=models.Q(state="AVAILABLE")),
            models.Index(fields=["station", "asset_type"], name="asset_at_station"),
            models.Index(fields=["source_id"], name="asset_source"),
            models.Index(Collate(Upper("vehicle_number"), "C"), name="asset_by_number"),
            models.Index(Collate(Upper("vehicle_code"), "C"), name="asset_by_code"),
            models.Index(Collate(Upper("license_plate"), "C"), name="asset_by_plate"),
            GinIndex(fields=["tags"], name="asset_tags"),
        )
        constraints = (
            models.CheckConstraint(
                name="an_asset_is_at_a_place_or_at_none",
                condition=models.Q(lat__isnull=True, lon__isnull=True)
                | models.Q(lat__isnull=False, lat__range=(-90, 90), lon__isnull=False, lon__range=(-180, 180)),
                violation_error_message=_("Give both latitude (-90 to 90) and longitude (-180 to 180), or neither."),
            ),
            models.CheckConstraint(
                name="charge_is_a_percentage",
                condition=models.Q(state_of_charge__isnull=True) | models.Q(state_of_charge__lte=100),
                violation_error_message=_("The charge is at most 100 percent."),
            ),
        )

    def __str__(self):
        return self.vehicle_number

    @transition("state", source=AssetState.AVAILABLE, target=AssetState.RESERVED)
    def reserve(self):
        """Held for a booking; nobody else is offered it."""

    @transition("state", source=AssetState.RESERVED, target=AssetState.IN_USE)
    def take(self):
        """The ride begins. The vehicle is no longer at its station, and open if we open it."""
        self.station = None
        self.station_slot = ""
        self.follow_lock(LockState.OPEN)

    @transition("state", source=AssetState.RESERVED, target=AssetState.AVAILABLE)
    def give_back(self):
        """Released before any ride: nothing else changed, so the public id stays."""

    @transition("state", source=AssetState.IN_USE, target=AssetState.AVAILABLE)
    def end_use(self, *, public_id):
        """The ride is over; from now on the public knows the vehicle by another id, and it is closed if we close it."""
        self.public_id = public_id
        self.follow_lock(LockState.CLOSED)

    @transition("state", source=STAFF_STATES, target=AssetState.AVAILABLE)
    def put_in_service(self):
        self.state_reason = ""

    @transition("state", source=STAFF_STATES, target=AssetState.OUT_OF_SERVICE)
    def take_out_of_service(self, *, reason=""):
        self.state_reason = reason

    @transition("state", source=STAFF_STATES, target=AssetState.STORED)
    def store(self, *, reason=""):
        self.state_reason = reason

    @transition("state", source=STAFF_STATES, target=AssetState.MISSING)
    def report_missing(self, *, reason=""):
        self.state_reason = reason

    @transition("state", source=STAFF_STATES, target=AssetState.RETIRED)
    def retire(self, *, reason=""):
        self.state_reason = reason

    def leave_service_if_due(self):
        """A vehicle that is to leave service when its trip ends does; returns whether it was."""
        if not self.out_after_trip:
            return False
        self.take_out_of_service(reason=self.out_after_trip)
        self.out_after_trip = ""
        return True

    def follow_lock(self, lock_state):
        """A lock that we work ourselves is in this state now; returns whether anything changed."""
        if not self.asset_type.is_locked_remotely or self.lock_state == lock_state:
            return False
        self.lock_state = lock_state
        return True

    @property
    def is_virtual(self):
        return bool(self.script)

    @property
    def is_on_a_trip(self):
        return self.state in TRIP_STATES


class AssetPublicId(models.Model):
    """A public id a vehicle had before, so that support can still find it. Staff only."""

    public_id = models.UUIDField(primary_key=True)
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="former_public_ids")
    replaced_at = models.DateTimeField()

    class Meta:
        verbose_name = _("former public id")
        verbose_name_plural = _("former public ids")
        ordering = ("-replaced_at",)

    def __str__(self):
        return str(self.public_id)
