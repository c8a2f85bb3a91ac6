"""What was imported from which file, row by row, so that it can be looked at before, read later and undone."""

import hashlib

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, can_proceed, transition

from tomp.fields import SentenceField, SentencesField


class ImportState(models.TextChoices):
    UPLOADED = "UPLOADED", _("uploaded")
    MAPPED = "MAPPED", _("comparing")
    COMPARED = "COMPARED", _("ready to apply")
    APPLYING = "APPLYING", _("applying")
    APPLIED = "APPLIED", _("applied")
    UNDOING = "UNDOING", _("undoing")
    UNDONE = "UNDONE", _("undone")
    FAILED = "FAILED", _("failed")
    ABANDONED = "ABANDONED", _("abandoned")


AT_WORK = (ImportState.MAPPED, ImportState.APPLYING, ImportState.UNDOING)  # a job is owed
BEFORE_WRITING = (ImportState.UPLOADED, ImportState.COMPARED, ImportState.FAILED)
READY = (ImportState.COMPARED, ImportState.FAILED)
WRITTEN = (ImportState.APPLIED, ImportState.UNDONE, ImportState.FAILED)
CAN_BE_ABANDONED = (ImportState.MAPPED, *BEFORE_WRITING)


def nothing_is_written(batch):
    """Of a batch that failed: before anything of it was applied."""
    return batch.places_applied_at is None and not batch.counts.get("applied")


def is_compared(batch):
    """There are rows to write, or that were written."""
    return batch.compared_at is not None


class ImportBatch(FSMModelMixin, models.Model):
    """One import of vehicles, from the upload to the report, and back again if it is undone."""

    State = ImportState

    class Kind(models.TextChoices):
        LIST = "LIST", _("fleet list")
        FEED = "FEED", _("GBFS feed")

    kind = models.CharField(max_length=4, choices=Kind)
    source = models.CharField(max_length=500, help_text=_("The name of the file, or the address of the feed."))
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text=_("Bytes."))
    state = FSMField(choices=ImportState, default=ImportState.UPLOADED, protected=True, editable=False)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    header = models.JSONField(default=list, help_text=_("The headers of the file."))
    sample = models.JSONField(default=list, help_text=_("Its first rows."))
    mapping = models.JSONField(default=dict, help_text=_("Our columns, and where they stand in the file."))
    options = models.JSONField(default=dict)
    notes = SentencesField(default=list, help_text=_("What was noticed about the file as a whole."))
    counts = models.JSONField(default=dict, help_text=_("Rows by what they mean and by what became of them."))
    things = models.JSONField(default=list, help_text=_("Of a feed: places, types and prices, new, changed, …"))
    unpriced = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text=_("Of a feed: the types whose pricing plan it does not tell."),
    )
    done = models.PositiveIntegerField(default=0, help_text=_("Rows of the step that is at work."))
    total = models.PositiveIntegerField(default=0)
    error = SentenceField(blank=True)
    created_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True, help_text=_("When the step at work was asked for."))
    compared_at = models.DateTimeField(null=True, blank=True)
    places_applied_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-pk",)

    def __str__(self):
        return f"{self.pk} · {self.source}"

    @property
    def is_at_work(self):
        return self.state in AT_WORK

    @property
    def key(self):
        """The field of a vehicle that the rows know it by."""
        return "source_id" if self.kind == self.Kind.FEED else "vehicle_number"

    @property
    def reason(self):
        """What the history of a vehicle says about a change."""
        return f"import {self.pk}: {self.source}"

    def begin(self, *, at, total=0):
        """A step was asked for; nothing of it is done yet."""
        self.asked_at, self.done, self.total, self.error = at, 0, total, ""

    @transition("state", source=BEFORE_WRITING, target=ImportState.MAPPED, conditions=[nothing_is_written])
    def compare(self, *, at):
        """What the columns mean is known; a job compares the rows with the fleet."""
        self.begin(at=at)
        self.counts, self.things, self.notes = {}, [], []

    @transition("state", source=ImportState.MAPPED, target=ImportState.COMPARED)
    def finish_comparing(self, *, at):
        self.compared_at = at

    @transition("state", source=READY, target=ImportState.APPLYING, conditions=[is_compared])
    def apply(self, *, at, total):
        """The fleet is to say what the rows say; a job writes them."""
        self.begin(at=at, total=total)

    @transition("state", source=ImportState.APPLYING, target=ImportState.APPLIED)
    def finish_applying(self, *, at):
        self.applied_at = at

    @transition("state", source=WRITTEN, target=ImportState.UNDOING, conditions=[is_compared])
    def undo(self, *, at, total):
        """What the batch changed is to be as it was before; a job restores it."""
        self.begin(at=at, total=total)

    @transition("state", source=ImportState.UNDOING, target=ImportState.UNDONE)
    def finish_undoing(self, *, at):
        self.undone_at = at

    @transition("state", source=AT_WORK, target=ImportState.FAILED)
    def fail(self, *, error):
        self.error = error

    @transition("state", source=CAN_BE_ABANDONED, target=ImportState.ABANDONED, conditions=[nothing_is_written])
    def abandon(self):
        """Nothing of it was written, and nothing will be."""


