"""The MaaS providers who book with us, and what was agreed with them."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from tomp.fields import ChoiceListField

# It travels in a header, before the last colon of HTTP Basic and in the form of /oauth/token, each as it is.
MAAS_ID = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9._:@/~-]*\Z",
    _("A maas-id begins with a letter or a digit and may go on with letters, digits and . _ : @ / ~ -"),
)


class Milestone(models.TextChoices):
    """The leg event at which something happens by contract."""

    START_FINISHING = "START_FINISHING", _("when the user starts finishing")
    FINISH = "FINISH", _("when the ride is finished")


class QuotaPeriod(models.TextChoices):
    """What the number of bookings is counted over, by the operator's calendar."""

    HOUR = "HOUR", _("hour")
    DAY = "DAY", _("day")
    WEEK = "WEEK", _("week")
    MONTH = "MONTH", _("month")


class AccessAnswer(models.TextChoices):
    """The answer in which access data are given (TOMP process identifiers ACCESS_CODE_IN_…)."""

    BOOKING = "BOOKING", _("the booking, where it needs no COMMIT")
    COMMIT_EVENT = "COMMIT_EVENT", _("COMMIT")
    PREPARE_EVENT = "PREPARE_EVENT", _("PREPARE")
    ASSIGN_ASSET_EVENT = "ASSIGN_ASSET_EVENT", _("ASSIGN_ASSET")
    GET_LEG = "GET_LEG", _("reading the leg")
    GET_BOOKING = "GET_BOOKING", _("reading the booking")


class LocatedEvent(models.TextChoices):
    """A leg event for which a contract may demand a location (LEG_EVENT_LOCATION_REQUIRED_…)."""

    ASSIGN_ASSET = "ASSIGN_ASSET", "ASSIGN_ASSET"
    SET_IN_USE = "SET_IN_USE", "SET_IN_USE"
    PAUSE = "PAUSE", "PAUSE"
    OPEN_TRUNK = "OPEN_TRUNK", "OPEN_TRUNK"
    TIME_EXTEND = "TIME_EXTEND", "TIME_EXTEND"
    FINISH = "FINISH", "FINISH"


def usual_access():
    """Where access data are given if nothing else was agreed."""
    return [
        AccessAnswer.COMMIT_EVENT.value,
        AccessAnswer.PREPARE_EVENT.value,
        AccessAnswer.ASSIGN_ASSET_EVENT.value,
        AccessAnswer.GET_LEG.value,
    ]


class Unstarted(models.TextChoices):
    """What becomes of a confirmed booking nobody came for, once the time to hold its vehicle is over."""

    CANCEL = "CANCEL", _("we call it off, free of charge")
    NO_SHOW = "NO_SHOW", _("we call it off for the no-show fee")
    KEEP = "KEEP", _("it stays; staff decide")


