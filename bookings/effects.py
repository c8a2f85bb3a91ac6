"""What would be different after a decision? Found out by doing it and taking it back.

The decision is the call of a service, the one that is made when staff agree; so what is shown cannot differ from what
is done. All of it is in the database, also the calls it owes and their jobs: rolled back, nothing happened.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from bookings.models import Booking
from fleet.admin.wording import duration, fare_lines, money
from fleet.models import Asset
from legs.models import Leg
from maas.models import Callback, CallbackState
from payments.models import Correction, JournalEntry
from tomp.admin import DASH, moment
from tomp.errors import TompError


@dataclass(frozen=True)
class Change:
    """One thing that will be another. What runs with the clock differs at every look, and is no other effect."""

    key: str  # the same in every language
    what: str
    before: str
    after: str
    was_running: bool = False
    is_running: bool = False

    @property
    def lasting(self):
        return self.key, None if self.was_running else self.before, None if self.is_running else self.after


@dataclass(frozen=True)
class Effect:
    """What a decision would do; or, with `refusal`, why it cannot be taken."""

    changes: tuple[Change, ...] = ()
    entries: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def digest(self):
        """The same for the same effect, however long somebody looks at it."""
        lasting = [change.lasting for change in self.changes]
        return hashlib.sha256(repr((lasting, self.entries, self.calls, self.refusal)).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Picture:
    """How a booking stands: lines to compare, and what only grows.

    A line is {key: (what it is called, how it stands)}: two things may be called the same in some language.
    """

    lines: dict[str, tuple[str, str]]
    running: frozenset[str]
    entries: dict[tuple[str, int], str]  # also those that wait for a second colleague
    calls: dict[int, tuple[str, datetime]]
    assets: frozenset[int]


def foresee(decide, *, booking_id, now):
    """The effect of `decide()`, a call of a service about this booking. Nothing has changed, and nobody was called.

    What the decision refuses is the effect's `refusal`.
    """
    with transaction.atomic():
        before = _picture(booking_id, now)
        try:
            with transaction.atomic():
                decide()
                after = _picture(booking_id, now)
                vehicles = _vehicles(before.assets | after.assets)
                transaction.set_rollback(True)
        except TompError as refusal:
            return Effect(refusal=refusal.reason)
        stood = _vehicles(before.assets | after.assets)
    return _difference(before, after, stood, vehicles)


def _difference(before, after, stood, stands):
    named = {**before.lines, **after.lines}
    lines = [
        (key, what, before.lines.get(key, ("", DASH))[1], after.lines.get(key, ("", DASH))[1])
        for key, (what, _text) in named.items()
    ]
    lines[1:1] = [(f"vehicle {what}", what, was, stands[what]) for what, was in stood.items()]
    return Effect(
        changes=tuple(
            Change(key, what, was, will_be, key in before.running, key in after.running)
            for key, what, was, will_be in lines
            if was != will_be
        ),
        entries=tuple(text for pk, text in after.entries.items() if pk not in before.entries),
        calls=tuple(text for pk, (text, at) in after.calls.items() if before.calls.get(pk) != (text, at)),
    )


def _picture(booking_id, now):
    booking = Booking.objects.select_related("provider").get(pk=booking_id)
    legs = list(Leg.objects.filter(booking=booking_id).for_trip().order_by("sequence"))
    entries = JournalEntry.objects.filter(booking=booking_id).order_by("sequence")
    waiting = Correction.objects.filter(booking=booking_id, state=Correction.State.PROPOSED).order_by("pk")
    calls = Callback.objects.filter(booking_id=booking_id, state=CallbackState.OWED).order_by("pk")
    lines = {"booking": (_("booking"), booking.get_state_display())}
    if booking.expires_at is not None and booking.is_open:
        lines["waits until"] = (_("waits until"), moment(booking.expires_at))
    for leg in legs:
        lines |= _of_leg(leg, "" if len(legs) == 1 else f"{leg.sequence + 1}: ", now)
    total, is_running = _total(booking, legs, now)
    lines["price"] = (_("price"), total)
    return Picture(
        lines=lines,
        running=frozenset({"price"} if is_running else ()),
        entries={("entry", entry.pk): _entry(entry) for entry in entries}
        | {("correction", correction.pk): _proposal(correction) for correction in waiting},
        calls={call.pk: (_call(call), call.owed_again_at or call.created_at) for call in calls},
        assets=frozenset(leg.asset_id for leg in legs if leg.asset_id),
    )


def _of_leg(leg, number, now):
    lines = {
        "leg": (_("leg"), leg.get_state_display()),
        "vehicle": (_("vehicle"), str(leg.asset or DASH)),
        "departure": (_("departure"), moment(leg.departs_at)),
        "planned end": (_("planned end"), moment(leg.arrives_at) if leg.arrives_at else DASH),
        "ended": (_("ended"), moment(leg.arrived_at) if leg.arrived_at else DASH),
    }
    if leg.is_concluded:
        lines["fare"] = (_("fare"), f"{fare_lines(leg.price(now))} ({duration(leg.usage(now).elapsed_s)})")
    return {f"{leg.sequence} {key}": (f"{number}{what}", text) for key, (what, text) in lines.items()}


def _total(booking, legs, now):
    """(the price of the booking, whether it grows while one looks)"""
    is_running = any(leg.is_running and not leg.is_price_final for leg in legs)
    total = booking.total_of(legs, now) if is_running or booking.price is None else booking.price
    if not booking.currency:
        return DASH, False
    text = money(Decimal(total), booking.currency)
    return (_("%(price)s so far") % {"price": text} if is_running else text), is_running


def _entry(entry):
    name = entry.description or entry.get_category_display()
    return f"{entry.get_category_display()} {money(entry.amount, entry.currency)}" + (
        f": {name}" if entry.description else ""
    )


def _proposal(correction):
    return _("%(entry)s (waits for a second colleague)") % {"entry": _entry(correction)}


def _call(call):
    return f"{call.subject}: {call.method} {call.path}"


def _vehicles(ids):
    """{vehicle: its state and where it stands}"""
    assets = Asset.objects.filter(pk__in=ids).select_related("station").order_by("vehicle_number")
    return {
        str(asset): " · ".join(str(word) for word in (asset.get_state_display(), asset.station) if word)
        for asset in assets
    }
