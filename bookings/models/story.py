"""What happened to a booking, what was said about it, and who wants to hear of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models.booking import OPEN_STATES, Booking, BookingState
from maas.models import Callback

GONE = 410


class Party(models.TextChoices):
    """On whose behalf something happened (TOMP bookingOperation.origin, plus ourselves)."""

    MP = "MP", _("MaaS provider")
    TO = "TO", _("operator")
    END_USER = "END_USER", _("traveller")
    OTHER = "OTHER", _("somebody else")


class SubscriptionQuerySet(models.QuerySet):
    def answered(self):
        """Those whose provider did not say since then that it knows no such booking: a 410 ends a subscription."""
        told = Callback.objects.filter(
            booking_id=models.OuterRef("booking_id"), attempted_at__gt=models.OuterRef("since")
        )
        return self.exclude(models.Exists(told.filter(status=GONE)))

    def in_force(self):
        """Those of open bookings: a subscription ends with its booking, too."""
        return self.answered().filter(booking__state__in=OPEN_STATES)

    def webhook_of(self, booking):
        """As a column of another query: where the subscription in force of this booking goes, NULL if there is none."""
        return models.Subquery(self.in_force().filter(booking=models.OuterRef(booking)).values("webhook")[:1])


class Subscription(models.Model):
    """The provider wants to be told of every step of this booking (TOMP POST /bookings/{id}/subscription)."""

    booking = models.OneToOneField(Booking, models.CASCADE, related_name="subscription")
    webhook = models.CharField(
        max_length=500,
        blank=True,
        help_text=_("Where to; empty = the callback address of the booking, or the provider."),
    )
    since = models.DateTimeField()

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ("-since",)

    def __str__(self):
        return self.webhook or str(self.booking_id)


class BookingEvent(models.Model):
    """One thing that happened to a booking. Written once, never changed."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="events")
    operation = models.CharField(max_length=30)
    state = models.CharField(max_length=30, choices=BookingState, help_text=_("The state it led to."))
    asked_by = models.CharField(max_length=8, choices=Party, default=Party.MP)
    actor = models.CharField(max_length=150, blank=True, help_text=_("The colleague, if it was one."))
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("booking event")
        verbose_name_plural = _("booking events")
        ordering = ("at", "id")
        indexes = (
            models.Index(fields=["booking", "at"], name="booking_event_order"),
            models.Index(fields=["at"], name="booking_event_by_age"),
        )

    def __str__(self):
        return f"{self.operation} → {self.state}"


class Note(models.Model):
    """What colleagues should know about a booking; never sent to anybody. Written once, never changed."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="notes")
    text = models.TextField()
    actor = models.CharField(max_length=150, blank=True, help_text=_("The colleague."))
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("at", "id")

    def __str__(self):
        return self.text[:80]


class Notification(models.Model):
    """A message about a booking, in either direction (TOMP notification)."""

    class Type(models.TextChoices):
        VEHICLE_NOT_AVAILABLE = "VEHICLE_NOT_AVAILABLE", _("vehicle not available")
        USER_NO_SHOW = "USER_NO_SHOW", _("user did not show up")
        ETA = "ETA", _("estimated time of arrival")
        MESSAGE_TO_DRIVER = "MESSAGE_TO_DRIVER", _("message to the driver")
        MESSAGE_TO_END_USER = "MESSAGE_TO_END_USER", _("message to the user")
        USER_OUT_OF_LIMITS = "USER_OUT_OF_LIMITS", _("user out of limits")
        OTHER = "OTHER", _("other")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="notifications")
    type = models.CharField(max_length=24, choices=Type)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)
    leg_id = models.CharField(max_length=100, blank=True)
    asset = models.JSONField(null=True, blank=True)
    sent_by = models.CharField(max_length=8, choices=Party, default=Party.MP)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("at", "id")

    def __str__(self):
        return f"{self.get_type_display()}: {self.comment}" if self.comment else str(self.get_type_display())
