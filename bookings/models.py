"""The agreement with a MaaS provider: an offer, a booking, and all that happened to it."""

import uuid
from decimal import Decimal
from typing import cast

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from customers.models import Customer
from maas.models import Callback, MaasProvider
from tomp import logs


class BookingState(models.TextChoices):
    """TOMP bookingState."""

    NEW = "NEW", _("offer")
    PENDING = "PENDING", _("pending")
    CONFIRMED = "CONFIRMED", _("confirmed")
    CONDITIONAL_CONFIRMED = "CONDITIONAL_CONFIRMED", _("waiting for our confirmation")
    STARTED = "STARTED", _("started")
    FINISHED = "FINISHED", _("finished")
    RELEASED = "RELEASED", _("released")
    EXPIRED = "EXPIRED", _("expired")
    REJECTED = "REJECTED", _("rejected")
    CANCELLED = "CANCELLED", _("cancelled")


WAITING_STATES = (BookingState.PENDING, BookingState.CONDITIONAL_CONFIRMED)
OPEN_STATES = (*WAITING_STATES, BookingState.CONFIRMED, BookingState.STARTED)
ENDED_STATES = tuple(state for state in BookingState if state not in (BookingState.NEW, *OPEN_STATES))
GONE = 410


def travelled():
    """From departure to arrival, planned or real, as a range; a trip without a planned end is over as it begins.

    Whoever leaves after the planned arrival has not arrived before.
    """
    begins = Coalesce("departed_at", "departs_at")
    ends = Greatest(begins, Coalesce("arrived_at", "arrives_at"))
    return models.Func(
        begins, ends, template="tstzrange(%(expressions)s, '[]')", output_field=DateTimeRangeField()
    )  # fmt: skip


class BookingQuerySet(models.QuerySet):
    def for_provider(self, provider):
        return self.filter(provider=provider)

    def booked(self):
        """All that somebody booked; offers are not bookings yet."""
        return self.exclude(state=BookingState.NEW)

    def under_way_in(self, since, until):
        """Their trip and this time have a moment in common; None: the time has no such end.

        One range is one condition, of which PostgreSQL knows how few trips fit it; of two it would expect too many.
        """
        return self.alias(travelled=travelled()).filter(travelled__overlap=DateTimeTZRange(since, until, "[]"))

    def open(self):
        return self.filter(state__in=OPEN_STATES)

    def lapsed(self, now):
        """Waiting for a word that did not come in time."""
        return self.filter(state__in=WAITING_STATES, expires_at__lte=now)

    def to_confirm(self, now):
        """The provider committed, and our answer is owed."""
        return self.filter(state=BookingState.CONDITIONAL_CONFIRMED).not_lapsed(now)

    def not_lapsed(self, now):
        """All others, whether or not they ever waited."""
        return self.exclude(state__in=WAITING_STATES, expires_at__lte=now)

    def with_personal_data(self, before):
        """Ended before this moment, and not anonymised yet."""
        ended = self.filter(state__in=ENDED_STATES, created_at__lt=before, anonymised_at=None)
        return ended.exclude(arrived_at__gte=before)

    def stale_offers(self, before):
        return self.filter(state=BookingState.NEW, valid_until__lt=before)

    def locked(self, pk):
        """The booking, locked until the transaction ends: the first query of all that changes a trip.

        Raises DoesNotExist. Nothing is joined: a joined row would be the one from before the wait.
        """
        logs.bind(booking_id=pk)  # whatever is told from here on is about it
        return self.select_for_update().get(pk=pk)

    def locked_by_leg(self, leg_id):
        """The booking of this leg, locked as by locked(); one statement. Raises DoesNotExist."""
        booking = cast("Booking", self.select_for_update(of=("self",)).get(legs=leg_id))
        logs.bind(booking_id=booking.pk, leg_id=leg_id)
        return booking


