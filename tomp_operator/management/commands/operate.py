"""What staff do, from the shell, through the same services as the API and the admin."""

import getpass
import uuid

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from bookings import services as bookings
from bookings.models import Booking, Party
from customers import services as customers
from legs import services as legs
from legs.models import Leg
from tomp.errors import TompError


def _confirm(booking_id, **about):
    return bookings.confirm(booking_id=booking_id, **about)


def _deny(booking_id, **about):
    return bookings.deny(booking_id=booking_id, **about)


def _cancel(booking_id, **about):
    return bookings.cancel(booking_id=booking_id, asked_by=Party.TO, **about)


def _expire(booking_id, **about):
    return bookings.expire(booking_id=booking_id, even_if_not_due=True, **about)


def _finish(leg_id, *, now, actor, reason):
    return legs.apply("FINISH", leg_id=leg_id, at=now, now=now, asked_by=Party.TO, actor=actor, comment=reason)


BY_ID = {
    "confirm": _confirm,
    "deny": _deny,
    "cancel": _cancel,
    "expire": _expire,
    "finish": _finish,
}


class Command(BaseCommand):
    help = (
        "Acts as the operator: confirm, deny, cancel or expire a booking, finish a leg, block or unblock a customer."
    )

    def add_arguments(self, parser):
        parser.add_argument("action", choices=[*BY_ID, "block", "unblock"])
        parser.add_argument("id", help="booking id; leg id to finish; the provider's customer number to (un)block")
        parser.add_argument("--reason", default="", help="kept with the booking, for whoever asks later")

    def handle(self, *args, action, id, reason, **options):
        try:
            if action == "block":
                customers.block(external_id=id, reason=reason)
            elif action == "unblock":
                customers.unblock(external_id=id)
            else:
                BY_ID[action](_as_uuid(id), now=timezone.now(), actor=getpass.getuser(), reason=reason)
        except (Booking.DoesNotExist, Leg.DoesNotExist):
            raise CommandError(f"{id} is not known.") from None
        except TompError as error:
            raise CommandError(str(error.detail)) from None
        self.stdout.write(f"{action} {id}: done.")


def _as_uuid(text):
    try:
        return uuid.UUID(text)
    except ValueError:
        raise CommandError(f"{text!r} is not an id of a booking or a leg.") from None
