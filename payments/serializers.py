"""The journal on the wire (TOMP journalEntry)."""

from fleet import pricing
from fleet.serializers import fare_json, money
from tomp.serializers import moment_json, without_nulls


def entry_json(entry):
    """TOMP journalEntry; details are the fare it consists of."""
    return without_nulls(
        amount=money(entry.amount),
        amountExVat=None if entry.amount_ex_vat is None else money(entry.amount_ex_vat),
        currencyCode=entry.currency,
        vatRate=None if entry.vat_rate is None else money(entry.vat_rate),
        vatCountryCode=entry.vat_country or None,
        category=entry.category,
        journalId=str(entry.booking_id),
        journalSequenceId=str(entry.sequence),
        invoiceId=entry.invoice_number or None,
        invoiceDate=moment_json(entry.invoiced_at),
        state=entry.state,
        comment=entry.comment or None,
        distance=None if entry.distance_m is None else entry.distance_m / 1000,
        distanceType=None if entry.distance_m is None else "KM",
        usedTime=entry.used_s,
        details=fare_json(pricing.Fare.from_json(entry.details), estimated=False) if entry.details else None,
    )
