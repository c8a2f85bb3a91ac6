"""The end of a ride whose dock should report it, and cannot (Entur profile: station full)."""

from datetime import timedelta

from procrastinate.contrib.django import app

from bookings import messages
from bookings import services as bookings
from bookings.models import Party
from fleet import places

TIME_TO_LOCK = timedelta(minutes=2)
FINISH = "legs.tasks.finish_beside_the_dock"


def advise_if_full(step):
    """Where all docks around are taken, the traveller will read what to do, and we end the ride shortly after."""
    leg = step.leg
    place = step.location or leg.position
    if step.asked_by == Party.TO or not leg.asset_type.docks_report or place is None:
        return
    if places.stations_are_full(*place):
        bookings.advise(step.booking, leg, messages.place_it_beside(), now=step.now)
        app.configure_task(FINISH, schedule_at=step.now + TIME_TO_LOCK).defer(leg_id=str(leg.pk))
