"""Django's command, which here leaves a catalogue alone as long as no text changed."""

import re
from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages

VOLATILE = re.compile(r'^"(?:POT-Creation-Date|Report-Msgid-Bugs-To):.*\n', re.MULTILINE)


class Command(makemessages.Command):
    # A new text is empty until somebody translates it: a guess from a similar one reads as if somebody had.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def write_po_file(self, potfile: Any, locale: str) -> None:
        """The catalogue has every text, and no line that differs at each run."""
        super().write_po_file(potfile, locale)
        path = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        path.write_text(VOLATILE.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