class Booking(FSMModelMixin, models.Model):
    """One trip agreed with one provider, from the offer to the end. With one leg, both have the same id."""

    State = BookingState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(MaasProvider, models.PROTECT, related_name="bookings")
    state = FSMField(choices=BookingState, default=BookingState.NEW, protected=True, editable=False)
    api_version = models.CharField(max_length=10, help_text=_("The version it was made in."))

    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="bookings", editable=False
    )
    customer_data = models.JSONField(null=True, blank=True, help_text=_("As the provider sent it."))
    from_place = models.JSONField()
    to_place = models.JSONField(null=True, blank=True)
    departs_at = models.DateTimeField()
    arrives_at = models.DateTimeField(null=True, blank=True)
    departed_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    callback_url = models.CharField(max_length=500, blank=True)
    extra_info = models.JSONField(null=True, blank=True)

    price = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, blank=True, help_text=_("Total so far, VAT included.")
    )
    currency = models.CharField(max_length=3, blank=True)

    valid_until = models.DateTimeField(help_text=_("Until when the offer can be booked."))
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Pending: when it lapses without COMMIT or our answer.")
    )
    response_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("We confirm within this time after COMMIT; empty = at once.")
    )
    extensions = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True, blank=True)

    extra_costs = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text=_("What the journal charges besides fares and deposits, kept here to be shown with the price."),
    )

    warned_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When the traveller was warned that it is about to lapse.")
    )
    anonymised_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("Since then nobody can tell whose it was.")
    )

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=["created_at"], name="booking_by_age"),
            models.Index(fields=["provider", "state", "departs_at"], name="booking_by_provider"),
            models.Index(fields=["provider", "booked_at"], name="booking_by_quota"),
            GistIndex(travelled(), name="booking_by_time"),
            models.Index(
                fields=["expires_at"],
                name="booking_waiting",
                condition=models.Q(state__in=["PENDING", "CONDITIONAL_CONFIRMED"]),
            ),
            models.Index(fields=["valid_until"], name="booking_offer", condition=models.Q(state="NEW")),
            models.Index(fields=["departs_at"], name="booking_unstarted", condition=models.Q(state="CONFIRMED")),
            models.Index(
                fields=["created_at"],
                name="booking_with_personal_data",
                condition=models.Q(
                    anonymised_at__isnull=True, state__in=["FINISHED", "RELEASED", "EXPIRED", "REJECTED", "CANCELLED"]
                ),
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="a_waiting_booking_expires",
                condition=~models.Q(state__in=["PENDING", "CONDITIONAL_CONFIRMED"])
                | models.Q(expires_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_started_booking_has_departed",
                condition=~models.Q(state__in=["STARTED", "FINISHED"]) | models.Q(departed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_price_has_a_currency",
                condition=models.Q(price__isnull=True) | ~models.Q(currency=""),
            ),
        )

    def __str__(self):
        return str(self.id)

    @transition("state", source=BookingState.NEW, target=BookingState.PENDING)
    def hold(self, *, at, until):
        """Booked by the provider; the vehicle is held until it commits or the time is over."""
        self.booked_at = at
        self.expires_at = until

    @transition("state", source=BookingState.PENDING, target=BookingState.CONFIRMED)
    def commit(self):
        """The provider stands by it, and so do we."""
        self.expires_at = None

    @transition("state", source=BookingState.PENDING, target=BookingState.CONDITIONAL_CONFIRMED)
    def commit_conditionally(self, *, answer_by):
        """The provider stands by it; our answer is owed by then."""
        self.expires_at = answer_by

    @transition("state", source=BookingState.CONDITIONAL_CONFIRMED, target=BookingState.CONFIRMED)
    def confirm(self):
        """We stand by it as well."""
        self.expires_at = None

    @transition("state", source=BookingState.CONDITIONAL_CONFIRMED, target=BookingState.REJECTED)
    def deny(self):
        """We cannot do it."""
        self.expires_at = None

    @transition("state", source=BookingState.PENDING, target=BookingState.PENDING)
    def extend(self, *, until):
        """More time for the provider to commit."""
        self.expires_at = until
        self.extensions += 1

    @transition("state", source=WAITING_STATES, target=BookingState.EXPIRED)
    def expire(self):
        """Nobody said the word in time. The moment stays readable in expires_at."""

    @transition("state", source=BookingState.PENDING, target=BookingState.RELEASED)
    def release(self):
        """The provider gives it back before committing."""
        self.expires_at = None

    @transition(
        "state",
        source=(BookingState.CONFIRMED, BookingState.CONDITIONAL_CONFIRMED),
        target=BookingState.CANCELLED,
    )
    def cancel(self):
        """Called off after COMMIT, by either side."""
        self.expires_at = None

    @transition("state", source=BookingState.PENDING, target=BookingState.CANCELLED)
    def withdraw(self):
        """Called off by us before the provider committed."""
        self.expires_at = None

    @transition("state", source=BookingState.CONFIRMED, target=BookingState.STARTED)
    def start(self, *, at):
        """The first leg is in use."""
        self.departed_at = at

    @transition("state", source=BookingState.STARTED, target=BookingState.FINISHED)
    def finish(self, *, at):
        """The last open leg is finished."""
        self.arrived_at = at

    def add_extra_cost(self, *, name, amount, vat_rate, vat_country):
        """The price includes this from now on; a negative amount takes off. Written by payments, with its entry."""
        rate = None if vat_rate is None else str(vat_rate)
        cost = {"name": name, "amount": str(amount), "vat_rate": rate, "vat_country": vat_country}
        self.extra_costs = [*self.extra_costs, cost]
        self.price = (self.price or Decimal(0)) + amount

    @property
    def extra_total(self):
        """The sum of what is charged besides the fares, VAT included."""
        return sum((Decimal(cost["amount"]) for cost in self.extra_costs), Decimal(0))

    def total_of(self, legs, now):
        """What these legs cost by now, and what else is charged."""
        return self.extra_total + sum(leg.price(now).total for leg in legs)

    @property
    def is_open(self):
        return self.state in OPEN_STATES

    def has_lapsed(self, now):
        """Whether the time to say the word is over, noticed or not."""
        return self.state in WAITING_STATES and self.expires_at <= now


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
        indexes = (models.Index(fields=["booking", "at"], name="booking_event_order"),)

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
        return f"{self.type} {self.comment}".strip()
