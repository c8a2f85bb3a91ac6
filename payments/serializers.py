"""The journal and claims on the wire (TOMP journalEntry, extraCosts)."""

from decimal import Decimal

from rest_framework import serializers

from fleet import pricing
from fleet.serializers import fare_json, money, owed_amount_json
from payments.models import CLAIMABLE, JournalEntry
from tomp.serializers import FreeObject, Number, Text, WireSerializer, moment_json, without_nulls

LARGEST_AMOUNT = 10**8
LARGEST_RATE = 999
NUMBER_TYPES = ("LITER", "KILOWATTHOUR", "CO2_COMPENSATION", "OTHER")


class ExtraCosts(WireSerializer):
    """TOMP extraCosts → keywords of payments.services.propose. Below zero is money for the provider."""

    amount = Number(min_value=-LARGEST_AMOUNT, max_value=LARGEST_AMOUNT)
    amountExVat = Number(required=False, help_text="Follows from amount and vatRate; not kept.")
    currencyCode = Text(required=False, default=None, min_length=3, max_length=3, source="currency")
    vatRate = Number(required=False, default=None, min_value=0, max_value=LARGEST_RATE, source="vat_rate")
    vatCountryCode = Text(required=False, default="", min_length=2, max_length=2, source="vat_country")
    category = serializers.ChoiceField(choices=[category.value for category in CLAIMABLE])
    description = Text(max_length=5000)
    number = Number(required=False, min_value=0)
    numberType = serializers.ChoiceField(choices=NUMBER_TYPES, required=False, source="number_type")
    account = FreeObject(required=False)
    meta = FreeObject(required=False)

    def to_internal_value(self, data):
        costs = super().to_internal_value(data)
        costs.pop("amountExVat", None)
        details = {name: costs.pop(name) for name in ("number", "number_type", "account", "meta") if name in costs}
        return {
            **costs,
            "amount": _decimal(costs["amount"]),
            "vat_rate": None if costs["vat_rate"] is None else round(_decimal(costs["vat_rate"]), 2),
            "details": details,
        }


def _decimal(number):
    """The number as it was written, without what binary adds to it."""
    return Decimal(str(number))


def entry_json(entry):
    """TOMP journalEntry; details are the fare or the extra costs it consists of."""
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
        details=_details(entry),
    )


def _details(entry):
    if not entry.details:
        return None
    if entry.category == JournalEntry.Category.FARE:
        return fare_json(pricing.Fare.from_json(entry.details), estimated=False)
    return entry_costs_json(entry)


def entry_costs_json(entry):
    """TOMP extraCosts of an entry that is no fare."""
    return extra_costs_json(entry, entry.details, _meta(entry))


def _meta(entry):
    """What the parties told each other, and which entry of the journal this one gives back."""
    meta = entry.details.get("meta") or {}
    if "refund_for" in entry.details:
        sequence = str(entry.details["refund_for"])
        meta = {**meta, "refund_for": {"journalId": str(entry.booking_id), "journalSequenceId": sequence}}
    return meta


def extra_costs_json(costs, details, meta):
    """TOMP extraCosts of an entry or a claim."""
    return {
        **owed_amount_json(
            costs.amount, currency=costs.currency, vat_rate=costs.vat_rate, vat_country=costs.vat_country
        ),
        **without_nulls(
            category=costs.category,
            description=costs.description,
            number=details.get("number"),
            numberType=details.get("number_type"),
            account=details.get("account"),
            meta=meta or None,
        ),
    }


def claim_json(claim):
    """TOMP journalEntry of a claim that nobody decided yet: no number, and not in the journal (reading 25)."""
    costs = extra_costs_json(claim, claim.details, claim.details.get("meta"))
    money_members = ("amount", "amountExVat", "currencyCode", "vatRate", "vatCountryCode", "category")
    return {
        **{name: costs[name] for name in money_members if name in costs},
        "journalId": str(claim.booking_id),
        "state": JournalEntry.State.TO_INVOICE,
        "comment": "under review",
        "details": costs,
    }
