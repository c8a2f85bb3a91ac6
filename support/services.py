"""Requests for help and what becomes of them. What open requests say is broken is told with the vehicle."""

import uuid
from contextlib import suppress

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, Max, Q

from bookings.models import Booking, Party
from fleet import care, places
from fleet.ids import bare_id
from fleet.models import Asset
from legs import services as legs
from support.damages import tell_damages
from support.models import OPEN, SupportNote, SupportRequest, SupportStatus
from tomp.errors import Invalid, Missing, NotFound

MODULE = 5
BY_URGENCY = list(SupportRequest.Priority)


@transaction.atomic
def ask(*, provider, reference, asset_reference, support_type, comment, now, damage=None, **details):
    """The request is open, linked to its booking and vehicle, and its damage is told with the vehicle.

    Under the same reference and of the same type as one that is open already, it joins that one as one more status
    (semantics §12), unless it tells of another damage. Without booking we mint the id under which it can be
    followed. Returns the SupportStatus. Raises NotFound, Missing.
    """
    details["location"] = _located(details.get("location"))
    if not reference and not asset_reference:
        raise Missing("Field: id, Reason: name the booking, or the asset in assetId.", module=MODULE)
    booking, reference = _about(provider, reference) if reference else (None, str(uuid.uuid4()))
    if booking is not None and details.get("priority") == SupportRequest.Priority.ERROR_CANNOT_CONTINUE:
        legs.report_issue(booking=booking, provider=provider, now=now, asset=_known_asset(asset_reference, provider))
    asked = _open_already(reference, support_type, damage)
    if asked is not None:
        _join(asked, **details)
    else:
        asset = _vehicle(reference, booking, asset_reference, provider)
        asked = SupportRequest.objects.create(
            provider=provider, reference=reference, booking=booking, asset=asset, asset_reference=asset_reference,
            support_type=support_type, comment=comment, damage=damage, created_at=now, **details,
        )  # fmt: skip
    said = _say(asked, SupportRequest.Status.PROCESSING, comment, now, minutes=asked.resolution_minutes)
    _keep_damage(asked)
    tell_damages(asked.asset_id)
    return said


def _located(place):
    """Where help is needed, with the coordinates of its station; for an unknown one nobody is refused help."""
    with suppress(Invalid):
        return places.located(place, field="location")
    return place


def _about(provider, reference):
    """(the booking, locked, and its id), or (None, the minted id) with its requests locked. Raises NotFound."""
    missing = NotFound(f"Booking {reference[:80]!r} not found.", module=MODULE)
    try:
        known_as = uuid.UUID(reference)
    except ValueError:
        raise missing from None
    try:
        return Booking.objects.booked().for_provider(provider).locked(known_as), str(known_as)
    except Booking.DoesNotExist:
        if not _lock_minted(str(known_as), provider=provider):
            raise missing from None
        return None, str(known_as)


def _lock_minted(reference, **whose):
    """The requests under a minted id, locked."""
    return list(SupportRequest.objects.select_for_update().filter(reference=reference, booking=None, **whose))


def _open_already(reference, support_type, damage):
    alike = SupportRequest.objects.filter(reference=reference, support_type=support_type, status__in=OPEN)
    return next((asked for asked in alike if damage in (None, asked.damage)), None)


def _join(asked, *, contact="", urls=(), priority=SupportRequest.Priority.OTHER, **_said_before):
    """The open request knows what is new: whom to call, more photos, that it is more urgent."""
    asked.contact = contact or asked.contact
    asked.urls = list(dict.fromkeys([*asked.urls, *urls]))
    asked.priority = min(asked.priority, priority, key=BY_URGENCY.index)


def _say(asked, status, comment, now, *, minutes=None, said_by=Party.MP, actor=""):
    """The request has one more status, which is its current one. Its reference is locked already."""
    last = SupportStatus.objects.filter(reference=asked.reference).aggregate(last=Max("order"))["last"]
    asked.status, asked.resolution_minutes, asked.forgotten_at = status, minutes, None
    asked.save()
    return SupportStatus.objects.create(
        request=asked,
        reference=asked.reference,
        order=0 if last is None else last + 1,
        status=status,
        comment=comment,
        resolution_minutes=minutes,
        said_by=said_by,
        actor=actor,
        at=now,
    )


