"""What a report consists of, and how a rule makes a finding of what was seen. Values only; no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tomp.words import grouped

EXAMPLES = 5


class Severity(TextChoices):
    """The most severe first."""

    MUST = "MUST", _("must fix")
    SHOULD = "SHOULD", _("should fix")
    NOTE = "NOTE", _("remark")


@dataclass(frozen=True, slots=True)
class Example:
    """A booking, or a call of ours, in which it was so."""

    kind: str
    id: UUID | int


@dataclass(frozen=True, slots=True)
class Seen:
    """In how many, of how many (None: of how many means nothing), when last (a moment), for example in which."""

    count: int
    of: int | None = None
    last_at: datetime | None = None
    examples: tuple[Example, ...] = ()

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a provider does otherwise than the protocol or its contract wants."""

    name: str
    severity: Severity
    seen: str
    expected: str
    source: str
    count: int
    of: int | None
    last_at: datetime | None
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is found if something was seen at all: `seen` and `expected` may name {count}, {of}, {share} and more.

    It is of this severity from a share on, and `milder` below it. Where we know that such events were refused
    (`event`), `refused` is said instead of `seen`: what was refused was sent.
    """

    name: str
    seen: str | Promise
    expected: str | Promise
    source: str
    severity: Severity = Severity.SHOULD
    from_share: float = 0.0
    milder: Severity = Severity.NOTE
    event: str = ""
    refused: str | Promise = ""

    def finding(self, seen: Seen, refused_events: Iterable[str] = (), **words: object) -> Finding | None:
        """None if there is nothing to say: it was never seen, or there was nothing in which it could be."""
        if seen.count == 0 or seen.of == 0:
            return None
        text = self.refused if self.event and self.event in refused_events else self.seen
        words |= {"count": number(seen.count), "of": number(seen.of or 0), "share": percent(seen)}
        return Finding(
            name=self.name,
            severity=self.severity if seen.share >= self.from_share else self.milder,
            seen=str(text).format(**words),
            expected=str(self.expected).format(**words),
            source=self.source.format(**words),
            count=seen.count,
            of=seen.of,
            last_at=seen.last_at,
            examples=seen.examples,
        )


def number(value: int) -> str:
    return grouped(value)


def percent(seen: Seen) -> str:
    """Whole percents, that never claim all or nothing unless it is so."""
    rounded = round(100 * seen.share)
    if seen.of and rounded == 0:
        return "< 1 %"
    return "> 99 %" if rounded == 100 and seen.count != seen.of else f"{rounded} %"


@dataclass(frozen=True, slots=True)
class LookedAt:
    """How much there was."""

    calls: int
    refused: int
    bookings: int
    rides: int
    callbacks: int

    @property
    def is_nothing(self) -> bool:
        return not (self.calls or self.bookings or self.callbacks)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found about a provider from one moment until before another; the most severe and frequent first."""

    provider: str
    since: datetime
    until: datetime
    looked_at: LookedAt
    findings: tuple[Finding, ...]


def in_order(findings: Iterable[Finding | None]) -> tuple[Finding, ...]:
    """Those that are any, the most severe and then the most frequent first."""
    order = list(Severity)
    found = [finding for finding in findings if finding is not None]
    return tuple(sorted(found, key=lambda finding: (order.index(finding.severity), -finding.count, finding.name)))
