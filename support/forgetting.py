"""What was said with requests for help is forgotten: people tell there who they are, and what happened to them."""

from django.db import transaction

from fleet import care
from support.damages import tell_damages
from support.models import SupportNote, SupportRequest, SupportStatus


@transaction.atomic
def forget(requests, *, now):
    """Nobody can tell any more from these requests who asked; returns how many.

    Gone are contact, place, photos and every text, also what colleagues noted. What kind of request it was, how it
    ended and which part of which vehicle is broken stay.
    """
    found = list(requests.select_for_update().order_by("pk"))
    pks = [asked.pk for asked in found]
    for asked in (asked for asked in found if asked.damage is not None):
        part = asked.damage.get("vehicleComponent")
        asked.damage = {"description": "", **({"vehicleComponent": part} if part else {})}
        asked.save(update_fields=["damage"])
    SupportRequest.objects.filter(pk__in=pks).update(contact="", comment="", location=None, urls=[], forgotten_at=now)
    SupportStatus.objects.filter(request__in=pks).update(comment="")
    SupportNote.objects.filter(request__in=pks).delete()
    care.forget_reports(request_ids=pks)
    tell_damages(*{asked.asset_id for asked in found if asked.asset_id and asked.damage is not None})
    return len(found)


def forget_old(*, before, limit, now):
    """The same with at most `limit` requests about which nothing was said since this moment; returns how many."""
    old = SupportRequest.objects.filter(created_at__lt=before, forgotten_at=None).order_by("created_at", "pk")
    old = old.exclude(statuses__at__gte=before)
    return forget(SupportRequest.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])), now=now)
