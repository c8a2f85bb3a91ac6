"""What is owed for a booking, how it comes into the journal, and how it is invoiced (docs/payments.md).

Whoever writes into the journal holds the lock of the booking, so numbers within it follow each other.
"""

from payments.services.charging import claim, correct, refund, refundable
from payments.services.claims import approve, propose, reject
from payments.services.corrections import approve_correction, refuse_correction
from payments.services.invoicing import Due, DueOf, due, due_of_all, invoice, invoice_run
from payments.services.journal import append, entries_of, left_of
from payments.services.limits import Allowance, allowance
from payments.services.reconciling import Balance, Kind, by_rate, overview, reconcile
from payments.services.trip import cancellation_fee, close, no_show_fee, record_fare, take_deposits

__all__ = [
    "Allowance",
    "Balance",
    "Due",
    "DueOf",
    "Kind",
    "allowance",
    "append",
    "approve",
    "approve_correction",
    "by_rate",
    "cancellation_fee",
    "claim",
    "close",
    "correct",
    "due",
    "due_of_all",
    "entries_of",
    "invoice",
    "invoice_run",
    "left_of",
    "no_show_fee",
    "overview",
    "propose",
    "reconcile",
    "record_fare",
    "refund",
    "refundable",
    "refuse_correction",
    "reject",
    "take_deposits",
]
