"""The trip as it is travelled: a leg, its meter and its events."""

import uuid
from datetime import timedelta
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from bookings.models import Booking, Party
from fleet import information, places, pricing
from fleet.models import Asset, AssetType, Station
from legs.models import way
from legs.models.states import DONE_STATES, RUNNING_STATES, WAITING_STATES, LegState
from tomp.progress import Agreement


class LegQuerySet(models.QuerySet):
    def for_provider(self, provider):
        return self.filter(booking__provider=provider)

    def booked(self):
        """Legs of bookings; those of mere offers do not exist for the trip."""
        return self.exclude(booking__state=Booking.State.NEW)

    def to_assign(self, now):
        """Booked by type, without a vehicle yet, and so near to the departure that the operator assigns one."""
        lead = models.F("asset_type__assign_minutes_before") * timedelta(minutes=1)
        return self.filter(
            asset=None,
            state__in=WAITING_STATES,
            booking__state__in=(Booking.State.CONFIRMED, Booking.State.STARTED),
            departs_at__lte=models.ExpressionWrapper(now + lead, models.DateTimeField()),
        )

    def finishing(self):
        """The user brings the ride to an end, and began to at `finishing_since`."""
        began = LegEvent.objects.filter(leg=models.OuterRef("pk"), event="START_FINISHING").order_by("-received_at")
        return self.filter(state=LegState.FINISHING).annotate(
            finishing_since=models.Subquery(began.values("received_at")[:1])
        )

    def left_finishing(self, now):
        """Those who never did, for longer than the contract waits."""
        patience = models.F("booking__provider__finish_after_minutes") * timedelta(minutes=1)
        waited_until = models.ExpressionWrapper(now - patience, models.DateTimeField())
        return self.finishing().filter(finishing_since__lte=waited_until)

    def ridden_too_long(self, now):
        """In use or paused for longer than the contract expects."""
        longest = models.F("booking__provider__longest_ride_hours") * timedelta(hours=1)
        expected_until = models.ExpressionWrapper(models.F("departed_at") + longest, models.DateTimeField())
        running = self.filter(state__in=(LegState.IN_USE, LegState.PAUSED))
        return running.alias(expected_until=expected_until).filter(expected_until__lte=now)

    def overdue(self):
        """Those of them that were noticed, and go on."""
        return self.filter(overdue_at__isnull=False, state__in=RUNNING_STATES)

    def for_trip(self):
        """With all that an answer about the trip shows, in one query."""
        return self.select_related("asset", "asset_type")


