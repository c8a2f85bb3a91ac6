"""Requests for help, about a booking or about a vehicle nobody booked, and every status they ever had."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking, Party
from fleet.models import Asset
from maas.models import MaasProvider


class SupportRequestQuerySet(models.QuerySet):
    def in_inbox(self):
        """Those that wait for staff: open, and not merged into another, with which they are answered."""
        return self.filter(IN_INBOX)


class SupportRequest(models.Model):
    """One request and its latest status (TOMP supportRequest).

    `reference` is the booking id, or an id we mint for a vehicle without booking: a UUID of one provider either way.
    `comment` is what was said first; the conversation is in its statuses. A repeated report is merged into the one
    that was kept: it has no work of its own any more, and is told under its reference what is said about that one.
    """

    class Type(models.TextChoices):
        BROKEN_DOWN = "BROKEN_DOWN", _("broken down")
        NOT_AT_LOCATION = "NOT_AT_LOCATION", _("not at its location")
        MISSING_AFTER_PAUSE = "MISSING_AFTER_PAUSE", _("missing after a pause")
        NOT_CLEAN = "NOT_CLEAN", _("not clean")
        NOT_AVAILABLE = "NOT_AVAILABLE", _("not available")
        UNABLE_TO_OPEN = "UNABLE_TO_OPEN", _("unable to open")
        UNABLE_TO_CLOSE = "UNABLE_TO_CLOSE", _("unable to close")
        API_TECHNICAL = "API_TECHNICAL", _("API, technical")
        API_FUNCTIONAL = "API_FUNCTIONAL", _("API, functional")
        ACCIDENT = "ACCIDENT", _("accident")
        OTHER = "OTHER", _("other")

    class Priority(models.TextChoices):
        ERROR_CANNOT_CONTINUE = "ERROR_CANNOT_CONTINUE", _("cannot continue")
        ERROR_CAN_CONTINUE = "ERROR_CAN_CONTINUE", _("can continue")
        DISTURBING_ISSUE = "DISTURBING_ISSUE", _("disturbing")
        QUESTION = "QUESTION", _("question")
        OTHER = "OTHER", _("other")

    class Status(models.TextChoices):
        PROCESSING = "PROCESSING", _("processing")
        UPDATE_REQUESTED = "UPDATE_REQUESTED", _("update requested")
        RESOLVED = "RESOLVED", _("resolved")
        CANCELLED = "CANCELLED", _("cancelled")

    class Result(models.TextChoices):
        """What came of it. Only merging makes a duplicate: it says of what."""

        SOLVED = "SOLVED", _("solved")
        NOT_OURS = "NOT_OURS", _("not our matter")
        NOT_REACHABLE = "NOT_REACHABLE", _("not reachable")
        DUPLICATE = "DUPLICATE", _("duplicate")

    provider = models.ForeignKey(MaasProvider, models.PROTECT, related_name="support_requests")
    reference = models.CharField(max_length=100, db_index=True)
    booking = models.ForeignKey(Booking, models.PROTECT, null=True, blank=True, related_name="support_requests")
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, related_name="support_requests")
    support_type = models.CharField(max_length=20, choices=Type, default=Type.OTHER)
    priority = models.CharField(max_length=24, choices=Priority, default=Priority.OTHER)
    status = models.CharField(max_length=16, choices=Status, default=Status.PROCESSING)
    comment = models.TextField(blank=True)
    contact = models.CharField(max_length=200, blank=True)
    location = models.JSONField(null=True, blank=True)
    urls = models.JSONField(default=list, blank=True)
    damage = models.JSONField(null=True, blank=True)
    asset_reference = models.CharField(max_length=120, blank=True, help_text=_("As the provider named it."))
    requested_response_minutes = models.FloatField(null=True, blank=True)
    resolution_minutes = models.PositiveIntegerField(null=True, blank=True)
    occurred_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When what was said with it was forgotten.")
    )
    assigned_to = models.CharField(
        max_length=150, blank=True, help_text=_("The colleague who looks after it; the provider does not see this.")
    )
    result = models.CharField(max_length=16, choices=Result, blank=True, default="", db_default="")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_index=False, editable=False, related_name="merged"
    )

    objects = SupportRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("support request")
        verbose_name_plural = _("support requests")
        ordering = ("reference", "created_at", "id")
        indexes = (
            models.Index(
                fields=["created_at"], name="support_to_forget", condition=models.Q(forgotten_at__isnull=True)
            ),
            models.Index(
                fields=["priority", "created_at"],
                name="support_open",
                condition=models.Q(status__in=["PROCESSING", "UPDATE_REQUESTED"]),
            ),
            models.Index(fields=["merged_into"], name="support_merged", condition=models.Q(merged_into__isnull=False)),
        )
        constraints = (
            models.CheckConstraint(
                name="a_duplicate_says_of_what",
                condition=models.Q(~models.Q(result="DUPLICATE"), merged_into__isnull=True)
                | models.Q(merged_into__isnull=False, result="DUPLICATE"),
            ),
            models.CheckConstraint(
                name="what_has_a_result_is_closed",
                condition=models.Q(result__in=["", "DUPLICATE"]) | models.Q(status__in=["RESOLVED", "CANCELLED"]),
            ),
            models.CheckConstraint(
                name="nothing_is_merged_into_itself", condition=~models.Q(merged_into=models.F("id"))
            ),
        )

    def __str__(self):
        return f"{self.get_support_type_display()} ({self.get_status_display()})"

    @property
    def waits(self):
        """It is in the inbox: somebody still has to do something."""
        return self.status in OPEN and self.merged_into_id is None


OPEN = (SupportRequest.Status.PROCESSING, SupportRequest.Status.UPDATE_REQUESTED)
IN_INBOX = models.Q(status__in=OPEN, merged_into=None)


class SupportStatus(models.Model):
    """A status a request had, or has, with what was said (TOMP supportStatus). Written once, never changed.

    `order` rises over all requests of the reference; the highest is the current one (semantics §12).
    """

    request = models.ForeignKey(SupportRequest, models.CASCADE, related_name="statuses")
    reference = models.CharField(max_length=100, help_text=_("That of the request."))
    order = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=SupportRequest.Status, default=SupportRequest.Status.PROCESSING)
    comment = models.TextField(blank=True)
    resolution_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("How long we expect to need from then on.")
    )
    said_by = models.CharField(max_length=8, choices=Party, default=Party.MP)
    actor = models.CharField(max_length=150, blank=True, help_text=_("The colleague, if it was one."))
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("support status")
        verbose_name_plural = _("support statuses")
        ordering = ("reference", "order")
        constraints = (models.UniqueConstraint(fields=["reference", "order"], name="support_statuses_are_in_order"),)

    def __str__(self):
        return f"{self.order}: {self.get_status_display()}"


class SupportNote(models.Model):
    """What colleagues tell each other about a request. Never sent to anybody; written once, never changed."""

    request = models.ForeignKey(SupportRequest, models.CASCADE, related_name="notes")
    text = models.TextField()
    actor = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ("at", "id")

    def __str__(self):
        return f"{self.actor}: {self.text[:40]}"
