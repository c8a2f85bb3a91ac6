"""Where a vehicle goes during a ride, as it or somebody beside it reports."""

from django.db import transaction
from django.db.models import F

from bookings.models import Booking, Subscription
from legs import callbacks
from legs.events import ASKED_FOR
from legs.models import RUNNING_STATES, Leg


def track(*, asset_id, positions):
    """The running leg of the vehicle went along these positions, each (moment, lat, lon), in the order of time.

    Whoever subscribed to the booking will hear of it, now and then. Returns the leg, or None when nobody rides the
    vehicle: where it stands then is no part of a trip.
    """
    leg_id = _riding(asset_id).values_list("pk", flat=True).first()
    if leg_id is None:
        return None
    with transaction.atomic():
        booking = Booking.objects.locked_by_leg(leg_id)
        riding = _riding(asset_id).for_trip().annotate(webhook=Subscription.objects.webhook_of("booking"))
        leg = riding.filter(pk=leg_id).first()  # the ride may have ended meanwhile
        if leg is None:
            return None
        leg.booking, former = booking, leg.track
        for at, lat, lon in positions:
            if at >= leg.departed_at:
                leg.follow(lat=lat, lon=lon, at=at)
        leg.save(update_fields=["track", "distance_m"])
        if leg.webhook is not None and leg.track != former:
            callbacks.progress(leg, webhook=leg.webhook, now=max(at for at, _lat, _lon in positions))
        return leg


def _riding(asset_id):
    """The leg that holds this vehicle on the road. One that was given back has got another public id since."""
    running = Leg.objects.filter(asset=asset_id, state__in=RUNNING_STATES)
    return running.filter(asset__public_id=F("asset_public_id"))


def follow(step):
    """An event during the ride tells where the vehicle is."""
    leg = step.leg
    if step.asset_location is not None and leg.is_running and not leg.is_given_back:
        lat, lon = step.asset_location
        leg.follow(lat=lat, lon=lon, at=step.now if step.event in ASKED_FOR else step.at)