class Leg(FSMModelMixin, Agreement):
    """One journey with one vehicle. It carries its tariff and conditions as they were when offered."""

    State = LegState
    AGREED = frozenset(
        {
            *("booking", "sequence", "asset_type", "station", "from_place", "traveler_references"),
            *("planned_distance_m", "tariff", "conditions", "ancillaries"),
        }
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="legs")
    sequence = models.PositiveSmallIntegerField(default=0)
    state = FSMField(choices=LegState, default=LegState.NOT_STARTED, protected=True, editable=False)

    asset_type = models.ForeignKey(AssetType, models.PROTECT, related_name="legs")
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, related_name="legs")
    asset_public_id = models.UUIDField(
        null=True, blank=True, help_text=_("The id the vehicle was booked by; it never changes here.")
    )
    station = models.ForeignKey(
        Station, models.SET_NULL, null=True, blank=True, related_name="+", help_text=_("Where it begins.")
    )
    from_place = models.JSONField()
    to_place = models.JSONField(null=True, blank=True)
    departs_at = models.DateTimeField()
    arrives_at = models.DateTimeField(null=True, blank=True)
    departed_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)

    tariff = models.JSONField(help_text=_("The plan as it was offered."))
    conditions = models.JSONField(default=list, blank=True)
    access_code = models.CharField(max_length=64, blank=True, editable=False)

    segments = models.JSONField(
        default=list, editable=False, help_text=_("[[IN_USE, PAUSED or ISSUE_REPORTED, seconds], …]")
    )
    metered_since = models.DateTimeField(null=True, blank=True, help_text=_("The meter runs since then."))
    distance_m = models.PositiveIntegerField(default=0)
    fare = models.JSONField(null=True, blank=True, help_text=_("The final price."))
    traveler_references = models.JSONField(
        default=list,
        blank=True,
        help_text=_("Who of the travellers rides it, as the provider numbers them."),
    )
    planned_distance_m = models.PositiveIntegerField(
        default=0, help_text=_("Before the ride: as the provider estimated it, or the straight line; 0 = unknown.")
    )

    track = models.JSONField(
        default=list, editable=False, help_text=_("[[milliseconds since the departure, lat, lon], …]")
    )
    ancillaries = models.JSONField(
        default=list, editable=False, help_text=_("What was added: category, number and its part of the tariff.")
    )

    overdue_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When it was noticed that the ride takes too long.")
    )

    objects = LegQuerySet.as_manager()

    class Meta:
        verbose_name = _("leg")
        verbose_name_plural = _("legs")
        ordering = ("booking", "sequence")
        indexes = (
            models.Index(fields=["departs_at"], name="leg_by_departure"),
            models.Index(fields=["asset_public_id"], name="leg_by_public_id"),
            models.Index(fields=["departed_at"], name="leg_departed", condition=models.Q(departed_at__isnull=False)),
            models.Index(
                fields=["departed_at"],
                name="leg_running",
                condition=models.Q(state__in=["IN_USE", "PAUSED", "FINISHING", "ISSUE_REPORTED"]),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                name="one_running_leg_per_asset",
                fields=["asset"],
                condition=models.Q(state__in=["IN_USE", "PAUSED", "ISSUE_REPORTED"]),
            ),
            models.CheckConstraint(
                name="an_asset_of_a_leg_has_its_public_id",
                condition=models.Q(asset__isnull=True) | models.Q(asset_public_id__isnull=False),
            ),
            models.CheckConstraint(
                name="a_leg_departed_before_it_arrived",
                condition=models.Q(arrived_at__isnull=True)
                | models.Q(departed_at__isnull=False, arrived_at__gte=models.F("departed_at")),
            ),
            models.CheckConstraint(
                name="a_finished_leg_has_its_price",
                condition=~models.Q(state="FINISHED") | models.Q(fare__isnull=False),
            ),
        )

    def __str__(self):
        return str(self.id)

    # -- the moves (TOMP legEvent, semantics §5.2); each changes this row only

    @transition("state", source=WAITING_STATES, target=LegState.PREPARING)
    def prepare(self):
        """The user is on the way; access data may be given."""

    @transition(
        "state",
        source=(*WAITING_STATES, LegState.PAUSED, LegState.FINISHING, LegState.ISSUE_REPORTED),
        target=LegState.IN_USE,
    )
    def set_in_use(self, *, at):
        """The vehicle is in use; the first time is the departure. Whatever had been concluded is open again."""
        self.departed_at = self.departed_at or at
        self.arrived_at, self.fare = None, None
        self._meter(LegState.IN_USE, at)

    @transition(
        "state",
        source=(LegState.IN_USE, LegState.FINISHING, LegState.ISSUE_REPORTED),
        target=LegState.PAUSED,
    )
    def pause(self, *, at):
        """The user keeps the vehicle but does not ride."""
        self.arrived_at, self.fare = None, None
        self._meter(LegState.PAUSED, at)

    @transition(
        "state",
        source=(LegState.IN_USE, LegState.PAUSED, LegState.ISSUE_REPORTED),
        target=LegState.FINISHING,
    )
    def start_finishing(self):
        """The user is bringing the ride to an end."""

    @transition(
        "state",
        source=(LegState.IN_USE, LegState.PAUSED, LegState.FINISHING),
        target=LegState.ISSUE_REPORTED,
    )
    def report_issue(self, *, at, stops_meter):
        """The user cannot go on. Where the contract says so, no time is billed until the ride goes on or is paused."""
        if stops_meter and not self.is_concluded:
            self._meter(LegState.ISSUE_REPORTED, at)

    @transition("state", source=RUNNING_STATES, target=LegState.FINISHED)
    def finish(self, *, at, fare):
        """The ride is over and costs this; access ends with it."""
        self.conclude(at=at, fare=fare)
        self.access_code = ""

    @transition("state", source=WAITING_STATES, target=LegState.CANCELLED)
    def cancel(self):
        """It will not take place."""
        self.access_code = ""

    def lead_to(self, point, station=None):
        """It leads to where it ended: this point ((lat, lon)), and the station the vehicle is at, if it is at one."""
        lat, lon = point
        self.to_place = places.place_at(lat, lon, station)

    # -- the meter

    def _meter(self, state, at):
        """From this moment on time counts as `state`."""
        self._close_segment(at)
        self.segments = [*self.segments, [state.value, 0]]
        self.metered_since = at

    def _close_segment(self, at):
        if self.metered_since is not None:
            state, _seconds = self.segments[-1]
            self.segments = [*self.segments[:-1], [state, _seconds_between(self.metered_since, at)]]
            self.metered_since = None

    def conclude(self, *, at, fare):
        """No time counts after this moment, and this is the price; the first conclusion is the arrival."""
        self._close_segment(at)
        self.arrived_at = self.arrived_at or max(at, self.departed_at)
        self.fare = fare.as_json()

    def rewind(self, *, at):
        """The meter of this running leg stopped at this moment, which may be before what it counted already."""
        millis = (at - self.departed_at).total_seconds() * 1000
        self.track, self.distance_m = way.until(millis, self.track, self.distance_m, self.segments)
        ended_at = self.metered_since or self.arrived_at
        if ended_at is None or at >= ended_at:
            return
        segments = [[state, seconds] for state, seconds in self.segments]
        if self.metered_since is not None:
            segments.pop()  # it began after the end
        too_much = (ended_at - at).total_seconds()
        while segments and segments[-1][1] <= too_much:
            too_much -= segments.pop()[1]
        if segments:
            segments[-1][1] = _rounded(segments[-1][1] - too_much)
        self.segments = segments
        self.metered_since = self.arrived_at = self.fare = None

    def usage(self, now):
        """What was used so far, for pricing: the running segment counts up to now, an issue does not count."""
        segments = [[state, seconds] for state, seconds in self.segments]
        if self.metered_since is not None:
            segments[-1][1] = _seconds_between(self.metered_since, now)
        return pricing.Usage(
            segments=tuple(
                pricing.Segment(pricing.AssetState(state), Decimal(str(seconds)))
                for state, seconds in segments
                if state != LegState.ISSUE_REPORTED
            ),
            distance_m=self.distance_m,
        )

    # -- where it went

    def follow(self, *, lat, lon, at):
        """The vehicle is there. Metres count while it is in use; a point that tells nothing new is not kept.

        Neither is one that cannot be true: older than the last, or further away than a vehicle can have come.
        """
        millis = round((at - self.departed_at).total_seconds() * 1000)
        self.track, metres = way.extended(self.track, millis, lat, lon)
        if self.state == LegState.IN_USE:
            self.distance_m += metres

    @property
    def position(self):
        """(lat, lon) where the vehicle was last known to be on this leg, or None. Expects for_trip()."""
        if self.track:
            return tuple(self.track[-1][1:])
        if self.asset is None or self.asset.lat is None:
            return None
        return self.asset.lat, self.asset.lon

    # -- questions

    def is_open_at(self, moment, schedule):
        """Whether trips may begin then where this one begins."""
        station, point = self.station, self.from_place.get("coordinates")
        return schedule.is_open(
            information.local(moment),
            station_id=self.station_id,
            region_id=station.region_id if station else None,
            point=(point["lat"], point["lng"]) if point and station is None else None,
        )

    def latest_departure(self, now):
        """A vehicle is kept for its type's minutes from the booking on; a type may be asked for so far ahead."""
        kind = self.asset_type
        if kind.booked_by == AssetType.BookedBy.TYPE:
            return now + timedelta(hours=kind.bookable_ahead_hours)
        return (self.booking.booked_at or now) + timedelta(minutes=max(kind.hold_minutes, 1))

    def was_picked(self):
        """Whether its vehicle is the choice of its user: of a type that was promised, and we never assigned one."""
        if self.asset_type.booked_by != AssetType.BookedBy.TYPE:
            return False
        return not self.events.filter(event="ASSIGN_ASSET", asked_by=Party.TO).exists()

    @property
    def is_waiting(self):
        return self.state in WAITING_STATES

    @property
    def is_running(self):
        return self.state in RUNNING_STATES

    @property
    def is_done(self):
        return self.state in DONE_STATES

    @property
    def is_given_back(self):
        """Whether the ridden vehicle was given back; the public knows it by another id since. Expects for_trip()."""
        return self.asset is not None and self.asset.public_id != self.asset_public_id

    @property
    def is_concluded(self):
        """Whether the price is final."""
        return self.fare is not None

    @property
    def is_price_final(self):
        """Whether nothing that may still happen on the ride changes the price (TOMP fare.estimated is the opposite)."""
        if self.is_concluded or self.state == LegState.CANCELLED:
            return True
        return pricing.is_final_by_nature(pricing.Tariff.from_json(self.tariff))

    def price(self, now):
        """What the leg costs so far: final, running, or (before the ride) for the time and distance planned."""
        if self.fare is not None:
            return pricing.Fare.from_json(self.fare)
        tariff = pricing.Tariff.from_json(self.tariff)
        if self.state == LegState.CANCELLED:
            return pricing.Fare(
                currency=tariff.currency, vat_rate=tariff.vat_rate, vat_country=tariff.vat_country, lines=()
            )
        return pricing.price(tariff, self.usage(now) if self.departed_at else self._planned_usage())

    def _planned_usage(self):
        segments: tuple[pricing.Segment, ...] = ()
        if self.arrives_at is not None:
            seconds = int((self.arrives_at - self.departs_at).total_seconds())
            segments = (pricing.Segment(pricing.AssetState.IN_USE, seconds),)
        return pricing.Usage(segments, self.planned_distance_m)


