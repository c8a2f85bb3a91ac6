"""Sentences that are made by one and read by another: kept as what they are made of, told in the language of whoever
reads them.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext

from tomp.words import grouped, in_english

Kept = str | dict[str, Any]  # what JSON can hold


class Sentence(str):
    """An English sentence to whoever takes it for a text; told() says it in the language of the reader.

    The pattern is marked to be translated, and has a placeholder for each detail. A detail may be a sentence, or a list
    that stands between commas; of whole numbers the thousands are set apart, so what only looks like one is a text.
    What is a sentence already stays the one it is.
    """

    pattern: str
    details: dict[str, Any]
    written: str  # of a name, which is written otherwise than it is said

    def __new__(cls, pattern: str, /, **details: Any) -> "Sentence":
        if isinstance(pattern, Sentence) and not details:
            return pattern
        said = {
            name: detail if isinstance(detail, str | int | list) else str(detail) for name, detail in details.items()
        }
        return cls._made(_filled(pattern, said, _in_english), pattern, said)

    @classmethod
    def name(cls, written: str, said: str) -> "Sentence":
        """A name that programs and files write so, and people say so (in English, marked to be translated)."""
        return cls._made(written, said, {}, written)

    @classmethod
    def label(cls, display: Callable[[], str]) -> "Sentence":
        """What something is called, such as `booking.get_state_display`."""
        return cls(in_english(lambda: str(display())))

    @classmethod
    def of(cls, kept: Kept) -> "Sentence":
        """The sentence that was kept; one without details, as they were before there were any, is its own pattern."""
        if isinstance(kept, str):
            return cls(kept)
        if "written" in kept:
            return cls.name(kept["written"], kept["pattern"])
        return cls(kept["pattern"], **{name: _of(detail) for name, detail in kept["details"].items()})

    @classmethod
    def _made(cls, english: str, pattern: str, details: dict[str, Any], written: str = "") -> "Sentence":
        made = super().__new__(cls, english)
        made.pattern, made.details, made.written = pattern, details, written
        return made

    def kept(self) -> Kept:
        if self.written:
            return {"pattern": self.pattern, "written": self.written}
        if not self.details:
            return self.pattern
        return {"pattern": self.pattern, "details": {name: _kept(detail) for name, detail in self.details.items()}}

    def told(self) -> str:
        return _filled(gettext(self.pattern), self.details, _told) if self.pattern else ""


class Refusal(ValueError):
    """Something cannot be, and the sentence says why; a subclass for each thing that cannot."""

    def __init__(self, pattern: str, /, **details: Any):
        self.sentence = Sentence(pattern, **details)
        super().__init__(self.sentence)

    def told(self) -> str:
        return self.sentence.told()


def told(text: str) -> str:
    """In the language of the reader, if it is a sentence."""
    return text.told() if isinstance(text, Sentence) else text


def _filled(pattern: str, details: dict[str, Any], said: Callable[[Any], str]) -> str:
    """A pattern without details is no pattern: it may have a % in it."""
    return pattern % {name: _detail(detail, said) for name, detail in details.items()} if details else pattern


def _detail(detail: Any, said: Callable[[Any], str]) -> str:
    if isinstance(detail, list):
        return ", ".join(_detail(one, said) for one in detail)
    return said(detail)


def _in_english(detail: str | int) -> str:
    return detail if isinstance(detail, str) else f"{detail:,}"


def _told(detail: str | int) -> str:
    return told(detail) if isinstance(detail, str) else grouped(detail)


def _kept(detail: Any) -> Any:
    if isinstance(detail, list):
        return [_kept(one) for one in detail]
    if isinstance(detail, Sentence):
        kept = detail.kept()
        return {"pattern": kept, "details": {}} if isinstance(kept, str) else kept
    return detail


def _of(kept: Any) -> Any:
    if isinstance(kept, list):
        return [_of(one) for one in kept]
    return Sentence.of(kept) if isinstance(kept, dict) else kept
