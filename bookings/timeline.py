"""What happened to a booking, in order? Its own events, those of its legs, its messages and its photos."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from bookings.models import BookingEvent, Notification, Party
from fleet.admin.wording import duration
from legs.events import ASKED_FOR
from legs.models import Evidence, LegEvent
from tomp.admin import moment

NOT_AT_ONCE_S = 5
ICONS = {"booking": "bookmark", "leg": "electric_scooter", "message": "chat", "photo": "photo_camera"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: who did what, and what it led to."""

    at: datetime
    kind: str
    what: str
    asked_by: str
    actor: str = ""
    led_to: str = ""
    detail: str = ""
    received_at: datetime | None = None

    @property
    def icon(self):
        return ICONS[self.kind]

    @property
    def late(self):
        """How much later it was reported than it happened; '' when at once."""
        seconds = (self.received_at - self.at).total_seconds() if self.received_at else 0
        return duration(seconds) if seconds >= NOT_AT_ONCE_S else ""

    @property
    def told_at(self):
        """Its place in the story: when we heard of it, unless that was late.

        Apps report in whole seconds, so a ride would seem to begin before it was booked.
        """
        return self.at if self.late else self.received_at or self.at


def timeline(booking_id):
    """All entries, oldest first."""
    entries = [*_of_booking(booking_id), *_of_legs(booking_id), *_messages(booking_id), *_photos(booking_id)]
    return sorted(entries, key=lambda entry: entry.told_at)


def _of_booking(booking_id):
    return [
        Entry(
            at=event.at,
            kind="booking",
            what=event.operation,
            asked_by=event.get_asked_by_display(),
            actor=event.actor,
            led_to=event.get_state_display(),
            detail=event.reason,
        )
        for event in BookingEvent.objects.filter(booking=booking_id)
    ]


def _of_legs(booking_id):
    return [
        Entry(
            at=event.received_at if event.event in ASKED_FOR else event.at,
            kind="leg",
            what=event.event,
            asked_by=event.get_asked_by_display(),
            actor=event.actor,
            led_to=event.get_state_display(),
            detail=" ".join([f"→ {moment(event.at)}", event.comment]) if event.event in ASKED_FOR else event.comment,
            received_at=event.received_at,
        )
        for event in LegEvent.objects.filter(leg__booking=booking_id)
    ]


def _messages(booking_id):
    return [
        Entry(
            at=message.at,
            kind="message",
            what=message.get_type_display(),
            asked_by=message.get_sent_by_display(),
            detail=message.comment,
        )
        for message in Notification.objects.filter(booking=booking_id)
    ]


def _photos(booking_id):
    return [
        Entry(at=photo.received_at, kind="photo", what=_("photo"), asked_by=str(Party.MP.label), detail=photo.url)
        for photo in Evidence.objects.filter(leg__booking=booking_id)
    ]
