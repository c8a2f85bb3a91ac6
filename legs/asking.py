"""What we do with a leg only after its provider agreed: it pays, hence it decides (TOMP confirmationRequest)."""

from django.db import transaction
from django.utils.translation import gettext_noop as _

from bookings.models import Booking, Party
from fleet import services as fleet
from fleet.access import new_code
from fleet.errors import NoAssetLeft
from legs import callbacks, services
from legs.errors import IllegalEvent
from legs.models import Leg, LegEvent
from maas.models import Callback, CallbackKind, CallbackState

SAID = {True: "The provider agrees.", False: "The provider does not agree."}
NO_ANSWER = "The provider gave no answer."
WAITS = (Booking.State.CONFIRMED, Booking.State.STARTED)


@transaction.atomic
def ask(kind, *, leg_id, now, actor="", reason=""):
    """The provider will be asked whether we may replace the vehicle (REPLACE_ASSET) or begin the ride (START_LEG).

    Raises IllegalEvent where that is not possible, or the provider has no address to be asked at.
    """
    leg = _locked(leg_id)
    _check_possible(kind, leg)
    if Callback.objects.filter(booking_id=leg.booking_id, kind=kind, state=CallbackState.OWED).exists():
        raise IllegalEvent(_("The provider is being asked already."))
    if callbacks.question(leg, kind, now=now) is None:
        raise IllegalEvent(_("The provider has no address to be asked at."))
    _record(leg, kind, Party.TO, now, actor=actor, comment=reason)


def is_possible(kind, leg):
    """Whether this may be asked about the leg now, as far as its state says."""
    try:
        _check_possible(kind, leg)
    except IllegalEvent:
        return False
    return True


@transaction.atomic
def hear(*, callback_id, now):
    """What the provider answered is in the story of the leg, and done if it agreed. Nothing happens without a yes.

    Heard twice, it is done once.
    """
    callback = Callback.objects.get(pk=callback_id)
    leg = _locked(callback.path.split("/")[1])
    said = NO_ANSWER if callback.answer is None else SAID[callback.answer]
    is_new = _record(leg, callback.kind, Party.MP, callback.attempted_at, comment=said)
    if not is_new or callback.answer is not True:
        return
    try:
        with transaction.atomic():
            _check_possible(callback.kind, leg)
            if callback.kind == CallbackKind.REPLACE_ASSET:
                replace_asset(leg_id=leg.pk, now=now)
            else:
                services.apply("SET_IN_USE", leg_id=leg.pk, at=now, now=now, asked_by=Party.TO)
    except (IllegalEvent, NoAssetLeft) as refusal:
        _record(leg, callback.kind, Party.TO, now, comment=f"Not done: {refusal.detail}")


@transaction.atomic
def replace_asset(*, leg_id, now, asset_public_id=None, actor="", reason=""):
    """The leg has this free vehicle, or any other, with a code of its own; the former is free, the provider will hear.

    Raises IllegalEvent unless a vehicle is assigned and the ride did not begin, NoAssetLeft, AssetNotAvailable.
    """
    leg = _locked(leg_id)
    _check_possible(CallbackKind.REPLACE_ASSET, leg)
    leg.asset = fleet.replace(leg_id=leg.pk, former=leg.asset, asset_public_id=asset_public_id, now=now)
    leg.asset.asset_type = leg.asset_type
    leg.asset_public_id, leg.access_code = leg.asset.public_id, new_code()
    leg.save(update_fields=["asset", "asset_public_id", "access_code"])
    _record(leg, "ASSIGN_ASSET", Party.TO, now, actor=actor, comment=reason)
    callbacks.event(leg, "ASSIGN_ASSET", at=now, comment=reason, now=now)
    callbacks.changed(leg, now=now)
    return leg


def _locked(leg_id):
    booking = Booking.objects.locked_by_leg(leg_id)
    leg = Leg.objects.for_trip().get(pk=leg_id)
    leg.booking = booking
    return leg


def _check_possible(kind, leg):
    if not leg.is_waiting or leg.booking.state not in WAITS:
        raise IllegalEvent(
            _("%(event)s is not possible: leg %(leg)s is %(state)s, its booking %(booking)s."),
            event=kind, leg=leg.id, state=leg.state, booking=leg.booking.state,
        )  # fmt: skip
    if kind == CallbackKind.REPLACE_ASSET and leg.asset is None:
        raise IllegalEvent(_("REPLACE_ASSET is not possible: no vehicle is assigned."))


def _record(leg, event, asked_by, now, *, actor="", comment=""):
    """One more line in the story of the leg; False if it was there."""
    _event, is_new = LegEvent.objects.get_or_create(
        leg=leg, event=event, at=now, asked_by=asked_by,
        defaults={"state": leg.state, "actor": actor, "comment": comment, "received_at": now},
    )  # fmt: skip
    return is_new
