"""What happened to a booking, in order? Its events, those of its legs, commands, messages, photos and notes."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from bookings.models import BookingEvent, Note, Notification, Party
from fleet.admin.wording import duration
from fleet.models import Command
from legs.events import ASKED_FOR
from legs.models import Evidence, Leg, LegEvent
from legs.vehicles import COMMENTS
from tomp.admin import moment

NOT_AT_ONCE_S = 5
ICONS = {
    "booking": "bookmark", "leg": "electric_scooter", "message": "chat", "photo": "photo_camera",
    "command": "sensors", "note": "sticky_note_2",
}  # fmt: skip


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
    def who(self):
        """The side it came from; of us, whether a colleague, a vehicle, or the system by itself."""
        if self.actor:
            return _("colleague (%(name)s)") % {"name": self.actor}
        if self.asked_by != str(Party.TO.label):
            return self.asked_by
        return _("vehicle") if self.detail in COMMENTS.values() else _("system")

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
    sources = (_of_booking, _of_legs, _commands, _messages, _photos, _notes)
    entries = [entry for source in sources for entry in source(booking_id)]
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


def _commands(booking_id):
    """What we told the vehicles to do; how it went."""
    told = Command.objects.filter(leg_id__in=Leg.objects.filter(booking=booking_id).values("pk")).order_by("at")
    return [
        Entry(
            at=command.at, kind="command", what=command.get_kind_display(), asked_by=str(Party.TO.label),
            led_to=command.get_state_display(), detail=command.outcome,
        )
        for command in told
    ]  # fmt: skip


def _notes(booking_id):
    return [
        Entry(at=note.at, kind="note", what=_("note"), asked_by=str(Party.TO.label), actor=note.actor, detail=note.text)
        for note in Note.objects.filter(booking=booking_id)
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
