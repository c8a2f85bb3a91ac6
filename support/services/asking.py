"""Somebody asks for help, or says more about what they asked; and what they are told when they look."""

import uuid
from contextlib import suppress

from django.db import transaction
from django.db.models import F, Q

from bookings.models import Booking, Party
from fleet import places
from fleet.ids import bare_id
from fleet.models import Asset
from legs import services as legs
from support.damages import tell_damages
from support.models import OPEN, SupportRequest, SupportStatus
from support.services.answering import keep_damage
from support.services.merging import BY_URGENCY
from support.services.saying import MODULE, hold_together, lock, numbered, say, together
from tomp.errors import Invalid, Missing, NotFound


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
    said = say(asked, SupportRequest.Status.PROCESSING, comment, now, minutes=asked.resolution_minutes)
    if asked.merged_into_id or asked.merged.exists():
        _others_go_on(asked, now)
    keep_damage(asked)
    tell_damages(asked.asset_id)
    return said


def _located(place):
    """Where help is needed, with the coordinates of its station; for an unknown one nobody is refused help."""
    with suppress(Invalid):
        return places.located(place, field="location")
    return place


def _about(provider, reference):
    """(the booking, or None for a minted id; its id), locked with all requests under it. Raises NotFound."""
    missing = NotFound(f"Booking {reference[:80]!r} not found.", module=MODULE)
    try:
        known_as = uuid.UUID(reference)
    except ValueError:
        raise missing from None
    booked = Booking.objects.booked().for_provider(provider).filter(pk=known_as)
    asked = SupportRequest.objects.filter(reference=str(known_as), provider=provider)
    is_booking = booked.exists()
    if not is_booking and not asked.filter(booking=None).exists():
        raise missing
    hold_together()
    lock(together(asked), *([known_as] if is_booking else []))
    return Booking.objects.locked(known_as) if is_booking else None, str(known_as)


def _open_already(reference, support_type, damage):
    alike = SupportRequest.objects.filter(reference=reference, support_type=support_type, status__in=OPEN)
    return next((asked for asked in alike if damage in (None, asked.damage)), None)


def _others_go_on(asked, now):
    """Those that are merged with it have its urgency and stand as it does: nobody waits for an answer any more."""
    for other in together(numbered(asked.pk)).exclude(pk=asked.pk):
        more_urgent = min(other.priority, asked.priority, key=BY_URGENCY.index)
        if other.pk == asked.merged_into_id and other.priority != more_urgent:
            other.priority = more_urgent
            other.save(update_fields=["priority"])
        if other.status != SupportRequest.Status.PROCESSING:
            say(other, SupportRequest.Status.PROCESSING, "", now, minutes=other.resolution_minutes, said_by=Party.TO)


def _join(asked, *, contact="", urls=(), priority=SupportRequest.Priority.OTHER, **_said_before):
    """The open request knows what is new: whom to call, more photos, that it is more urgent."""
    asked.contact = contact or asked.contact
    asked.urls = list(dict.fromkeys([*asked.urls, *urls]))
    asked.priority = min(asked.priority, priority, key=BY_URGENCY.index)


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
