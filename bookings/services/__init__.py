"""What can be done with a booking, whoever asks: the API, staff, or the clock.

Each service locks the booking first, then reads the rest (docs/locking.md). Nothing here sends anything.
"""

from bookings.services.advising import advise, withdraw_advice
from bookings.services.changing import change, check_changeable
from bookings.services.deciding import (
    cancel,
    commit,
    confirm,
    deny,
    deny_by_provider,
    expire,
    extend,
    report_no_show,
)
from bookings.services.keeping import add_note, anonymise, forget_offers, notify
from bookings.services.making import book, book_one_stop
from bookings.services.story import event, legs_of, record
from bookings.services.subscribing import subscribe, unsubscribe
from bookings.services.telling import send_again
from planning.options import PLANNED_WITHOUT_ARRIVAL

__all__ = [
    "PLANNED_WITHOUT_ARRIVAL",
    "add_note",
    "advise",
    "anonymise",
    "book",
    "book_one_stop",
    "cancel",
    "change",
    "check_changeable",
    "commit",
    "confirm",
    "deny",
    "deny_by_provider",
    "event",
    "expire",
    "extend",
    "forget_offers",
    "legs_of",
    "notify",
    "record",
    "report_no_show",
    "send_again",
    "subscribe",
    "unsubscribe",
    "withdraw_advice",
]
