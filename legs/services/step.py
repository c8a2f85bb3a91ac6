"""One event on its way through: what was reported, about which locked rows, and whether it is possible at all."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop as _

from bookings.models import Booking, Party, Subscription
from fleet.ids import as_public_id, bare_id
from fleet.models import AssetPublicId
from legs.errors import IllegalEvent, LegInUse, LegNotFound, OtherAsset
from legs.events import rule_of
from legs.models import Leg, LegEvent
from payments.models import JournalEntry
from tomp import logs, written
from tomp.compiled import compiled, one_each

CLOCK_DRIFT = timedelta(seconds=60)
LATEST_REPORT = timedelta(minutes=10)


@dataclass
class Step:
    """One event on its way through: what was reported, and the locked rows it is about."""

    event: str
    leg: Leg
    booking: Booking
    at: datetime
    now: datetime
    asked_by: Party = Party.MP
    actor: str = ""
    asset_ref: str | None = None
    location: tuple | None = None
    asset_location: tuple | None = None
    urls: list = field(default_factory=list)
    progress: written.Later = field(default_factory=written.Later)  # what is stored together with the leg

    @property
    def terms(self):
        """The contract of the provider."""
        return self.booking.provider


@compiled
def _leg(leg_id):
    return Leg.objects.for_trip().filter(pk=leg_id)


@compiled
def _reported_leg(leg_id, event, at, asked_by):
    same_report = LegEvent.objects.filter(leg=leg_id, event=event, at=at, asked_by=asked_by)
    charged = JournalEntry.objects.filter(booking=OuterRef("booking")).order_by().values("booking")
    return _leg.queryset(leg_id).annotate(
        is_repeated=Exists(same_report),
        has_company=Exists(Leg.objects.filter(booking=OuterRef("booking")).exclude(pk=leg_id)),
        entries=Coalesce(Subquery(charged.annotate(entries=Count("pk")).values("entries")), 0),
        webhook=Subscription.objects.webhook_of("booking"),
    )


def locked(leg_id, provider):
    """(the leg, its booking), both as they are after the lock. Raises LegNotFound."""
    return _asked(leg_id, provider, _leg.asking(leg_id=leg_id))


def locked_for(event, *, leg_id, provider, at, asked_by):
    """As locked(), and the leg knows what an event needs to know.

    That is: `is_repeated`, whether just this was reported before; `has_company`, whether its booking has other legs;
    `entries`, how many the journal has of the booking; `webhook`, where a subscription goes, None without one.
    """
    return _asked(leg_id, provider, _reported_leg.asking(leg_id=leg_id, event=event, at=at, asked_by=asked_by))


def _asked(leg_id, provider, about_leg):
    try:
        booking, leg = one_each(Booking.objects.locking_by_leg(leg_id, provider=provider), about_leg)
    except Booking.DoesNotExist:
        raise LegNotFound(f"Leg {leg_id} not found.") from None
    logs.bind(booking_id=booking.pk, leg_id=leg.pk)
    if provider is not None:
        booking.provider = provider
    leg.booking = booking
    if leg.asset is not None and leg.asset.asset_type_id == leg.asset_type_id:
        leg.asset.asset_type = leg.asset_type  # asked for once; staff may have given the vehicle another since
    return leg, booking


def believable(at, leg, now, *, is_ours):
    """When it happened. A clock that runs ahead, a time before what is known already, or one long past is not believed.

    The provider pays by these times, so a report that comes late counts from when it came (semantics §5.2: use
    server time if absurd). We know how late we are ourselves.
    """
    known = leg.metered_since or leg.arrived_at or leg.departed_at or leg.booking.booked_at
    if is_ours:
        return max(known, min(at, now))
    if at > now + CLOCK_DRIFT or at < max(known, now - LATEST_REPORT):
        return max(now, known)
    return min(at, now)


def keep_price(booking, leg, now):
    """The booking's total is what its legs cost by now, `leg` as it is changed here. Returns the legs."""
    legs = [leg, *booking.legs.exclude(pk=leg.pk)]
    booking.price = booking.total_of(legs, now)
    return legs


def check_possible(step):
    leg, booking, rule = step.leg, step.booking, rule_of(step.event, step.asked_by)
    if step.event == "CANCEL" and leg.is_running:
        raise LegInUse(_("Leg %(leg)s is %(state)s; end the ride instead."), leg=leg.id, state=leg.state)
    if not rule.moves and not rule.stays:
        raise IllegalEvent(_("%(event)s is what the provider asks of us, not we of it."), event=step.event)
    over = booking.state == Booking.State.FINISHED and step.event == "FINISH"
    if booking.state not in (Booking.State.CONFIRMED, Booking.State.STARTED) and not over:
        raise IllegalEvent(
            _("%(event)s is not possible: booking %(booking)s is %(state)s."),
            event=step.event, booking=booking.id, state=booking.state,
        )  # fmt: skip
    if not rule.allows(leg.state):
        raise IllegalEvent(
            _("%(event)s is not possible: leg %(leg)s is %(state)s."), event=step.event, leg=leg.id, state=leg.state
        )
    if step.event in ("SET_IN_USE", "PAUSE", "OPEN_TRUNK") and leg.is_given_back:
        raise IllegalEvent(_("%(event)s is not possible: the vehicle was given back."), event=step.event)
    if step.event == "FINISH" and step.asked_by == Party.MP and leg.asset_type.docks_report and not over:
        raise IllegalEvent(_("This vehicle's ride ends when its dock reports it."))


def check_asset(step):
    """The named vehicle is the vehicle of the leg, under whatever id it had (semantics §5.2).

    ASSIGN_ASSET alone may be about another.
    """
    leg, named = step.leg, step.asset_ref
    if named is None or step.event == "ASSIGN_ASSET" or (step.event == "SET_IN_USE" and leg.asset_id is None):
        return
    if leg.asset_id is None or not names(named, leg):
        raise OtherAsset(f"Leg {leg.id} is not about asset {named}.")


def check_same_asset(leg, named):
    """What is reported again is about the vehicle the leg has; who picks another one says when."""
    if named is not None and leg.asset_id is not None and not names(named, leg):
        raise OtherAsset(f"Just this was reported already, and leg {leg.id} is not about asset {named}.")


def names(named, leg):
    """Whether that is the vehicle the leg has."""
    public_id = as_public_id(named)
    return (
        bare_id(named) == leg.asset.vehicle_code
        or public_id in (leg.asset_public_id, leg.asset.public_id)
        or AssetPublicId.objects.filter(public_id=public_id, asset_id=leg.asset_id).exists()
    )