def _seconds_between(start, end):
    """Seconds, to the millisecond: what is dropped from each stretch would add up to free riding."""
    return _rounded(max(0.0, (end - start).total_seconds()))


def _rounded(seconds):
    seconds = round(seconds, 3)
    return int(seconds) if seconds.is_integer() else seconds


class LegEvent(models.Model):
    """One report about a leg; the same report twice is one event. Written once, never changed.

    Only its place is forgotten when the customer is erased.
    """

    leg = models.ForeignKey(Leg, models.CASCADE, related_name="events")
    event = models.CharField(max_length=20)
    at = models.DateTimeField(help_text=_("As reported."))
    state = models.CharField(max_length=20, choices=LegState, help_text=_("The state it led to."))
    asked_by = models.CharField(max_length=8, choices=Party, default=Party.MP)
    actor = models.CharField(max_length=150, blank=True, help_text=_("The colleague, if it was one."))
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    comment = models.TextField(blank=True)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("leg event")
        verbose_name_plural = _("leg events")
        ordering = ("received_at", "id")
        indexes = (models.Index(fields=["received_at"], name="leg_event_by_age"),)
        constraints = (
            models.UniqueConstraint(fields=["leg", "event", "at", "asked_by"], name="a_leg_event_is_reported_once"),
        )

    def __str__(self):
        return f"{self.event} → {self.state}"
