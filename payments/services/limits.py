"""How much may one colleague give back, and from which amount on does it take two? Every correction passes here."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils.translation import gettext_noop as _

from fleet import information
from payments.errors import CapReached
from payments.models import JournalEntry
from payments.services.journal import in_minor_units

MAY_EXCEED = "payments.exceed_correction_cap"
CORRECTIONS = 0x434F5252  # "CORR": the first half of our advisory locks' names


@dataclass(frozen=True)
class Allowance:
    """What colleagues gave back to the customer of a booking this month, and how much of the cap is left."""

    currency: str
    given: Decimal
    cap: Decimal | None  # None: there is no cap
    may_exceed: bool
    two_persons_above: Decimal | None  # None: one person is always enough

    @property
    def left(self) -> Decimal | None:
        return None if self.cap is None else max(self.cap - self.given, Decimal(0))


def allowance(*, booking, actor, now):
    """The limits for this colleague and this booking, to show before something is decided. Writes and locks nothing."""
    cap = settings.TOMP_CORRECTION_CAP
    return Allowance(
        currency=booking.currency,
        given=_given(booking, now),
        cap=cap,
        may_exceed=cap is not None and may_exceed(actor),
        two_persons_above=settings.TOMP_TWO_PERSONS_ABOVE,
    )


def check_cap(booking, entry, *, now, deciding=()):
    """Raises CapReached when the customer would be given back more this month than the cap, and nobody may allow it.

    `deciding` are the colleagues who stand for it besides the writer of the entry. Until the transaction ends nobody
    else gives anything back to this customer. A booking without a customer account counts by itself.
    """
    cap = settings.TOMP_CORRECTION_CAP
    if cap is None or entry.amount >= 0 or not entry.is_correction:
        return
    _one_at_a_time(booking)
    given = _given(booking, now)
    after = given - entry.amount
    if after <= cap or any(may_exceed(colleague) for colleague in (entry.actor, *deciding)):
        return
    of_customer = _("This month %(given)s was given back to this customer; %(more)s more would be above the cap of "
                    "%(cap)s. A colleague who may exceed the cap can do it.")  # fmt: skip
    of_booking = _("This month %(given)s was given back to this booking; %(more)s more would be above the cap of "
                   "%(cap)s. A colleague who may exceed the cap can do it.")  # fmt: skip
    raise CapReached(
        of_customer if booking.customer_id else of_booking,
        given=_said(given, entry), more=_said(-entry.amount, entry), cap=_said(cap, entry),
    )  # fmt: skip


def takes_two(entry):
    """Whether a second colleague has to agree to this entry. What no colleague wrote takes nobody."""
    above = settings.TOMP_TWO_PERSONS_ABOVE
    return above is not None and bool(entry.actor) and abs(entry.amount) > above


def may_exceed(username):
    """Whether a colleague of this name may give back more than the cap; a name from a shell is nobody's."""
    colleague = get_user_model().objects.filter(username=username, is_active=True).first() if username else None
    return colleague is not None and colleague.has_perm(MAY_EXCEED)


def _given(booking, now):
    """What colleagues gave back this month, on the operator's calendar, less what of it was undone."""
    since = information.day_begins(information.local(now).date().replace(day=1))
    whose = {"booking__customer": booking.customer_id} if booking.customer_id else {"booking": booking}
    written = JournalEntry.objects.written_by_staff().filter(**whose, currency=booking.currency, created_at__gte=since)
    found = written.select_related("refers_to__refers_to__refers_to__refers_to")
    return -sum((entry.amount for entry in found if entry.is_correction), Decimal(0))


def _one_at_a_time(booking):
    """Two colleagues do not share out one rest of the cap. The last lock of its transaction: no row is locked after."""
    whose = str(booking.customer_id or booking.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [CORRECTIONS, whose])


def _said(amount, entry):
    return f"{in_minor_units(amount, entry.currency)} {entry.currency}"
