"""What the log of Django says is told in the language of the reader; it is kept in English."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.utils.translation import override

from tomp import edits


def told(message, language="de"):
    with override(language):
        return edits.told(LogEntry(change_message=message))


def test_what_a_form_changed():
    message = json.dumps([{"changed": {"fields": ["Vehicle number", "State of charge"], "values": {}}}])

    assert told(message) == "Fahrzeugnummer und Ladestand geändert."
    assert told(message, "en") == "Changed Vehicle number and State of charge."


def test_what_was_added():
    assert told(json.dumps([{"added": {}}])) == "Hinzugefügt."


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("Wrote a note", "Notiz geschrieben"),
        ("Paused the calls: Their server moves.", "Aufrufe angehalten: Their server moves."),
        ("Ended the former OAuth2 client secret", "Früheres OAuth2-Client-Secret beendet"),
        ("What a former version wrote: 50 %", "What a former version wrote: 50 %"),
        ("[no JSON", "[no JSON"),
        ("", ""),
    ],
)
def test_what_a_button_did_and_what_was_typed(kept, said):
    assert told(kept) == said
    assert told(kept, "en") == kept
