"""What a day left behind."""

from django.contrib.auth.models import User

from backoffice.trail import questions, words
from maas.models import Callback
from payments.models import JournalEntry
from tomp_operator.audit import audit


def violated(now):
    """What `manage.py audit` complains of."""
    return {invariant.name for invariant, found in audit(now=now, show=5) if found.violations}


def journal(booking):
    """(category, amount, the colleague who wrote it) of each entry, in their order."""
    entries = JournalEntry.objects.filter(booking=booking).order_by("sequence")
    return list(entries.values_list("category", "amount", "actor"))


def owed(booking):
    """What is still to be told about it, in the order it will be."""
    return [call.subject for call in Callback.objects.owed().filter(booking_id=booking.pk).order_by("pk")]


def trail(name):
    """(of what kind, what, why) of all the audit trail says this colleague did, in that order."""
    reader = User(is_superuser=True)
    rows = questions.all_changes(reader, questions.Question(by="staff", who=name))
    told = [words.told(row, {}) for row in rows]
    assert {change.actor for change in told} <= {name}
    return sorted((str(change.model), change.what, change.why) for change in told)
