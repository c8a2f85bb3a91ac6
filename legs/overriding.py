"""What staff do with a ride in place of its provider: pause, resume, end and charge it, free or exchange its vehicle.

Each is an event of our own (legs.services.apply), so that asset, journal and callbacks follow as from a dock that
reports. What staff charge is never another fare: entries beside the fare correct it.
"""

from datetime import timedelta
from decimal import Decimal

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bookings.models import Party
from fleet.errors import AssetNotAvailable
from fleet.models import Asset
from fleet.models.vehicles import AssetState
from fleet.pricing import minor_units
from legs import asking, services
from legs.errors import IllegalEvent
from legs.models import LegState
from legs.services.step import locked
from payments import services as payments
from payments.models import JournalEntry

RESUMABLE = (LegState.PAUSED, LegState.ISSUE_REPORTED)
SECOND = timedelta(seconds=1)  # staff type whole seconds


class Charge(models.TextChoices):
    """What a ride costs that staff end."""

    STANDARD = "STANDARD", _("as the tariff says")
    VOID = "VOID", _("nothing")
    SET = "SET", _("this amount")
    ADJUST = "ADJUST", _("the tariff, and this on top (below zero: less)")


def pause(*, leg_id, now, actor="", reason=""):
    """The leg is PAUSED. Raises IllegalEvent."""
    return _report("PAUSE", leg_id, now, now, actor, reason)


@transaction.atomic
def resume(*, leg_id, now, actor="", reason=""):
    """The ride that was paused, or reported an issue, goes on. Raises IllegalEvent; a ride is not begun by that."""
    leg, _booking = locked(leg_id, None)
    if leg.state not in RESUMABLE:
        raise IllegalEvent(gettext_noop("It cannot go on: leg %(leg)s is %(state)s."), leg=leg.id, state=leg.state)
    return _report("SET_IN_USE", leg_id, now, now, actor, reason)


@transaction.atomic
def end_ride(*, leg_id, at, now, charge=Charge.STANDARD, amount=None, place=None, actor="", reason=""):
    """The leg is FINISHED as of `at`, from its departure on and not later than now; the vehicle is free at `place`.

    Neither time nor kilometres count after `at`. `place` is (lat, lon), or None where it stands. The fare is that of
    the tariff; what `charge` says otherwise is an entry of its own beside it. Raises IllegalEvent, ClaimImpossible;
    after them nothing has changed.
    """
    leg, booking = locked(leg_id, None)
    if not leg.is_running:
        raise IllegalEvent(
            gettext_noop("There is no ride to end: leg %(leg)s is %(state)s."), leg=leg.id, state=leg.state
        )
    if not leg.departed_at - SECOND < at <= now:
        raise IllegalEvent(gettext_noop("A ride ends after it began, and not in the future."))
    leg.rewind(at=max(at, leg.departed_at))
    leg.save(update_fields=["segments", "metered_since", "arrived_at", "fare", "track", "distance_m"])
    leg = _report("FINISH", leg_id, max(at, leg.departed_at), now, actor, reason, location=place)
    _charge(booking, leg, Charge(charge), amount, now=now, actor=actor, reason=reason)
    return leg


@transaction.atomic
def release(*, leg_id, now, at=None, actor="", reason=""):
    """The vehicle is free, whatever was going on: what waits is CANCELLED, a ride is ended as of `at`, for nothing.

    Raises IllegalEvent when nothing is held any more.
    """
    leg, _booking = locked(leg_id, None)
    if leg.is_waiting:
        return _report("CANCEL", leg_id, now, now, actor, reason)
    return end_ride(leg_id=leg_id, at=at or now, now=now, charge=Charge.VOID, actor=actor, reason=reason)


@transaction.atomic
def reassign(*, leg_id, now, vehicle_number="", actor="", reason=""):
    """The leg that did not begin has this free vehicle of its type, or the nearest; the one it had is free.

    Raises IllegalEvent, AssetNotAvailable, NoAssetLeft.
    """
    leg, _booking = locked(leg_id, None)
    public_id = _public_id(vehicle_number, leg) if vehicle_number else None
    if leg.asset_id is not None:
        return asking.replace_asset(leg_id=leg_id, asset_public_id=public_id, now=now, actor=actor, reason=reason)
    return _report("ASSIGN_ASSET", leg_id, now, now, actor, reason, asset_ref=public_id and str(public_id))


def _report(event, leg_id, at, now, actor, reason, **more):
    return services.apply(
        event, leg_id=leg_id, at=at, now=now, asked_by=Party.TO, actor=actor, comment=reason, **more
    )  # fmt: skip


def _public_id(vehicle_number, leg):
    """Of a vehicle that the leg could have; whether it is free is decided when it is held."""
    asset = Asset.objects.filter(vehicle_number__iexact=vehicle_number.strip()).select_related("asset_type").first()
    if asset is None:
        raise AssetNotAvailable(gettext_noop("There is no vehicle %(number)s."), number=repr(vehicle_number))
    number = asset.vehicle_number
    if asset.pk == leg.asset_id:
        raise AssetNotAvailable(gettext_noop("The leg has %(number)s already."), number=number)
    if asset.asset_type_id != leg.asset_type_id:
        raise AssetNotAvailable(
            gettext_noop("%(number)s is of another type: %(type)s."), number=number, type=asset.asset_type.type_id
        )
    if asset.state != AssetState.AVAILABLE:
        raise AssetNotAvailable(
            gettext_noop("%(number)s is not free, it is %(state)s."), number=number, state=asset.state
        )
    return asset.public_id


def _charge(booking, leg, charge, amount, **who):
    """What differs from the fare is charged as extra usage, or given back of it."""
    fare = JournalEntry.objects.get(leg=leg, category=JournalEntry.Category.FARE)
    amount = Decimal(0) if amount is None else amount
    difference, said = {
        Charge.STANDARD: (Decimal(0), ""),
        Charge.VOID: (-fare.amount, "The fare is waived."),
        Charge.SET: (amount - fare.amount, f"The ride costs {amount:.{minor_units(fare.currency)}f} {fare.currency}."),
        Charge.ADJUST: (amount, "Adjustment by the operator."),
    }[charge]
    if difference < 0:
        payments.refund(booking_id=booking.pk, entry_id=fare.pk, amount=-difference, description=said, **who)
    elif difference > 0:
        payments.claim(
            booking_id=booking.pk, category=JournalEntry.Category.EXTRA_USAGE, amount=difference, description=said,
            vat_rate=fare.vat_rate, vat_country=fare.vat_country, leg_id=leg.pk, **who,
        )  # fmt: skip
