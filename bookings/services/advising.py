"""What a traveller should do next with a vehicle in a dock that reports (Entur profile, flows seen)."""

from bookings import messages
from bookings.models import Booking, Notification, Party
from bookings.services.keeping import notify
from maas import outbox
from maas.models import CallbackKind


def advise_to_take(booking, legs, *, now):
    """Once both sides stand by the booking, the traveller will read which vehicle to take out of its dock."""
    if booking.state != Booking.State.CONFIRMED:
        return
    for leg in legs:
        if leg.asset_type.docks_report and leg.asset_id is not None:
            advise(booking, leg, messages.take_it(slot=leg.asset.station_slot), now=now)


def advise(booking, leg, text, *, now):
    """The traveller will read this, unless the ride is over before it could be sent."""
    notify(
        booking_id=booking.pk, type=Notification.Type.MESSAGE_TO_END_USER, minutes=None, comment=text,
        leg_id=str(leg.pk), asset=None, sent_by=Party.TO, now=now, kind=CallbackKind.ADVICE,
    )  # fmt: skip


def withdraw_advice(leg):
    """The ride of the leg is over, or does not take place: what was not sent yet will not be."""
    if leg.asset_type.docks_report:
        outbox.withdraw_advice(booking_id=leg.booking_id, leg_id=leg.pk)
