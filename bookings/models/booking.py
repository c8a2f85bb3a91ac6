"""The agreement with a MaaS provider: an offer, a booking."""

import uuid
from decimal import Decimal

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from customers.models import Customer
from maas.models import MaasProvider
from tomp import logs
from tomp.compiled import compiled, one_each
from tomp.progress import Agreement


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

    def under_way_in(self, since, until, *, now):
        """Their trip and this time have a moment in common; None: the time has no such end.

        A ride that has not ended lasts until now at least, whatever was planned.

        One range is one condition, of which PostgreSQL knows how few trips fit it; of two it would expect too many.
        """
        found = Q(travelled__overlap=DateTimeTZRange(since, until, "[]"))
        if since is not None and since <= now:
            begun = Q() if until is None else Q(departed_at__lte=until)
            found |= Q(state=BookingState.STARTED) & begun
        return self.alias(travelled=travelled()).filter(found)

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


@compiled
def _locked(pk):
    return Booking.objects.select_for_update().filter(pk=pk)


@compiled
def _locked_by_leg(leg_id):
    return Booking.objects.booked().select_for_update(of=("self",)).filter(legs=leg_id)


@compiled
def _locked_for(provider, leg_id):
    return _locked_by_leg.queryset(leg_id).filter(provider=provider)


class BookingManager(models.Manager.from_queryset(BookingQuerySet)):  # type: ignore[misc]
    """Of all bookings: these questions are asked of no queryset that is narrower."""

    def locked(self, pk):
        """The booking, locked until the transaction ends: the first query of all that changes a trip.

        Raises DoesNotExist. Nothing is joined: a joined row would be the one from before the wait.
        """
        logs.bind(booking_id=pk)  # whatever is told from here on is about it
        return _locked.get(pk=pk)

    def locked_by_leg(self, leg_id, *, provider=None):
        """The booking of this leg, locked as by locked(); one statement.

        Raises DoesNotExist: the leg is one of an offer, or not of a booking of this provider.
        """
        [booking] = one_each(self.locking_by_leg(leg_id, provider=provider))
        logs.bind(booking_id=booking.pk, leg_id=leg_id)
        return booking

    def locking_by_leg(self, leg_id, *, provider=None):
        """The question that locked_by_leg() asks, to be asked together with what is read after the lock."""
        if provider is None:
            return _locked_by_leg.asking(leg_id=leg_id)
        return _locked_for.asking(provider=provider.pk, leg_id=leg_id)


class Booking(FSMModelMixin, Agreement):
    """One trip agreed with one provider, from the offer to the end. With one leg, both have the same id."""

    State = BookingState
    AGREED = frozenset(
        {
            *("provider", "api_version", "customer", "customer_data", "from_place", "to_place", "callback_url"),
            *("extra_info", "currency", "valid_until", "response_minutes", "created_at", "booked_at", "anonymised_at"),
        }
    )

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

    objects = BookingManager()

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
