"""Writing into the journal: the one place where entries are appended, and the sums that are asked of it."""

from decimal import ROUND_HALF_UP, Decimal

from fleet import pricing
from payments import callbacks
from payments.models import JournalEntry
from tomp import written


def append(booking, entries, *, now, count=None, is_claimed_by_provider=False, store=written.store):
    """The entries are in the journal, numbered on from the last; their extra costs are part of the booking's price.

    The caller holds the lock of the booking and saves it afterwards. `count` is how many entries it has, if known;
    `store` may store them later, together with the booking. The provider will be told of all but fares, unless it
    claimed them itself.
    """
    if not entries:
        return
    if count is None:
        count = JournalEntry.objects.filter(booking=booking).count()
    for sequence, entry in enumerate(entries, start=count + 1):
        entry.booking, entry.provider_id = booking, booking.provider_id
        entry.sequence, entry.created_at = sequence, now
        if entry.is_extra:
            booking.add_extra_cost(
                name=entry.description, amount=entry.amount, vat_rate=entry.vat_rate, vat_country=entry.vat_country
            )
    store(written.insertion(*entries))
    if not is_claimed_by_provider:
        for entry in entries:
            callbacks.extra_costs(booking, entry, now)


def extra(
    category, amount, currency, description, *, vat_rate=None, vat_country="", refers_to=None, details=None, **more
):
    """An entry that is no fare, unsaved; the amount is rounded to the currency, half a cent upwards."""
    amount = in_minor_units(amount, currency)
    what = {**(details or {}), "description": description}
    if refers_to is not None:
        what["refund_for"] = refers_to.sequence
    return written.new(
        JournalEntry,
        category=category,
        amount=amount,
        amount_ex_vat=pricing.ex_vat(amount, vat_rate, pricing.minor_units(currency)),
        vat_rate=vat_rate,
        vat_country=vat_country,
        currency=currency,
        details=what,
        refers_to=refers_to,
        **more,
    )


def giving_back(category, refers_to, amount, description, **more):
    """An entry that takes this amount off another one, with its VAT and for its leg; unsaved."""
    return extra(
        category,
        -amount,
        refers_to.currency,
        description,
        vat_rate=refers_to.vat_rate,
        vat_country=refers_to.vat_country,
        refers_to=refers_to,
        leg_id=refers_to.leg_id,
        **more,
    )


def entries_of(booking):
    """The journal of the booking in order, each entry with the one it refers to; one statement."""
    entries = list(JournalEntry.objects.filter(booking=booking).order_by("sequence"))
    by_id = {entry.pk: entry for entry in entries}
    for entry in entries:
        entry.refers_to = by_id[entry.refers_to_id] if entry.refers_to_id else None
    return entries


def left_of(entry, entries):
    """What is left of an entry after all that gives it back or corrects it."""
    return entry.amount + sum(left_of(other, entries) for other in entries if other.refers_to_id == entry.pk)


def in_minor_units(amount, currency):
    return Decimal(amount).quantize(Decimal(1).scaleb(-pricing.minor_units(currency)), ROUND_HALF_UP)
