"""Vehicles are out of service from then until then: drafted and decided by staff, carried out by the clock.

Each vehicle by itself, so that one on a trip holds nobody up: it leaves service when its trip ends.
"""

from datetime import timedelta
from functools import cache

from django.db import transaction
from django.utils.translation import gettext, gettext_noop
from procrastinate.contrib.django import app

from fleet.errors import NotPossible
from fleet.models import Asset, RestrictedAsset, Restriction
from fleet.models.vehicles import AssetState
from tomp.jobs import do_each
from tomp.words import in_english

CARRY_OUT = "backoffice.tasks.carry_out_restriction"  # called by its name: the fleet does not know the bookings
AT_ONCE = 2000
INSTANT = timedelta(microseconds=1)
# What became of a vehicle, as it is kept; told() says it in the language of the reader.
WAITS = gettext_noop("is on a trip: it leaves service when the trip ends")
NEVER_BEGAN, WAITED_ONLY = gettext_noop("never began"), gettext_noop("never began: it was on a trip")
ANOTHER_HOLDS = gettext_noop("another restriction holds")
WAS_ALREADY = gettext_noop("was %(state)s already: left as it is")
WAS_BY_THEN = gettext_noop("was %(state)s by then: left as it is")


@transaction.atomic
def draft(*, assets, state, reason, starts_at, ends_at, actor, now):
    """A restriction of these vehicles, however many, without effect until it is decided. Returns it.

    Raises NotPossible for no vehicles, or an end that is past or before the start.
    """
    if ends_at is not None and ends_at <= max(starts_at, now):
        raise NotPossible(gettext_noop("It has to end in the future, after it starts."))
    made = Restriction.objects.create(
        state=state, reason=reason, starts_at=starts_at, ends_at=ends_at, created_by=actor, created_at=now
    )
    pks = assets.order_by("pk").values_list("pk", flat=True)
    rows = (RestrictedAsset(restriction=made, asset_id=pk) for pk in pks)
    if not RestrictedAsset.objects.bulk_create(rows, batch_size=AT_ONCE):
        raise NotPossible(gettext_noop("Choose at least one vehicle."))
    return made


@transaction.atomic
def decide(*, restriction_id, bookings, actor, now):
    """The restriction holds, and a job begins it if it is due and does with the bookings hit what `bookings` says.

    Raises NotPossible when it was decided before, or its time has passed.
    """
    chosen = Restriction.objects.select_for_update().get(pk=restriction_id)
    if chosen.decided_at is not None:
        raise NotPossible(gettext_noop("It was decided already."))
    if chosen.ends_at is not None and chosen.ends_at <= now:
        raise NotPossible(gettext_noop("Its time has passed."))
    chosen.decided_at, chosen.bookings = now, bookings
    chosen.save(update_fields=["decided_at", "bookings"])
    app.configure_task(CARRY_OUT, lock=f"restriction {chosen.pk}").defer(restriction_id=chosen.pk, actor=actor)
    return chosen


def forget_drafts(*, before):
    """Restrictions drafted before this moment and never decided are gone; returns how many."""
    _deleted, by_model = Restriction.objects.filter(decided_at=None, created_at__lt=before).delete()
    return by_model.get(Restriction._meta.label, 0)


@transaction.atomic
def call_off(*, restriction_id, now):
    """It ends now: vehicles it took out are put back by the job of the minute. Raises NotPossible."""
    chosen = Restriction.objects.select_for_update().get(pk=restriction_id)
    if chosen.decided_at is None or (chosen.ends_at is not None and chosen.ends_at <= now):
        raise NotPossible(gettext_noop("It does not hold (any more)."))
    if chosen.starts_at >= now:
        chosen.starts_at = now - INSTANT  # it never held; the database wants an end after the start
    chosen.ends_at = now
    chosen.save(update_fields=["starts_at", "ends_at"])
    return chosen


def carry_out(*, now, restriction_id=None):
    """Vehicles whose restrictions begin or end by now are out of service, or in it again. Returns how many moved."""
    rows = RestrictedAsset.objects.all()
    if restriction_id is not None:
        rows = rows.filter(restriction=restriction_id)
    ending = list(rows.to_end(now).order_by("asset").values_list("pk", flat=True))
    beginning = list(rows.to_begin(now).order_by("asset").values_list("pk", flat=True))
    ended = do_each(ending, lambda pk: _end(pk, now), failure="restriction_not_ended")
    return ended + do_each(beginning, lambda pk: _begin(pk, now), failure="restriction_not_begun")


def _locked(row_id):
    row = RestrictedAsset.objects.select_related("restriction").get(pk=row_id)
    return row, row.restriction, Asset.objects.select_for_update().get(pk=row.asset_id)


@transaction.atomic
def _begin(row_id, now):
    row, restriction, asset = _locked(row_id)
    if row.began_at is not None:
        return False
    if asset.is_on_a_trip:
        return _wait_for_the_trip(row, restriction, asset)
    waited = row.note == WAITS and asset.state_reason == restriction.reason
    is_ours = asset.state == AssetState.AVAILABLE or waited or _running(asset, besides=row).exists()
    if is_ours:
        asset.out_after_trip = ""
        _move(asset, restriction)
    note = "" if is_ours else WAS_ALREADY % {"state": in_english(asset.get_state_display)}
    return _keep(row, note=note, began_at=now, ended_at=None if is_ours else now)


def _wait_for_the_trip(row, restriction, asset):
    if row.note == WAITS:
        return False
    Asset.objects.filter(pk=asset.pk).update(out_after_trip=restriction.reason)
    _keep(row, note=WAITS)
    return False


@transaction.atomic
def _end(row_id, now):
    row, restriction, asset = _locked(row_id)
    if row.ended_at is not None:
        return False
    if row.began_at is None:
        if row.note == WAITS:
            Asset.objects.filter(pk=asset.pk).update(out_after_trip="")
        return _keep(row, note=WAITED_ONLY if row.note == WAITS else NEVER_BEGAN, ended_at=now)
    if asset.state != restriction.state or asset.state_reason != restriction.reason:
        return _keep(row, note=WAS_BY_THEN % {"state": in_english(asset.get_state_display)}, ended_at=now)
    other = _running(asset, besides=row).select_related("restriction").first()
    if other is not None:
        _move(asset, other.restriction)
        return _keep(row, note=ANOTHER_HOLDS, ended_at=now)
    asset.put_in_service()
    asset.save(update_fields=["state", "state_reason"])
    return _keep(row, ended_at=now)


def _running(asset, *, besides):
    """The other restrictions the vehicle is out of service for."""
    return RestrictedAsset.objects.filter(asset=asset, began_at__isnull=False, ended_at=None).exclude(pk=besides.pk)


def _move(asset, restriction):
    move = asset.store if restriction.state == Restriction.State.STORED else asset.take_out_of_service
    move(reason=restriction.reason)
    asset.save(update_fields=["state", "state_reason", "out_after_trip"])


def _keep(row, **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
    return True


def told(note):
    """What became of a vehicle."""
    text, state = _with_a_state().get(note, (note, None))
    if not text:
        return ""
    return gettext(text) % {"state": state.label} if state else gettext(text)


@cache
def _with_a_state():
    """{as it is kept: (its text, the state)}"""
    texts = [(text, state) for text in (WAS_ALREADY, WAS_BY_THEN) for state in AssetState]
    return in_english(lambda: {text % {"state": state.label}: (text, state) for text, state in texts})
