"""What is owed: the journal, what providers claim, what waits for a second colleague, and the invoices."""

from payments.models.claims import Claim, ClaimState
from payments.models.corrections import Correction, CorrectionKind, CorrectionState
from payments.models.invoices import Invoice
from payments.models.journal import CLAIMABLE, MONEY_BACK, JournalEntry

__all__ = [
    "CLAIMABLE",
    "MONEY_BACK",
    "Claim",
    "ClaimState",
    "Correction",
    "CorrectionKind",
    "CorrectionState",
    "Invoice",
    "JournalEntry",
]
