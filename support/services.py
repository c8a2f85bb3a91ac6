"""Requests for help and their answers."""

import uuid
from contextlib import suppress

from django.db import transaction
from django.db.models import Max, Q

from bookings.models import Booking
from fleet.ids import bare_id
from fleet.models import Asset
from legs import services as legs
from support.models import SupportRequest
from tomp.errors import Missing, NotFound

MODULE = 5
OPEN = (SupportRequest.Status.PROCESSING, SupportRequest.Status.UPDATE_REQUESTED)


def ask(*, provider, reference, asset_reference, support_type, comment, now, **details):
    """The request is open, linked to its booking or vehicle. Returns it.

    About the same booking and of the same type as one that is open already, it joins that one (semantics
    §12). Without booking we mint the id under which it can be followed. Raises NotFound, Missing.
    """
    if reference:
        with transaction.atomic():
            booking = _locked_booking(provider, reference)
            if details.get("priority") == SupportRequest.Priority.ERROR_CANNOT_CONTINUE:
                legs.report_issue(booking=booking, provider=provider, now=now)
            known = SupportRequest.objects.filter(
                provider=provider, booking=booking, support_type=support_type, status__in=OPEN
            ).first()
            if known is not None:
                return _join(known, comment)
            return _open(
                provider, str(booking.pk), booking=booking, asset=None, support_type=support_type,
                comment=comment, now=now, asset_reference=asset_reference, **details,
            )  # fmt: skip
    if not asset_reference:
        raise Missing("Field: id, Reason: name the booking, or the asset in assetId.", module=MODULE)
    return _open(
        provider, str(uuid.uuid4()), booking=None, asset=_known_asset(asset_reference), support_type=support_type,
        comment=comment, now=now, asset_reference=asset_reference, **details,
    )  # fmt: skip


def _locked_booking(provider, reference):
    missing = NotFound(f"Booking {reference[:80]!r} not found.", module=MODULE)
    try:
        booking = Booking.objects.locked(uuid.UUID(reference))
    except (ValueError, Booking.DoesNotExist):
        raise missing from None
    if booking.provider_id != provider.pk or booking.state == Booking.State.NEW:
        raise missing
    return booking


def _join(known, comment):
    if comment:
        known.comment = f"{known.comment}\n{comment}" if known.comment else comment
        known.save(update_fields=["comment"])
    return known


def _open(provider, reference, *, now, **fields):
    mine = SupportRequest.objects.filter(provider=provider, reference=reference)
    last = mine.aggregate(last=Max("order"))["last"]
    return SupportRequest.objects.create(
        provider=provider,
        reference=reference,
        order=0 if last is None else last + 1,
        created_at=now,
        **fields,
    )


def _known_asset(named):
    """The vehicle the user reads this on, if it is one of ours; what was named is kept in any case."""
    bare = bare_id(named)
    by_name = Q(vehicle_code=bare) | Q(license_plate=bare)
    with suppress(ValueError):
        by_name |= Q(public_id=uuid.UUID(bare))
    return Asset.objects.filter(by_name).first()


def history(*, provider, reference):
    """All requests under this booking id or minted id, in order. Raises NotFound when it means nothing to us."""
    unknown = NotFound(f"Nothing is known about {reference[:80]!r}.", module=MODULE)
    try:
        known_as = uuid.UUID(reference)
    except ValueError:
        raise unknown from None
    found = list(SupportRequest.objects.filter(provider=provider, reference=str(known_as)))
    if not found and not Booking.objects.for_provider(provider).booked().filter(pk=known_as).exists():
        raise unknown
    return found