def can_be(batch, step):
    """Whether the step follows on what became of the import so far."""
    return can_proceed(getattr(batch, step))


class ImportFile(models.Model):
    """The bytes of a batch, for every web process and worker; gone after TOMP_IMPORT_DAYS."""

    batch = models.OneToOneField(ImportBatch, models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()

    class Meta:
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")

    def __str__(self):
        return str(self.batch_id)


class ImportRow(models.Model):
    """One row of a batch: what it means for which vehicle, and what became of it."""

    class Kind(models.TextChoices):
        NEW = "NEW", _("new")
        CHANGED = "CHANGED", _("changed")
        UNCHANGED = "UNCHANGED", _("unchanged")
        WRONG = "WRONG", _("wrong")

    class Outcome(models.TextChoices):
        WAITING = "", _("not applied")
        APPLIED = "APPLIED", _("applied")
        LEFT = "LEFT", _("left as it was")
        UNDONE = "UNDONE", _("undone")
        PARTLY = "PARTLY", _("partly undone")
        KEPT = "KEPT", _("not undone")

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text=_("As the spreadsheet shows it."))
    thing = models.CharField(max_length=20, blank=True, default="", help_text=_("What it is, if no vehicle."))
    vehicle = models.CharField(max_length=200, help_text=_("Its number, or its id in the feed."))
    asset_pk = models.BigIntegerField(null=True, help_text=_("The vehicle or other thing; it may be gone."))
    kind = models.CharField(max_length=9, choices=Kind)
    has_warning = models.BooleanField(default=False)
    wanted = models.JSONField(null=True, help_text=_("What the row says, until it is applied."))
    changes = models.JSONField(default=dict, help_text=_("Field: before and after."))
    errors = SentencesField(default=list, help_text=_("Why it is wrong."))
    warnings = SentencesField(default=list)
    cells = models.JSONField(null=True, help_text=_("Of a wrong row: as it was."))
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True, default="")
    told = SentencesField(default=list, help_text=_("What was left as it was, and why."))

    class Meta:
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        ordering = ("batch", "kind", "number")
        indexes = (
            models.Index(fields=["batch", "kind", "number"], name="import_row_kind"),
            models.Index(fields=["batch", "number"], name="import_row_warning", condition=models.Q(has_warning=True)),
            models.Index(fields=["batch", "outcome", "id"], name="import_row_outcome"),
            models.Index(fields=["batch", "number"], name="import_row_thing", condition=~models.Q(thing="")),
        )

    def __str__(self):
        return f"{self.number} {self.vehicle}"


def signature_of(header):
    """Two files with these headers, however they are written, have the same columns."""
    return hashlib.sha256("\n".join("".join(name.split()).casefold() for name in header).encode()).hexdigest()


class ColumnMapping(models.Model):
    """What the columns of a file mean, kept under a name and found again by the headers."""

    name = models.CharField(max_length=80, unique=True)
    signature = models.CharField(max_length=64, db_index=True)
    columns = models.JSONField(default=dict, help_text=_("Our columns, and where they stand in the file."))

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        ordering = ("name",)

    def __str__(self):
        return self.name
