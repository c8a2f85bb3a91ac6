"""What staff do, from the shell, through the same services as the API and the admin."""

import getpass

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from bookings import services as bookings
from bookings.models import Booking, Party
from customers import services as customers
from legs import services as legs
from legs.models import Leg
from tomp.errors import TompError
from tomp.ids import as_uuid

MAX_REASON = 300
ACTIONS = ("confirm", "deny", "cancel", "expire", "no-show", "finish", "block", "unblock")


class Command(BaseCommand):
    help = (
        "Acts as the operator: confirm, deny, cancel or expire a booking, or say that nobody came for it (no-show); "
        "finish a leg; block or unblock a customer."
    )

    def add_arguments(self, parser):
        parser.add_argument("action", choices=ACTIONS)
        parser.add_argument("id", help="booking id; leg id to finish; the provider's customer number to (un)block")
        parser.add_argument("--provider", metavar="MAAS_ID", help="(un)block the number at this provider only")
        parser.add_argument("--reason", default="", help="kept with the booking, for whoever asks later")

    def handle(self, *args, action, id, reason, provider, **options):
        if provider is not None and action not in ("block", "unblock"):
            raise CommandError(f"{action} takes no provider: the id says enough.")
        if len(reason) > MAX_REASON or not f"{id}{reason}".isprintable():
            raise CommandError(f"A reason has {MAX_REASON} printable characters at most.")
        try:
            act(action, id, now=timezone.now(), actor=getpass.getuser(), reason=reason, provider=provider)
        except (Booking.DoesNotExist, Leg.DoesNotExist):
            raise CommandError(f"{id} is not known.") from None
        except TompError as error:
            raise CommandError(str(error.detail)) from None
        self.stdout.write(f"{action} {id}: done.")


def act(action, id, *, now, actor, reason, provider=None):
    """The action is done. Raises TompError, DoesNotExist, CommandError."""
    about = {"now": now, "actor": actor, "reason": reason}
    match action:
        case "confirm":
            bookings.confirm(booking_id=_known_id(id), **about)
        case "deny":
            bookings.deny(booking_id=_known_id(id), **about)
        case "cancel":
            bookings.cancel(booking_id=_known_id(id), asked_by=Party.TO, **about)
        case "expire":
            bookings.expire(booking_id=_known_id(id), even_if_not_due=True, **about)
        case "no-show":
            bookings.report_no_show(booking_id=_known_id(id), **about)
        case "finish":
            legs.apply("FINISH", leg_id=_known_id(id), at=now, now=now, asked_by=Party.TO, actor=actor, comment=reason)
        case "block":
            customers.block_number(number=id, maas_id=provider, reason=reason, actor=actor)
        case "unblock":
            customers.unblock_number(number=id, maas_id=provider, actor=actor)


def _known_id(text):
    found = as_uuid(text)
    if found is None:
        raise CommandError(f"{text!r} is not an id of a booking or a leg.")
    return found
