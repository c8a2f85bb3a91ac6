"""What is broken on a vehicle, with photos, and what was done to it."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from fleet.models.vehicles import Asset

LARGEST_PHOTO = 8 * 1024 * 1024
IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class Damage(models.Model):
    """Something broken, from when it was seen until it is repaired. It stays on record for good."""

    class Part(models.TextChoices):
        """TOMP damage.vehicleComponent."""

        FRONT = "FRONT", _("front")
        REAR = "REAR", _("rear")
        LEFT = "LEFT", _("left side")
        RIGHT = "RIGHT", _("right side")
        TOP = "TOP", _("top")
        BOTTOM = "BOTTOM", _("bottom")
        INTERIOR = "INTERIOR", _("interior")
        TIRE = "TIRE", _("tyre")
        ANCILLARY = "ANCILLARY", _("ancillary")
        OTHER = "OTHER", _("other")

    class Severity(models.TextChoices):
        UNKNOWN = "UNKNOWN", _("nobody has looked yet")
        LIGHT = "LIGHT", _("light: it can be ridden")
        SERIOUS = "SERIOUS", _("serious: repair soon")
        UNSAFE = "UNSAFE", _("unsafe: nobody may ride it")

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="known_damages")
    part = models.CharField(max_length=10, choices=Part, default=Part.OTHER)
    description = models.TextField(max_length=2000)
    severity = models.CharField(max_length=7, choices=Severity, default=Severity.UNKNOWN)
    reported_at = models.DateTimeField()
    reported_by = models.CharField(max_length=150, blank=True, help_text=_("The colleague, or the provider."))
    request_id = models.BigIntegerField(
        _("support request"), unique=True, null=True, blank=True, editable=False, help_text=_("That told of it.")
    )
    pictures = models.JSONField(default=list, blank=True, editable=False, help_text=_("Photos kept elsewhere."))
    repaired_at = models.DateTimeField(null=True, blank=True)
    repaired_by = models.CharField(max_length=150, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("damage")
        verbose_name_plural = _("damages")
        ordering = ("-reported_at",)
        indexes = (
            models.Index(fields=["asset"], name="damage_to_repair", condition=models.Q(repaired_at__isnull=True)),
        )
        constraints = (
            models.CheckConstraint(
                name="a_repair_comes_after_the_report",
                condition=models.Q(repaired_at__isnull=True) | models.Q(repaired_at__gte=models.F("reported_at")),
                violation_error_message=_("It cannot have been repaired before it was reported."),
            ),
        )

    def __str__(self):
        return f"{self.get_part_display()}: {self.description[:60]}" if self.description else self.get_part_display()


def image_type(file):
    """The media type of a JPEG or PNG, by how it begins; None for anything else."""
    file.seek(0)
    beginning = file.read(8)
    file.seek(0)
    return next((media_type for magic, media_type in IMAGES.items() if beginning.startswith(magic)), None)


def check_photo(file):
    """Raises ValidationError unless it is a JPEG or PNG of bearable size."""
    if file.size > LARGEST_PHOTO:
        raise ValidationError(_("A photo has at most %(n)d MB.") % {"n": LARGEST_PHOTO // 1024**2})
    if image_type(file) is None:
        raise ValidationError(_("This is neither a JPEG nor a PNG."))


class DamagePhoto(models.Model):
    """A photo of it, kept under MEDIA_ROOT and shown to staff only."""

    damage = models.ForeignKey(Damage, models.CASCADE, related_name="photos")
    file = models.FileField(_("photo"), upload_to="damages/%Y/%m/", validators=[check_photo])

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ("pk",)

    def __str__(self):
        return self.file.name


class Maintenance(models.Model):
    """A stay in the workshop or a round of the mechanic: why, where, when, and what was done."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="maintenances")
    motive = models.CharField(max_length=200)
    place = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty = it goes on."))
    done = models.TextField(_("what was done"), blank=True)
    cost = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    done_by = models.CharField(max_length=150, blank=True, help_text=_("Mechanic or workshop."))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("maintenance")
        verbose_name_plural = _("maintenance")
        ordering = ("-starts_at",)
        constraints = (
            models.CheckConstraint(
                name="maintenance_ends_after_it_starts",
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gte=models.F("starts_at")),
                violation_error_message=_("It has to end after it starts."),
            ),
            models.CheckConstraint(
                name="maintenance_costs_nothing_or_more",
                condition=models.Q(cost__isnull=True) | models.Q(cost__gte=0),
                violation_error_message=_("It costs nothing or more."),
            ),
        )

    def __str__(self):
        return self.motive
