"""What happens to a trip when an event is reported: by the provider, by a vehicle, by staff.

One entry, apply(); one function per event in moves.py. The booking is locked first, the leg is read after the lock
(docs/locking.md); an event that was reported before changes nothing again.
"""

from django.db import transaction

from bookings.models import Party
from legs import callbacks
from legs.events import ASKED_FOR
from legs.models import LegEvent
from legs.services.ancillaries import add_ancillary, remove_ancillary
from legs.services.demands import check_demands, demanded_first
from legs.services.issues import report_issue
from legs.services.location import locate
from legs.services.moves import HANDLERS, keep_evidence
from legs.services.step import Step, believable, check_asset, check_possible, check_same_asset, locked_for
from legs.services.times import change_times
from legs.services.tracking import follow, track
from tomp import written

__all__ = ["add_ancillary", "apply", "change_times", "demanded_first", "remove_ancillary", "report_issue", "track"]


def apply(
    event, *, leg_id, at, now, provider=None, asked_by=Party.MP, actor="",
    asset_ref=None, location=None, user_location=None, urls=(), comment="",
):  # fmt: skip
    """The leg after the event. The same event with the same `at` is answered again and changes nothing; about another
    vehicle it is refused.

    `at` is when it happened at the vehicle, or the time that is asked for; `location` is (lat, lon) of the vehicle,
    `user_location` of the person; `provider` is who asks, where it matters whose leg it is. Raises LegNotFound,
    IllegalEvent, LegInUse, OtherAsset, LocationMissing, AssetMissing, EvidenceMissing, NotAllowedHere, LockOpen,
    AssetNotAvailable, NoAssetLeft; after any of them nothing has changed (TOMP 1.6.1 POST /legs/{id}/events,
    semantics §5.2).
    """
    with transaction.atomic():
        leg, booking = locked_for(event, leg_id=leg_id, provider=provider, at=at, asked_by=asked_by)
        if leg.is_repeated:
            check_same_asset(leg, asset_ref)
            return leg
        step = Step(
            event=event,
            leg=leg,
            booking=booking,
            at=at if event in ASKED_FOR else believable(at, leg, now, is_ours=asked_by == Party.TO),
            now=now,
            asked_by=asked_by,
            actor=actor,
            asset_ref=asset_ref,
            urls=list(urls),
        )
        check_possible(step)
        check_asset(step)
        locate(step, location, user_location)
        check_demands(step)
        follow(step)
        HANDLERS[event](step)
        keep_evidence(step)
        lat, lon = step.asset_location or (None, None)
        told = written.new(
            LegEvent, leg=leg, event=event, at=at, state=leg.state, asked_by=asked_by, actor=actor,
            lat=lat, lon=lon, comment=comment, received_at=now,
        )  # fmt: skip
        written.store(*step.progress, leg.progress(), written.insertion(told))
        if asked_by == Party.TO:
            callbacks.event(leg, event, at=at, comment=comment, now=now)
        if leg.webhook or (leg.webhook is not None and asked_by != Party.TO):
            callbacks.echo(leg, event, at=at, webhook=leg.webhook, now=now)
        return leg
