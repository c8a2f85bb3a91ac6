"""Appending to the journal. The caller holds the lock of the booking, so numbers within it follow each other."""

from payments.models import JournalEntry


def record_fare(*, booking, leg, fare, now):
    """The provider owes the fare of the leg. A second fare of the same leg is refused by the database."""
    usage = leg.usage(now)
    return JournalEntry.objects.create(
        provider_id=booking.provider_id,
        booking=booking,
        leg=leg,
        sequence=JournalEntry.objects.filter(booking=booking).count() + 1,
        category=JournalEntry.Category.FARE,
        amount=fare.total,
        amount_ex_vat=fare.total_ex_vat,
        vat_rate=fare.vat_rate,
        vat_country=fare.vat_country,
        currency=fare.currency,
        details=fare.as_json(),
        distance_m=leg.distance_m,
        used_s=int(usage.elapsed_s),
        created_at=now,
    )
