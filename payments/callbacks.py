"""What we tell a provider about money by calling it (TOMP POST {mp}/payment/{id}/claim-extra-costs)."""

from maas import outbox
from payments.models import JournalEntry
from payments.serializers import entry_costs_json


def extra_costs(booking, entry, now):
    """The provider will hear what we charge besides the fare, which it finds in the journal itself."""
    if entry.category == JournalEntry.Category.FARE:
        return
    path = f"payment/{booking.pk}/claim-extra-costs"
    outbox.owe_about(booking, path=path, body=entry_costs_json(entry), now=now)
