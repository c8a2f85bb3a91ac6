"""Django's command, which here reads the names of fields, too, and leaves a catalogue alone while no text changes."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.commands import makemessages

from tomp_operator import names

VOLATILE = re.compile(r'^"(?:POT-Creation-Date|Report-Msgid-Bugs-To):.*\n', re.MULTILINE)


class Command(makemessages.Command):
    # A new text is empty until somebody translates it: a guess from a similar one reads as if somebody had.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        with TemporaryDirectory() as folder:
            self.names = Path(folder) / "names.py"
            self.names.write_text("".join(f"_({text!r})\n" for text in sorted(names.texts())), encoding="utf-8")
            super().handle(*args, **options)

    def find_files(self, root: str) -> list[Any]:
        """Ours, and one more that marks what no source file does."""
        marks = self.translatable_file_class(str(self.names.parent), self.names.name, self.default_locale_path)
        return [*super().find_files(root), marks]

    def write_po_file(self, potfile: Any, locale: str) -> None:
        """The catalogue has every text, and no line that differs at each run."""
        super().write_po_file(potfile, locale)
        path = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        path.write_text(VOLATILE.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
