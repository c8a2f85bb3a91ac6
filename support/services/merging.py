"""Repeated reports of one trouble become one piece of work, which everybody who reported it hears of."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from bookings.models import Party
from support.damages import tell_damages
from support.models import SupportRequest
from support.services.saying import MODULE, hold_apart, lock, note, numbered, say, together, vehicles_of
from tomp.errors import IllegalOperation, Invalid
from tomp.sentences import Sentence

BY_URGENCY: list[str] = list(SupportRequest.Priority)


class NotMergeable(IllegalOperation):
    """403: they are not two open requests about one trip or vehicle."""


def alike(asked):
    """The other requests that wait for staff and are about the same trip or vehicle, oldest first."""
    same = Q(pk__in=[])
    if asked.booking_id is not None:
        same |= Q(booking=asked.booking_id)
    if asked.asset_id is not None:
        same |= Q(asset=asked.asset_id)
    return SupportRequest.objects.in_inbox().filter(same).exclude(pk=asked.pk).order_by("created_at", "pk")


def that_may_stay(requests):
    """Those of these requests that the others can be merged into, in this order.

    Raises NotMergeable where that is none of them, saying what is in the way of the first.
    """
    refusals = {kept: _refusal(kept, requests) for kept in requests}
    stay = [kept for kept, refusal in refusals.items() if refusal is None]
    if not stay:
        raise refusals[requests[0]]
    return stay


def _refusal(kept, requests):
    try:
        for asked in requests:
            _check(asked, kept)
    except NotMergeable as refusal:
        return refusal
    return None


@transaction.atomic
def merge(*, kept_id, repeated_ids, comment, actor, now):
    """Only the request that is kept has to be looked after; it is as urgent as the most urgent of them.

    Each repeated report is a duplicate of it from now on, and with it those that were merged into that one before.
    Under its reference the provider is told how the kept one stands, now and whenever staff say something new; what
    the others said it is not told. Notes tell colleagues. Returns (the kept request, those merged now).
    Raises Invalid, and NotMergeable unless all wait for staff and share the trip or the vehicle of the kept one.
    """
    hold_apart()
    repeated_ids = set(repeated_ids) - {kept_id}
    if not repeated_ids:
        raise Invalid(_("Say which requests repeat the one that is kept."), module=MODULE)
    lock(together(numbered(kept_id, *repeated_ids)))
    found = SupportRequest.objects.in_bulk([kept_id, *repeated_ids])
    if missing := {kept_id, *repeated_ids} - found.keys():
        raise NotMergeable(_("There is no request %(request)s."), module=MODULE, request=str(min(missing)))
    kept = found.pop(kept_id)
    repeated = [found[pk] for pk in sorted(found)]
    for asked in (kept, *repeated):
        _check(asked, kept)
    for asked in repeated:
        _join(asked, kept, comment, actor, now)
    kept.priority = min((each.priority for each in (kept, *repeated)), key=BY_URGENCY.index)
    kept.save(update_fields=["priority"])
    numbers = ", ".join(f"#{asked.pk}" for asked in repeated)
    note(request_id=kept.pk, text=f"Merged into this: {numbers}.", actor=actor, now=now)
    tell_damages(*vehicles_of(kept))
    return kept, repeated


def _check(asked, kept):
    if asked.merged_into_id is not None:
        raise NotMergeable(
            _("Request %(request)s was merged into request %(other)s."),
            module=MODULE, request=str(asked.pk), other=str(asked.merged_into_id),
        )  # fmt: skip
    if not asked.waits:
        raise NotMergeable(
            _("Request %(request)s is closed: %(state)s."),
            module=MODULE, request=str(asked.pk), state=Sentence.label(asked.get_status_display),
        )  # fmt: skip
    shares_trip = asked.booking_id is not None and asked.booking_id == kept.booking_id
    shares_vehicle = asked.asset_id is not None and asked.asset_id == kept.asset_id
    if not (asked is kept or shares_trip or shares_vehicle):
        raise NotMergeable(
            _("Request %(request)s is about another trip and another vehicle than request %(other)s."),
            module=MODULE, request=str(asked.pk), other=str(kept.pk),
        )  # fmt: skip


def _join(asked, kept, comment, actor, now):
    for each in (asked, *asked.merged.order_by("pk")):
        each.merged_into, each.result = kept, SupportRequest.Result.DUPLICATE
        say(each, kept.status, comment, now, minutes=kept.resolution_minutes, said_by=Party.TO, actor=actor)
    note(request_id=asked.pk, text=f"Merged into #{kept.pk}.", actor=actor, now=now)
