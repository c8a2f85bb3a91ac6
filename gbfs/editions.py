"""In which versions and languages do we publish, and at which addresses? An edition is a value, never a folder."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from fleet import information
from tomp.language import in_language

EARLIEST = 1_450_155_600  # GBFS 2.3 knows no time before its own beginning
Words = dict[str, str]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of GBFS, and what those who write a feed in it have to know."""

    number: str
    vehicle: str  # in names of fields: vehicle_id, num_bikes_available
    is_multilingual: bool  # texts are lists, one entry for each language; before 3.0 each language has its own feeds
    is_localized_as: str  # the member that says in which language, or languages, the system speaks

    @property
    def root(self) -> str:
        return f"{settings.TOMP_PUBLIC_URL}/gbfs/{self.number}"

    @property
    def gbfs_url(self) -> str:
        """Where a reader begins."""
        return f"{self.root}/gbfs.json"

    @property
    def vehicle_feed(self) -> str:
        return "vehicle_status" if self.is_multilingual else "free_bike_status"


V2_3 = Version("2.3", vehicle="bike", is_multilingual=False, is_localized_as="language")
V3_0 = Version("3.0", vehicle="vehicle", is_multilingual=True, is_localized_as="languages")
VERSIONS = (V2_3, V3_0)


@dataclass(frozen=True, slots=True)
class Edition:
    """A version in one language, or a multilingual one in all of them: how it says texts and times."""

    version: Version
    languages: tuple[str, ...]

    @property
    def language(self) -> str:
        """What tells it from other editions of its version; empty if there are none."""
        return "" if self.version.is_multilingual else self.languages[0]

    def text(self, words: Words | None, otherwise: str = "") -> Any:
        """The words in the language(s) of the edition; None where nobody wrote any and there is nothing otherwise.

        A language without a translation repeats another, as our answers in TOMP do: readers expect every language.
        """
        said = {tag: in_language(words, tag).strip() or otherwise for tag in self.languages}
        if not any(said.values()):
            return None
        if self.version.is_multilingual:
            return [{"text": text, "language": tag} for tag, text in said.items()]
        return said[self.languages[0]]

    def moment(self, at: datetime | None) -> Any:
        """A time: RFC 3339 in UTC, or POSIX seconds."""
        if at is None:
            return None
        if self.version.is_multilingual:
            return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return max(EARLIEST, int(at.timestamp()))

    def url(self, name: str) -> str:
        """Where the feed is. The default language needs no folder."""
        folder = "" if self.language in ("", default_language()) else f"{self.language}/"
        return f"{self.version.root}/{folder}{name}.json"


def editions() -> list[Edition]:
    """All editions: 2.3 in each language, the default first, then 3.0 in all of them."""
    spoken = languages()
    return [*(Edition(V2_3, (tag,)) for tag in spoken), Edition(V3_0, spoken)]


def languages() -> tuple[str, ...]:
    """The operator's languages as GBFS writes tags (en, pt-BR), the default first."""
    return tuple(dict.fromkeys(_gbfs_tags(information.languages()))) or ("en",)


def default_language() -> str:
    return languages()[0]


def _gbfs_tags(tags: Iterable[str]) -> Iterable[str]:
    for tag in tags:
        primary, *others = re.split("[-_]", tag)
        if re.fullmatch("[A-Za-z]{2,3}", primary):
            region = next((other.upper() for other in others if re.fullmatch("[A-Za-z]{2}", other)), "")
            yield f"{primary.lower()}-{region}" if region else primary.lower()
