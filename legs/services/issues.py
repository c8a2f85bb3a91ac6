"""A user who cannot go on (TOMP legState ISSUE_REPORTED): no event leads there, a request for help does."""

from django.db.models import Exists, OuterRef

from bookings.models import Party
from legs.events import STARTED
from legs.models import LegEvent, LegState

REPORTED = "ISSUE_REPORTED"


def report_issue(*, booking, provider, now, asset=None):
    """The running legs of the booking wait for help; by contract nothing is billed meanwhile (semantics §5.2).

    Only the leg with this vehicle, if one has it: the others ride on. Whoever calls holds the lock of the booking. Legs
    that wait already, and vehicles that were given back, stay as they are; so do those that waited at this very moment
    and went on since: that is the same report again.
    """
    same_report = LegEvent.objects.filter(leg=OuterRef("pk"), event=REPORTED, at=now, asked_by=Party.MP)
    legs = list(booking.legs.for_trip().annotate(is_repeated=Exists(same_report)))
    for leg in [leg for leg in legs if asset and leg.asset_id == asset.pk] or legs:
        if leg.state not in (*STARTED, LegState.FINISHING) or leg.is_given_back or leg.is_repeated:
            continue
        leg.report_issue(at=max(now, leg.metered_since or now), stops_meter=provider.issue_stops_meter)
        leg.save_progress()
        LegEvent.objects.create(leg=leg, event=REPORTED, at=now, state=leg.state, asked_by=Party.MP, received_at=now)