def _vehicle(reference, booking, named, provider):
    """The vehicle it is about: the named one if it is ours, else the one that is ridden, or that was last."""
    found = _known_asset(named, provider)
    if found is None and booking is not None:
        legs = booking.legs.exclude(asset=None).select_related("asset")
        leg = legs.order_by(F("departed_at").desc(nulls_last=True), "sequence").first()
        return leg and leg.asset
    if found is None:
        known = SupportRequest.objects.filter(reference=reference).exclude(asset=None).first()
        return known and known.asset
    return found


def _known_asset(named, provider):
    """The vehicle the user reads this on, if it is one of ours; what was named is kept in any case."""
    if not named:
        return None
    bare = bare_id(named)
    by_name = Q(vehicle_code=bare) | Q(license_plate=bare)
    with suppress(ValueError):
        by_name |= Q(public_id=uuid.UUID(bare))
    return Asset.objects.given_to(provider).filter(by_name).first()


def _keep_damage(asked):
    """What it says is broken is on record with its vehicle, whatever becomes of the request (decision 0009)."""
    if asked.damage is not None:
        who = asked.provider.maas_id
        care.report(
            request_id=asked.pk, asset_id=asked.asset_id, told=asked.damage, reported_by=who, now=asked.created_at
        )


@transaction.atomic
def answer(*, request_id, status, comment, resolution_minutes, now, actor):
    """Staff say how it stands: one more status of the request. A damage is told while the request is open.

    Returns the SupportStatus.
    """
    asked = _locked(request_id)
    said = _say(asked, status, comment, now, minutes=resolution_minutes, said_by=Party.TO, actor=actor)
    tell_damages(asked.asset_id)
    return said


@transaction.atomic
def sort_in(*, request_id, **changes):
    """Staff say how urgent it is (`priority`) and which vehicle it is about (`asset`), whose damage it then is."""
    asked = _locked(request_id)
    before = asked.asset_id
    for name, value in changes.items():
        setattr(asked, name, value)
    asked.save(update_fields=list(changes))
    _keep_damage(asked)
    tell_damages(before, asked.asset_id)
    return asked


@transaction.atomic
def assign(*, request_id, to, actor, now):
    """The colleague named `to` looks after the request, or nobody with "". A note tells who said so.

    Raises Invalid for somebody who does not work here, or when it is so already.
    """
    asked = _locked(request_id)
    if to and not get_user_model().objects.filter(username=to, is_active=True, is_staff=True).exists():
        raise Invalid(f"Nobody called {to!r} works here.", module=MODULE)
    if asked.assigned_to == to:
        raise Invalid(f"It is with {to or 'nobody'} already.", module=MODULE)
    asked.assigned_to = to
    asked.save(update_fields=["assigned_to"])
    note(request_id=asked.pk, text=f"Assigned to {to}." if to else "Assigned to nobody.", actor=actor, now=now)
    return asked


def note(*, request_id, text, actor, now):
    """Colleagues read it with the request, nobody else does. Returns the SupportNote."""
    return SupportNote.objects.create(request_id=request_id, text=text, actor=actor, at=now)


def _locked(request_id):
    """The request, under the lock of its booking or minted id: nobody else says anything about it meanwhile."""
    about = SupportRequest.objects.values("booking", "reference").get(pk=request_id)
    if about["booking"]:
        Booking.objects.locked(about["booking"])
    else:
        _lock_minted(about["reference"])
    return SupportRequest.objects.get(pk=request_id)


def history(*, provider, reference):
    """All that was said under this booking id or minted id, in order. Raises NotFound when it means nothing to us."""
    unknown = NotFound(f"Nothing is known about {reference[:80]!r}.", module=MODULE)
    try:
        known_as = uuid.UUID(reference)
    except ValueError:
        raise unknown from None
    said = SupportStatus.objects.filter(request__provider=provider, reference=str(known_as))
    found = list(said.select_related("request"))
    if not found and not Booking.objects.for_provider(provider).booked().filter(pk=known_as).exists():
        raise unknown
    return found