class MaasProvider(models.Model):
    """A company whose app sells our rides, with the terms of its contract."""

    maas_id = models.CharField(
        _("maas-id"), max_length=120, unique=True, validators=[MAAS_ID], help_text=_("As sent in the header maas-id.")
    )
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    is_sandbox = models.BooleanField(
        _("sandbox"),
        default=False,
        help_text=_("They try things out: they are given virtual vehicles only, and owe nothing."),
    )

    auto_commit = models.BooleanField(default=False, help_text=_("Bookings are confirmed at once, without COMMIT."))
    pending_minutes = models.PositiveSmallIntegerField(
        default=15, validators=[MinValueValidator(1)], help_text=_("How long a booking waits for COMMIT.")
    )
    max_extensions = models.PositiveSmallIntegerField(
        default=2, help_text=_("How often that time may be extended; 0 = never.")
    )
    max_open_bookings = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Bookings open at the same time; empty = no limit.")
    )
    bill_until = models.CharField(
        max_length=15, choices=Milestone, default=Milestone.FINISH, help_text=_("When the meter stops.")
    )
    release_asset_on = models.CharField(
        max_length=15, choices=Milestone, default=Milestone.FINISH, help_text=_("When others may book the vehicle.")
    )
    pascal_case_types = models.BooleanField(
        _("PascalCase types"),
        default=False,
        help_text=_("Write ConditionDeposit and TokenDefault instead of the official spelling."),
    )

    access_code_in = ChoiceListField(
        options=AccessAnswer.choices, default=usual_access, help_text=_("The answers that carry what opens a vehicle.")
    )
    atomic_set_in_use = models.BooleanField(
        default=False, help_text=_("A booking for now is committed and the ride begun at once.")
    )
    location_required_on = ChoiceListField(
        options=LocatedEvent.choices, help_text=_("Their events that are refused without a location.")
    )
    location_is_of_user = models.BooleanField(
        default=False, help_text=_("They report where the person is; it is not kept and moves no vehicle.")
    )

    api_version = models.CharField(
        _("API version"), max_length=10, default="1.6", help_text=_("The version we call them in.")
    )
    base_url = models.URLField(_("base URL"), blank=True, help_text=_("Where they receive our calls."))

    max_bookings = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Vehicles that may be booked per period; empty = no limit.")
    )
    quota_period = models.CharField(max_length=5, choices=QuotaPeriod, default=QuotaPeriod.DAY)
    issue_stops_meter = models.BooleanField(
        default=True,
        help_text=_("While a user cannot go on and has asked for help, no time is billed."),
    )
    cancellation_fee = models.DecimalField(
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("For calling off what was committed; VAT included, in the currency of the booking. Empty = none."),
    )
    free_cancellation_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("So long after COMMIT calling off costs nothing.")
    )
    no_show_fee = models.DecimalField(
        _("no-show fee"),
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("For a booking nobody came for; VAT included, in the currency of the booking. Empty = none."),
    )
    customers_need_approval = models.BooleanField(
        default=False,
        help_text=_("Only customers whose account (TOMP 1.6 /customers) staff approved may book."),
    )
    evidence_condition = models.BooleanField(
        default=False,
        help_text=_("Say which photos are needed in the old way too (conditionRequireEvidence, deprecated since 1.5)."),
    )

    unstarted = models.CharField(
        _("nobody came"),
        max_length=7,
        choices=Unstarted,
        default=Unstarted.CANCEL,
        help_text=_("When the vehicle was held for the minutes of its type after the departure."),
    )
    lapse_warning_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, default=5, help_text=_("So long before that the traveller is warned; empty = never.")
    )
    finish_after_minutes = models.PositiveIntegerField(
        null=True,
        blank=True,
        default=60,
        help_text=_("So long after START_FINISHING we finish the ride, as of then; empty = never."),
    )
    longest_ride_hours = models.PositiveIntegerField(
        null=True,
        blank=True,
        default=24,
        validators=[MinValueValidator(1)],
        help_text=_("Of a ride that takes longer they, and staff, are told; empty = never."),
    )
    end_longest_ride = models.BooleanField(default=False, help_text=_("And it is ended by us."))

    calls_paused_at = models.DateTimeField(_("calls paused at"), null=True, blank=True)
    calls_paused_because = models.CharField(_("calls paused because"), max_length=200, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("MaaS provider")
        verbose_name_plural = _("MaaS providers")
        ordering = ("maas_id",)
        constraints = (
            models.CheckConstraint(
                name="access_is_given_in_known_answers",
                condition=models.Q(access_code_in__contained_by=AccessAnswer.values),
            ),
            models.CheckConstraint(
                name="a_location_is_demanded_of_known_events",
                condition=models.Q(location_required_on__contained_by=LocatedEvent.values),
            ),
            models.CheckConstraint(
                name="who_pauses_the_calls_says_why",
                condition=models.Q(calls_paused_at__isnull=True, calls_paused_because="")
                | (models.Q(calls_paused_at__isnull=False) & ~models.Q(calls_paused_because="")),
            ),
        )

    def __str__(self):
        return self.name or self.maas_id

    def clean(self):
        """The terms fit together: nothing is promised or demanded that cannot happen."""
        at_once = self.auto_commit or self.atomic_set_in_use
        if AccessAnswer.BOOKING in self.access_code_in and not at_once:
            raise ValidationError(
                {"access_code_in": _("A booking that waits for COMMIT opens nothing: its answer has no access data.")}
            )
        if self.atomic_set_in_use and LocatedEvent.SET_IN_USE in self.location_required_on:
            raise ValidationError(
                {"location_required_on": _("A ride that begins with the booking has no event to carry a location.")}
            )
