"""Who may say something about a request now? Whoever holds the locks of it and of all that is merged with it."""

from django.db import connection
from django.db.models import Max, Q
from django.utils.translation import gettext_noop as _

from bookings.models import Booking, Party
from support.models import SupportNote, SupportRequest, SupportStatus
from tomp.errors import IllegalOperation

MODULE = 5
MERGING = 0x53555050  # "SUPP": held shared by whoever says something, and alone by who merges


class MergedAway(IllegalOperation):
    """403: what is said belongs to the request that was kept."""


def hold_together():
    """Nothing is merged until the transaction ends. The first lock of all that says something."""
    _take("pg_advisory_xact_lock_shared")


def hold_apart():
    """Nothing is said about any request until the transaction ends, except by us. The first lock of merging."""
    _take("pg_advisory_xact_lock")


def _take(function):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [MERGING])


def lock(requests, *bookings):
    """The requests (a queryset), their bookings and these, and what was said under a minted id of theirs are locked.

    Bookings come first, each kind in the order of its key. Read the requests after that: they may have changed.
    """
    about = list(requests.values_list("pk", "booking", "reference"))
    of_trips = {booking for _pk, booking, _reference in about if booking}
    minted = {reference for _pk, booking, reference in about if not booking}
    booked = Booking.objects.select_for_update().filter(pk__in={*bookings, *of_trips})
    list(booked.order_by("pk").values_list("pk"))
    rows = SupportRequest.objects.filter(Q(pk__in={pk for pk, *_ in about}) | Q(reference__in=minted, booking=None))
    list(rows.select_for_update().order_by("pk").values_list("pk"))


def together(requests):
    """These requests (a queryset) with all that are merged with them."""
    pks, kept = requests.values("pk"), requests.values("merged_into")
    return SupportRequest.objects.filter(
        Q(pk__in=pks) | Q(pk__in=kept) | Q(merged_into__in=pks) | Q(merged_into__in=kept)
    )


def numbered(*request_ids):
    return SupportRequest.objects.filter(pk__in=request_ids)


def in_hand(request_id):
    """The request, locked with all that is merged into it: nobody else says anything about it meanwhile.

    Raises MergedAway for one that is itself merged into another; DoesNotExist.
    """
    hold_together()
    lock(together(numbered(request_id)))
    asked = SupportRequest.objects.get(pk=request_id)
    if asked.merged_into_id is not None:
        raise MergedAway(
            _("Request %(request)s was merged into request %(other)s; go on there."),
            module=MODULE, request=str(asked.pk), other=str(asked.merged_into_id),
        )  # fmt: skip
    return asked


def say(asked, status, comment, now, *, minutes=None, said_by=Party.MP, actor="", result=""):
    """The request has one more status, which is its current one. Its reference is locked already."""
    last = SupportStatus.objects.filter(reference=asked.reference).aggregate(last=Max("order"))["last"]
    asked.status, asked.resolution_minutes, asked.forgotten_at = status, minutes, None
    if asked.merged_into_id is None:
        asked.result = result
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


def say_to_all(kept, status, comment, now, **more):
    """As say(), and everybody whose report was merged into it is told the same under their own reference.

    Returns the SupportStatus of the request that was kept.
    """
    said = say(kept, status, comment, now, said_by=Party.TO, **more)
    for merged in kept.merged.order_by("pk"):
        say(merged, status, comment, now, said_by=Party.TO, **more)
    return said


def vehicles_of(kept):
    """Ids of the vehicles whose damages the request and those merged into it tell of."""
    return {kept.asset_id, *kept.merged.values_list("asset_id", flat=True)}


def note(*, request_id, text, actor, now):
    """Colleagues read it with the request, nobody else does. Returns the SupportNote."""
    return SupportNote.objects.create(request_id=request_id, text=text, actor=actor, at=now)
