"""What a trip itself causes to be owed: deposits, the fare, and fees for a trip that did not take place."""

from datetime import timedelta
from decimal import Decimal

from bookings.models import Booking, BookingEvent, Party
from fleet.conditions import deposit_of
from fleet.pricing import Tariff
from payments.models import JournalEntry
from payments.services.journal import append, entries_of, extra, giving_back, left_of
from tomp import written

Category = JournalEntry.Category


def take_deposits(booking, legs, *, now, count=None):
    """Each deposit that the conditions of the legs ask for is owed, once both sides stand by the booking.

    Nothing is asked of the database where there is no deposit. Source: TOMP conditionDeposit, semantics §11.
    """
    if booking.state == Booking.State.CONFIRMED:
        append(booking, [entry for leg in legs for entry in _deposits(leg)], now=now, count=count)


def _deposits(leg):
    condition = deposit_of(leg.conditions)
    amount = Decimal(str(condition["amount"])) if condition else 0
    if amount > 0:
        vat_rate = condition.get("vat_rate")
        yield extra(
            Category.DEPOSIT,
            amount,
            condition["currency"],
            "Deposit",
            vat_rate=None if vat_rate in (None, "") else Decimal(str(vat_rate)),
            vat_country=condition.get("vat_country", ""),
            leg=leg,
        )


def record_fare(*, booking, leg, fare, now, count=None, store=written.store):
    """The fare of the leg is owed, and its deposit is given back. A second fare is refused by the database.

    `count` and `store` are as of append().
    """
    entry = written.new(
        JournalEntry,
        leg=leg,
        category=Category.FARE,
        amount=fare.total,
        amount_ex_vat=fare.total_ex_vat,
        vat_rate=fare.vat_rate,
        vat_country=fare.vat_country,
        currency=fare.currency,
        details=fare.as_json(),
        distance_m=leg.distance_m,
        used_s=int(leg.usage(now).elapsed_s),
    )
    refunds, counted = _deposit_refunds(booking, [leg])
    append(booking, [entry, *refunds], now=now, count=count if counted is None else counted, store=store)
    return entry


def close(booking, legs, *, fee=None, now):
    """These legs do not take place: their deposits are given back, and the fee is owed, if there is one."""
    refunds, count = _deposit_refunds(booking, legs)
    append(booking, [*refunds, *([fee] if fee else [])], now=now, count=count)


def _deposit_refunds(booking, legs):
    """(what gives the deposits of these legs back, how many entries there are or None where that was not read)."""
    if not any(deposit_of(leg.conditions) for leg in legs):
        return [], None
    entries, leg_ids = entries_of(booking), {leg.pk for leg in legs}
    held = [entry for entry in entries if entry.category == Category.DEPOSIT and entry.leg_id in leg_ids]
    return [
        giving_back(Category.REFUND, entry, left, "Deposit given back")
        for entry in held
        if (left := left_of(entry, entries)) > 0
    ], len(entries)


def cancellation_fee(booking, legs, *, asked_by, now):
    """What calling off this CANCELLED booking costs by contract: an entry, or None.

    None when the operator called it off, and within the free time after COMMIT. The category is OTHER: nothing was
    used (semantics §11).
    """
    terms = booking.provider
    if asked_by == Party.TO or not terms.cancellation_fee:
        return None
    committed_at = _committed_at(booking)
    minutes = terms.free_cancellation_minutes or 0
    if now < committed_at + timedelta(minutes=minutes):
        return None
    after = int((now - committed_at).total_seconds() // 60)
    return _fee(
        legs, terms.cancellation_fee, "Cancellation fee",
        f"Called off {after} min after COMMIT; free for {minutes} min.",
    )  # fmt: skip


def no_show_fee(booking, legs):
    """What a booking costs for which nobody came, by contract: an entry, or None."""
    if not booking.provider.no_show_fee:
        return None
    return _fee(
        legs, booking.provider.no_show_fee, "No-show fee",
        f"Nobody came; departure was at {booking.departs_at:%Y-%m-%d %H:%M} UTC.",
    )  # fmt: skip


def _fee(legs, amount, description, comment):
    tariff = Tariff.from_json(legs[0].tariff)
    return extra(
        Category.OTHER,
        amount,
        tariff.currency,
        description,
        vat_rate=tariff.vat_rate,
        vat_country=tariff.vat_country,
        comment=comment,
    )


def _committed_at(booking):
    commits = BookingEvent.objects.filter(booking=booking, operation="COMMIT")
    return commits.values_list("at", flat=True).first() or booking.booked_at
